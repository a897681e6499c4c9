import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { type Connection, connection } from "../../provider/engines/pulumi/connection.ts";
import type { IdentityProviderInput } from "../../provider/engines/pulumi/resources/identity-provider-input.ts";
import { emulated } from "../support/emulator.ts";
import type { EngineFlags, EngineOutcome } from "../support/engine-run.ts";
import { describeEngines, type TestEngine } from "../support/engines.ts";
import { FEDERATION, ORG, PROJECT } from "../support/ids.ts";
import { writeProgram } from "../support/program.ts";

const host = "cluster0.abcde.mongodb.net";

/** A workload provider, and what the test says of it. */
const program = (...lines: string[]) => `import * as pulumi from "@pulumi/pulumi";
import { connection, FederatedUser, IdentityProvider, OrgConnection } from "mongofed";
const apps = new IdentityProvider("apps", {
  federationSettingsId: "${FEDERATION}",
  idpType: "WORKLOAD",
  configurationName: "google",
  issuerUri: "https://accounts.google.com",
  audience: "mongodb.example.com",
  authorizationType: "USER",
});
const staff = new IdentityProvider("staff", {
  federationSettingsId: "${FEDERATION}",
  idpType: "WORKFORCE",
  configurationName: "corp",
  issuerUri: "https://idp.example.com",
  audience: "corp",
  clientId: "corp",
  authorizationType: "GROUP",
});
const host = pulumi.output(${JSON.stringify(host)});
${lines.join("\n")}
`;

async function run(
  engine: TestEngine,
  command: "up" | "preview",
  lines: readonly string[],
  flags: EngineFlags = {},
): Promise<EngineOutcome> {
  const emulator = await emulated();
  const { folder } = await writeProgram(program(...lines));
  const stateDir = join(folder, "..", "state");
  const outcome = await engine.run({ command, cwd: folder, stack: "prod", stateDir, env: emulator.env, flags });
  if (outcome.exitCode !== 0) {
    expect(emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders)).toEqual([]);
  }
  return outcome;
}

describe("who runs the deployment", () => {
  const minimumOf = ({ mongosh }: Connection) =>
    new Promise((resolve) => void mongosh.apply((settings) => resolve(settings?.minimumVersion)));
  const corp = { configurationName: "corp", idpType: "WORKFORCE", authorizationType: "GROUP" } as const;
  const inAtlas = { ...corp, federationSettingsId: FEDERATION, identityProviderId: FEDERATION };
  const inProject = { ...corp, projectId: FEDERATION };

  test.each<[string, IdentityProviderInput, string]>([
    ["Atlas, by a reference", inAtlas, "2.1.4"],
    ["Atlas, by one that comes later", Promise.resolve(inAtlas), "2.1.4"],
    ["Cloud Manager, by a reference", inProject, "1.9.1"],
    ["Cloud Manager, by an output", pulumi.output(inProject), "1.9.1"],
  ])("comes with the identity provider: %s", async (_, provider, version) => {
    expect(await minimumOf(connection(provider, { host }))).toBe(version);
  });

  test("is known of one that is read by its id only when it is read", async () => {
    const read = (projectId: string | undefined) =>
      ({ ...corp, federationSettingsId: pulumi.output(undefined), projectId: pulumi.output(projectId) }) as never;
    expect(await minimumOf(connection(read(FEDERATION), { host }))).toBe("1.9.1");
    expect(await minimumOf(connection(read(undefined), { host }))).toBe("2.1.4");
  });
});

