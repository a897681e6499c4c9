/** Random organizations, with names that others chose to break something. */

import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import { type Seed, startEmulator } from "../../provider/emulator/index.ts";
import { inlineProject, run } from "../../provider/engines/embedded/engine.ts";
import type { EngineEvent } from "../../provider/engines/embedded/events.ts";
import { readYaml } from "../../provider/engines/embedded/project.ts";
import { importState } from "../../provider/engines/embedded/state/import.ts";
import { withEnvironment } from "../../provider/engines/embedded/testing/environment.ts";
import { importProgram } from "../../provider/import/index.ts";
import "../support/draws.ts";
import { FEDERATION } from "../support/ids.ts";
import { testFolder } from "../support/program.ts";
import { writes } from "../support/stack.ts";

/** Chance finds the rest in `RUNS=200`. */
const RUNS = Number(process.env.RUNS ?? 6);

const id = (kind: number, index: number) => `5f1ed0c0ffee5f1ed0c${kind}${index.toString(16).padStart(4, "0")}`;

/** Names that mean something to TypeScript, YAML, Pulumi, a terminal or the import itself. */
const HOSTILE = [
  "dba",
  "DBA",
  "d b a",
  "constructor",
  "__proto__",
  "toString",
  "name",
  "config",
  "existing",
  "pulumi",
  "Object",
  "1",
  "0x10",
  "null",
  "'",
  '"',
  "a\"b'c",
  "`",
  `\${process.exit(1)}`,
  `\`\${1}\``,
  "*/ process.exit(1) /*",
  "// x",
  "a\\",
  "\\u0022",
  "a: b # c",
  "- a",
  "&a",
  "\u{1f600}",
  "\u00e9t\u00e9",
  "a\u202eb",
  "a\u2028b",
  "a\nb",
  "dba-role",
  "org-corp",
  "a/b",
  "a@b",
  "a.b.c",
  "x".repeat(49),
];
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }) },
);
const SOON = `${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 19)}Z`;
const plainRole = fc.constantFrom(
  { roleName: "read", databaseName: "app" },
  { roleName: "readWrite", databaseName: "app", collectionName: "a.b" },
  { roleName: "clusterMonitor", databaseName: "admin" },
);

const user = fc.record(
  {
    who: name,
    idp: fc.nat(5),
    roles: fc.uniqueArray(plainRole, { minLength: 1, maxLength: 2 }),
    description: name,
    deleteAfterDate: fc.constantFrom(SOON, SOON.replace("Z", ".000Z")),
    labels: fc.array(fc.record({ key: name, value: name }), { maxLength: 2 }),
    scopes: fc.constantFrom([{ name: "c0", type: "CLUSTER" }], [{ name: "l", type: "DATA_LAKE" }], []),
    custom: name,
  },
  { requiredKeys: ["who", "idp", "roles"] },
);

const project = fc.record({
  name,
  users: fc.uniqueArray(user, { maxLength: 12, selector: ({ who, idp }) => `${who} ${idp}` }),
  roles: fc.uniqueArray(fc.constantFrom("reader", "Reader", "re-ader", "dba", "re ader"), { maxLength: 3 }),
});

const organization = fc.record({ name, projects: fc.array(project, { minLength: 1, maxLength: 2 }) });

