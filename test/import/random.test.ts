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
import { testFolder } from "../support/program.ts";
import { writes } from "../support/stack.ts";
import { randomOrganizations } from "./random-organizations.ts";

/** Chance finds the rest in `RUNS=200`. */
const RUNS = Number(process.env.RUNS ?? 6);

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
    fc.asyncProperty(randomOrganizations, async (given) => {
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
