import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { things, Workspace } from "../engines/embedded/harness.ts";
import { type CliOutcome, mongofed } from "./command-line.ts";

let workspace: Workspace;
const saved = { ...process.env };

beforeEach(async () => {
  workspace = await Workspace.create(things({ name: "a", inputs: { key: "a", note: { $secret: "hush" } } }));
  // The engine hands this process' environment to the program.
  Object.assign(process.env, workspace.env);
});
afterEach(async () => {
  process.env = { ...saved };
  await workspace.remove();
});

const run = (...args: string[]): Promise<CliOutcome> => mongofed(args, { cwd: workspace.folder });

test("up, preview and destroy; the state lies beside Pulumi.yaml", async () => {
  const up = await run("up", "--yes", "--skip-preview");
  expect(up.exitCode, up.stdout + up.stderr).toBe(0);
  expect(up.stdout).toMatch(
    /^Embedded engine \(control planes on loopback only\)\. State: \.mongofed\/rec\/dev\.json\n\nUpdating \(dev\):\n/,
  );
  expect(up.stdout).toMatch(/^ \+ {3}└─ pulumi-nodejs:dynamic\/probe:Thing {2}a +created \(.*s\)$/m);
  expect(up.stdout).not.toContain("hush");
  expect(existsSync(workspace.path(".mongofed/rec/dev.json"))).toBe(true);

  const preview = await run("preview", "--json");
  expect(JSON.parse(preview.stdout)).toMatchObject({ changeSummary: { same: 2 } });
  expect(preview.stderr).toMatch(/^Embedded engine/);

  const destroy = await run("destroy", "-f", "--diff");
  expect(destroy.stdout).toContain("- pulumi-nodejs:dynamic/probe:Thing: (delete)\n    [id=id-a]\n");
  expect(await workspace.world()).toEqual({});
});

test("up shows first what it will do", async () => {
  const { stdout } = await run("up", "--state", "elsewhere.json");
  expect(stdout.indexOf("Previewing update (dev):")).toBeGreaterThan(0);
  expect(stdout.indexOf("Updating (dev):")).toBeGreaterThan(stdout.indexOf("Previewing update (dev):"));
  expect(existsSync(workspace.path("elsewhere.json"))).toBe(true);
});

test("a run that finds errors ends with 1", async () => {
  await workspace.write(things({ name: "a", inputs: { key: "a", failCheck: ["not like this"] } }));
  const { exitCode, stdout } = await run("preview");
  expect(exitCode).toBe(1);
  expect(stdout).toContain("error: pulumi-nodejs:dynamic/probe:Thing resource 'a' has a problem: not like this");
});

test("the stack is the one that has a file, or the one that is named", async () => {
  await workspace.write({ "Pulumi.prod.yaml": "config: {}\n" });
  expect((await run("preview")).stdout).toContain("Previewing update (prod):");
  expect((await run("preview", "-s", "test")).stdout).toContain("Previewing update (test):");
});

test("a control plane that is not on this machine is pointed out", async () => {
  const { stderr } = await mongofed(["preview"], {
    cwd: workspace.folder,
    env: { MONGODB_ATLAS_BASE_URL: "https://cloud.example.com", MCLI_OPS_MANAGER_URL: "https://ops.example.com/" },
  });
  expect(stderr).toContain("warning: MONGODB_ATLAS_BASE_URL names cloud.example.com, which is not on loopback");
  expect(stderr).toContain("warning: MCLI_OPS_MANAGER_URL names ops.example.com, which is not on loopback");
});

test("an interrupted run ends with 130", async () => {
  const interrupt = new AbortController();
  const running = mongofed(["up", "-f"], { cwd: workspace.folder, signal: interrupt.signal });
  interrupt.abort();
  const { exitCode } = await running;
  expect(exitCode).toBe(130);
});

test("a project file may be called Pulumi.yml", async () => {
  await rename(workspace.path("Pulumi.yaml"), workspace.path("Pulumi.yml"));
  const { exitCode, stdout, stderr } = await run("preview");
  expect(exitCode, stdout + stderr).toBe(0);
  expect((await run("preview", "-C", "..")).stderr).toContain("name the folder of a Pulumi program with -C");
});

test("shows delete[retain] for a resource that is only forgotten", async () => {
  const index = 'const { Thing } = require("probe");\nnew Thing("kept", { key: "kept" }, { retainOnDelete: true });';
  await workspace.write({ "index.js": index });
  await run("up", "-f");
  expect((await run("destroy", "-f", "--diff")).stdout).toContain(
    "- pulumi-nodejs:dynamic/probe:Thing: (delete[retain])\n",
  );
  await run("up", "-f");
  await workspace.write({ "index.js": "" });
  expect((await run("preview")).stdout).toMatch(/kept +delete\[retain\]/);
  expect((await run("up", "-f")).stdout).toMatch(/kept +deleted \(\d+\.\d+s\)\[retain\]/);
});
