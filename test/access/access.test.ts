import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../provider/cli/program.ts";
import { readSeed, type Seed } from "../../provider/emulator/index.ts";
import { type AccessReport, accessReportSchema } from "../../schema/access-report.ts";
import { cloudManagerSeed, emulated } from "../support/emulator.ts";
import { PROJECT } from "../support/ids.ts";
import { printedOutput } from "../support/printed.ts";
import { testFolder, writeProgram } from "../support/program.ts";
import { PROJECT_KEY, writes } from "../support/stack.ts";

const root = new URL("../../", import.meta.url).pathname;
const example = () => readSeed(join(root, "examples/import/seed.yaml"));
const ORG_A = "5f1ed0c0ffee5f1ed0c0a001";
const ORG_B = "5f1ed0c0ffee5f1ed0c0a002";
const SHOP = "5f1ed0c0ffee5f1ed0c0b001";
const DBA = "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0";
const ENTRA = "5f1ed0c0ffee5f1ed0c0c001";

async function reader(seed: Seed, env: Readonly<Record<string, string>> = {}) {
  const emulator = await emulated(seed);
  const cwd = await testFolder();
  const run = (...args: string[]) => piped("", ...args);
  const piped = async (stdin: string, ...args: string[]) => {
    const { printed, streams } = printedOutput();
    const exitCode = await runCli(["access", ...args], {
      ...streams,
      stdin: (async function* () {
        yield stdin;
      })(),
      env: { ...emulator.env, ...env },
      cwd,
      signal: new AbortController().signal,
    });
    return { exitCode, ...printed };
  };
  const report = async (...args: string[]): Promise<AccessReport> =>
    accessReportSchema.parse(JSON.parse((await run(...args, "--json")).stdout));
  return { emulator, cwd, run, piped, report };
}

const rowOf = ({ rows }: AccessReport, who: string) => {
  const found = rows.filter((row) => row.who.id === who);
  expect(found).toHaveLength(1);
  return found[0]!;
};

test("lists the grants of an organization with effective privileges, notes and the users outside OIDC", async () => {
  const { emulator, run, report } = await reader(example());
  const found = await report("--org", ORG_A);
  expect(found.rows).toHaveLength(9);
  expect(found.projects).toEqual([{ id: SHOP, name: "shop" }]);
  expect(rowOf(found, DBA)).toMatchObject({
    who: { kind: "group", id: DBA },
    through: { prefix: ENTRA, name: "corp-entra" },
    farReaching: [],
    notes: [],
  });
  expect(rowOf(found, "ada")).toMatchObject({ who: { kind: "principal" }, notes: ["provider-gone"] });
  const mailer = rowOf(found, "system:serviceaccount:shop:mailer");
  expect(mailer.who.kind).toBe("program");
  expect(mailer.roles[0]).toMatchObject({ role: "orders-reader@admin", through: [], isUnknown: false });
  expect(mailer.roles[0]?.privileges).not.toEqual([]);
  expect(found.otherUsers).toEqual([{ name: "backup@admin", authentication: "password", project: "shop" }]);

  const lab = await report("--org", ORG_B);
  expect(rowOf(lab, DBA).farReaching).toEqual(["atlasAdmin@admin"]);

  const { exitCode, stdout } = await run("--org", ORG_A, "--names", join(root, "examples/import/names.csv"));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`group ${DBA} \\(DBA\\) +corp-entra +shop +readWrite@app, clusterMonitor@admin`));
  expect(stdout).toMatch(/^ada .*\(deleted\).*cannot log in: its identity provider does not exist$/m);
  expect(writes(emulator)).toEqual([]);
});

test("costs at most three requests a project and ten", async () => {
  const { emulator, report } = await reader(example());
  const { projects } = await report("--org", ORG_A, "--org", ORG_B, "--org", "5f1ed0c0ffee5f1ed0c0a003");
  expect(projects).toHaveLength(3);
  expect(emulator.requests().length).toBeLessThanOrEqual(3 * projects.length + 10);
});