const seed = fc
  .record({
    orgs: fc.array(organization, { minLength: 1, maxLength: 2 }),
    providers: fc.array(fc.record({ name, workforce: fc.boolean(), groups: fc.boolean(), description: name }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(({ orgs, providers }): Seed => {
    let projects = 0;
    let workforce = 0;
    const groups = providers.map((one) => one.groups);
    const identityProviders = providers.map((one, index) => {
      const people = one.workforce && workforce++ === 0;
      return {
        id: id(3, index),
        protocol: "OIDC" as const,
        idpType: people ? "WORKFORCE" : "WORKLOAD",
        displayName: one.name,
        description: one.description,
        issuerUri: `https://idp${index}.example.com`,
        audience: "mongodb",
        authorizationType: one.groups ? "GROUP" : "USER",
        userClaim: "sub",
        ...(one.groups ? { groupsClaim: "groups" } : {}),
        ...(people ? { clientId: "client", associatedDomains: ["example.com"] } : {}),
      };
    });
    return {
      organizations: orgs.map((org, orgIndex) => ({
        id: id(1, orgIndex),
        name: org.name,
        projects: org.projects.map(({ name: title, users, roles }) => ({
          id: id(2, projects++),
          name: title,
          clusters: [{ name: "c0" }],
          customDbRoles: roles.map((roleName, at) => ({
            roleName,
            inheritedRoles: at === 0 ? [] : [{ role: roles[at - 1] ?? "", db: "admin" }],
            actions: [{ action: "FIND", resources: [{ db: "app", collection: "" }] }],
          })),
          databaseUsers: users.map(({ who, idp, roles: granted, custom, ...rest }) => {
            const by = groups[idp % groups.length] ? ("IDP_GROUP" as const) : ("USER" as const);
            return {
              username: `${id(3, idp % groups.length)}/${who}`,
              databaseName: by === "USER" ? ("$external" as const) : ("admin" as const),
              oidcAuthType: by,
              roles: [
                ...granted,
                ...roles
                  .slice(0, custom === undefined ? 0 : 1)
                  .map((roleName) => ({ roleName, databaseName: "admin" })),
              ],
              ...rest,
            };
          }),
        })),
      })),
      federations: [
        {
          id: FEDERATION,
          federatedDomains: ["example.com"],
          identityProviders,
          connectedOrgs: orgs.map((_, index) => ({
            orgId: id(1, index),
            dataAccessIdentityProviderIds: identityProviders.map((one) => one.id),
          })),
        },
      ],
    };
  });

let runs = 0;

/** Imports into a new folder and into a state, and runs the program on it. */
async function importAndRun(given: Seed, folder: string): Promise<number> {
  const emulator = await startEmulator({ seed: given });
  try {
    const env = { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" };
    const result = await importProgram(connect({ env, config: () => undefined }), {
      folder,
      orgIds: emulator.world().atlas.organizations.map((org) => org.id),
      language: "typescript",
      project: "identity",
      stack: "prod",
      adopt: false,
      version: "0.1.0",
    });
    const { imported } = result.report as { imported: unknown[] };
    const program = pathToFileURL(join(folder, "index.ts"));
    const project = inlineProject({
      name: "identity",
      workDir: folder,
      program: async () => await import(/* @vite-ignore */ `${program}?run=${runs++}`),
    });
    const stack = { project, stack: "prod", stateFile: join(folder, "state.json"), env };
    await importState({ ...stack, file: join(folder, "import.json"), protect: true });
    const settings = await readYaml(join(folder, "Pulumi.prod.yaml"));
    const config = (settings?.content.config ?? {}) as Record<string, string>;
    for (const command of ["up", "preview"] as const) {
      const texts: string[] = [];
      const onEvent = (event: EngineEvent) => {
        if (event.type === "diagnostic" && event.severity !== "debug") texts.push(event.message);
      };
      const options = { ...stack, command, config, skipPreview: true, onEvent };
      const { ok, changes } = await withEnvironment(env, () => run(options));
      expect(ok, texts.join("\n")).toBe(true);
      expect(changes).toEqual({ same: imported.length + 1 });
    }
    expect(writes(emulator)).toEqual([]);
    return imported.length;
  } finally {
    await emulator.close();
  }
}

test("a random organization becomes a program that compiles, is formatted, and shows no change", async () => {
  const parent = await testFolder();
  const programs: string[] = [];
  let imported = 0;
  await fc.assert(
    fc.asyncProperty(seed, async (given) => {
      const folder = join(parent, `run-${runs}`);
      imported += await importAndRun(given, folder);
      programs.push(join(folder, "index.ts"));
    }),
    { numRuns: RUNS },
  );
  expect(imported).toBeGreaterThan(RUNS);
  const compilerOptions = { strict: true, target: "es2023", module: "nodenext", noEmit: true, skipLibCheck: true };
  await writeFile(join(parent, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*/index.ts"] }));
  expect(await problems("tsc", ["-p", "."], parent)).toBe("");
  const config = ["--config-path", new URL("../../.biome.json", import.meta.url).pathname, "--vcs-enabled=false"];
  expect(await problems("biome", ["format", ...config, ...programs], parent)).toBe("");
});

/** Everything that a tool prints where it fails. */
async function problems(tool: string, args: readonly string[], cwd: string): Promise<string> {
  return await promisify(execFile)(tool, args, { cwd }).then(
    () => "",
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
}
