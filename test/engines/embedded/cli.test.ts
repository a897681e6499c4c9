/** The embedded engine beside the real CLI: the same programs, the same calls, the same deployments. */

import { afterEach, describe, expect, test } from "vitest";
import { CLI_SUITE, pulumiCommand } from "../../support/engines.ts";
import { Cli } from "./cli.ts";
import { type Call, Workspace } from "./harness.ts";
import { canonical, reduced } from "./recording.ts";

/** Each step is a run of the CLI, an export, and a run of ours: a minute on a busy machine. */
const STORY_TIMEOUT_MS = 300_000;
const HEAD = 'const pulumi = require("@pulumi/pulumi");\nconst { Explicit, Group, Thing } = require("probe");\n';

const UNKNOWN_CONFIG =
  'const a = new Thing("a", { key: "a" }); const provider = new Explicit("p", { "probe:region": a.id }); new Thing("b", { key: "b" }, { provider });';

/** The steps of each story. A text is the program of an `up`. */
const stories: Record<
  string,
  (string | { command: "refresh" | "destroy" | "preview"; program?: string; world?: Record<string, unknown> })[]
> = {
  "explicit provider, its config changed, and given up": [
    'const provider = new Explicit("p", { "probe:region": "eu" }); new Thing("a", { key: "a" }, { provider });',
    'const provider = new Explicit("p", { "probe:region": "us" }); new Thing("a", { key: "a" }, { provider });',
    'new Thing("a", { key: "a" });',
    { command: "destroy" },
  ],
  "provider whose config is unknown in a preview": [
    { command: "preview", program: UNKNOWN_CONFIG },
    UNKNOWN_CONFIG,
    { command: "preview" },
    { command: "destroy" },
  ],
  "aliases of a component and its child": [
    'const g = new Group("g"); new Thing("g-a", { key: "a" }, { parent: g });',
    'const g = new Group("h", { aliases: [{ name: "g" }] }); new Thing("h-a", { key: "a" }, { parent: g });',
    { command: "refresh" },
  ],
  "alias to another parent": [
    'new Thing("a", { key: "a" });',
    'const g = new Group("g"); new Thing("b", { key: "a", size: 2 }, { parent: g, aliases: [{ name: "a", parent: pulumi.rootStackResource }] });',
  ],
  "options that children take over": [
    'const g = new Group("g", { protect: true, retainOnDelete: true }); new Thing("a", { key: "a" }, { parent: g });',
    { command: "destroy" },
    'const g = new Group("g", { protect: false, retainOnDelete: true }); new Thing("a", { key: "a" }, { parent: g });',
    { command: "destroy" },
  ],
  "read, then owned, then read again": [
    {
      command: "preview",
      program: 'new Thing("x", {}, { id: "id-x" });',
      world: { "id-x": { key: "x", size: 3 } },
    },
    'new Thing("x", {}, { id: "id-x" });',
    'new Thing("x", { key: "y" });',
    'new Thing("x", {}, { id: "id-x" });',
    { command: "destroy" },
  ],
  "delete first, through dependents that must go too": [
    'const a = new Thing("a", { key: "a", deleteFirst: true }); const b = new Thing("b", { key: pulumi.concat("b-", a.id) }); new Thing("c", { key: "c", ref: b.id });',
    'const a = new Thing("a", { key: "a2", deleteFirst: true }); const b = new Thing("b", { key: pulumi.concat("b-", a.id) }); new Thing("c", { key: "c", ref: b.id });',
  ],
  "delete first fails in the middle, and is taken up again": [
    'new Thing("a", { key: "a", deleteFirst: true });',
    'new Thing("a", { key: "a2", deleteFirst: true, failCreate: true });',
    'new Thing("a", { key: "a3", deleteFirst: true });',
  ],
  "delete first fails in the middle, and nobody wants it any more": [
    'new Thing("a", { key: "a", deleteFirst: true });',
    'new Thing("a", { key: "a2", deleteFirst: true, failCreate: true });',
    "",
  ],
  "the old half of a replacement cannot be deleted at first": [
    'new Thing("a", { key: "a", failDelete: true });',
    'new Thing("a", { key: "a2" });',
    'new Thing("a", { key: "a2", size: 2 });',
  ],
  "secrets in every shape": [
    `const config = new pulumi.Config();
     new Thing("a", { key: "a", secret: pulumi.secret({ deep: [1, "x"] }), list: ["p", pulumi.secret("q")], note: config.requireSecret("token") }, { additionalSecretOutputs: ["label"] });
     exports.out = pulumi.secret("out"); exports.plain = { a: [1, null, true], b: "x" };`,
    { command: "refresh" },
    { command: "destroy" },
  ],
  "a failing program keeps the outputs that it did not get to": [
    'exports.first = 1; exports.second = new Thing("a", { key: "a" }).id;',
    'exports.first = 2; exports.second = new Thing("a", { key: "a", failUpdate: true }).id;',
    "exports.first = 3;",
  ],
  "ignoreChanges, deleteBeforeReplace: false, and timeouts": [
    'new Thing("a", { key: "a", list: [{ x: 1 }, { x: 2 }], deleteFirst: true }, { ignoreChanges: ["list[0].x"], customTimeouts: { create: "5m" } });',
    'new Thing("a", { key: "b", list: [{ x: 3 }, { x: 4 }], deleteFirst: true }, { ignoreChanges: ["list[0].x"], deleteBeforeReplace: false });',
  ],
  "gone in a refresh, with a dependent": [
    'const a = new Thing("a", { key: "a" }); new Thing("b", { key: "b", ref: a.id });',
    { command: "refresh", world: { "id-b": { key: "b", ref: "id-a" } } },
    'const a = new Thing("a", { key: "a" }); new Thing("b", { key: "b", ref: a.id });',
  ],
};