describeEngines("connection settings of a program", (engine) => {
  test("are outputs, through the resource or a reference", async () => {
    const { exitCode, stdout, deployment } = await run(engine, "up", [
      'const byResource = connection(apps, { runsOn: "cloud-run", host });',
      'const byReference = connection(apps.reference, { runsOn: "cloud-run", hosts: [host], audience: apps.audience });',
      "const people = connection(staff, { host });",
      "export const uri = byResource.uri;",
      "export const options = byReference.options;",
      "export const authentication = byReference.authentication;",
      "export const shell = people.mongosh;",
      'export const none = byResource.compass.apply((compass) => compass === undefined ? "none" : "some");',
    ]);
    expect(exitCode, stdout).toBe(0);
    const stack = deployment.deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack");
    expect(stack?.outputs).toEqual({
      uri: `mongodb+srv://${host}/?authMechanism=MONGODB-OIDC&authSource=%24external&authMechanismProperties=ENVIRONMENT:gcp,TOKEN_RESOURCE:mongodb.example.com`,
      options: {
        authMechanism: "MONGODB-OIDC",
        authSource: "$external",
        authMechanismProperties: { ENVIRONMENT: "gcp", TOKEN_RESOURCE: "mongodb.example.com" },
        tls: true,
      },
      authentication: "built-in",
      shell: expect.objectContaining({ deviceAuthorization: expect.stringContaining("--oidcFlows=device-auth") }),
      none: "none",
    });
  });

  // Neither engine shortens JSON, and a preview's JSON holds the inputs of resources, but not the stack's outputs.
  test("are known in the preview of an identity provider that does not exist yet", async () => {
    const lines = [
      'const { uri } = connection(apps, { runsOn: "gke", host });',
      'new IdentityProvider("described", {',
      `  federationSettingsId: "${FEDERATION}",`,
      '  idpType: "WORKLOAD",',
      '  configurationName: "described",',
      '  issuerUri: "https://described.example.com",',
      '  audience: "described",',
      '  authorizationType: "USER",',
      "  description: uri,",
      "});",
    ];
    const { exitCode, stdout } = await run(engine, "preview", lines, { json: true });
    expect(exitCode, stdout).toBe(0);
    const { steps } = JSON.parse(stdout) as { steps: { urn: string; newState: { inputs: { description: string } } }[] };
    const described = steps.find(({ urn }) => urn.endsWith("::described"));
    expect(described?.newState.inputs.description).toContain("TOKEN_RESOURCE:mongodb.example.com");
  });

  test("that cannot work end a preview with every finding, its file and its line", async () => {
    const { exitCode, stdout, stderr } = await run(engine, "preview", [
      'connection(apps.reference, { runsOn: "gke", host, tokenFile: "/token" });',
    ]);
    expect(exitCode).not.toBe(0);
    const printed = stdout + stderr;
    expect(printed).toContain("FED402 misplaced-token-resource: the audience of the identity provider is unknown");
    expect(printed).toMatch(/ {2}--> index\.ts:21:1 {3}connection \. audience$/m);
    expect(printed).toMatch(/ {2}--> index\.ts:21:1 {3}connection \. tokenFile$/m);
    expect(printed, "no color codes").not.toContain("\u001b[");
    expect(printed).toContain("FED405 invalid-token-file");
    expect(printed, "no stack of ours").not.toMatch(/connection\.(js|ts):\d+/);
    expect(printed.split("FED405").length, "told once").toBe(2);
  });

  test.each([
    ["FED403 client-of-other-type", "{ host }", "runsOn"],
    ["FED407 issuer-of-another-place", '{ runsOn: "azure-vm", host }', "runsOn"],
  ])("through a grant, %s names the line of the method call", async (title, options, path) => {
    const { exitCode, stdout, stderr } = await run(engine, "preview", [
      `const app = new FederatedUser("app", { projectId: "${PROJECT}", identityProvider: apps, principal: "123456789012345678901", roles: ["read@app"] });`,
      `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: apps });`,
      `export const { uri } = app.connection(${options});`,
    ]);
    expect(exitCode).not.toBe(0);
    const printed = stdout + stderr;
    expect(printed).toContain(title);
    expect(printed).toMatch(new RegExp(`  --> index\\.ts:23:\\d+ {3}connection \\. ${path}$`, "m"));
    expect(printed, "no color codes").not.toContain("\u001b[");
    expect(printed.split("Diagnostics:")[1]?.split(title).length, "reported once").toBe(2);
  });
});
