import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { things, Workspace } from "./harness.ts";

let workspace: Workspace;

async function use(files: Readonly<Record<string, string>>): Promise<void> {
  workspace = await Workspace.create(files);
}

beforeEach(() => use({}));
afterEach(() => workspace.remove());

function ids(resources: readonly { id?: string; custom: boolean; type: string }[] | undefined): (string | undefined)[] {
  return (resources ?? []).filter(({ type }) => type.includes("dynamic")).map(({ id }) => id);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await wait(50);
  }
}

test("secrets never stand on the disk in clear", async () => {
  const secret = (value: string): object => ({ $secret: value });
  await workspace.write({
    "program.json": JSON.stringify({
      resources: [
        { name: "a", inputs: { key: "a", secret: secret("clear-input"), list: ["plain", secret("clear-item")] } },
        { name: "b", inputs: { key: "b" }, options: { additionalSecretOutputs: ["label"] } },
      ],
      outputs: { shown: { $ref: "a.secret" } },
    }),
  });
  const config = { token: { value: "clear-config", secret: true } };
  const first = await workspace.run("up", { config });
  expect(first.told).toEqual([]);
  expect(first.outputs).toEqual({ shown: { value: "clear-input", secret: true } });
  await workspace.run("up", { config });
  for (const file of await readdir(workspace.path("state"))) {
    const text = await readFile(workspace.path("state", file), "utf8");
    expect(text, file).not.toMatch(/clear-|label-b/);
  }
  expect(JSON.stringify(first.events.filter(({ type }) => type !== "step" && type !== "step-done"))).not.toContain(
    "clear-",
  );
  // An unchanged secret keeps its ciphertext, so that a file is not rewritten for nothing.
  const resource = (outcome: typeof first): unknown =>
    outcome.deployment.deployment.resources?.find(({ id }) => id === "id-a");
  const second = await workspace.run("preview", { config });
  expect(resource(second)).toEqual(resource(first));
});

test("a wrong passphrase is told as such, and changes nothing", async () => {
  await workspace.write(things({ name: "a", inputs: { key: "a", secret: { $secret: "x" } } }));
  await workspace.run("up");
  const before = await readFile(workspace.stateFile, "utf8");
  await expect(workspace.run("up", { env: { PULUMI_CONFIG_PASSPHRASE: "wrong" } })).rejects.toThrow(
    "is not the one that protects the secrets of this stack",
  );
  expect(await readFile(workspace.stateFile, "utf8")).toBe(before);
});

