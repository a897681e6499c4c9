import type {
  AtlasIdentityProvider,
  ConnectedOrgConfig,
  OidcIdentityProvider,
  OidcIdentityProviderUpdate,
} from "../../../schema/atlas.ts";
import { DEFAULT_USER_CLAIM } from "../../../schema/identity-provider.ts";
import type { IdentityProviderSettings, LiveConnection, LiveIdentityProvider } from "../control-plane.ts";

/** Ours, or somebody's SAML provider, or a kind that is newer than this program. */
export function isOidc(provider: {
  readonly protocol?: unknown;
  readonly idpType?: unknown;
}): provider is OidcIdentityProvider {
  return provider.protocol === "OIDC" && (provider.idpType === "WORKFORCE" || provider.idpType === "WORKLOAD");
}

/**
 * From Atlas's words to ours. Null, an empty text and a key that is not there all mean "none": the API answers one or
 * the other for the same thing. Ids are compared everywhere, so their case is made one here.
 */
export function toLive(
  federation: string,
  provider: AtlasIdentityProvider & OidcIdentityProvider,
): LiveIdentityProvider {
  const workforce = provider.idpType === "WORKFORCE" ? provider : undefined;
  return {
    scope: { kind: "federation", id: federation },
    prefix: provider.id.toLowerCase(),
    idpType: provider.idpType,
    configurationName: provider.displayName ?? "",
    description: text(provider.description),
    issuerUri: provider.issuerUri,
    audience: provider.audience ?? "",
    clientId: text(workforce?.clientId),
    requestedScopes: workforce?.requestedScopes ?? [],
    associatedDomains: workforce?.associatedDomains ?? [],
    authorizationType: provider.authorizationType,
    userClaim: text(provider.userClaim) ?? DEFAULT_USER_CLAIM,
    // With USER it has no meaning, and whether Atlas keeps the old value there is nowhere promised.
    groupsClaim: provider.authorizationType === "USER" ? undefined : text(provider.groupsClaim),
    connectedOrgIds: (provider.associatedOrgs ?? []).map(({ orgId }) => orgId.toLowerCase()),
  };
}

/** What each of our settings is called in the API. */
const FIELDS = {
  configurationName: "displayName",
  description: "description",
  issuerUri: "issuerUri",
  audience: "audience",
  clientId: "clientId",
  requestedScopes: "requestedScopes",
  associatedDomains: "associatedDomains",
  authorizationType: "authorizationType",
  userClaim: "userClaim",
  groupsClaim: "groupsClaim",
} as const satisfies Record<
  Exclude<keyof IdentityProviderSettings, "idpType">,
  keyof OidcIdentityProviderUpdate | string
>;

const WORKFORCE_ONLY = new Set(["clientId", "requestedScopes", "associatedDomains"]);

/**
 * The body of a POST or a PATCH. Both always name protocol and type; otherwise it holds what `settings` holds, less
 * what the type does not have (the API refuses unknown fields).
 */
export function toBody(
  idpType: LiveIdentityProvider["idpType"],
  settings: Partial<IdentityProviderSettings>,
): OidcIdentityProviderUpdate {
  const body: Record<string, unknown> = { protocol: "OIDC", idpType };
  for (const [ours, theirs] of Object.entries(FIELDS)) {
    if (!(ours in settings)) continue;
    if (idpType === "WORKLOAD" && WORKFORCE_ONLY.has(ours)) continue;
    const value = settings[ours as keyof typeof FIELDS];
    // A description is the one thing that can be cleared. The rest is left out where there is none.
    if (value !== undefined) body[theirs] = value;
    else if (ours === "description") body[theirs] = null;
  }
  if (settings.authorizationType === "USER") delete body.groupsClaim;
  return body as unknown as OidcIdentityProviderUpdate;
}

export function toConnection(federationSettingsId: string, config: ConnectedOrgConfig): LiveConnection {
  return {
    federationSettingsId,
    orgId: config.orgId.toLowerCase(),
    identityProviderIds: (config.dataAccessIdentityProviderIds ?? []).map((id) => id.toLowerCase()),
  };
}

function text(value: string | null | undefined): string | undefined {
  return value === null || value === "" ? undefined : value;
}
