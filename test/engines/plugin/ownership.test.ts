/** Objects that pass from one declaration to another: from the classes to the plugin, and within it. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { objectsIn } from "../../ownership/scenarios.ts";
import { builtPlugin } from "../../support/built-plugin.ts";
import { runEmbedded } from "../../support/embedded.ts";
import { cloudManagerSeed, emulated } from "../../support/emulator.ts";
import { installSdk } from "../../support/generated-sdk.ts";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { writeProgram } from "../../support/program.ts";
import { writes } from "../../support/stack.ts";

/** The parts of the program that differ between the control planes. */
const PLANES = {
  atlas: {
    seed: undefined,
    kind: "OrgConnection",
    scope: `federationSettingsId: "${FEDERATION}"`,
    declared: `
const connect = (which, to) =>
  new OrgConnection(name + which, { ...more, orgId: "${ORG}", identityProvider: to.reference }, options("OrgConnection"));
const dependsOn = [connect("people", staff), connect("programs", apps)];`,
    objects: 7,
  },
  "cloud-manager": {
    seed: cloudManagerSeed(),
    kind: "ProjectTls",
    scope: `projectId: "${PROJECT}"`,
    declared: `
new ProjectTls(name + "tls", { projectId: "${PROJECT}", clusterCaFilePath: "/etc/cluster-ca.pem" }, options("ProjectTls"));
const dependsOn = [];`,
    objects: 6,
  },
};

type Plane = keyof typeof PLANES;
type Keeps = "" | "adopt" | "aliases";

/** A program with an object of every kind. */
function program(plane: Plane, source: string, name: string, keeps: Keeps): string {
  const { kind, scope, declared } = PLANES[plane];
  return `
import { DatabaseRole, FederatedUser, IdentityProvider, OidcRole, ${kind} } from "${source}";
const name = "${name}-";
const more = ${keeps === "adopt" ? "{ adopt: true }" : "{}"};
const options = (kind) => (${keeps === "aliases" ? '{ aliases: [{ type: "pulumi-nodejs:dynamic/mongofed:" + kind }] }' : "{}"});
const provider = (configurationName, rest) => new IdentityProvider(name + configurationName, {
  ...more, ...rest, ${scope}, configurationName, issuerUri: "https://idp.example.com", audience: configurationName,
}, options("IdentityProvider"));
const staff = provider("staff", { idpType: "WORKFORCE", authorizationType: "GROUP", clientId: "mongodb" });
const apps = provider("apps", { idpType: "WORKLOAD", authorizationType: "USER" });
${declared}
const common = { ...more, projectId: "${PROJECT}", roles: ["read@app"] };
const last = (kind) => ({ ...options(kind), dependsOn });
new DatabaseRole(name + "role", { ...common, roleName: "payments" }, last("DatabaseRole"));
new OidcRole(name + "dba", { ...common, identityProvider: staff.reference, group: "dba" }, last("OidcRole"));
new FederatedUser(name + "billing", { ...common, identityProvider: apps.reference, principal: "app:1" }, last("FederatedUser"));
`;
}

const CLASSES = "mongofed";
const SDK = "@pulumi/mongofed";

/** The stack of a program, whose resources the classes have created. */
async function createdByClasses(plane: Plane) {
  const emulator = await emulated(PLANES[plane].seed);
  const before = objectsIn(emulator);
  const { folder: plugin } = await builtPlugin();
  const { folder, write } = await writeProgram("");
  await installSdk(folder);
  const settings = join(folder, "Pulumi.yaml");
  await writeFile(settings, `${await readFile(settings, "utf8")}packages:\n  mongofed: ${plugin}\n`);
  const run = async (command: "preview" | "up" | "destroy") => {
    const count = writes(emulator).length;
    const outcome = await runEmbedded({
      command,
      cwd: folder,
      stack: "dev",
      stateDir: join(folder, "..", "state"),
      env: { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" },
      config: { "mongofed:plane": plane, "mongofed:wait": "off" },
      flags: { skipPreview: true },
    });
    const { resources = [] } = outcome.deployment.deployment;
    const types = resources.map(({ type }) => type.replace(/:\w+$/, "")).filter((type) => type.includes("mongofed"));
    return { ...outcome, text: outcome.stdout + outcome.stderr, types, writes: writes(emulator).slice(count) };
  };
  const declare = (source: string, name: string, keeps: Keeps = "") => write(program(plane, source, name, keeps));
  const up = async (...declared: Parameters<typeof declare>) => {
    await declare(...declared);
    const outcome = await run("up");
    expect(outcome.exitCode, outcome.text).toBe(0);
    return outcome;
  };
  await up(CLASSES, "a");
  return { run, up, declare, before, made: objectsIn(emulator), objects: () => objectsIn(emulator) };
}

const EVERY_PLANE = ["atlas", "cloud-manager"] as const;
const servedByPlugin = (plane: Plane) => Array(PLANES[plane].objects).fill("mongofed:index");

test.each(EVERY_PLANE)(
  "aliases move every kind of resource of %s from the classes to the plugin in place",
  async (plane) => {
    const { run, up, before, objects } = await createdByClasses(plane);
    const moved = await up(SDK, "a", "aliases");
    expect(moved.writes).toEqual([]);
    expect(moved.text).toMatch(new RegExp(`Resources:\\n {4}~ ${PLANES[plane].objects} updated\\n {4}1 unchanged\\n`));
    expect(moved.types.filter((type) => type !== "pulumi:providers")).toEqual(servedByPlugin(plane));
    expect((await run("preview")).text).toMatch(
      new RegExp(`Resources:\\n {4}${PLANES[plane].objects + 1} unchanged\\n`),
    );
    // The settings that a ProjectTls restores move too.
    expect((await run("destroy")).exitCode).toBe(0);
    expect(objects()).toEqual(before);
  },
);

test.each(EVERY_PLANE)(
  "every kind of object of %s is adopted from the classes, and from the plugin, without a write",
  async (plane) => {
    const { run, up, declare, before, made, objects } = await createdByClasses(plane);
    for (const name of ["a", "b"]) {
      await declare(SDK, name);
      const refused = await run("preview");
      expect(refused.exitCode).not.toBe(0);
      expect(refused.text).toMatch(/FED221 already-exists[\s\S]*aliases/);

      const adopted = await up(SDK, name, "adopt");
      expect(adopted.writes).toEqual([]);
      expect(adopted.text.match(/ is kept: /g)).toHaveLength(PLANES[plane].objects);
      expect(adopted.types.filter((type) => type !== "pulumi:providers")).toEqual(servedByPlugin(plane));
      expect(objects()).toEqual(made);
    }

    const unprotected = await up(SDK, "b");
    expect(unprotected.writes).toEqual([]);
    expect((await run("destroy")).exitCode).toBe(0);
    // A ProjectTls that takes over restores the settings that it found.
    const created = made.filter((one) => !before.includes(one) && !one.includes("cluster-ca"));
    expect(created.length).toBeGreaterThan(0);
    expect(objects().filter((one) => created.includes(one))).toEqual([]);
  },
);
