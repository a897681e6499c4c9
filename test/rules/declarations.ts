import type { Declaration } from "../../provider/rules/index.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { FEDERATION, IDP, ORG, PROJECT } from "../support/ids.ts";

export const federationSettingsId = FEDERATION;
export const orgId = ORG;

export const projectId = PROJECT;

let line = 0;
/** A declaration as the gate makes it. */
export function declare(
  kind: Declaration["kind"],
  name: string,
  inputs: Record<string, unknown>,
  identityProvider?: Declaration,
): Declaration {
  line += 1;
  return {
    kind,
    name,
    inputs,
    location: { file: "index.ts", line, column: 1, label: `${kind} "${name}"` },
    ...(identityProvider ? { identityProvider } : {}),
  };
}

/** The inputs of a complete provider for people. */
export const people = {
  federationSettingsId,
  idpType: "WORKFORCE",
  configurationName: "corp",
  issuerUri: "https://idp.example.com",
  audience: "mongodb",
  clientId: "client",
  authorizationType: "GROUP",
};
const { clientId: _, ...rest } = people;
/** The inputs of a complete provider for programs. */
export const programs = { ...rest, idpType: "WORKLOAD", authorizationType: "USER" };

export const staff = (changes: Record<string, unknown> = {}) =>
  declare("IdentityProvider", "staff", { ...people, ...changes });
export const apps = (changes: Record<string, unknown> = {}) =>
  declare("IdentityProvider", "apps", { ...programs, ...changes });
export const reference = (changes: Record<string, unknown> = {}) => ({
  federationSettingsId,
  identityProviderId: IDP,
  configurationName: "corp",
  idpType: "WORKFORCE",
  authorizationType: "GROUP",
  ...changes,
});
/** The same in a project of Cloud Manager or Ops Manager. */
const { federationSettingsId: __, ...ofNoFederation } = people;
export const staffOfProject = (changes: Record<string, unknown> = {}) =>
  declare("IdentityProvider", "staff", { ...ofNoFederation, projectId, ...changes });
export const appsOfProject = ({ ...changes }: Record<string, unknown> = {}) =>
  apps({ federationSettingsId: undefined, projectId, configurationName: "apps", ...changes });
export const projectReference = (changes: Record<string, unknown> = {}) => ({
  projectId,
  configurationName: "corp",
  idpType: "WORKFORCE",
  authorizationType: "GROUP",
  ...changes,
});

/**
 * Returns the input that names the provider, and its declaration: a resource of the program, a reference, or any other
 * value.
 */
function using(to: unknown): [unknown, Declaration | undefined] {
  const made = typeof to === "object" && to !== null && "kind" in to ? (to as Declaration) : undefined;
  return made === undefined ? [to, undefined] : [UNKNOWN, made];
}

export function connect(name: string, to: unknown, changes: Record<string, unknown> = {}): Declaration {
  const [identityProvider, made] = using(to);
  return declare("OrgConnection", name, { orgId, identityProvider, ...changes }, made);
}

export function group(to: unknown, changes: Record<string, unknown> = {}): Declaration {
  const [identityProvider, made] = using(to);
  const inputs = { projectId, identityProvider, group: "dba", roles: ["readWrite@app"], ...changes };
  return declare("OidcRole", "group", inputs, made);
}

export function user(to: unknown, changes: Record<string, unknown> = {}): Declaration {
  const [identityProvider, made] = using(to);
  const inputs = { projectId, identityProvider, principal: "ada", roles: ["readWrite@app"], ...changes };
  return declare("FederatedUser", "user", inputs, made);
}

export function tls(name: string, changes: Record<string, unknown> = {}): Declaration {
  return declare("ProjectTls", name, { projectId, caFilePath: "/etc/mongodb/ca.pem", ...changes });
}

/** By itself a role does not show which control plane it is for: the access beside it does. */
export function inAtlas(...roles: Declaration[]): Declaration[] {
  return [...roles, group(reference(), { group: "beside" })];
}
export function inProject(...roles: Declaration[]): Declaration[] {
  return [...roles, group(projectReference(), { group: "beside" })];
}

export function databaseRole(roleName: string, changes: Record<string, unknown> = {}): Declaration {
  const privileges = [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }];
  return declare("DatabaseRole", roleName, { projectId, roleName, privileges, ...changes });
}
