import type {
  AtlasIdentityProvider,
  ConnectedOrgConfig,
  OidcIdentityProvider,
  OidcIdentityProviderUpdate,
} from "../../../schema/atlas.ts";
import type { IdentityProviderSettings } from "../../../schema/identity-provider.ts";
import type { LiveConnection, LiveIdentityProvider } from "../control-plane.ts";
import { applies, plainSettings, readSettings, wireName } from "../identity-provider-settings.ts";

/** Ours, or somebody's SAML provider, or a kind that is newer than this program. */
export function isOidc(provider: {
  readonly protocol?: unknown;
  readonly idpType?: unknown;
}): provider is OidcIdentityProvider {
  return provider.protocol === "OIDC" && (provider.idpType === "WORKFORCE" || provider.idpType === "WORKLOAD");
}

/** Ids are compared everywhere, so they are in lower case here. */
export function toLive(
  federation: string,
  provider: AtlasIdentityProvider & OidcIdentityProvider,
): LiveIdentityProvider {
  return {
    scope: { kind: "federation", id: federation },
    prefix: provider.id.toLowerCase(),
    ...readSettings("atlas", provider, provider),
    connectedOrgIds: (provider.associatedOrgs ?? []).map(({ orgId }) => orgId.toLowerCase()),
  };
}

/**
 * The body of a POST or a PATCH. Both always name protocol and type; otherwise it holds what `settings` holds, less
 * what the type does not have (the API refuses unknown fields).
 */
export function toBody(
  idpType: LiveIdentityProvider["idpType"],
  settings: Partial<IdentityProviderSettings>,
): OidcIdentityProviderUpdate {
  const body: Record<string, unknown> = { protocol: "OIDC", idpType };
  if (settings.authorizationType !== undefined) body.authorizationType = settings.authorizationType;
  for (const setting of plainSettings("atlas")) {
    if (!(setting in settings) || !applies(setting, "atlas", { ...settings, idpType })) continue;
    const value = settings[setting];
    // A description is the only setting that can be cleared: others without a value are left out.
    if (value !== undefined) body[wireName(setting, "atlas")] = value;
    else if (setting === "description") body.description = null;
  }
  return body as unknown as OidcIdentityProviderUpdate;
}

export function toConnection(federationSettingsId: string, config: ConnectedOrgConfig): LiveConnection {
  return {
    federationSettingsId,
    orgId: config.orgId.toLowerCase(),
    identityProviderIds: (config.dataAccessIdentityProviderIds ?? []).map((id) => id.toLowerCase()),
  };
}
