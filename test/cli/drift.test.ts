import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Emulator } from "../../provider/emulator/index.ts";
import { upProgram } from "../../provider/engines/embedded/testing/index.ts";
import { sarifSchema } from "../formats/sarif-schema.ts";
import { identityProvider, oidcRole, orgConnection } from "../support/declarations.ts";
import { PROJECT } from "../support/ids.ts";
import { type WrittenProgram, writeProgram } from "../support/program.ts";
import { emulatorOf, emulatorWithProject } from "../support/stack.ts";
import { mongofed } from "./command-line.ts";

let emulator: Emulator;
let program: WrittenProgram;
let folder: string;
let env: Record<string, string>;
const drift = (...args: string[]) => mongofed(["drift", "--state", "state.json", ...args], { cwd: folder, env });
const read = (file: string) => readFile(join(folder, file), "utf8");

describe("mongofed drift", () => {
  beforeAll(async () => {
    emulator = await emulatorOf(undefined, afterAll);
    ({ env } = emulator);
    program = await writeProgram(
      `import { IdentityProvider } from "mongofed";\n${identityProvider("staff")}`,
      "identity",
      afterAll,
    );
    ({ folder } = program);
    await writeFile(join(folder, "Pulumi.dev.yaml"), "config:\n  mongofed:drift: fail\n");
    const up = await upProgram(folder, { state: join(folder, "state.json"), emulator, stack: "dev" });
    expect(up.messages.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("ends with 0 where nothing was changed", async () => {
    const { exitCode, stdout } = await drift("--junit", "none.xml");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "identity/dev: no drift\n" });
    expect(await read("none.xml")).toContain('<testcase classname="mongofed" name="no findings"/>');
  });

  test("ends with 3 and names each change in every format, also where the stack fails on drift", async () => {
    const [staff] = emulator.world().atlas.federations[0]?.identityProviders ?? [];
    const fields = { audience: "old|`<b>" };
    emulator.edit({ edit: "update-identity-provider", id: String(staff?.id), fields });
    const { exitCode, stdout, stderr } = await drift("--sarif", "drift.sarif", "--junit", "drift.xml");
    expect(exitCode, stdout + stderr).toBe(3);
    expect(stdout).toContain('audience  live "old|`<b>"  recorded "staff"  declared "staff"');
    const log = sarifSchema.parse(JSON.parse(await read("drift.sarif")));
    expect(log).toMatchObject({ runs: [{ results: [{ ruleId: "drift-changed", level: "warning" }] }] });
    expect(await read("drift.xml")).toContain('<failure type="drift-changed"');
    expect(JSON.parse((await drift("--json")).stdout)).toMatchObject({
      drift: [
        { kind: "changed", resource: { kind: "IdentityProvider", name: "staff" }, changes: [{ property: "audience" }] },
      ],
      incomplete: [],
    });
    expect((await drift("--markdown")).stdout).toMatch(/^\*\*1 resource was changed outside the stack\*\*\n/);
  });

  test("ends with 1 and says INCOMPLETE where the control plane cannot be asked", async () => {
    const { exitCode, stdout } = await mongofed(["drift", "--state", "state.json"], { cwd: folder, env: {} });
    expect(stdout).toMatch(/^INCOMPLETE: /);
    expect(exitCode).toBe(1);
  });

  test("mongofed preview writes the findings of a broken rule as SARIF and JUnit, with file and line", async () => {
    await program.write(
      `import { IdentityProvider } from "mongofed";\n${identityProvider("staff", "{}", undefined, 'associatedDomains: ["https://example.com"],')}`,
    );
    const args = ["preview", "--state", "state.json", "--sarif", "all.sarif", "--junit", "all.xml"];
    const { exitCode } = await mongofed(args, { cwd: folder, env });
    expect(exitCode).toBe(1);
    const log = sarifSchema.parse(JSON.parse(await read("all.sarif"))) as {
      runs: { results: { ruleId: string; locations: object[] }[] }[];
    };
    const [result] = log.runs[0]?.results ?? [];
    expect(result).toMatchObject({
      ruleId: expect.stringMatching(/^FED\d{3}$/),
      level: "error",
      locations: [{ physicalLocation: { artifactLocation: { uri: "index.ts" }, region: { startLine: 3 } } }],
    });
    expect(await read("all.xml")).toContain(`<failure type="${result?.ruleId}"`);
  });
});

describe("objects that the stack does not manage", () => {
  test("are drift, unless a given state manages them", async () => {
    const plane = await emulatorWithProject();
    const { folder: own, write } = await writeProgram("", "grants");
    const head = 'import { DatabaseRole, IdentityProvider, OidcRole, OrgConnection } from "mongofed";';
    const base = [head, identityProvider("staff"), orgConnection("staff"), oidcRole("dba", "staff")];
    await write(base.join("\n"));
    const state = join(own, "state.json");
    await upProgram(own, { state, emulator: plane, stack: "dev" });
    const [idp] = plane.world().atlas.federations[0]?.identityProviders ?? [];
    const username = `${String(idp?.id)}/intruder`;
    const roles = [{ roleName: "atlasAdmin", databaseName: "admin" }];
    plane.edit({
      edit: "add-database-user",
      projectId: PROJECT,
      user: { username, databaseName: "admin", oidcAuthType: "IDP_GROUP", roles },
    });
    const look = (...args: string[]) =>
      mongofed(["drift", "--state", "state.json", ...args], { cwd: own, env: plane.env });
    const found = await look("--sarif", "unmanaged.sarif");
    expect(found.exitCode, found.stdout + found.stderr).toBe(3);
    expect(found.stdout).toContain(
      `drift  no resource of the stack manages group intruder through staff in project ${PROJECT}`,
    );
    expect(found.stdout).toContain("grants/dev: the stack does not manage 1 object of its projects");
    expect(await readFile(join(own, "unmanaged.sarif"), "utf8")).toContain('"ruleId": "drift-unmanaged"');
    expect((await look("--no-unmanaged")).exitCode).toBe(0);

    const other = { type: "mongofed:index:OidcRole", id: `${PROJECT}/${username}` };
    await writeFile(join(own, "other.json"), JSON.stringify({ deployment: { resources: [other] } }));
    expect(await look("--managed-by", "other.json")).toMatchObject({ exitCode: 0, stdout: "grants/dev: no drift\n" });

    // The next up adopts it, so that it is a pending change of the program.
    await write([...base, oidcRole("intruder", "staff", 'adopt: true, roles: ["atlasAdmin@admin"]')].join("\n"));
    expect((await look()).exitCode).toBe(0);
  });
});
