import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Deployment } from "../../provider/engines/embedded/engine.ts";
import { runEmbedded } from "../support/embedded.ts";
import { emulated } from "../support/emulator.ts";
import { FEDERATION, ORG, PROJECT, THIRD_IDP } from "../support/ids.ts";
import { killFamily } from "../support/kill.ts";
import { writeProgram } from "../support/program.ts";
import {
  CLUSTERS,
  configOf,
  DEPLOYMENT,
  foreignIn,
  OUR_ISSUER,
  OUR_ROLE,
  ourRoles,
  ourUsers,
  type PlaneKind,
  seed,
} from "./world.ts";

/**
 * Real processes, and the real state in its file: the engine and its provider are killed with SIGKILL while a write is
 * at the control plane, and one more `up` goes on from what they left.
 */

const script = fileURLToPath(new URL("../engines/embedded/run-up.ts", import.meta.url));
const providers = `/federationSettings/${FEDERATION}/identityProviders`;
const organization = `/federationSettings/${FEDERATION}/connectedOrgConfigs/${ORG}`;

const provider = (name: string, more = "") => `
const ${name} = new IdentityProvider("${name}", {
  federationSettingsId: "${FEDERATION}",
  idpType: "WORKFORCE",
  configurationName: "${name}",
  issuerUri: "${OUR_ISSUER}",
  audience: "${name}",
  clientId: "mongodb",
  authorizationType: "GROUP",
  ${more}
}, { protect: false });`;
const connection = (to: string, more = "") =>
  `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: ${to}, ${more} }, { protect: false });`;
const program = (...parts: string[]) =>
  `import { DatabaseRole, FederatedUser, IdentityProvider, OidcRole, OrgConnection } from "mongofed";\n${parts.join("\n")}\n`;

