import type { Definition } from "./definition.ts";
import { grant } from "./grant.ts";

/**
 * The access of one person or program in a project: in Atlas a database user on `$external` with `oidcAuthType` `USER`.
 *
 * ```ts
 * new FederatedUser("billing", {
 *   projectId: "5f1e2d3c4b5a69788796a5b4",
 *   identityProvider: apps,
 *   principal: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
 *   roles: ["readWrite@billing"],
 * });
 * ```
 */
export const federatedUser: Definition = grant({
  kind: "FederatedUser",
  plural: "federated users",
  by: "USER",
  input: "principal",
});
