import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inlineProject, run } from "../../../provider/engines/embedded/engine.ts";
import type { EngineEvent } from "../../../provider/engines/embedded/events.ts";
import type { RunResult } from "../../../provider/engines/embedded/run-options.ts";
import { tellings, Workspace } from "./harness.ts";

const PROVIDER = 'exports.handler=()=>require("probe/provider").thing();';

class Thing extends pulumi.CustomResource {
  declare readonly label: pulumi.Output<string>;
  constructor(name: string, inputs: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super("pulumi-nodejs:dynamic/probe:Thing", name, { label: undefined, ...inputs, __provider: PROVIDER }, options);
  }
}

let workspace: Workspace;

beforeEach(async () => {
  workspace = await Workspace.create();
});
afterEach(() => workspace.remove());

type Program = () => Promise<Record<string, unknown> | undefined> | Record<string, unknown> | undefined;

async function runInline(
  name: string,
  program: Program,
  command: "preview" | "up" = "up",
): Promise<RunResult & { told: string[] }> {
  const events: EngineEvent[] = [];
  const result = await run({
    command,
    project: inlineProject({ name, workDir: workspace.folder, program }),
    stack: "dev",
    stateFile: workspace.path(`${name}.json`),
    config: { greeting: `hello ${name}` },
    env: workspace.env,
    skipPreview: true,
    onEvent: (event) => events.push(event),
  });
  return { ...result, told: tellings(events) };
}

test("inline programs run in parallel, each with its own settings", async () => {
  const names = ["one", "two", "three"];
  const results = await Promise.all(
    names.map((name) =>
      runInline(name, async () => {
        const thing = new Thing("a", { key: `${name}-a` });
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { label: thing.label, greeting: new pulumi.Config().require("greeting"), project: pulumi.getProject() };
      }),
    ),
  );
  for (const [index, name] of names.entries()) {
    expect(results[index]?.told).toEqual([]);
    expect(results[index]?.ok).toBe(true);
    expect(
      Object.fromEntries(Object.entries(results[index]?.outputs ?? {}).map(([key, { value }]) => [key, value])),
    ).toEqual({
      label: `label-${name}-a`,
      greeting: `hello ${name}`,
      project: name,
    });
  }
});

test("an inline program that throws deletes nothing, and one beside it is unharmed", async () => {
  await runInline("broken", () => ({ id: new Thing("a", { key: "a" }).id }));
  const [broken, fine] = await Promise.all([
    runInline("broken", () => {
      throw new Error("not today");
    }),
    runInline("fine", () => ({ id: new Thing("b", { key: "b" }).id })),
  ]);
  expect(broken.ok).toBe(false);
  expect(broken.told.join("\n")).toContain("not today");
  expect(broken.deployment.deployment.resources?.some(({ id }) => id === "id-a")).toBe(true);
  expect(fine.told).toEqual([]);
  expect(fine.ok).toBe(true);
});

test("a check that fails ends an inline run with its message", async () => {
  const outcome = await runInline(
    "checked",
    () => ({ id: new Thing("a", { key: "a", failCheck: ["no"] }).id }),
    "preview",
  );
  expect(outcome.ok).toBe(false);
  expect(outcome.told).toEqual(["error: pulumi-nodejs:dynamic/probe:Thing resource 'a' has a problem: no"]);
});

test("this process is told to stay on the loopback interface, and only while a run goes on", async () => {
  let during: string | undefined;
  await runInline(
    "loop",
    () => {
      during = process.env.MONGOFED_LOOPBACK_ONLY;
      return {};
    },
    "preview",
  );
  expect(during).toBe("1");
  expect(process.env.MONGOFED_LOOPBACK_ONLY).toBeUndefined();
});