test("filters by principal, group, role and database", async () => {
  const { report } = await reader(example());
  const who = async (...args: string[]) => (await report("--org", ORG_A, ...args)).rows.map((row) => row.who.id);
  expect(await who("--principal", "CART")).toEqual(["system:serviceaccount:shop:cart"]);
  expect(await who("--group", "0f1e")).toEqual([DBA]);
  expect(await who("--role", "clusterMonitor")).toEqual([DBA]);
  expect(await who("--role", "readWrite@stock")).toEqual(["system:serviceaccount:shop:stock"]);
  // `clusterMonitor` reads the statistics of every database.
  expect(await who("--database", "stock")).toEqual([DBA, "system:serviceaccount:shop:stock"]);
  expect((await report("--org", ORG_A, "--group", "0f1e")).filters).toEqual({ group: "0f1e" });
});

test("names the stack that manages a grant, and fails on the rows that nobody has accepted", async () => {
  const { cwd, run, report } = await reader(example());
  const grant = (who: string) => `${SHOP}/${ENTRA}/${who}`;
  const groups = (await report("--org", ORG_A, "--group", "")).rows.map((row) => row.who.id);
  const [first = "", second = "", third = ""] = groups;
  const pulumi = {
    version: 3,
    deployment: {
      resources: [
        { urn: "urn:pulumi:prod::identity::pulumi:pulumi:Stack::identity-prod", type: "pulumi:pulumi:Stack" },
        { urn: "urn:a", type: "pulumi-nodejs:dynamic/mongofed:OidcRole", id: grant(first) },
      ],
    },
  };
  const plugin = { checkpoint: { latest: { resources: [{ type: "mongofed:index:OidcRole", id: grant(second) }] } } };
  const attributes = { project_id: SHOP, username: `${ENTRA}/${third}`, oidc_auth_type: "IDP_GROUP" };
  const terraform = {
    version: 4,
    resources: [{ mode: "managed", type: "mongodbatlas_database_user", name: "a", instances: [{ attributes }] }],
  };
  await mkdir(join(cwd, "states"));
  await writeFile(join(cwd, "states/a.json"), JSON.stringify(pulumi));
  await writeFile(join(cwd, "states/old.json"), JSON.stringify(plugin));
  await writeFile(join(cwd, "states/b.tfstate"), JSON.stringify(terraform));
  const found = await report("--org", ORG_A, "--state", "states");
  expect(rowOf(found, first).managedBy).toEqual(["identity/prod"]);
  expect(rowOf(found, second).managedBy).toEqual(["old"]);
  expect(rowOf(found, third).managedBy).toEqual(["b"]);
  expect(rowOf(found, "ada").managedBy).toEqual([]);

  expect(await run("--org", ORG_A, "--fail-on", "unmanaged")).toMatchObject({ exitCode: 2 });
  expect(await run("--org", ORG_A, "--fail-on", "other")).toMatchObject({ exitCode: 2 });
  const unmanaged = await run("--org", ORG_A, "--state", "states/*.json", "--fail-on", "unmanaged");
  expect(unmanaged).toMatchObject({ exitCode: 3, stdout: expect.stringContaining("not in the given states") });
  expect(await run("--org", ORG_A, "--fail-on", "orphaned")).toMatchObject({ exitCode: 3 });
  const approval = {
    who: "ada",
    kind: "principal",
    through: "5f1ed0c0ffee5f1ed0c0c0de",
    project: "shop",
    roles: ["read@app"],
    reason: "leaves soon",
    approver: "grace@example.com",
  };
  await writeFile(join(cwd, "accepted.json"), JSON.stringify([{ ...approval, expires: "2999-01-01" }]));
  expect(await run("--org", ORG_A, "--fail-on", "orphaned", "--accept", "accepted.json")).toMatchObject({
    exitCode: 0,
  });
  for (const other of [{ expires: "2026-01-01" }, { roles: [] }, { kind: "group" }, { through: "corp-entra" }]) {
    await writeFile(join(cwd, "accepted.json"), JSON.stringify([{ ...approval, expires: "2999-01-01", ...other }]));
    expect(await run("--org", ORG_A, "--fail-on", "orphaned", "--accept", "accepted.json")).toMatchObject({
      exitCode: 3,
    });
  }
});