async function newStack(plane: PlaneKind = "atlas") {
  const emulator = await emulated(seed);
  const written = await writeProgram(program());
  await writeFile(join(written.folder, "Pulumi.dev.yaml"), `config:\n  mongofed:plane: ${plane}\n`);
  const stateDir = join(written.folder, "..", "state");
  const env = { ...emulator.env };
  const world = () => emulator.world().atlas;
  const federation = () => world().federations[0]!;
  const foreign = () => foreignIn(emulator.world());
  const before = foreign();

  return {
    emulator,
    /** Ours, by name, and those of them that the organization is connected to. */
    made() {
      const ours = federation().identityProviders.filter(({ issuerUri }) => String(issuerUri).startsWith(OUR_ISSUER));
      const org = federation().connectedOrgs.find(({ orgId }) => orgId === ORG)!;
      const nameOf = (id: string) => ours.find((one) => one.id === id)?.displayName ?? "somebody else's";
      return {
        providers: ours.map(({ displayName }) => displayName).sort(),
        connected: (org.dataAccessIdentityProviderIds ?? []).map(nameOf),
      };
    },
    /** The roles, groups and users of the project that are ours. */
    access: () => [
      ...ourRoles(world()).map(({ roleName, inheritedRoles }) => ({ name: roleName, roles: inheritedRoles.length })),
      ...ourUsers(world()).map(({ username, roles }) => ({ name: username.split("/")[1], roles: roles.length })),
    ],
    async up(...parts: string[]) {
      await written.write(program(...parts));
      return this.run("up");
    },
    /** Takes over everything that equals its declaration. */
    async adoptingUp(...parts: string[]) {
      await written.write(program(...parts));
      return this.run("up", { MONGOFED_ADOPT: "equal" });
    },
    async run(command: "up" | "destroy", more = {}) {
      const flags = { skipPreview: true };
      const options = { command, cwd: written.folder, stack: "dev", stateDir, env: { ...env, ...more }, flags };
      const outcome = await runEmbedded(options);
      expect(foreign()).toBe(before);
      return { ...outcome, text: outcome.stdout + outcome.stderr };
    },
    /** `up`, until a request is at the server: then nobody is left to hear its answer. */
    async killedUp(
      { nth = 1, ...request }: { method: string; path: string; nth?: number },
      when: "before-commit" | "after-commit",
      ...parts: string[]
    ) {
      await written.write(program(...parts));
      emulator.clearRequests();
      const world = () => JSON.stringify([emulator.world().atlas, emulator.world().cloudManager]);
      const unchanged = world();
      const fault = emulator.inject({ match: request, nth, fault: { kind: "delay", ms: 600_000, when } });
      const engine = spawn(process.execPath, [script, written.folder, join(stateDir, "written.dev.json")], {
        env: { ...process.env, ...env },
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => engine.once("exit", resolve));
      const hit = () => emulator.faults().find(({ id }) => id === fault)?.hit;
      await expect.poll(hit, { timeout: 60_000 }).toBe(1);
      if (when === "after-commit") await expect.poll(world).not.toBe(unchanged);
      killFamily(engine.pid!);
      await ended;
      emulator.clearFaults();
      const state = JSON.parse(await readFile(join(stateDir, "written.dev.json"), "utf8")) as Deployment;
      // Creations that were under way stay until a refresh, so there may be more than this one.
      expect(state.deployment.pending_operations?.length).toBeGreaterThan(0);
    },
  };
}

const post = { method: "POST", path: `${providers}$` };
const patch = { method: "PATCH", path: `${providers}/` };
const connect = { method: "PATCH", path: organization };
const remove = { method: "DELETE", path: `${providers}/` };

const users = `/groups/${PROJECT}/databaseUsers`;
const roles = `/groups/${PROJECT}/customDBRoles/roles`;
const postUser = { method: "POST", path: `${users}$` };
const postRole = { method: "POST", path: `${roles}$` };
const waitForCluster = { method: "GET", path: `/clusters/${CLUSTERS[0]}/status` };

const databaseRole = (more = "") => `
new DatabaseRole("reader", {
  projectId: "${PROJECT}",
  roleName: "${OUR_ROLE}-reader",
  privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
  ${more}
}, { protect: false });`;
const grant = (kind: "OidcRole" | "FederatedUser", who: string, more = "", granted = `"${OUR_ROLE}-reader"`) => `
new ${kind}("${who}", {
  projectId: "${PROJECT}",
  identityProvider: {
    federationSettingsId: "${FEDERATION}",
    identityProviderId: "${THIRD_IDP}",
    configurationName: "ours",
    idpType: "WORKFORCE",
    authorizationType: "${kind === "OidcRole" ? "GROUP" : "USER"}",
  },
  ${kind === "OidcRole" ? "group" : "principal"}: "${who}",
  roles: ["readWrite@app", ${granted}],
  ${more}
}, { protect: false });`;

const foreignIds = ["somebody else's", "somebody else's"];

test("killed while it creates: what is not known to be ours is named, and taken over on request", async () => {
  const stack = await newStack();
  const both = [provider("staff"), connection("staff")];
  await stack.killedUp(post, "before-commit", ...both);
  expect(stack.made()).toEqual({ providers: [], connected: foreignIds });
  await stack.killedUp(post, "after-commit", ...both);
  expect(stack.made().providers).toEqual(["staff"]);

  const refused = await stack.up(...both);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.text).toMatch(/interrupted while creating[\s\S]*FED221[\s\S]*adopt: true/);
  expect(stack.made().providers).toEqual(["staff"]);

  await stack.killedUp(connect, "after-commit", provider("staff", "adopt: true,"), connection("staff"));
  expect(stack.made()).toEqual({ providers: ["staff"], connected: [...foreignIds, "staff"] });
  const repaired = await stack.up(provider("staff"), connection("staff", "adopt: true"));
  expect(repaired.exitCode, repaired.text).toBe(0);
  expect(stack.made()).toEqual({ providers: ["staff"], connected: [...foreignIds, "staff"] });
  expect((await stack.up(...both)).text).toMatch(/3 unchanged/);
});

