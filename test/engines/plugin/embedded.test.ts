/** Programs whose resources the plugin serves, on the embedded engine. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import type { Deployment } from "../../../provider/engines/embedded/engine.ts";
import type { ConfigValue } from "../../../provider/engines/embedded/run-options.ts";
import { builtPlugin } from "../../support/built-plugin.ts";
import { runEmbedded } from "../../support/embedded.ts";
import { emulated } from "../../support/emulator.ts";
import { installSdk } from "../../support/generated-sdk.ts";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { testFolder } from "../../support/program.ts";
import { pythonEnvironment } from "../../support/python.ts";

/** A program with the SDK that Pulumi generates. It asks for an object that exists, and for one that it creates. */
const typescript = `
import * as mongofed from "@pulumi/mongofed";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const staff = new mongofed.IdentityProvider("staff", {
  federationSettingsId: "${FEDERATION}",
  configurationName: "corp-entra",
  description: config.requireSecret("description"),
  idpType: mongofed.IdpType.WORKFORCE,
  issuerUri: "https://idp.example.com",
  audience: "mongodb",
  clientId: "mongodb",
  authorizationType: mongofed.AuthorizationType.GROUP,
});
const platform = new mongofed.OrgConnection("platform", { orgId: "${ORG}", identityProvider: staff.reference });
const existing = await mongofed.getDatabaseRole({ projectId: "${PROJECT}", roleName: "reader" });
const read = mongofed.DatabaseRole.get("reader", existing.id);
const dba = new mongofed.OidcRole(
  "dba",
  { projectId: "${PROJECT}", identityProvider: staff.reference, group: config.require("group"), roles: [read.roleName.apply((name) => name + "@admin")] },
  { dependsOn: platform },
);
new mongofed.TokenCheck("tokens", {
  tokens: { dba: { claims: { sub: "d-1", groups: ["dba"] }, expect: { accepted: "staff", roles: ["reader@admin"] } } },
}, { dependsOn: dba });
const found = mongofed.getOidcRoleOutput({ projectId: "${PROJECT}", group: dba.group });
export const corp = staff.reference;
export const foundId = found.id;
export const username = dba.username;
`;

/** The same program, with the part of a generated SDK that it uses. */
const python = `
import pulumi
import pulumi.runtime

class Resource(pulumi.CustomResource):
    reference: pulumi.Output[dict]
    def __init__(self, kind, name, args, opts=None):
        super().__init__("mongofed:index:" + kind, name, {"reference": None, "username": None, **args}, opts)

config = pulumi.Config()
staff = Resource("IdentityProvider", "staff", {
    "federationSettingsId": "${FEDERATION}",
    "configurationName": "corp-entra",
    "description": config.require_secret("description"),
    "idpType": "WORKFORCE",
    "issuerUri": "https://idp.example.com",
    "audience": "mongodb",
    "clientId": "mongodb",
    "authorizationType": "GROUP",
})
platform = Resource("OrgConnection", "platform", {"orgId": "${ORG}", "identityProvider": staff.reference})
existing = pulumi.runtime.invoke("mongofed:index:getDatabaseRole", {"projectId": "${PROJECT}", "roleName": "reader"}).value
dba = Resource("OidcRole", "dba",
    {"projectId": "${PROJECT}", "identityProvider": staff.reference, "group": config.require("group"), "roles": [existing["roleName"] + "@admin"]},
    pulumi.ResourceOptions(depends_on=[platform]))
tokens = {"dba": {"claims": {"sub": "d-1", "groups": ["dba"]}, "expect": {"accepted": "staff", "roles": ["reader@admin"]}}}
Resource("TokenCheck", "tokens", {"tokens": tokens}, pulumi.ResourceOptions(depends_on=[dba]))
pulumi.export("corp", staff.reference)
`;

