/** Runs in the process of a test: they are apart from each other and from the test, and do what processes do. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { loadProject, run } from "../../../provider/engines/embedded/engine.ts";
import type { EngineEvent } from "../../../provider/engines/embedded/events.ts";
import type { RunOptions } from "../../../provider/engines/embedded/run-options.ts";
import { previewProgram, upProgram } from "../../../provider/engines/embedded/testing/index.ts";
import { identityProvider, orgConnection } from "../../support/declarations.ts";
import { writeProgram } from "../../support/program.ts";
import { emulatorOf, providersIn } from "../../support/stack.ts";
import { type Outcome, things, Workspace } from "./harness.ts";

const workspaces: Workspace[] = [];

async function workspaceOf(files: Readonly<Record<string, string>>): Promise<Workspace> {
  const workspace = await Workspace.create(files);
  workspaces.push(workspace);
  return workspace;
}

afterEach(async () => {
  await Promise.all(workspaces.splice(0).map((workspace) => workspace.remove()));
});

/** A program of one file. */
const program = (text: string) => workspaceOf({ "index.js": text });
const outputsOf = ({ outputs }: Outcome) =>
  Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));

test("parallel runs have environments, folders, modules, emulators and memories of their own", async () => {
  const before = { ...process.env };
  const runs = ["one", "two", "three"].map(async (name) => {
    const emulator = await emulatorOf();
    const { folder } = await writeProgram(
      `import { readFileSync } from "node:fs";
import { IdentityProvider, OrgConnection } from "mongofed";
globalThis.runs = (globalThis.runs ?? 0) + 1;
process.env.LEFT_BEHIND = "${name}";
${identityProvider(name)}
${orgConnection(name)}
export const seen = { name: process.env.RUN_NAME, file: JSON.parse(readFileSync("package.json", "utf8")).name };
export const runs = globalThis.runs;
export const folder = process.cwd();`,
      name,
    );
    const settings = { env: { RUN_NAME: name }, emulator };
    const first = await upProgram(folder, settings);
    const again = await upProgram(folder, { ...settings, state: first });
    return { name, folder, emulator, first, again };
  });
  for (const { name, folder, emulator, first, again } of await Promise.all(runs)) {
    expect(first).toMatchObject({ ok: true, messages: [], changes: { create: 3 } });
    expect(again).toMatchObject({ ok: true, messages: [], changes: { same: 3 } });
    expect(again.outputs).toMatchObject({ seen: { name, file: name }, runs: 1, folder });
    expect(providersIn(emulator)).toEqual([name]);
  }
  expect(process.env).toEqual(before);
  expect(process.exitCode).toBeUndefined();
  expect(globalThis).not.toHaveProperty("runs");
});

describe("a program that ends itself ends its run and not the test", () => {
  const ends: [name: string, text: string, told: RegExp | undefined][] = [
    ["by process.exit", "process.exit(3);", /Program exited with non-zero exit code: 3/],
    ["by its exit code", "process.exitCode = 5;", /Program exited with non-zero exit code: 5/],
    [
      "by process.exit at its end",
      'process.on("beforeExit", () => process.exit(4));',
      /Program exited with non-zero exit code: 4/,
    ],
    ["by the code that says that the user knows why", "process.exit(32);", undefined],
    ["by an error", 'throw new Error("broken");', /broken/],
    ["by an error that nobody catches", 'setTimeout(() => { throw new Error("broken"); }, 20);', /broken/],
    ["by a rejection that nobody handles", 'Promise.reject(new Error("broken"));', /broken/],
  ];

  test.each(ends)("%s", async (_name, text, told) => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const workspace = await program(text);
    const inProcess = await workspace.run("preview");
    const inProcesses = await workspace.run("preview", { processes: true });
    expect(inProcess.ok).toBe(false);
    expect(inProcess.told.map(withoutFrames)).toEqual(inProcesses.told.map(withoutFrames));
    if (told === undefined) expect(inProcess.told).toEqual([]);
    else expect(inProcess.told.join("\n")).toMatch(told);
    expect(process.exitCode).toBeUndefined();
    expect(unhandled).not.toHaveBeenCalled();
  });
});