const CONFIG = { "rec:token": { value: "t-1", secret: true }, "probe:region": "eu-1" } as const;

/** Of resources that do not depend on each other, the calls come in any order. */
function sorted(calls: readonly Call[]): string[] {
  return calls.map(canonical).toSorted();
}

describe.skipIf(pulumiCommand === undefined)(CLI_SUITE, { timeout: STORY_TIMEOUT_MS }, () => {
  const workspaces: Workspace[] = [];
  afterEach(async () => {
    await Promise.all(workspaces.splice(0).map((workspace) => workspace.remove()));
  });

  async function workspace(): Promise<Workspace> {
    const made = await Workspace.create();
    workspaces.push(made);
    return made;
  }

  async function cliStack(): Promise<{ space: Workspace; cli: Cli }> {
    const space = await workspace();
    const cli = new Cli(pulumiCommand ?? "", space);
    await cli.init();
    await cli.must("config", "set", "--stack", "dev", "rec:token", "t-1", "--secret");
    await cli.must("config", "set", "--stack", "dev", "probe:region", "eu-1");
    return { space, cli };
  }

  test.each(Object.entries(stories))("%s", async (_name, steps) => {
    const { space: theirs, cli } = await cliStack();
    const ours = await workspace();
    for (const [index, step] of steps.entries()) {
      const kind = typeof step === "string" ? "up" : step.command;
      const where = `step ${index + 1}, ${kind}`;
      for (const space of [theirs, ours]) {
        const { program, world } = typeof step === "string" ? { program: step, world: undefined } : step;
        if (program !== undefined) {
          await space.write({ "index.js": HEAD + program });
        }
        if (world !== undefined) {
          await space.setWorld(world);
        }
        await space.takeCalls();
      }
      const expected = await cli.up(kind);
      const actual = await ours.run(kind, { parallel: 1, config: CONFIG });
      expect(actual.ok, `${where}\n${expected.output}\n${actual.told.join("\n")}`).toBe(expected.ok);
      expect(sorted(await ours.takeCalls()), `${where}\n${actual.told.join("\n")}`).toEqual(
        sorted(await theirs.takeCalls()),
      );
      const deployment = await cli.export();
      const [mine, other] = [actual.deployment, deployment].map((each) => reduced(each).map(canonical).toSorted());
      expect(mine, where).toEqual(other);
    }
    expect(await ours.world()).toEqual(await theirs.world());
  });

  const STATE_PROGRAM = `${HEAD}new Thing("a", { key: "a", secret: pulumi.secret("hunter2") }); exports.s = pulumi.secret("hunter3");`;

  test("the CLI takes over a state of the embedded engine, secrets included", async () => {
    const { space, cli } = await cliStack();
    await space.write({ "index.js": STATE_PROGRAM });
    const { deployment } = await space.run("up", { config: CONFIG });
    await cli.import(deployment);
    await cli.must("preview", "--stack", "dev", "--expect-no-changes");
    expect(JSON.stringify(await cli.export("--show-secrets"))).toMatch(/hunter2.*hunter3|hunter3.*hunter2/);
    expect((await cli.up("destroy")).ok).toBe(true);
    expect(await space.world()).toEqual({});
  });

  test("the embedded engine takes over a state of the CLI, secrets included", async () => {
    const { space, cli } = await cliStack();
    await space.write({ "index.js": STATE_PROGRAM });
    await cli.must("up", "--stack", "dev", "--yes");
    await space.write({ "state/dev.json": JSON.stringify(await cli.export()) });
    const outcome = await space.run("up");
    expect(outcome.told).toEqual([]);
    expect(outcome.changes).toEqual({ same: 2 });
    expect(outcome.outputs).toEqual({ s: { value: "hunter3", secret: true } });
    expect((await space.run("destroy")).ok).toBe(true);
    expect(await space.world()).toEqual({});
  });
});
