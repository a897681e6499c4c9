import {
  DEFAULT_GROUPS_CLAIM,
  DEFAULT_USER_CLAIM,
  IDENTITY_PROVIDER_SETTINGS,
} from "../../../schema/identity-provider.ts";
import type { IdentityProviderSettings, LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import { appliedOf, type Comparison, compare, fingerprint } from "../compare.ts";
import { type Context, isIgnored, type Props } from "../definition.ts";
import { visible } from "../visible.ts";

/** A declared provider is fully described by these: one left out means none. */
export const SETTINGS = IDENTITY_PROVIDER_SETTINGS;

/** Never reaches the server: a change of its value is what acts. */
export const TRIGGER = "revokeJwksTrigger";

/** What belongs to one type, or one kind of authorization, is filled in there and dropped elsewhere. */
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

/** With USER the groups claim means nothing, to the server and to us. */
export function compareSettings(
  { declared }: Context,
  live: LiveIdentityProvider,
  outputs: Props,
  inputs: Props,
): Comparison[] {
  const keys = SETTINGS.filter((key) => key !== "groupsClaim" || inputs.authorizationType !== "USER").filter(
    (key) => !isIgnored(declared, key),
  );
  return compare(keys, { ...live }, outputs, inputs);
}

/** Whether the program says something else than last time, whatever is live. */
export function isEdited(outputs: Props, inputs: Props): boolean {
  const recorded = appliedOf(outputs, [...SETTINGS, TRIGGER]).inputs;
  return (
    [...SETTINGS, TRIGGER].some((key) => fingerprint(inputs[key]) !== (recorded[key] ?? "")) ||
    // Never sent, but a deletion goes by what is recorded.
    (inputs.allowLockout === true) !== (outputs.allowLockout === true)
  );
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
export function changesOf(comparisons: readonly Comparison[], inputs: Props): Partial<IdentityProviderSettings> {
  const wanted = settingsOf(inputs);
  const keys = new Set(comparisons.map(({ property }) => property));
  if (keys.has("authorizationType") && inputs.authorizationType === "GROUP") keys.add("groupsClaim");
  return Object.fromEntries([...keys].map((key) => [key, wanted[key as keyof IdentityProviderSettings]]));
}

/** A trigger that is removed acts no more; only a new value does. After an import there is no old one: nobody has asked yet. */
export function revocation(outputs: Props, inputs: Props): boolean {
  if (outputs.__applied === undefined && outputs[TRIGGER] === undefined) return false;
  const wanted = fingerprint(inputs[TRIGGER]);
  return wanted !== "" && wanted !== (appliedOf(outputs, [TRIGGER]).inputs[TRIGGER] ?? "");
}
