import {
  DEFAULT_GROUPS_CLAIM,
  DEFAULT_USER_CLAIM,
  IDENTITY_PROVIDER_SETTINGS,
} from "../../../schema/identity-provider.ts";
import type { IdentityProviderSettings, LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import type { Props } from "../definition.ts";
import { visible } from "./visible.ts";

/** A declared provider is fully described by these: one left out means none. */
export const SETTINGS = IDENTITY_PROVIDER_SETTINGS;

/** Never reaches the server: a change of its value is what acts. */
export const TRIGGER = "revokeJwksTrigger";

/** Adds the defaults of the identity provider's type and authorization, and drops settings of the other type. */
export function withDefaults(declared: Props): Props {
  const { description, groupsClaim, requestedScopes, associatedDomains, ...rest } = declared;
  const lists = { requestedScopes: requestedScopes ?? [], associatedDomains: associatedDomains ?? [] };
  const claim = groupsClaim ?? (rest.authorizationType === "GROUP" ? DEFAULT_GROUPS_CLAIM : undefined);
  return visible({
    ...rest,
    description: description === "" ? undefined : description,
    userClaim: rest.userClaim ?? DEFAULT_USER_CLAIM,
    groupsClaim: rest.authorizationType === "USER" ? undefined : claim,
    ...(rest.idpType === "WORKLOAD" ? {} : lists),
  });
}

export function inputsOf(live: LiveIdentityProvider): Props {
  const { scope, prefix: _, connectedOrgIds: __, ...settings } = live;
  const place = scope.kind === "federation" ? { federationSettingsId: scope.id } : { projectId: scope.id };
  return withDefaults(visible({ ...place, ...settings }));
}

/** With USER the groups claim means nothing, to the server and to mongofed. */
export function comparedOf(inputs: Props): readonly string[] {
  return SETTINGS.filter((key) => key !== "groupsClaim" || inputs.authorizationType !== "USER");
}

export function settingsOf(inputs: Props): IdentityProviderSettings {
  const settings = Object.fromEntries(SETTINGS.map((key) => [key, inputs[key]]));
  return {
    requestedScopes: [],
    associatedDomains: [],
    ...visible(settings),
    idpType: inputs.idpType,
  } as unknown as IdentityProviderSettings;
}

/** Only what differs. The claim goes along with a change to GROUP: what the server kept of it is not known. */
export function changesOf(changes: readonly string[], inputs: Props): Partial<IdentityProviderSettings> {
  const wanted = settingsOf(inputs);
  const keys = new Set(changes);
  if (keys.has("authorizationType") && inputs.authorizationType === "GROUP") keys.add("groupsClaim");
  return Object.fromEntries([...keys].map((key) => [key, wanted[key as keyof IdentityProviderSettings]]));
}
