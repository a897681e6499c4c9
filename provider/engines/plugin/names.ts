import type { Kind } from "../../../schema/resources.ts";

/** Names in Pulumi's schema. */
export const PACKAGE = "mongofed";

/** `mongofed:index:IdentityProvider`: the type of a resource. It stands in every state. */
export function resourceToken(kind: Kind): string {
  return `${PACKAGE}:index:${kind}`;
}

/** `mongofed:index:getIdentityProvider`: the function that finds an existing object. */
export function functionToken(kind: Kind): string {
  return `${PACKAGE}:index:get${kind}`;
}