test("takes a user with the id of a managed group for another principal, and earlier or foreign files for no state", async () => {
  const seed = example();
  const [organization] = seed.organizations ?? [];
  organization?.projects?.[0]?.databaseUsers?.push({
    username: `${ENTRA}/${DBA}`,
    databaseName: "$external",
    oidcAuthType: "USER",
    roles: [{ roleName: "atlasAdmin", databaseName: "admin" }],
  });
  const { cwd, report, run } = await reader(seed);
  const role = { type: "mongofed:index:OidcRole", id: `${SHOP}/${ENTRA}/${DBA}` };
  const state = (...resources: object[]) => JSON.stringify({ deployment: { resources } });
  await mkdir(join(cwd, "states/.pulumi/backups"), { recursive: true });
  await writeFile(join(cwd, "states/now.json"), state(role));
  await writeFile(join(cwd, "states/package.json"), "{}");
  const user = { type: "mongofed:index:FederatedUser", id: role.id };
  await writeFile(join(cwd, "states/read.json"), state({ ...user, external: true }));
  await writeFile(join(cwd, "states/.pulumi/backups/old.json"), state(user));
  const { rows } = await report("--org", ORG_A, "--state", "states");
  const own = rows.filter(({ who }) => who.id === DBA).map(({ who, managedBy }) => [who.kind, managedBy]);
  expect(own).toEqual([
    ["group", ["now"]],
    ["person", []],
  ]);
  expect((await run("--org", ORG_A, "--state", "states")).stderr).toMatch(
    /^Skipped states\/package\.json is not a state/,
  );
  expect(await run("--org", ORG_A, "--state", "states/package.json")).toMatchObject({ exitCode: 2 });
});

test("one project that fails stops no report, and is no loss of access", async () => {
  const { emulator, cwd, report, run } = await reader(example());
  await writeFile(join(cwd, "before.json"), JSON.stringify(await report("--org", ORG_A, "--org", ORG_B)));
  emulator.inject({ match: { path: `groups/${SHOP}/databaseUsers` }, fault: { kind: "status", status: 403 } });
  const after = await report("--org", ORG_A, "--org", ORG_B);
  expect(after.organizations.map(({ name }) => name)).toEqual(["Example Corp", "Example Labs"]);
  expect(after.projects.map(({ name }) => name)).toEqual(["lab"]);
  expect(after.unread).toEqual([expect.objectContaining({ project: SHOP })]);
  await writeFile(join(cwd, "after.json"), JSON.stringify(after));
  for (const files of [
    ["before.json", "after.json"],
    ["after.json", "before.json"],
  ]) {
    const { exitCode, stdout } = await run("diff", ...files);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^INCOMPLETE: [\s\S]*\nAccess does not change\n$/);
  }
  await writeFile(join(cwd, "after.json"), JSON.stringify({ ...after, filters: { group: "a" } }));
  expect(await run("diff", "before.json", "after.json")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("different filters"),
  });
});

test("reports what the key may not read, heads the report INCOMPLETE, and calls no provider gone", async () => {
  const { run, report } = await reader(
    {
      ...example(),
      apiKeys: [
        { name: "owner" },
        { name: "project", ...PROJECT_KEY, roles: [{ groupId: SHOP, roleName: "GROUP_OWNER" }] },
      ],
    },
    { MONGODB_ATLAS_PUBLIC_API_KEY: PROJECT_KEY.publicKey, MONGODB_ATLAS_PRIVATE_API_KEY: PROJECT_KEY.privateKey },
  );
  const found = await report("--project", SHOP);
  expect(found.unread.length).toBeGreaterThan(0);
  expect(rowOf(found, "ada").notes).toEqual(["provider-unknown"]);
  const { exitCode, stdout } = await run("--project", SHOP, "--fail-on", "orphaned");
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^INCOMPLETE: Access in /);
  expect(stdout).toContain("Organization Owner");
  expect(stdout).not.toContain(PROJECT_KEY.privateKey);
});

