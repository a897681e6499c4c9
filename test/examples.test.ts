import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type Emulator, readSeed, startEmulator } from "../provider/emulator/index.ts";
import type { EngineOutcome } from "./support/engine-run.ts";
import { describeEngines } from "./support/engines.ts";
import { FEDERATION, ORG } from "./support/ids.ts";
import { testFolder } from "./support/program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Without a Pulumi.yaml it is several programs, or code that a client uses. Without a package.json it is in another language. These have tests of their own. */
const examples = readdirSync(join(root, "examples"), { withFileTypes: true })
  .filter(({ name }) => ["Pulumi.yaml", "package.json"].every((file) => existsSync(join(root, "examples", name, file))))
  .map(({ name }) => name);

/**
 * The client settings that each example outputs, written by hand from the documentation of drivers, mongosh and
 * Compass.
 */
const outputs: Readonly<Record<string, object>> = {
  "atlas-workload-azure": {
    uri: "mongodb+srv://3c2b1a09-8f7e-4d6c-b5a4-938271605f4e@cluster0.abcde.mongodb.net/billing?authMechanism=MONGODB-OIDC&authSource=%24external&authMechanismProperties=ENVIRONMENT:azure,TOKEN_RESOURCE:0d9e8f7a-6b5c-4d3e-2f1a-0b9c8d7e6f5a",
  },
  "atlas-workload-gcp": {
    uri: "mongodb+srv://cluster0.abcde.mongodb.net/orders?authMechanism=MONGODB-OIDC&authSource=%24external&authMechanismProperties=ENVIRONMENT:gcp,TOKEN_RESOURCE:mongodb.example.com",
  },
  "atlas-workforce-entra": {
    mongosh: {
      authorizationCode: "mongosh mongodb+srv://cluster0.abcde.mongodb.net/ --authenticationMechanism MONGODB-OIDC",
    },
    compass: {
      fields: expect.arrayContaining([{ tab: "General", field: "Host", value: "cluster0.abcde.mongodb.net" }]),
    },
    corp: { configurationName: "corp-entra", idpType: "WORKFORCE", authorizationType: "GROUP" },
  },
  "cloud-manager-workforce": {
    mongosh: {
      authorizationCode:
        "mongosh 'mongodb://db0.example.com:27017,db1.example.com:27017,db2.example.com:27017/?tls=true&replicaSet=rs0' --authenticationMechanism MONGODB-OIDC --tlsCAFile /etc/ssl/certs/example-corp.pem --oidcTrustedEndpoint",
      minimumVersion: "1.9.1",
    },
    compass: { fields: expect.arrayContaining([{ tab: "Advanced", field: "Replica Set Name", value: "rs0" }]) },
  },
};

/** Who is let in while each is up: the names of database users, or of Cloud Manager's roles and users, without their prefix. */
const users: Readonly<Record<string, readonly string[]>> = {
  "atlas-workload-azure": ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"],
  "atlas-workload-gcp": ["104857600012345678901"],
  "atlas-workforce-entra": ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d"],
  "cloud-manager-workforce": [
    "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    "3c2b1a09-8f7e-4d6c-b5a4-938271605f4e",
    "7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d",
  ],
  pipelines: ["repo:octo-org/octo-repo:environment:production"],
  "token-checks": ["dba", "support"],
};

/** The configuration that the quickstart asks for. The examples have their own `Pulumi.demo.yaml`. */
const quickstartConfig = {
  federationSettingsId: FEDERATION,
  orgId: ORG,
  tenantId: "8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b",
  applicationId: "0d9e8f7a-6b5c-4d3e-2f1a-0b9c8d7e6f5a",
};

describeEngines("every example", (engine) => {
  test.each([
    ...examples.map((name) => ({ name, cwd: join(root, "examples", name), stack: "demo", config: {} })),
    { name: "the quickstart by the Pulumi.yaml of the root", cwd: root, stack: "prod", config: quickstartConfig },
  ])("lives: $name", async ({ name, cwd, stack, config }) => {
    const seed = join(cwd, "seed.yaml");
    const emulator = await startEmulator(existsSync(seed) ? { seed: readSeed(seed) } : {});
    onTestFinished(() => emulator.close());
    const stateDir = join(await testFolder(), "state");
    const before = settled(emulator);
    const run = (command: "up" | "preview" | "destroy") =>
      engine.run({
        command,
        cwd,
        stack,
        stateDir,
        config,
        env: emulator.env,
        flags: { skipPreview: command !== "preview" },
      });
    const up = await run("up");
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
    expect(outputsOf(up)).toMatchObject(outputs[name] ?? {});
    expect(granted(emulator).toSorted()).toEqual(users[name] ?? []);
    const again = await run("preview");
    expect(again.stdout).toMatch(/\d+ unchanged/);
    expect(again.stdout).not.toMatch(/to (create|update|delete|replace)/);
    const destroy = await run("destroy");
    expect(destroy.exitCode, destroy.stdout + destroy.stderr).toBe(0);
    expect(settled(emulator)).toEqual(before);
  });
});

/** The world, but for when clusters were last asked to apply something, and how often. */
function settled(emulator: Emulator) {
  const { clusters, ...world } = emulator.world().atlas;
  const documents = documentsOf(emulator).map(({ version: _, ...document }) => document);
  return { ...world, clusters: clusters.map(({ appliesAt: _, ...cluster }) => cluster), documents };
}

function granted(emulator: Emulator): string[] {
  const documents = documentsOf(emulator);
  const names = [
    ...emulator.world().atlas.databaseUsers.map(({ username }) => username),
    ...documents.flatMap(({ roles }) => roles.map(({ role }) => role)),
    ...documents.flatMap(({ auth }) => auth.usersWanted.map(({ user }) => user)),
  ];
  return names.filter((name) => name.includes("/")).map((name) => name.slice(name.indexOf("/") + 1));
}

interface AutomationConfig {
  readonly version: number;
  readonly roles: readonly { readonly role: string }[];
  readonly auth: { readonly usersWanted: readonly { readonly user: string }[] };
}

function documentsOf(emulator: Emulator): AutomationConfig[] {
  return emulator.world().cloudManager.deployments.map(({ automationConfig }) => JSON.parse(automationConfig));
}

function outputsOf({ deployment }: EngineOutcome): Readonly<Record<string, unknown>> {
  return deployment.deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

test("the demo shows the whole life of the quickstart", async () => {
  const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, [join(root, "examples", "demo.ts")], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
  expect(code, output).toBe(0);
  expect(output).toMatch(/^(No Pulumi CLI found: using the embedded engine|Using the Pulumi CLI)/m);
  expect(output).toMatch(/3 errors in 4 declarations/);
  expect(output).toMatch(/audience +live "api:\/\/old"/);
  expect(output).toContain("The demo has removed all its objects from the control plane and ended all its processes.");
});

test("the demo names the examples that there are", async () => {
  const isDemo = (name: string) =>
    ["Pulumi.yaml", "seed.yaml"].some((file) => existsSync(join(root, "examples", name, file)));
  const demos = readdirSync(join(root, "examples")).filter(isDemo);
  expect(demos).toContain("environments");
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [join(root, "examples", "demo.ts"), "nonsense"],
      { cwd: root },
      (error, stdout, stderr) => resolve(`${error?.code} ${stdout}${stderr}`),
    );
  });
  expect(output).toBe(`2 error: there is no example "nonsense". There are: ${demos.join(", ")}.\n`);
});
