import { expect, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import type { ControlPlane } from "../../provider/control-planes/control-plane.ts";
import { type Emulator, readSeed, type Seed } from "../../provider/emulator/index.ts";
import { readOrganization } from "../../provider/lookups/organization.ts";
import { cloudManagerSeed, emulated } from "../support/emulator.ts";
import { PROJECT } from "../support/ids.ts";
import { PROJECT_KEY, projectKeyEnv } from "../support/stack.ts";

const ORG = "5f1ed0c0ffee5f1ed0c0a001";
const SHOP = "5f1ed0c0ffee5f1ed0c0b001";
const seed = () => readSeed(new URL("../../examples/import/seed.yaml", import.meta.url).pathname);

function planeOf(
  emulator: Emulator,
  env: Record<string, string> = {},
  config: Record<string, string> = {},
): ControlPlane {
  return connect({ env: { ...emulator.env, ...env }, config: (key) => config[key] });
}

/** Requests that were recognized; others only fetch the nonce of a digest. */
function requests(emulator: Emulator): string[] {
  return emulator.requests().flatMap(({ credential, path }) => (credential === null ? [] : [path]));
}

test("reads an organization with two requests for each project and a constant", async () => {
  const emulator = await emulated(seed());
  const orgIds = emulator.world().atlas.organizations.map(({ id }) => id);
  const contents = await readOrganization(planeOf(emulator), { orgIds });
  expect(contents.identityProviders.map(({ configurationName }) => configurationName)).toEqual(["corp-entra", "gke"]);
  expect(contents.connections).toHaveLength(3);
  expect(contents.grants).toHaveLength(26);
  expect(contents.databaseRoles).toHaveLength(4);
  expect(contents.samlProviders).toEqual([{ id: expect.any(String), name: "console login" }]);
  expect(contents.otherUsers).toEqual([{ projectId: SHOP, name: "backup@admin", authentication: "password" }]);
  expect(contents.organizations.map(({ name }) => name)).toEqual(["Example Corp", "Example Labs", "Example Payments"]);
  expect(contents.unreadable).toEqual([]);
  expect(requests(emulator).length).toBeLessThanOrEqual(3 * 2 + 10);
});

test("names the access that is missing, and reads the rest", async () => {
  const emulator = await emulated({
    ...seed(),
    apiKeys: [
      { name: "owner" },
      { name: "project", ...PROJECT_KEY, roles: [{ groupId: SHOP, roleName: "GROUP_OWNER" }] },
    ],
  });
  const plane = planeOf(emulator, projectKeyEnv);
  const contents = await readOrganization(plane, { projectIds: [SHOP] });
  expect(contents.projects.map(({ name }) => name)).toEqual(["shop"]);
  expect(contents.grants).toHaveLength(9);
  expect(contents.unreadable).toEqual([
    expect.objectContaining({
      what: `the federation of organization ${ORG}`,
      needs: "Organization Owner in the organization",
    }),
  ]);
});

test("reads a project of Cloud Manager with three requests", async () => {
  const withManager: Seed = cloudManagerSeed({ managedBy: "mongodb-enterprise-operator" });
  const emulator = await emulated(withManager);
  const plane = planeOf(emulator, {}, { plane: "cloud-manager" });
  const contents = await readOrganization(plane, { projectIds: [PROJECT] });
  expect(contents.identityProviders).not.toEqual([]);
  expect(contents.managedBy.get(PROJECT)).toBe("mongodb-enterprise-operator");
  expect(contents.otherUsers).toContainEqual(expect.objectContaining({ authentication: "password" }));
  expect(requests(emulator)).toHaveLength(3);
});
