/** Objects that pass from one declaration to another without aliases: from the classes to the plugin, and within it. */

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
const connect = (which, to) => new OrgConnection(name + which, { ...more, orgId: "${ORG}", identityProvider: to.reference });
const dependsOn = [connect("people", staff), connect("programs", apps)];`,
    objects: 7,
  },
  "cloud-manager": {
    seed: cloudManagerSeed(),
    kind: "ProjectTls",
    scope: `projectId: "${PROJECT}"`,
    declared: `
new ProjectTls(name + "tls", { projectId: "${PROJECT}", clusterCaFilePath: "/etc/cluster-ca.pem" });
const dependsOn = [];`,
    objects: 6,
  },
};

/** A program with an object of every kind. */
function program(plane: keyof typeof PLANES, source: string, name: string, adopt: boolean): string {
  const { kind, scope, declared } = PLANES[plane];
  return `
import { DatabaseRole, FederatedUser, IdentityProvider, OidcRole, ${kind} } from "${source}";
const name = "${name}-";
const more = ${adopt ? "{ adopt: true }" : "{}"};
const provider = (configurationName, rest) => new IdentityProvider(name + configurationName, {
  ...more, ...rest, ${scope}, configurationName, issuerUri: "https://idp.example.com", audience: configurationName,
});
const staff = provider("staff", { idpType: "WORKFORCE", authorizationType: "GROUP", clientId: "mongodb" });
const apps = provider("apps", { idpType: "WORKLOAD", authorizationType: "USER" });
${declared}
const common = { ...more, projectId: "${PROJECT}", roles: ["read@app"] };
new DatabaseRole(name + "role", { ...common, roleName: "payments" });
new OidcRole(name + "dba", { ...common, identityProvider: staff.reference, group: "dba" }, { dependsOn });
new FederatedUser(name + "billing", { ...common, identityProvider: apps.reference, principal: "app:1" }, { dependsOn });
`;
}

const CLASSES = "mongofed";
const SDK = "@pulumi/mongofed";

test.each(["atlas", "cloud-manager"] as const)(
  "every kind of object of %s is adopted from the classes, and from the plugin, without a write",
  async (plane) => {
    const { seed, objects } = PLANES[plane];
    const emulator = await emulated(seed);
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
      const { deployment } = outcome.deployment;
      const types = deployment.resources?.map(({ type }) => type).filter((type) => /mongofed:/.test(type)) ?? [];
      return { ...outcome, text: outcome.stdout + outcome.stderr, types, writes: writes(emulator).slice(count) };
    };
    const up = async (...declared: [source: string, name: string, adopt: boolean]) => {
      await write(program(plane, ...declared));
      const outcome = await run("up");
      expect(outcome.exitCode, outcome.text).toBe(0);
      return outcome;
    };
    await up(CLASSES, "a", false);
    const made = objectsIn(emulator);

    for (const name of ["a", "b"]) {
      await write(program(plane, SDK, name, false));
      const refused = await run("preview");
      expect(refused.exitCode).not.toBe(0);
      expect(refused.text).toMatch(/FED221 already-exists[\s\S]*aliases/);

      const adopted = await up(SDK, name, true);
      expect(adopted.writes).toEqual([]);
      expect(adopted.text.match(/ is kept: /g)).toHaveLength(objects);
      expect(adopted.types.filter((type) => type.startsWith("mongofed:index:"))).toHaveLength(objects);
      expect(adopted.types.filter((type) => type.startsWith("pulumi-nodejs:"))).toEqual([]);
      expect(objectsIn(emulator)).toEqual(made);
    }

    const unprotected = await up(SDK, "b", false);
    expect(unprotected.writes).toEqual([]);
    expect((await run("destroy")).exitCode).toBe(0);
    // A ProjectTls that takes over restores the settings that it found.
    const created = made.filter((one) => !before.includes(one) && !one.includes("cluster-ca"));
    expect(created.length).toBeGreaterThan(0);
    expect(objectsIn(emulator).filter((one) => created.includes(one))).toEqual([]);
  },
);
