import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Emulator, startEmulator } from "../../../provider/emulator/index.ts";
import {
  lookupDatabaseRole,
  lookupFederatedUser,
  lookupIdentityProvider,
  lookupOidcRole,
  lookupOrgConnection,
} from "../../../provider/index.ts";
import { seed } from "../../control-planes/cloud-manager/harness.ts";
import { FEDERATION, PROJECT } from "../../support/ids.ts";

let emulator: Emulator;

/** A lookup asks while the program runs, and needs no engine; the configuration is the program's. */
beforeEach(async () => {
  emulator = await startEmulator({ seed });
  for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
  emulator.edit({
    edit: "put-automation-entry",
    projectId: PROJECT,
    list: "roles",
    entry: {
      role: "theirs/dba",
      db: "admin",
      roles: [{ role: "read", db: "reports" }],
      privileges: [{ resource: { cluster: true }, actions: ["inprog"] }],
      authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }],
    },
  });
  return async () => {
    vi.unstubAllEnvs();
    pulumi.runtime.setAllConfig({});
    await emulator.close();
  };
});

const talkTo = (plane: string) => pulumi.runtime.setConfig("mongofed:plane", plane);

describe("in a project of Cloud Manager", () => {
  test("an identity provider is found by its project and name, and gives the reference that resources take", async () => {
    talkTo("cloud-manager");
    expect(await lookupIdentityProvider({ projectId: PROJECT, configurationName: "theirs" })).toEqual({
      projectId: PROJECT,
      configurationName: "theirs",
      idpType: "WORKLOAD",
      authorizationType: "USER",
    });
    const none = lookupIdentityProvider({ projectId: PROJECT, configurationName: "corp" });
    await expect(none).rejects.toThrow(
      `there is no identity provider with configurationName "corp" in project ${PROJECT}`,
    );
    await expect(none).rejects.toThrow("theirs (WORKLOAD, USER, issuer https://idp.theirs.example.com");
  });

  test("access is found by whom it is for, with what Cloud Manager alone knows", async () => {
    talkTo("ops-manager");
    expect(await lookupOidcRole({ projectId: PROJECT, group: "dba", configurationName: "theirs" })).toMatchObject({
      id: `${PROJECT}/theirs/dba`,
      username: "theirs/dba",
      identityProviderId: "theirs",
      group: "dba",
      roles: [{ role: "read", database: "reports" }],
      privileges: [{ resource: { cluster: true }, actions: ["inprog"] }],
      authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }],
    });
    expect(await lookupFederatedUser({ projectId: PROJECT, principal: "0f1e2d3c" })).toMatchObject({
      id: `${PROJECT}/theirs/0f1e2d3c`,
      roles: [{ role: "read", database: "reports" }],
    });
    const other = lookupOidcRole({ projectId: PROJECT, group: "dba", configurationName: "corp" });
    await expect(other).rejects.toThrow("FED240");
  });

  test("a role is found in its database", async () => {
    talkTo("cloud-manager");
    const entry = { role: "local-reader", db: "reports", roles: [], privileges: [] };
    emulator.edit({ edit: "put-automation-entry", projectId: PROJECT, list: "roles", entry });
    expect(await lookupDatabaseRole({ projectId: PROJECT, roleName: "report-reader" })).toMatchObject({
      id: `${PROJECT}/report-reader`,
      database: "admin",
    });
    const local = { projectId: PROJECT, roleName: "local-reader" };
    expect(await lookupDatabaseRole({ ...local, database: "reports" })).toMatchObject({
      id: `${PROJECT}/local-reader@reports`,
    });
    await expect(lookupDatabaseRole(local)).rejects.toThrow("local-reader@reports");
  });
});

test("names an object that the control plane lacks, and the control plane", async () => {
  const asked: [string, () => Promise<unknown>, RegExp][] = [
    [
      "cloud-manager",
      () => lookupIdentityProvider({ federationSettingsId: FEDERATION }),
      /FED206 .*an identity provider of a federation exists on MongoDB Atlas only, .*uses Cloud Manager/,
    ],
    [
      "ops-manager",
      () => lookupOrgConnection({ federationSettingsId: FEDERATION, orgId: PROJECT }),
      /FED206 .*an OrgConnection exists on MongoDB Atlas only, .*uses Ops Manager/,
    ],
    [
      "cloud-manager",
      () => lookupOidcRole({ projectId: PROJECT, group: "dba", identityProviderId: FEDERATION }),
      /FED206 .*an identity provider with an id exists on MongoDB Atlas only/,
    ],
    [
      "atlas",
      () => lookupIdentityProvider({ projectId: PROJECT }),
      /FED206 .*an identity provider of a project exists on Cloud Manager and Ops Manager only, .*uses MongoDB Atlas/,
    ],
    [
      "atlas",
      () => lookupFederatedUser({ projectId: PROJECT, principal: "p", configurationName: "theirs" }),
      /FED206 .*access under a configuration name exists on Cloud Manager/,
    ],
    ["atlas", () => lookupIdentityProvider({} as never), /names neither a federation nor a project/],
    [
      "atlas",
      () => lookupIdentityProvider({ projectId: PROJECT, federationSettingsId: FEDERATION } as never),
      /names both a federation and a project/,
    ],
    [
      "cloud-manager",
      () => lookupIdentityProvider({ projectId: PROJECT, identityProviderId: FEDERATION } as never),
      /has an identityProviderId, which no identity provider of a project has/,
    ],
  ];
  for (const [plane, lookup, text] of asked) {
    talkTo(plane);
    await expect(lookup()).rejects.toThrow(text);
  }
  expect(emulator.requests()).toEqual([]);
});
