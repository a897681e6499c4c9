import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { runCli } from "../../provider/cli/program.ts";
import { type Emulator, readSeed, type Seed } from "../../provider/emulator/index.ts";
import { runEmbedded } from "../support/embedded.ts";
import { cloudManagerSeed, emulated } from "../support/emulator.ts";
import type { EngineOutcome } from "../support/engine-run.ts";
import { PROJECT } from "../support/ids.ts";
import { printedOutput } from "../support/printed.ts";
import { testFolder } from "../support/program.ts";
import { PROJECT_KEY, writes } from "../support/stack.ts";

const example = () => readSeed(new URL("../../examples/import/seed.yaml", import.meta.url).pathname);

/** A project with people and programs, roles that inherit, and restrictions. */
const cloudManager = cloudManagerSeed({
  automationConfig: JSON.stringify({
    version: 7,
    auth: {
      disabled: false,
      deploymentAuthMechanisms: ["SCRAM-SHA-256", "MONGODB-OIDC"],
      autoAuthMechanisms: ["SCRAM-SHA-256"],
      usersWanted: [
        {
          user: "apps/system:serviceaccount:shop:api",
          db: "$external",
          roles: [{ role: "readWrite", db: "app" }],
          authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }],
        },
        { user: "gone/ada", db: "$external", roles: [{ role: "read", db: "app" }] },
        { user: "backup", db: "admin", roles: [{ role: "backup", db: "admin" }] },
      ],
    },
    roles: [
      {
        role: "staff/dba",
        db: "admin",
        roles: [
          { role: "readWrite", db: "app" },
          { role: "reader", db: "reports" },
        ],
        privileges: [{ resource: { cluster: true }, actions: ["serverStatus"] }],
        authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"], serverAddress: ["10.1.0.1"] }],
      },
      { role: "reader", db: "reports", roles: [{ role: "base", db: "admin" }], privileges: [] },
      {
        role: "base",
        db: "admin",
        roles: [],
        privileges: [{ resource: { db: "reports", collection: "" }, actions: ["find"] }],
      },
      { role: "odd", db: "admin", roles: [], privileges: [{ resource: { anyResource: true }, actions: ["find"] }] },
    ],
    oidcProviderConfigs: [
      {
        authNamePrefix: "staff",
        issuerUri: "https://example.okta.com/oauth2/default",
        audience: "api://default",
        clientId: "0oa1",
        requestedScopes: ["offline_access"],
        userClaim: "uid",
        groupsClaim: "groups",
        supportsHumanFlows: true,
        useAuthorizationClaim: true,
      },
      {
        authNamePrefix: "apps",
        issuerUri: "https://oidc.eks.eu-west-1.amazonaws.com/id/1",
        audience: "mongodb",
        userClaim: "sub",
        supportsHumanFlows: false,
        useAuthorizationClaim: false,
      },
    ],
    processes: [],
  }),
});

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function mongofed(
  emulator: Emulator,
  cwd: string,
  args: readonly string[],
  signal = new AbortController().signal,
): Promise<Ran> {
  const { printed, streams } = printedOutput();
  const exitCode = await runCli(args, {
    ...streams,
    stdin: (async function* () {})(),
    env: { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" },
    cwd,
    signal,
  });
  return { exitCode, ...printed };
}

function orgsOf({ organizations }: Seed): string[] {
  return organizations.flatMap(({ id }) => ["--org", id ?? ""]);
}

/** Imports into a folder inside the clone, and into the state of the embedded engine. */
async function imported(
  seed: Seed,
  args: readonly string[],
): Promise<{ emulator: Emulator; folder: string; text: string }> {
  const emulator = await emulated(seed);
  const cwd = await testFolder();
  const { exitCode, stdout, stderr } = await mongofed(emulator, cwd, ["import", ...args, "--out", "identity"]);
  expect(exitCode, stdout + stderr).toBe(0);
  const folder = join(cwd, "identity");
  const file = await mongofed(emulator, folder, [
    "import",
    "--file",
    "import.json",
    "--state",
    "../state/identity.prod.json",
  ]);
  expect(file.exitCode, file.stderr).toBe(0);
  return { emulator, folder, text: stdout };
}

async function run(emulator: Emulator, folder: string, command: "preview" | "up"): Promise<EngineOutcome> {
  return await runEmbedded({
    command,
    cwd: folder,
    stack: "prod",
    stateDir: join(folder, "..", "state"),
    env: { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" },
    flags: { skipPreview: true },
  });
}

/** The runs show and write nothing. `count` is the number of resources. */
async function expectNoChange(
  { emulator, folder }: { emulator: Emulator; folder: string },
  commands: readonly ("preview" | "up")[],
  count?: number,
): Promise<void> {
  for (const command of commands) {
    const { exitCode, stdout, stderr, deployment } = await run(emulator, folder, command);
    expect(exitCode, stdout + stderr).toBe(0);
    const resources = deployment.deployment.resources?.filter(({ type }) => type.includes("mongofed:")).length ?? 0;
    if (count !== undefined) expect(resources).toBe(count);
    expect(stdout).toMatch(new RegExp(`^ +${resources + 1} unchanged$`, "m"));
    expect(stdout).not.toMatch(/^ +. \d+ (?:to )?(create|update|delete|replace)/m);
  }
  expect(writes(emulator)).toEqual([]);
}

const root = new URL("../..", import.meta.url).pathname;

/** The program compiles under `strict`, and a formatter would leave it as it is. */
async function expectWellWritten(folder: string): Promise<void> {
  const problems = (tool: string, args: readonly string[]) =>
    promisify(execFile)(tool, args, { cwd: folder }).then(
      () => "",
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
  const config = ["--config-path", join(root, ".biome.json"), "--vcs-enabled=false"];
  expect(await problems("tsc", ["-p", "."])).toBe("");
  expect(await problems("biome", ["format", ...config, "index.ts"])).toBe("");
}

test("an imported project of Cloud Manager shows no change, and nothing is written", async () => {
  const made = await imported(cloudManager, ["--plane", "cloud-manager", "--project", PROJECT]);
  await expectNoChange(made, ["preview", "up"], 5);
  expect(made.text).toContain("role odd@admin of project orders: it has a privilege on a kind of resource");
  expect(made.text).toContain("FED344");
});

test("with --adopt, the program takes over every object, and nothing is written", async () => {
  const emulator = await emulated(example());
  const cwd = await testFolder();
  const { stdout } = await mongofed(emulator, cwd, ["import", ...orgsOf(example()), "--adopt"]);
  expect(stdout).toContain("pulumi up");
  const folder = join(cwd, "identity");
  expect(await readdir(folder)).not.toContain("import.json");
  const up = await run(emulator, folder, "up");
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  await expectNoChange({ emulator, folder }, ["preview"], 37);
});

test("writes a private folder, never over another one, and nothing when it is interrupted", async () => {
  const emulator = await emulated(example());
  const cwd = await testFolder();
  const args = ["import", ...orgsOf(example()), "--language", "yaml", "--json"] as const;
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 5);
  expect((await mongofed(emulator, cwd, args, interrupt.signal)).exitCode).toBe(130);
  expect(await readdir(cwd)).toEqual([]);
  const first = await mongofed(emulator, cwd, args);
  expect(JSON.parse(first.stdout)).toMatchObject({ imported: expect.any(Array), notImported: expect.any(Array) });
  expect(JSON.parse(first.stdout).imported).toHaveLength(37);
  const { mode } = await stat(join(cwd, "identity", "Pulumi.yaml"));
  expect(mode & 0o077).toBe(0);
  emulator.clearRequests();
  const second = await mongofed(emulator, cwd, args);
  expect(second).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("identity exists already") });
  expect(emulator.requests()).toEqual([]);
  expect(await readdir(cwd)).toEqual(["identity"]);
});

