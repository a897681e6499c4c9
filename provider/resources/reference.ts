import type { IdentityProviderReference } from "../../schema/identity-provider.ts";
import { referenceTo } from "../../schema/reference.ts";
import type { ControlPlane } from "../control-planes/control-plane.ts";
import type { Props } from "./definition.ts";
import { known } from "./known.ts";

/** The identity provider that a resource uses, as far as it is known: in a preview each part may be unknown, and so may the whole. */
export type Reference = Partial<Record<keyof IdentityProviderReference, unknown>>;

export function referenceOf({ identityProvider }: Props): Reference {
  return typeof identityProvider === "object" && identityProvider !== null ? identityProvider : {};
}

/** Returns the prefix of its principals: its id on Atlas, and on Cloud Manager its name, since it has no id there. */
export function prefixOf({ identityProviderId, projectId, configurationName }: Reference): string | undefined {
  if (identityProviderId !== undefined) return known(identityProviderId);
  return projectId === undefined ? undefined : known(configurationName);
}

/**
 * Derives a reference from a prefix alone. A Cloud Manager configuration whose name is 24 hexadecimal digits looks like
 * an Atlas one. Only lookups of access by its id are affected.
 */
export function referenceBy(projectId: string, prefix: string): Reference {
  return /^[0-9a-f]{24}$/.test(prefix) ? { identityProviderId: prefix } : { projectId, configurationName: prefix };
}

/**
 * The whole reference behind what an id tells of the identity provider of a project's access; as it is, where its
 * federation cannot be seen.
 */
export async function wholeReference(plane: ControlPlane, projectId: string, reference: Reference): Promise<Reference> {
  const prefix = prefixOf(reference);
  const scope = await plane.scopeOf(projectId);
  if (scope === undefined) return reference;
  const live = (await plane.identityProviders.list(scope.id)).find((one) => one.prefix === prefix);
  return live === undefined ? reference : referenceTo(live);
}
