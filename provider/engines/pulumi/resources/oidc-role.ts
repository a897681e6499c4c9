import type * as pulumi from "@pulumi/pulumi";
import type { Through } from "./identity-provider-input.ts";
import { OIDC_ROLE_OUTPUTS, type OidcRoleInputs, OidcRoleProperties } from "./inputs/oidc-role.ts";

/** Roles, privileges, or both: a group that is granted neither is a mistake. */
type Granted = Required<Pick<OidcRoleInputs, "roles">> | Required<Pick<OidcRoleInputs, "privileges">>;

export type OidcRoleArgs = OidcRoleInputs & Through<"GROUP"> & Granted;

/**
 * Manages the access of one group of an identity provider in a project: a database user on `admin` in Atlas, a role on
 * `admin` in Cloud Manager.
 *
 * @example
 * ```ts
 * new OidcRole("dba", {
 *   projectId,
 *   identityProvider: staff,
 *   group: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
 *   roles: ["readWrite@app", "clusterMonitor@admin"],
 * });
 * ```
 */
export class OidcRole extends OidcRoleProperties {
  constructor(name: string, args: OidcRoleArgs, options?: pulumi.CustomResourceOptions) {
    super({ kind: "OidcRole", name, args, outputs: OIDC_ROLE_OUTPUTS }, options);
  }

  /**
   * Reads a group's access that this stack does not manage, in a preview too. Of its identity provider it knows the id
   * and how it authorizes.
   *
   * @param id `{projectId}/{identityProviderId}/{group}`
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): OidcRole {
    return new OidcRole(name, {} as OidcRoleArgs, { ...options, id });
  }
}
