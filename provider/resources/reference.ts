import type { IdentityProviderReference } from "../../schema/identity-provider.ts";
import type { Props } from "./definition.ts";
import { known } from "./known.ts";

/** The identity provider that a resource uses, as far as it is known: in a preview each part may be unknown, and so may the whole. */
export type Reference = Partial<Record<keyof IdentityProviderReference, unknown>>;

export function referenceOf({ identityProvider }: Props): Reference {
  return typeof identityProvider === "object" && identityProvider !== null ? identityProvider : {};
}

/** What its principals are prefixed with: its id on Atlas, and on Cloud Manager its name, since it has no id there. */
export function prefixOf({ identityProviderId, projectId, configurationName }: Reference): string | undefined {
  if (identityProviderId !== undefined) return known(identityProviderId);
  return projectId === undefined ? undefined : known(configurationName);
}

/**
 * What a prefix alone tells of its identity provider. A configuration of Cloud Manager whose name happens to be 24
 * hexadecimal digits is taken for one of Atlas; that concerns only who asks for access by its id.
 */
export function referenceBy(projectId: string, prefix: string): Reference {
  return /^[0-9a-f]{24}$/.test(prefix) ? { identityProviderId: prefix } : { projectId, configurationName: prefix };
}