/** Without the frames of a stack, and without the files that required a missing one: both name parts of the engine. */
function withoutFrames(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\n\s+at .*/g, "")
    .replaceAll(/\n- .*/g, "");
}

test("reports the output of a program in order and to the end, apart from the output of the test", async () => {
  const workspace = await program(`console.log("out"); console.error("err"); process.stdout.write("no end of line");
for (let line = 0; line < 500; line++) console.log("line " + line);
process.exit(32);`);
  const write = vi.spyOn(process.stdout, "write");
  onTestFinished(() => write.mockRestore());
  const { told } = await workspace.run("preview");
  expect(write).not.toHaveBeenCalled();
  const lines = told.flatMap((text) => text.replace(/^info: /, "").split("\n"));
  expect(lines).toEqual([
    "out",
    "info#err: err",
    ...["no end of lineline 0", ...Array.from({ length: 499 }, (_, index) => `line ${index + 1}`)],
  ]);
});

test("relative paths, child processes and process.chdir start in the program's folder", async () => {
  const workspace =
    await program(`const fs = require("node:fs"), { execSync, spawnSync, exec } = require("node:child_process");
module.exports = async () => {
  const started = execSync("pwd").toString().trim();
  const spawned = spawnSync("pwd").stdout.toString().trim();
  const asked = await new Promise((done) => exec("pwd", (_, out) => done(out.trim())));
  fs.mkdirSync("sub");
  process.chdir("sub");
  await fs.promises.writeFile("here.txt", "x");
  return { started, spawned, asked, inSub: fs.readdirSync("."), cwd: process.cwd(), absolute: require("node:path").resolve("x") };
};`);
  const here = process.cwd();
  const { folder } = workspace;
  expect(outputsOf(await workspace.run("preview"))).toEqual({
    started: folder,
    spawned: folder,
    asked: folder,
    inSub: ["here.txt"],
    cwd: `${folder}/sub`,
    absolute: `${folder}/sub/x`,
  });
  expect(process.cwd()).toBe(here);
});

test("arguments that the project gives to Node get a process", async () => {
  const workspace = await workspaceOf({
    "Pulumi.yaml":
      "name: rec\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n    nodeargs: --stack-trace-limit=7\n",
    "index.js": "module.exports = { limit: Error.stackTraceLimit };",
  });
  expect(outputsOf(await workspace.run("preview"))).toEqual({ limit: 7 });
});

