import type { Definition } from "./definition.ts";
import { grant } from "./grant.ts";

/**
 * The access of a group in a project: in Atlas a database user on `admin` with `oidcAuthType` `IDP_GROUP`.
 *
 * ```ts
 * new OidcRole("dba", {
 *   projectId: "5f1e2d3c4b5a69788796a5b4",
 *   identityProvider: staff,
 *   group: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
 *   roles: ["readWrite@app", "clusterMonitor@admin"],
 * });
 * ```
 */
export const oidcRole: Definition = grant({ kind: "OidcRole", plural: "groups", by: "GROUP", input: "group" });