test("lists a Cloud Manager project with its restrictions and privileges", async () => {
  const { report, run } = await reader(
    cloudManagerSeed({
      automationConfig: JSON.stringify({
        version: 1,
        auth: {
          usersWanted: [
            {
              user: "apps/api",
              db: "$external",
              roles: [
                { role: "dbOwner", db: "app" },
                { role: "gone", db: "admin" },
              ],
            },
          ],
        },
        roles: [
          {
            role: "staff/dba",
            db: "admin",
            roles: [],
            privileges: [{ resource: { db: "admin", collection: "" }, actions: ["grantRole"] }],
            authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }],
          },
        ],
        oidcProviderConfigs: [
          {
            authNamePrefix: "staff",
            issuerUri: "https://idp.example.com",
            audience: "a",
            clientId: "c",
            authorizationType: "GROUP",
            groupsClaim: "groups",
            userClaim: "sub",
            requestedScopes: [],
            supportsHumanFlows: true,
            useAuthorizationClaim: true,
          },
          {
            authNamePrefix: "apps",
            issuerUri: "https://idp.example.com",
            audience: "b",
            authorizationType: "USER",
            userClaim: "sub",
            supportsHumanFlows: false,
            useAuthorizationClaim: false,
          },
        ],
      }),
    }),
  );
  const found = await report("--plane", "cloud-manager", "--project", PROJECT);
  expect(rowOf(found, "dba")).toMatchObject({
    who: { kind: "group" },
    through: { name: "staff" },
    restrictions: [{ clientSource: ["10.0.0.0/8"] }],
    farReaching: ["grantRole on admin"],
  });
  expect(rowOf(found, "api")).toMatchObject({ farReaching: ["dbOwner@app"], notes: ["unknown-role"] });
  expect((await run("--plane", "cloud-manager", "--project", PROJECT)).stdout).toContain("authoritativeSet");
  expect(await run("--plane", "cloud-manager", "--org", ORG_A)).toMatchObject({ exitCode: 2 });
});

test("compares two reports: who gains, who loses, and everybody who has a role that became wider", async () => {
  const { emulator, cwd, run, report } = await reader(example());
  const before = await report("--org", ORG_A);
  await writeFile(join(cwd, "before.json"), JSON.stringify(before));
  expect((await run("diff", "before.json", "before.json")).stdout).toBe("Access does not change\n");
  const mailer = rowOf(before, "system:serviceaccount:shop:mailer");
  const wider = mailer.roles.map((role) => ({
    ...role,
    privileges: [...role.privileges, { resource: { database: "orders", collection: "" }, actions: ["remove"] }],
  }));
  const after: AccessReport = {
    ...before,
    rows: before.rows
      .filter(({ who }) => who.id !== DBA)
      .map((row) => (row === mailer ? { ...row, roles: wider } : row))
      .concat({ ...rowOf(before, DBA), who: { kind: "group", id: "new" } }),
  };
  await writeFile(join(cwd, "after.json"), JSON.stringify(after));
  const { exitCode, stdout } = await run("diff", "before.json", "after.json");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^1 group gains access, 1 program gains access, 1 group loses access\n/);
  expect(stdout).toMatch(
    /\+ +program system:serviceaccount:shop:mailer \(gke\) +project shop +remove on orders \(orders-reader@admin\)/,
  );
  expect(stdout).toMatch(new RegExp(`- +group ${DBA} .* readWrite@app`));
  expect((await run("diff", "before.json", "after.json", "--markdown")).stdout).toMatch(/^\*\*1 group gains access/);
  expect(await run("diff", "before.json", "none.json")).toMatchObject({ exitCode: 2 });
  await writeFile(join(cwd, "other.json"), "{}");
  expect(await run("diff", "before.json", "other.json")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("is not a report of mongofed access --json"),
  });
  expect(writes(emulator)).toEqual([]);
});

test("writes one private HTML file, CSV, Markdown and Mermaid", async () => {
  const { cwd, run } = await reader(example());
  expect(await run("--org", ORG_A, "--html", "access.html")).toMatchObject({ exitCode: 0, stdout: "" });
  expect(await readFile(join(cwd, "access.html"), "utf8")).toContain("system:serviceaccount:shop:cart");
  expect((await stat(join(cwd, "access.html"))).mode & 0o777).toBe(0o600);
  expect((await run("--org", ORG_A, "--csv")).stdout).toMatch(/^kind,principal,.*reviewer,decision,date\n/);
  expect((await run("--org", ORG_A, "--markdown")).stdout).toMatch(/^## Access in Example Corp/);
  expect((await run("--org", ORG_A, "--mermaid")).stdout).toContain("corp-entra");
  expect(await run("--org", ORG_A, "--csv", "--json")).toMatchObject({ exitCode: 2 });
});

test("every command of docs/access-reviews.md works", async () => {
  const { cwd, piped } = await reader(example());
  const documents = { "pulumi preview": '{"steps":[]}', "terraform show": '{"resource_changes":[]}' };
  await symlink(join(root, "examples"), join(cwd, "examples"));
  await mkdir(join(cwd, "states"));
  await writeFile(join(cwd, "states/empty.json"), JSON.stringify({ version: 4, resources: [] }));
  const page = await readFile(join(root, "docs/access-reviews.md"), "utf8");
  const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) => block.trim().split("\n"));
  expect(commands).toHaveLength(8);
  for (const command of commands) {
    const [source = "", own] = command.split(" | ");
    const [, stdin = ""] = Object.entries(documents).find(([name]) => source.startsWith(name)) ?? [];
    const [line = "", file] = (own ?? command).split(" > ");
    const { exitCode, stdout, stderr } = await piped(stdin, ...line.split(" ").slice(2));
    expect(exitCode, command + stderr).toBe(0);
    if (file !== undefined) await writeFile(join(cwd, file), stdout);
  }
});