test("a thread that waits for the next run keeps no process alive", async () => {
  const workspace = await program("module.exports = {};");
  const module = new URL("../../../provider/engines/embedded/testing/index.ts", import.meta.url).href;
  const text = `const { previewProgram } = await import(${JSON.stringify(module)});
const { ok } = await previewProgram(${JSON.stringify(workspace.folder)});
console.log(ok);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", text], {
    cwd: fileURLToPath(new URL("../../..", import.meta.url)),
    timeout: 60_000,
  });
  expect(stdout).toBe("true\n");
});

/** Ids, times, ciphertext, ports and folders; and source positions, since a thread does not map those in packages. */
const DRAWN = new RegExp(
  [
    /[0-9a-f]{24}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/,
    /"(ciphertext|salt|state|created|modified|time|sourcePosition)":"[^"]*"/,
    /127\.0\.0\.1:\d+|mongofed-embedded-\w+|\bt-\w{6}\b/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

/**
 * All events of a run, without what differs between two runs of one kind. The output of a provider comes last: it travels
 * beside the answers of the provider, so nothing orders the two.
 */
function essence({ events }: { readonly events: readonly unknown[] }): string {
  const [printed, others] = [true, false].map((wanted) => events.filter((event) => isPrinted(event) === wanted));
  return JSON.stringify([others, printed], (key, value: unknown) =>
    key === "durationMs" ? undefined : typeof value === "string" ? withoutFrames(value) : value,
  ).replaceAll(DRAWN, "");
}

function isPrinted(event: unknown): boolean {
  return (event as { severity?: unknown }).severity === "info#err";
}

/** A provider with a method of its own in `__provider`, as text. */
const resourceOf = (methods: string) => `const pulumi = require("@pulumi/pulumi");
class Thing extends pulumi.CustomResource {
  constructor(name) {
    super("pulumi-nodejs:dynamic/own:Thing", name, { size: 1, made: undefined,
      __provider: ${JSON.stringify(`exports.handler=()=>({${methods}});`)} });
  }
}
new Thing("a");`;

describe("says and does what processes say and do:", () => {
  const rejected: [name: string, methods: string, told: RegExp | undefined][] = [
    ["a plain create", "create:async(i)=>({id:'a',outs:{...i,made:true}})", undefined],
    ["an output that is undefined", "create:async(i)=>({id:'a',outs:{x:undefined}})", /Unexpected struct type/],
    ["an output that is a BigInt", "create:async(i)=>({id:'a',outs:{x:1n}})", /Unexpected struct type/],
    ["an output that is a function", "create:async(i)=>({id:'a',outs:{x:[()=>1]}})", /Unexpected struct type/],
    ["an output that is a date", "create:async(i)=>({id:'a',outs:{x:new Date(0)}})", undefined],
    ["an output that is no number", "create:async(i)=>({id:'a',outs:{x:NaN}})", undefined],
    ["an empty id", "create:async(i)=>({id:'',outs:i})", /empty resource\.ID/],
    ["no id", "create:async(i)=>({outs:i})", /empty resource\.ID/],
    [
      "an input that is undefined",
      "check:async(o,n)=>({inputs:{x:undefined}}),create:async(i)=>({id:'a'})",
      /Unexpected/,
    ],
    [
      "an unknown input outside of a preview",
      "check:async(o,n)=>({inputs:{x:'04da6b54-80e4-46f7-96ec-b56ff0331ba9'}}),create:async(i)=>({id:'a'})",
      /not known, outside of a preview/,
    ],
    ["a check that fails", "check:async()=>({failures:[{property:'size',reason:'too small'}]})", /too small/],
    ["a failing create", "create:async()=>{throw new Error('no room')}", /no room/],
    ["a failing create without an error", "create:async()=>{throw 'no room'}", undefined],
    [
      "a failing create of an object that exists",
      "create:async(i)=>{throw Object.assign(new Error('half'),{id:'a',properties:{...i,made:false},reasons:['slow','wet']})}",
      /slow[\s\S]*wet/,
    ],
    ["a failing configure", "configure:async()=>{throw new Error('no key')},create:async(i)=>({id:'a'})", /no key/],
    ["a text that is no program", "}) + (", /SyntaxError|Unexpected token/],
    ["a package that is missing", "...require('missing')", /Cannot find module 'missing'/],
    [
      "a secret in an output",
      "create:async(i)=>({id:'a',outs:{x:{'4dabf18193072939515e22adb298388d':'1b47061264138c4ac30d75fd1eb44270',value:'s'}}})",
      undefined,
    ],
  ];

  test.each(rejected)("%s", async (_name, methods, told) => {
    const outcomes: Outcome[] = [];
    for (const processes of [false, true]) {
      const workspace = await workspaceOf({ "index.js": resourceOf(methods) });
      outcomes.push(await workspace.run("up", { processes }));
    }
    const [inProcess, inProcesses] = outcomes as [Outcome, Outcome];
    expect(essence(inProcess)).toEqual(essence(inProcesses));
    if (told !== undefined) expect(inProcess.told.join("\n")).toMatch(told);
  });
});

test("the life of a stack of mongofed has the same events and states in both kinds of run", async () => {
  const lives: string[][] = [];
  for (const processes of [false, true]) {
    const emulator = await emulatorOf();
    const { folder } = await writeProgram(`import { IdentityProvider, OrgConnection } from "mongofed";
${identityProvider("staff")}
${orgConnection("staff")}`);
    const events: EngineEvent[] = [];
    const life: string[] = [];
    const step = async (command: RunOptions["command"], settings: Partial<RunOptions> = {}) => {
      const { ok, deployment } = await run({
        command,
        project: await loadProject(folder),
        stack: "dev",
        stateFile: join(folder, "state.json"),
        env: { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" },
        config: { "mongofed:note": { value: "hush", secret: true } },
        processes,
        skipPreview: true,
        parallel: 1,
        onEvent: (event) => events.push(event),
        ...settings,
      });
      life.push(`${command} ${ok}`, essence({ events: events.splice(0) }), essence({ events: [deployment] }));
    };
    await step("preview");
    emulator.inject({ match: { method: "PATCH" }, fault: { kind: "status", status: 403 }, times: 1 });
    await step("up");
    await step("up");
    await step("up", { skipPreview: false });
    const [provider] = emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders);
    emulator.edit({ edit: "update-identity-provider", id: String(provider?.id), fields: { audience: "changed" } });
    await step("preview", { refresh: true });
    await step("refresh");
    await step("up");
    await step("destroy");
    lives.push(life);
  }
  for (const [index, text] of (lives[0] ?? []).entries()) expect(text).toBe(lives[1]?.[index]);
  expect(lives[0]?.filter((text) => / (true|false)$/.test(text))).toEqual([
    "preview true",
    "up false",
    "up true",
    "up true",
    "preview true",
    "refresh true",
    "up true",
    "destroy true",
  ]);
});

test("a provider that ends itself fails its call and not the test", async () => {
  const workspace = await program(resourceOf("create:async()=>process.exit(7)"));
  const { ok, told } = await workspace.run("up");
  expect(ok).toBe(false);
  expect(told.join("\n")).toMatch(/The dynamic provider ended \(exit code 7\)/);
  expect(process.exitCode).toBeUndefined();
});

test("a rejection that a provider does not handle is told, and the provider goes on", async () => {
  const workspace = await program(
    resourceOf(
      "create:async(i)=>{Promise.reject(new Error('lost'));await new Promise(r=>setTimeout(r,20));return{id:'a',outs:i}}",
    ),
  );
  const { ok, told } = await workspace.run("up");
  expect(ok).toBe(true);
  expect(told.join("\n")).toMatch(/info#err: Error: lost/);
});

test("modules of a provider are fresh in each run", async () => {
  const workspace = await workspaceOf({
    ...things({ name: "a", inputs: { key: "a" } }),
    "node_modules/counter/index.js":
      "globalThis.loads = (globalThis.loads ?? 0) + 1; exports.loads = globalThis.loads;",
    "index.js": resourceOf("create:async()=>({id:'a',outs:{made:require('counter').loads}})").concat("\n"),
  });
  for (const stack of ["first", "second"]) {
    const { deployment } = await workspace.run("up", { stack, stateFile: workspace.path(`${stack}.json`) });
    const made = deployment.deployment.resources?.find(({ id }) => id === "a")?.outputs;
    expect(made).toMatchObject({ made: 1 });
  }
});

test("an inline program and the folder of another one run beside each other", async () => {
  const workspace = await program("module.exports = { word: process.env.WORD };");
  const [inline, folder] = await Promise.all([
    previewProgram(() => ({ word: process.env.WORD }), { env: { WORD: "inline" } }),
    previewProgram(workspace.folder, { env: { WORD: "folder" } }),
  ]);
  expect([inline.outputs, folder.outputs]).toEqual([{ word: "inline" }, { word: "folder" }]);
});
