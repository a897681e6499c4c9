import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { IdentityProvider, OidcRole, OrgConnection } from "mongofed";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { readSeed } from "../../../provider/emulator/index.ts";
import {
  destroyProgram,
  previewProgram,
  refreshProgram,
  type TestResult,
  upProgram,
} from "../../../provider/engines/embedded/testing/index.ts";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { things, Workspace } from "./harness.ts";

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.create(
    things(
      { name: "a", inputs: { key: "a", secret: { $secret: "hush" } } },
      { name: "b", inputs: { key: "b", ref: { $ref: "a.label" } } },
    ),
  );
});
afterAll(() => workspace.remove());

const named = (result: TestResult) => result.steps.map(({ op, name }) => `${op} ${name}`).sort();

test("a whole life: preview, up, again, refresh, destroy", async () => {
  const { folder, env } = workspace;
  const preview = await previewProgram(folder, { env });
  expect(preview).toMatchObject({ ok: true, exitCode: 0, findings: [], changes: { create: 3 } });
  expect(named(preview)).toEqual(["create a", "create b"]);
  expect(preview.steps.find(({ name }) => name === "b")?.inputs).toEqual({ key: "b", ref: "[unknown]" });
  expect(await workspace.world()).toEqual({});

  const up = await upProgram(folder, { env });
  const a = up.steps.find(({ name }) => name === "a");
  expect(a).toMatchObject({ op: "create", id: "id-a", failed: false, outputs: { serial: 1, secret: "[secret]" } });
  expect(await workspace.world()).toMatchObject({ "id-a": { key: "a" } });
  expect(JSON.stringify(up)).not.toContain("hush");
  expect(up.deployment.deployment.resources?.map(({ urn }) => urn.split("::").at(-1))).toEqual(
    expect.arrayContaining(["a", "b"]),
  );
  expect(up.deployment.deployment).not.toHaveProperty("secrets_providers");

  const again = await upProgram(folder, { env, state: up });
  expect(named(again)).toEqual(["same a", "same b"]);
  await workspace.setWorld({ ...(await workspace.world()), "id-b": { key: "b", ref: "by hand" } });
  const refresh = await refreshProgram(folder, { env, state: again });
  expect(refresh.changes).toMatchObject({ update: 1 });
  expect((await previewProgram(folder, { env, state: refresh })).changes).toMatchObject({ update: 1 });

  const destroy = await destroyProgram(folder, { env, state: refresh });
  expect(named(destroy)).toEqual(["delete a", "delete b"]);
  expect(await workspace.world()).toEqual({});
});

test("an inline program: outputs, config, messages", async () => {
  const result = await previewProgram(
    () => {
      const config = new pulumi.Config();
      pulumi.log.warn("careful");
      return { word: config.require("word"), hidden: pulumi.secret("hush"), list: ["x"] };
    },
    { config: { word: "yes" } },
  );
  expect(result.outputs).toEqual({ word: "yes", hidden: "[secret]", list: ["x"] });
  expect(result.messages).toEqual([{ severity: "warning", text: "careful" }]);
  expect(result.steps).toEqual([]);
});

test("a program that throws has failed, and says why", async () => {
  const result = await previewProgram(() => {
    throw new Error("no tenant");
  });
  expect(result).toMatchObject({ ok: false, exitCode: 1 });
  expect(result.messages.map(({ text }) => text).join("\n")).toContain("no tenant");
});

test("findings come back as they are, and not as text", async () => {
  const finding = {
    code: "FED203",
    slug: "second-workforce-provider",
    severity: "error",
    path: "",
    message: "two",
    why: "one serves",
    fix: "remove one",
    locations: [],
  };
  const result = await previewProgram(() => {
    // As the program gate does.
    appendFileSync(process.env.MONGOFED_FINDINGS_FILE ?? "", `${JSON.stringify(finding)}\n`);
    return {};
  });
  expect(result.findings).toEqual([finding]);
  expect(process.env.MONGOFED_FINDINGS_FILE).toBeUndefined();
});

test("an emulator is there when asked for, goes with the state, and ends with the result", async () => {
  const program = () => ({ url: process.env.MONGODB_ATLAS_BASE_URL });
  let url = "";
  {
    await using first = await upProgram(program, { emulator: true });
    url = first.emulator?.url ?? "";
    expect(first.outputs).toEqual({ url });
    const second = await upProgram(program, { state: first });
    expect(second.outputs).toEqual({ url });
    await second.close();
    await expect(fetch(url)).resolves.toBeDefined();
  }
  await expect(fetch(url)).rejects.toThrow();
});

test("an emulator has projects of Cloud Manager too, and credentials of whoever runs the test are left alone", async () => {
  const example = new URL("../../../examples/cloud-manager-workforce/", import.meta.url);
  vi.stubEnv("MCLI_PRIVATE_API_KEY", "c4n4ry");
  vi.stubEnv("MCLI_OPS_MANAGER_CA_CERTIFICATE", "no-such-file.pem");
  onTestFinished(() => void vi.unstubAllEnvs());
  const seed = readSeed(fileURLToPath(new URL("seed.yaml", example)));
  await using preview = await previewProgram(example, { stack: "demo", emulator: seed });
  expect(preview).toMatchObject({ ok: true, findings: [], changes: { create: 8 } });
  const paths = preview.emulator?.requests().map(({ path }) => path) ?? [];
  expect(paths.some((path) => path.endsWith("/automationConfig"))).toBe(true);
});

test("a state file is written to, and goes on", async () => {
  const state = workspace.path("kept.json");
  await upProgram(workspace.folder, { env: workspace.env, state });
  expect(JSON.parse(readFileSync(state, "utf8")).version).toBe(3);
  const again = await previewProgram(workspace.folder, { env: workspace.env, state });
  expect(named(again)).toEqual(["same a", "same b"]);
});

test("nothing stays behind", () => {
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`mongofed-test-`));
  expect(left.filter((name) => existsSync(join(tmpdir(), name, "state.json")))).toEqual([]);
});

test("a preview tells who gains and who loses access", async () => {
  const program = (...groups: string[]) => {
    return () => {
      const idpType = "WORKFORCE";
      const claims = { issuerUri: "https://idp.example.com", audience: "corp", clientId: "mongodb" };
      const identityProvider = new IdentityProvider("staff", {
        ...{ federationSettingsId: FEDERATION, configurationName: "corp", idpType, ...claims },
        authorizationType: "GROUP",
      });
      new OrgConnection("platform", { orgId: ORG, identityProvider });
      for (const group of groups)
        new OidcRole(group, { projectId: PROJECT, identityProvider, group, roles: ["readWrite@app"] });
      return {};
    };
  };
  await using up = await upProgram(program("dba", "dev"), { emulator: true });
  expect(up.access).toEqual({ gains: [], losses: [], changes: [], unknown: [] });
  const grant = (group: string) => ({ who: { group, through: "corp" }, project: PROJECT, roles: ["readWrite@app"] });
  const preview = await previewProgram(program("dba", "ops"), { state: up });
  expect(preview.access).toEqual({ gains: [grant("ops")], losses: [grant("dev")], changes: [], unknown: [] });
  expect((await previewProgram(program("dba", "dev"), { state: up, processes: true })).access.gains).toEqual([]);
});