test("a key without any access ends with 1, names the access that is missing, and writes nothing", async () => {
  const other = "5f1ed0c0ffee5f1ed0c0a002";
  const roles = [{ orgId: other, roleName: "ORG_MEMBER" }];
  const emulator = await emulated({ ...example(), apiKeys: [{ name: "member", ...PROJECT_KEY, roles }] });
  const cwd = await testFolder();
  const ran = await mongofed(emulator, cwd, ["import", "--org", "5f1ed0c0ffee5f1ed0c0a001"]);
  expect(ran.exitCode, ran.stdout + ran.stderr).toBe(1);
  expect(ran.stdout).toContain("needs  Organization Owner in the organization");
  expect(await readdir(cwd)).toEqual([]);
});

test("an imported organization shows no change, twice, and nothing is written to Atlas", async () => {
  const names = new URL("../../examples/import/names.csv", import.meta.url).pathname;
  const made = await imported(example(), [...orgsOf(example()), "--names", names]);
  await expectWellWritten(made.folder);
  await expectNoChange(made, ["preview", "up", "preview", "up"], 37);
  const again = ["import", "--file", "import.json", "--state", "../state/identity.prod.json"];
  expect(await mongofed(made.emulator, made.folder, again)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('the stack has a resource pulumi-nodejs:dynamic/mongofed:IdentityProvider "'),
  });
});