test("killed while it changes, swaps, disconnects and deletes: one more run finishes it", async () => {
  const stack = await newStack();
  const old = [provider("staff"), provider("people")];
  expect((await stack.up(...old, connection("staff"))).exitCode).toBe(0);

  const renamed = [provider("staff", 'configurationName: "renamed",'), provider("people"), connection("people")];
  await stack.killedUp(patch, "after-commit", ...renamed);
  await stack.killedUp(connect, "after-commit", ...renamed);
  const changed = await stack.up(...renamed);
  expect(changed.exitCode, changed.text).toBe(0);
  expect(stack.made()).toEqual({ providers: ["people", "renamed"], connected: [...foreignIds, "people"] });

  const left = provider("staff", 'configurationName: "renamed",');
  await stack.killedUp(connect, "after-commit", left);
  expect(stack.made()).toEqual({ providers: ["people", "renamed"], connected: foreignIds });
  await stack.killedUp(remove, "after-commit", left);
  const deleted = await stack.up(left);
  expect(deleted.exitCode, deleted.text).toBe(0);
  expect(stack.made()).toEqual({ providers: ["renamed"], connected: foreignIds });
  expect((await stack.up(left)).text).toMatch(/2 unchanged/);
});

/** The identity provider that the grants are by is there, and connected. */
function connectGrantor(emulator: Awaited<ReturnType<typeof newStack>>["emulator"]): void {
  const fields = { protocol: "OIDC", idpType: "WORKFORCE", id: THIRD_IDP, issuerUri: OUR_ISSUER, audience: "ours" };
  emulator.edit({ edit: "add-identity-provider", federationSettingsId: FEDERATION, fields });
  emulator.edit({ edit: "connect", orgId: ORG, identityProviderId: THIRD_IDP });
}

test("killed while it grants, or waits for the clusters: what is not recorded is taken over", async () => {
  const stack = await newStack();
  connectGrantor(stack.emulator);
  const all = [databaseRole(), grant("OidcRole", "dba"), grant("OidcRole", "ada")];
  const [role, dba, ada] = [`${OUR_ROLE}-reader`, "dba", "ada"].map((name) => ({ name, roles: 2 }));
  await stack.killedUp(postRole, "after-commit", ...all);
  expect(stack.access()).toEqual([{ ...role, roles: 0 }]);

  const refused = await stack.up(...all);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.text).toMatch(/interrupted while creating[\s\S]*FED221[\s\S]*MONGOFED_ADOPT=equal pulumi up/);
  expect(stack.access()).toEqual([{ ...role, roles: 0 }]);

  // Its answer came, and it is not recorded all the same: what waits for the clusters is not done yet.
  const own = databaseRole("adopt: true,");
  await stack.up(own);
  await stack.killedUp(waitForCluster, "before-commit", own, grant("OidcRole", "dba"));
  expect(stack.access()).toEqual([{ ...role, roles: 0 }, dba]);
  await stack.killedUp(postUser, "after-commit", own, grant("OidcRole", "ada"));
  expect(stack.access()).toEqual([{ ...role, roles: 0 }, dba, ada]);

  // One refusal names both.
  const both = await stack.up(...all);
  expect(both.exitCode).not.toBe(0);
  expect(both.text).toMatch(/group dba through ours in \S+ \S+ exists already/);
  expect(both.text).toMatch(/group ada through ours in \S+ \S+ exists already/);

  const repaired = await stack.adoptingUp(...all);
  expect(repaired.exitCode, repaired.text).toBe(0);
  expect(repaired.text).toMatch(/adopt .*group dba/);
  expect(repaired.text).toMatch(/adopt .*group ada/);
  expect(stack.access()).toEqual([{ ...role, roles: 0 }, dba, ada]);
  expect((await stack.up(...all)).text).toMatch(/4 unchanged/);
});

