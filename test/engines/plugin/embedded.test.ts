/** Programs whose resources the plugin serves, on the embedded engine. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import type { ConfigValue } from "../../../provider/engines/embedded/run-options.ts";
import { builtPlugin } from "../../support/built-plugin.ts";
import { runEmbedded } from "../../support/embedded.ts";
import { emulated } from "../../support/emulator.ts";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { testFolder } from "../../support/program.ts";
import { pythonEnvironment } from "../../support/python.ts";

/** The part of a generated SDK that these programs use. */
const typescript = `
import * as pulumi from "@pulumi/pulumi";

const outputs = { identityProviderId: undefined, reference: undefined, username: undefined };
class Resource extends pulumi.CustomResource {
  declare readonly reference: pulumi.Output<object>;
  constructor(kind: string, name: string, args: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super("mongofed:index:" + kind, name, { ...outputs, ...args }, options);
  }
}

const staff = new Resource("IdentityProvider", "staff", {
  federationSettingsId: "${FEDERATION}",
  configurationName: "corp-entra",
  description: pulumi.secret("hidden words"),
  idpType: "WORKFORCE",
  issuerUri: "https://idp.example.com",
  audience: "mongodb",
  clientId: "mongodb",
  authorizationType: "GROUP",
});
const platform = new Resource("OrgConnection", "platform", { orgId: "${ORG}", identityProvider: staff.reference });
const role = { projectId: "${PROJECT}", identityProvider: staff.reference, group: "dba", roles: ["readWrite@app"] };
const dba = new Resource("OidcRole", "dba", role, { dependsOn: platform });
const tokens = { dba: { claims: { sub: "d-1", groups: ["dba"] }, expect: { accepted: "staff", roles: ["readWrite@app"] } } };
new Resource("TokenCheck", "tokens", { tokens }, { dependsOn: dba });
export const corp = staff.reference;
`;

/** The same program. */
const python = `
import pulumi

class Resource(pulumi.CustomResource):
    reference: pulumi.Output[dict]
    def __init__(self, kind, name, args, opts=None):
        super().__init__("mongofed:index:" + kind, name, {"reference": None, "username": None, **args}, opts)

staff = Resource("IdentityProvider", "staff", {
    "federationSettingsId": "${FEDERATION}",
    "configurationName": "corp-entra",
    "description": pulumi.Output.secret("hidden words"),
    "idpType": "WORKFORCE",
    "issuerUri": "https://idp.example.com",
    "audience": "mongodb",
    "clientId": "mongodb",
    "authorizationType": "GROUP",
})
platform = Resource("OrgConnection", "platform", {"orgId": "${ORG}", "identityProvider": staff.reference})
dba = Resource("OidcRole", "dba",
    {"projectId": "${PROJECT}", "identityProvider": staff.reference, "group": "dba", "roles": ["readWrite@app"]},
    pulumi.ResourceOptions(depends_on=[platform]))
tokens = {"dba": {"claims": {"sub": "d-1", "groups": ["dba"]}, "expect": {"accepted": "staff", "roles": ["readWrite@app"]}}}
Resource("TokenCheck", "tokens", {"tokens": tokens}, pulumi.ResourceOptions(depends_on=[dba]))
pulumi.export("corp", staff.reference)
`;

async function stackOf(emulator: Emulator, files: Readonly<Record<string, string>>) {
  const above = await testFolder();
  const folder = join(above, "program");
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return async (
    command: "preview" | "up" | "refresh" | "destroy",
    config: Readonly<Record<string, ConfigValue>> = {},
  ) => {
    const env = { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" };
    const flags = { skipPreview: true };
    const outcome = await runEmbedded({
      command,
      cwd: folder,
      stack: "dev",
      stateDir: join(above, "state"),
      env,
      config,
      flags,
    });
    return { ...outcome, text: outcome.stdout + outcome.stderr };
  };
}

async function live(emulator: Emulator, files: Readonly<Record<string, string>>): Promise<void> {
  const run = await stackOf(emulator, files);
  const good = async (...args: Parameters<typeof run>) => {
    const outcome = await run(...args);
    expect(outcome.exitCode, outcome.text).toBe(0);
    return outcome;
  };
  const preview = await good("preview");
  expect(preview.text).toMatch(/\+ 5 to create/);
  expect(preview.text).toContain("1 of 1 as expected");
  const up = await good("up");
  expect(JSON.stringify(up.deployment)).not.toContain("hidden words");
  expect(emulator.world().atlas.databaseUsers).toHaveLength(1);
  expect((await good("preview")).text).toMatch(/5 unchanged/);
  expect((await good("refresh")).text).toMatch(/5 unchanged/);
  await good("destroy");
  expect(emulator.world().atlas.databaseUsers).toEqual([]);
  expect(emulator.world().atlas.federations[0]?.identityProviders).toEqual([]);
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
  test("for a TypeScript program", async () => {
    await live(await emulated(), await typescriptProject());
  });

  test("for a Python program", async ({ skip }) => {
    const environment = await pythonEnvironment();
    if ("missing" in environment) return skip(environment.missing);
    const runtime = `  name: python\n  options:\n    virtualenv: ${JSON.stringify(environment.folder)}`;
    await live(await emulated(), { "Pulumi.yaml": await project(runtime), "__main__.py": python });
  });

  test("and refuses settings that the plugin refuses", async () => {
    const run = await stackOf(await emulated(), await typescriptProject());
    const { exitCode, text } = await run("preview", { "mongofed:drift": "maybe" });
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/FED420 .*mongofed:drift is "maybe"/);
  });
});