test("a killed run loses nothing: what was made stands in the state, what was under way is pending", async () => {
  await workspace.write(
    things({ name: "a", inputs: { key: "a" } }, { name: "b", inputs: { key: "b", ref: { $ref: "a.id" } } }),
  );
  const script = fileURLToPath(new URL("run-up.ts", import.meta.url));
  const child = spawn(process.execPath, [script, workspace.folder, workspace.stateFile], {
    env: { ...process.env, ...workspace.env, PROBE_PAUSE: "1500" },
    stdio: "inherit",
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const calls = workspace.path("calls.jsonl");
  await until(
    async () => existsSync(calls) && (await readFile(calls, "utf8")).includes('"create","inputs":{"key":"b"'),
  );
  child.kill("SIGKILL");
  await exited;
  const state = JSON.parse(await readFile(workspace.stateFile, "utf8")) as {
    deployment: {
      resources: { id?: string; custom: boolean; type: string }[];
      pending_operations: { type: string; resource: { urn: string } }[];
    };
  };
  expect(ids(state.deployment.resources)).toEqual(["id-a"]);
  expect(state.deployment.pending_operations.map(({ type, resource }) => [type, resource.urn])).toEqual([
    ["creating", "urn:pulumi:dev::rec::pulumi-nodejs:dynamic/probe:Thing::b"],
  ]);
  const again = await workspace.run("up");
  expect(again.told.join("\n")).toContain("Thing::b, interrupted while creating");
  expect(ids(again.deployment.deployment.resources)).toEqual(["id-a", "id-b"]);
  expect(again.deployment.deployment.pending_operations).toHaveLength(1);
  const refreshed = await workspace.run("refresh");
  expect(refreshed.deployment.deployment.pending_operations).toBeUndefined();
});

test("two runs of one stack lock each other out; a lock of the dead does not count", async () => {
  await workspace.write(things({ name: "a", inputs: { key: "a" } }));
  const running = workspace.run("up", { env: { PROBE_PAUSE: "500" } });
  await until(() => existsSync(`${workspace.stateFile}.lock`));
  await expect(workspace.run("up")).rejects.toThrow(`Another run is at work on this stack (process ${process.pid}`);
  const held = JSON.parse(await readFile(`${workspace.stateFile}.lock`, "utf8"));
  expect((await running).ok).toBe(true);
  const dead = { ...held, pid: 2 ** 22 + 1, since: "2026-01-01T00:00:00Z" };
  await writeFile(`${workspace.stateFile}.lock`, JSON.stringify(dead));
  expect((await workspace.run("up")).changes).toEqual({ same: 2 });
  expect(existsSync(`${workspace.stateFile}.lock`)).toBe(false);
});

test("an aborted run ends what is under way and begins nothing new", async () => {
  await workspace.write(
    things({ name: "a", inputs: { key: "a" } }, { name: "b", inputs: { key: "b", ref: { $ref: "a.id" } } }),
  );
  const controller = new AbortController();
  const running = workspace.run("up", { signal: controller.signal, env: { PROBE_PAUSE: "1000" } });
  await until(() => existsSync(workspace.path("calls.jsonl")));
  await until(async () => (await readFile(workspace.path("calls.jsonl"), "utf8")).includes('"create"'));
  controller.abort();
  const outcome = await running;
  expect(outcome.ok).toBe(false);
  expect(outcome.told).toContain("error: update canceled");
  expect(ids(outcome.deployment.deployment.resources)).toEqual(["id-a"]);
  expect(outcome.deployment.deployment.pending_operations).toBeUndefined();
});

const HEAD = 'const pulumi = require("@pulumi/pulumi");\nconst { Explicit, Group, Thing } = require("probe");\n';

test.each([
  [
    "resources of other providers",
    'new pulumi.CustomResource("aws:s3/bucket:Bucket", "b", {});',
    /resources of the provider aws \(here aws:s3\/bucket:Bucket "b"\)/,
  ],
  [
    "other providers",
    'class P extends pulumi.ProviderResource {}; new P("aws", "p", {});',
    /providers other than pulumi-nodejs \(here "p" of aws\)/,
  ],
  ["stack references", 'new pulumi.StackReference("org/other/dev");', /stack references/],
  [
    "provider functions",
    'pulumi.runtime.invoke("aws:index:getRegion", {});',
    /calls of provider functions \(here aws:index:getRegion\)/,
  ],
  ["transforms", 'new Thing("a", { key: "a" }, { transforms: [() => undefined] });', /the option transforms/],
  [
    "transforms of the stack",
    "pulumi.runtime.registerResourceTransform(() => undefined);",
    /transforms of the whole stack/,
  ],
  ["hooks", 'new Thing("a", { key: "a" }, { hooks: { beforeCreate: [() => undefined] } });', /hooks/],
  ["remote components", 'new pulumi.ComponentResource("x:index:Y", "y", {}, {}, true);', /remote components/],
  ["import", 'new Thing("a", { key: "a" }, { import: "id-a" });', /the option import/],
  ["assets", 'new Thing("a", { key: "a", file: new pulumi.asset.StringAsset("x") });', /assets and archives/],
])("%s are refused by name, in one sentence", async (_name, statement, expected) => {
  await workspace.write({ "index.js": `${HEAD}${statement}` });
  const outcome = await workspace.run("preview");
  expect(outcome.ok).toBe(false);
  const errors = outcome.told.filter((text) => text.startsWith("error: "));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/^error: The embedded engine does not support .*: use the Pulumi CLI\.$/);
  expect(errors[0]).toMatch(expected);
});

test("projects of other runtimes are refused by name", async () => {
  await workspace.write({ "Pulumi.yaml": "name: rec\nruntime: go\n" });
  await expect(workspace.run("preview")).rejects.toThrow('asks for "go": use the Pulumi CLI');
});

test.each([
  ["throws", 'throw new Error("broken");', /failed with an unhandled exception/],
  ["rejects", 'Promise.reject(new Error("broken"));', /failed with an unhandled exception/],
  ["exits", "process.exit(3);", /Program exited with non-zero exit code: 3/],
  ["has told the user itself", 'console.error("told"); process.exit(32);', /info#err: told/],
])("a program that %s deletes nothing", async (_name, statement, expected) => {
  await workspace.write(things({ name: "a", inputs: { key: "a" } }));
  expect((await workspace.run("up")).ok).toBe(true);
  await workspace.write({ "index.js": `${HEAD}${statement}` });
  await workspace.takeCalls();
  const outcome = await workspace.run("up");
  expect(outcome.ok).toBe(false);
  expect(outcome.told.join("\n")).toMatch(expected);
  expect((await workspace.takeCalls()).map(({ method }) => method)).not.toContain("delete");
  expect(ids(outcome.deployment.deployment.resources)).toEqual(["id-a"]);
});

test("a resource that is held for ever fails the preview, so that up deletes nothing", async () => {
  await workspace.write(things({ name: "a", inputs: { key: "a" } }));
  await workspace.run("up");
  await workspace.write({ "index.js": `${HEAD}new Thing("a", { key: new Promise(() => undefined) });` });
  await workspace.takeCalls();
  const outcome = await workspace.run("up", { skipPreview: false });
  expect(outcome.ok).toBe(false);
  expect((await workspace.takeCalls()).map(({ method }) => method)).not.toContain("delete");
  expect(Object.keys(await workspace.world())).toEqual(["id-a"]);
});

test("an explicit provider is a provider of its own, with its own config", async () => {
  await workspace.write({
    "index.js": `${HEAD}
      const provider = new Explicit("eu", { "probe:region": "eu-west" });
      new Thing("a", { key: "a" }, { provider });
      new Thing("b", { key: "b" });`,
  });
  const outcome = await workspace.run("up", { config: { "probe:region": "default" }, parallel: 1 });
  expect(outcome.told).toEqual([]);
  expect(outcome.changes).toEqual({ create: 4 });
  const regions = (await workspace.takeCalls()).flatMap(({ config }) => (config === undefined ? [] : [config.region]));
  expect(regions.toSorted()).toEqual(["default", "eu-west"]);
  const provider = outcome.deployment.deployment.resources?.find(({ id }) => id === "id-a")?.provider;
  expect(provider).toMatch(/^urn:pulumi:dev::rec::pulumi:providers:pulumi-nodejs::eu::[0-9a-f-]{36}$/);
  await workspace.takeCalls();
  await workspace.run("destroy", { config: { "probe:region": "other" } });
  const after = (await workspace.takeCalls()).flatMap(({ config }) => (config === undefined ? [] : [config.region]));
  // destroy takes the config of the last up, from the state.
  expect(after.toSorted()).toEqual(["default", "eu-west"]);
});

test("an alias keeps a renamed resource", async () => {
  await workspace.write({
    "index.js": `${HEAD}const g = new Group("g"); new Thing("a", { key: "a" }, { parent: g });`,
  });
  await workspace.run("up");
  await workspace.write({
    "index.js": `${HEAD}const g = new Group("h", { aliases: [{ name: "g" }] }); new Thing("b", { key: "a" }, { parent: g, aliases: [{ name: "a" }] });`,
  });
  const outcome = await workspace.run("up");
  expect(outcome.told).toEqual([]);
  expect(outcome.changes).toEqual({ same: 3 });
  expect(
    outcome.deployment.deployment.resources?.map(({ urn, parent }) => [
      urn.split("::").at(-1),
      parent?.split("::").at(-1),
    ]),
  ).toEqual([
    ["rec-dev", undefined],
    ["h", "rec-dev"],
    ["default", undefined],
    ["b", "h"],
  ]);
});

test("retainOnDelete forgets, deletedWith goes along", async () => {
  await workspace.write({
    "index.js": `${HEAD}
      new Thing("kept", { key: "kept" }, { retainOnDelete: true });
      const a = new Thing("a", { key: "a" });
      new Thing("b", { key: "b" }, { deletedWith: a });`,
  });
  await workspace.run("up");
  await workspace.takeCalls();
  const outcome = await workspace.run("destroy");
  expect(outcome.told).toEqual([]);
  expect(outcome.deployment.deployment.resources).toBeUndefined();
  expect((await workspace.takeCalls()).flatMap(({ method, id }) => (method === "delete" ? [id] : []))).toEqual([
    "id-a",
  ]);
  expect(Object.keys(await workspace.world()).toSorted()).toEqual(["id-b", "id-kept"]);
});

test("config comes from the project and stack files, secrets included", async () => {
  await workspace.write({
    "Pulumi.yaml":
      "name: rec\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nconfig:\n  size:\n    default: 3\n  note: project\n",
    "Pulumi.dev.yaml":
      "encryptionsalt: v1:CLmUh65QN6M=:v1:/Iq1KnFPPfZANq1n:zh/WsNrIL1d5PVsAGNE76b/QttdK0g==\n" +
      "config:\n  rec:note: stack\n  rec:tree:\n    a: [1, two]\n  probe:region: eu\n" +
      "  rec:token:\n    secure: v1:9UDs2qUh9M0dStcz:p3HFVskVwA8Do8sRw3eAbDbEWus8/E0=\n",
    "index.js": `${HEAD}
      const config = new pulumi.Config();
      exports.size = config.requireNumber("size");
      exports.note = config.require("note");
      exports.tree = config.requireObject("tree");
      exports.token = config.requireSecret("token");
      exports.region = new pulumi.Config("probe").require("region");
      exports.project = pulumi.getProject() + "/" + pulumi.getStack() + "/" + pulumi.getOrganization();`,
  });
  const outcome = await workspace.run("preview");
  expect(outcome.told).toEqual([]);
  expect(Object.fromEntries(Object.entries(outcome.outputs).map(([key, { value }]) => [key, value]))).toEqual({
    size: 3,
    note: "stack",
    tree: { a: [1, "two"] },
    token: "hunter2",
    region: "eu",
    project: "rec/dev/organization",
  });
});

const ESM_PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import { Thing } from "probe";
const name: string = new pulumi.Config().get("name") ?? "a";
const a = new Thing(name, { key: name }, {});
console.log("hello from the program");
export const id: pulumi.Output<string> = await Promise.resolve(a.id);
`;

test.each([
  ["ES modules in TypeScript, types stripped by Node", "typescript: false"],
  ["ES modules in TypeScript, with the default options", "packagemanager: npm"],
])("%s", async (_name, option) => {
  await workspace.write({
    "package.json": JSON.stringify({ name: "rec", type: "module", version: "1.0.0" }),
    "Pulumi.yaml": `name: rec\nmain: program/index.ts\nruntime:\n  name: nodejs\n  options:\n    ${option}\n`,
    "program/index.ts": ESM_PROGRAM,
  });
  const outcome = await workspace.run("up");
  expect(outcome.told).toEqual(["info: hello from the program"]);
  expect(outcome.outputs).toEqual({ id: { value: "id-a", secret: false } });
});

test("loads the SDK's function serializer only when a program serializes a function", async () => {
  await workspace.write({
    "index.js": `
      const pulumi = require("@pulumi/pulumi");
      const loaded = (name) => Object.keys(require.cache).some((file) => file.includes("/node_modules/" + name + "/"));
      exports.before = [loaded("typescript"), loaded("@npmcli/arborist")];
      class Made extends pulumi.dynamic.Resource {}
      exports.id = new Made({ create: async () => ({ id: "made" }) }, "made", {}).id;
      exports.paths = pulumi.runtime.computeCodePaths().then((paths) => [...paths.keys()]);
      exports.after = exports.paths.then(() => [loaded("typescript"), loaded("@npmcli/arborist")]);`,
  });
  const { told, outputs } = await workspace.run("up");
  expect(told).toEqual([]);
  expect(Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]))).toEqual({
    before: [false, false],
    id: "made",
    paths: [],
    after: [true, true],
  });
});

test.each([false, true])(
  "code that a state file holds for a type of mongofed never runs (processes: %s)",
  async (processes) => {
    await workspace.write(things({ name: "a", inputs: { key: "a" } }));
    await workspace.run("up");
    const marker = workspace.path("ran");
    const code = `require("node:fs").writeFileSync(${JSON.stringify(marker)}, ""); exports.handler=()=>({ delete() {} });`;
    const state = JSON.parse(
      (await readFile(workspace.stateFile, "utf8")).replaceAll("probe:Thing", "mongofed:FederatedUser"),
    );
    for (const { inputs, outputs } of state.deployment.resources) {
      for (const values of [inputs, outputs]) if (values?.__provider !== undefined) values.__provider = code;
    }
    await writeFile(workspace.stateFile, JSON.stringify(state));
    for (const command of ["refresh", "destroy"] as const) {
      const { ok, told } = await workspace.run(command, { processes });
      expect(ok).toBe(false);
      expect(told.join("\n")).toContain("Only the installed mongofed package handles this type.");
    }
    expect(existsSync(marker)).toBe(false);
  },
);