test.each([3, 4])("killed at write %i of a rename in an automation config: the same command goes on", async (nth) => {
  const stack = await newStack("cloud-manager");
  const renamed = (name: string) => `
const staff = new IdentityProvider("staff", {
  projectId: "${DEPLOYMENT}", idpType: "WORKFORCE", configurationName: "${name}", issuerUri: "${OUR_ISSUER}",
  audience: "staff", clientId: "mongodb", authorizationType: "GROUP",
}, { protect: false });
new OidcRole("a", { identityProvider: staff, group: "a", roles: ["read@app"] }, { protect: false });`;
  const named = () => JSON.stringify(JSON.parse(configOf(stack.emulator.world()))).match(/ours-\w+(\/a)?/g) ?? [];
  expect((await stack.up(renamed("ours-old"))).exitCode).toBe(0);
  await stack.killedUp({ method: "PUT", path: "/automationConfig$", nth }, "after-commit", renamed("ours-new"));
  const repaired = await stack.adoptingUp(renamed("ours-new"));
  expect(repaired.exitCode, repaired.text).toBe(0);
  expect(new Set(named())).toEqual(new Set(["ours-new", "ours-new/a"]));
  expect((await stack.up(renamed("ours-new"))).text).toMatch(/3 unchanged/);
});

test("killed while it writes an automation config: one more run takes over what it made, and finishes", async () => {
  const stack = await newStack("cloud-manager");
  const put = { method: "PUT", path: "/automationConfig$" };
  const waiting = { method: "GET", path: "/automationStatus$" };
  const project = (roles: string, more = "") => `
const staff = new IdentityProvider("staff", {
  projectId: "${DEPLOYMENT}", idpType: "WORKFORCE", configurationName: "ours-staff", issuerUri: "${OUR_ISSUER}",
  audience: "staff", clientId: "mongodb", authorizationType: "GROUP", ${more}
}, { protect: false });
for (const group of ["a", "b", "c"]) {
  new OidcRole(group, { identityProvider: staff, group, roles: [${roles}], ${more} }, { protect: false });
}`;
  /** Ours, with the roles of each. */
  const made = () => {
    const { oidcProviderConfigs, roles } = JSON.parse(configOf(stack.emulator.world()));
    const ours = (name: string) => name.startsWith("ours-staff");
    return [
      ...oidcProviderConfigs.map((one: { authNamePrefix: string }) => one.authNamePrefix).filter(ours),
      ...roles
        .filter(({ role }: { role: string }) => ours(role))
        .map((one: { role: string; roles: unknown[] }) => `${one.role} ${one.roles.length}`),
    ].sort();
  };
  const all = (count: number) => ["ours-staff", ...["a", "b", "c"].map((group) => `ours-staff/${group} ${count}`)];

  await stack.killedUp(put, "after-commit", project('"read@app"'));
  expect(made()).toEqual(["ours-staff"]);
  const refused = await stack.up(project('"read@app"'));
  expect(refused.exitCode).not.toBe(0);
  expect(refused.text).toMatch(/interrupted while creating[\s\S]*FED221[\s\S]*adopt: true/);
  // A write is not recorded before the Agents have applied it.
  await stack.killedUp(waiting, "before-commit", project('"read@app"', "adopt: true,"));
  const repaired = await stack.adoptingUp(project('"read@app"'));
  expect(repaired.exitCode, repaired.text).toBe(0);
  expect(made()).toEqual(all(1));

  await stack.killedUp(put, "after-commit", project('"read@app", "read@b"'));
  expect((await stack.up(project('"read@app", "read@b"'))).exitCode).toBe(0);
  expect(made()).toEqual(all(2));
  await stack.killedUp(put, "after-commit", "");
  const gone = await stack.up("");
  expect(gone.exitCode, gone.text).toBe(0);
  expect(made()).toEqual([]);
});