test("names the program that declares a grant, and runs it without credentials", async () => {
  const { run, report } = await reader(example());
  const { folder } = await writeProgram(
    `import { IdentityProvider, OidcRole } from "mongofed";
    for (const name of Object.keys(process.env)) if (/API_KEY|CLIENT_SECRET/.test(name)) throw new Error(name);
    const staff = new IdentityProvider("staff", {
      federationSettingsId: "5f1ed0c0ffee5f1ed0c0d001", idpType: "WORKFORCE", configurationName: "corp-entra",
      issuerUri: "https://idp.example.com", audience: "a", clientId: "c", authorizationType: "GROUP",
    });
    new OidcRole("dba", { projectId: "${SHOP}", identityProvider: staff, group: "${DBA}", roles: ["read@app"] });`,
    "identity",
  );
  const { rows } = await report("--project", SHOP, "--program", folder, "--stack", "prod");
  expect(
    rows.filter(({ managedBy }) => managedBy?.length !== 0).map(({ who, managedBy }) => [who.id, managedBy]),
  ).toEqual([[DBA, ["identity/prod"]]]);
  expect(await run("--project", SHOP, "--program", folder, "--fail-on", "unmanaged")).toMatchObject({ exitCode: 3 });
  expect(await run("--project", SHOP, "--program", ".")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("no Pulumi.yaml"),
  });
});

test("reads a preview from standard input, and says what it cannot compare", async () => {
  const { cwd, run, piped } = await reader(example());
  const grant = (group: unknown) => ({
    type: "mongofed:index:OidcRole",
    inputs: {
      projectId: SHOP,
      group,
      identityProvider: { federationSettingsId: ORG_A, identityProviderId: ENTRA, configurationName: "corp-entra" },
      roles: ["read@app"],
    },
  });
  const step = (op: string, name: string, states: object) => ({ op, urn: `urn:pulumi:a::b::c::${name}`, ...states });
  const state = (name: string, group: unknown, more = {}) => ({
    urn: `urn:pulumi:a::b::c::${name}`,
    ...grant(group),
    ...more,
  });
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };
  const preview = {
    steps: [
      step("delete", "gone", { oldState: state("gone", "gone") }),
      step("delete", "kept", { oldState: state("kept", "kept", { retainOnDelete: true }) }),
      step("create", "hidden", { newState: state("hidden", secret) }),
      step("read", "other", { newState: state("other", "other", { external: true }) }),
    ],
  };
  await writeFile(join(cwd, "preview.json"), JSON.stringify(preview));
  expect(await run("diff", "preview.json")).toMatchObject({
    exitCode: 0,
    stdout: `1 group loses access
  -  group gone (corp-entra)  project ${SHOP}  read@app
Not compared, because it is known only after apply: OidcRole "hidden".
`,
  });
  expect((await piped(JSON.stringify(preview), "diff")).stdout).toMatch(/^1 group loses access/);
  const { stdout } = await run("diff", "preview.json", "--json", "--names", join(root, "examples/import/names.csv"));
  expect(JSON.parse(stdout)).toMatchObject({
    headline: "1 group loses access",
    rows: [{ effect: "loses", who: "gone" }],
  });
  expect(await run("diff")).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/standard input is not JSON/) });
  await writeFile(join(cwd, "report.json"), "{}");
  expect(await run("diff", "report.json")).toMatchObject({ exitCode: 2 });
});

test("the README shows rows of the table", async () => {
  const { cwd, run } = await reader(example());
  await symlink(join(root, "examples"), join(cwd, "examples"));
  const readme = await readFile(join(root, "README.md"), "utf8");
  const [, args = "", shown = ""] = /^\$ mongofed access (.*)\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const cells = (text: string) => text.split("\n").map((line) => line.trim().split(/ {2,}/).join(" | "));
  const table = cells((await run(...args.split(" "))).stdout);
  for (const line of cells(shown.trim())) expect(table).toContain(line);
});