async function stackOf(emulator: Emulator, files: Readonly<Record<string, string>>) {
  const above = await testFolder();
  const folder = join(above, "program");
  await installSdk(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return async (
    command: "preview" | "up" | "refresh" | "destroy",
    config: Readonly<Record<string, ConfigValue>> = {},
    signal?: AbortSignal,
  ) => {
    const env = { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" };
    const flags = { skipPreview: true };
    const outcome = await runEmbedded({
      command,
      cwd: folder,
      stack: "dev",
      stateDir: join(above, "state"),
      env,
      config: { "hosted:group": "dba", "hosted:description": { value: "hidden words", secret: true }, ...config },
      flags,
      ...(signal && { signal }),
    });
    return { ...outcome, text: outcome.stdout + outcome.stderr };
  };
}

/** The default control plane, with a role that no stack manages. */
async function withReader(): Promise<Emulator> {
  const emulator = await emulated();
  const role = { roleName: "reader", actions: [{ action: "FIND", resources: [{ db: "app", collection: "" }] }] };
  emulator.edit({ edit: "add-custom-role", projectId: PROJECT, role });
  return emulator;
}

function successful<Given extends unknown[], Outcome extends { exitCode: number; text: string }>(
  run: (...args: Given) => Promise<Outcome>,
) {
  return async (...args: Given) => {
    const outcome = await run(...args);
    expect(outcome.exitCode, outcome.text).toBe(0);
    return outcome;
  };
}

async function live(emulator: Emulator, files: Readonly<Record<string, string>>): Promise<Deployment["deployment"]> {
  const good = successful(await stackOf(emulator, { ...files, "names.csv": "dba,Database team\n" }));
  const preview = await good("preview", { "mongofed:names": "names.csv" });
  expect(preview.text).toMatch(/\+ 5 to create/);
  expect(preview.text).toContain("1 of 1 as expected");
  expect(preview.text).toMatch(
    /access: 1 group gains access\n.*\+ {2}group dba \(Database team\) \(corp-entra\) .*reader@admin/,
  );
  const up = await good("up");
  expect(JSON.stringify(up.deployment)).not.toContain("hidden words");
  expect(emulator.world().atlas.databaseUsers).toHaveLength(1);
  const again = await good("preview");
  expect(again.text).toMatch(/5 unchanged/);
  expect(again.text).not.toContain("access:");
  // A resource that the program only reads counts too.
  expect((await good("refresh")).text).toMatch(/Resources:\n {4}[56] unchanged/);
  await good("destroy");
  expect(emulator.world().atlas.databaseUsers).toEqual([]);
  expect(emulator.world().atlas.federations[0]?.identityProviders).toEqual([]);
  return up.deployment.deployment;
}

async function project(runtime: string): Promise<string> {
  const { folder } = await builtPlugin();
  return `name: hosted\nruntime:\n${runtime}\npackages:\n  mongofed: ${folder}\n`;
}

async function typescriptProject(): Promise<Readonly<Record<string, string>>> {
  return {
    "Pulumi.yaml": await project("  name: nodejs\n  options:\n    typescript: false"),
    "package.json": `${JSON.stringify({ name: "hosted", private: true, type: "module", main: "index.ts" })}\n`,
    "index.ts": typescript,
  };
}

describe("the embedded engine hosts the plugin", () => {
  test("for a TypeScript program with the generated SDK, whose functions find objects", async () => {
    const { resources = [] } = await live(await withReader(), await typescriptProject());
    const { outputs } = resources.find(({ type }) => type === "pulumi:pulumi:Stack") ?? {};
    expect(outputs).toMatchObject({
      corp: { configurationName: "corp-entra" },
      username: expect.stringMatching(/\/dba$/),
    });
    expect(outputs?.foundId).toBe(resources.find(({ type }) => type === "mongofed:index:OidcRole")?.id);
  });

  test("for a Python program", async ({ skip }) => {
    const environment = await pythonEnvironment();
    if ("missing" in environment) return skip(environment.missing);
    const runtime = `  name: python\n  options:\n    virtualenv: ${JSON.stringify(environment.folder)}`;
    await live(await withReader(), { "Pulumi.yaml": await project(runtime), "__main__.py": python });
  });

  test("and tells why a function fails", async () => {
    const run = await stackOf(await emulated(), await typescriptProject());
    const { exitCode, text } = await run("preview");
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/FED240 [\s\S]*reader/);
  });

  test("and interrupts a create that is under way at once, which the next run completes", async () => {
    const emulator = await withReader();
    const run = await stackOf(emulator, await typescriptProject());
    const slow = { kind: "delay", ms: 60_000, when: "after-commit" } as const;
    emulator.inject({ match: { method: "POST", path: "databaseUsers" }, fault: slow });
    const interrupt = new AbortController();
    const running = run("up", {}, interrupt.signal);
    await expect.poll(() => emulator.world().atlas.databaseUsers.length, { timeout: 60_000 }).toBe(1);
    const began = performance.now();
    interrupt.abort();
    const { exitCode, text } = await running;
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/update canceled/);
    emulator.clearFaults();
    const good = successful(run);
    await good("up");
    expect(emulator.world().atlas.databaseUsers).toHaveLength(1);
    await good("destroy");
    expect(emulator.world().atlas.databaseUsers).toEqual([]);
  });

  test("and says that the folder in Pulumi.yaml holds no plugin", async () => {
    const files = await typescriptProject();
    const { folder } = await builtPlugin();
    const run = await stackOf(await emulated(), {
      ...files,
      "Pulumi.yaml": files["Pulumi.yaml"]!.replace(folder, "./none"),
    });
    const { exitCode, text } = await run("preview");
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/names \S+none for the package mongofed, and that folder has no pulumi-resource-mongofed/);
  });

  test("and refuses settings that the plugin refuses", async () => {
    const run = await stackOf(await emulated(), await typescriptProject());
    const { exitCode, text } = await run("preview", { "mongofed:drift": "maybe" });
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/FED420 .*mongofed:drift is "maybe"/);
  });
});
