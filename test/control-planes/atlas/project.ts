import type { Grantee, GrantSettings } from "../../../provider/control-planes/control-plane.ts";
import type { Seed } from "../../../provider/emulator/index.ts";
import { IDP, ORG, PROJECT } from "../../support/ids.ts";
import type { World } from "./harness.ts";

export const users = `/groups/${PROJECT}/databaseUsers`;
export const roles = `/groups/${PROJECT}/customDBRoles/roles`;
export const project = `/groups/${PROJECT}`;

type Project = NonNullable<Seed["organizations"][number]["projects"]>[number];

/** One organization with one project and one cluster, and what a test adds to them. */
export function projectSeed(more: Partial<Project> = {}, behaviour: Seed["behaviour"] = {}): Seed {
  const projects = [{ id: PROJECT, name: "billing", clusters: [{ name: "Cluster0" }], ...more }];
  return { organizations: [{ id: ORG, name: "Platform", projects }], behaviour };
}

/** A database user of the emulator that stands for one person. */
export function person(who: string) {
  const roles = [{ roleName: "read", databaseName: "app" }];
  return { username: `${IDP}/${who}`, oidcAuthType: "USER" as const, roles };
}

export function group(who = "dba"): Grantee {
  return { prefix: IDP, by: "GROUP", who };
}

export function user(who = "ada"): Grantee {
  return { prefix: IDP, by: "USER", who };
}

export const settings: GrantSettings = {
  roles: [
    { role: "readWrite", database: "app" },
    { role: "read", database: "billing", collection: "invoices.paid" },
  ],
  privileges: [],
  authenticationRestrictions: [],
  scopes: [{ name: "Cluster0", type: "CLUSTER" }],
  labels: [{ key: "team", value: "platform" }],
  description: "people of the platform",
  deleteAfterDate: undefined,
};

export function usersOf({ emulator }: World) {
  return emulator.world().atlas.databaseUsers;
}

export function rolesOf({ emulator }: World) {
  return emulator.world().atlas.customDbRoles;
}
