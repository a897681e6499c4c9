import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { runCli } from "../../provider/cli/program.ts";
import { type Emulator, readSeed, type Seed } from "../../provider/emulator/index.ts";
import { runEmbedded } from "../support/embedded.ts";
import { emulated } from "../support/emulator.ts";
import { printedOutput } from "../support/printed.ts";
import { testFolder } from "../support/program.ts";
import { writes } from "../support/stack.ts";

const example = () => readSeed(new URL("../../examples/import/seed.yaml", import.meta.url).pathname);

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function mongofed(emulator: Emulator, cwd: string, ...args: string[]): Promise<Ran> {
  const { printed, streams } = printedOutput();
  const exitCode = await runCli(args, {
    ...streams,
    stdin: (async function* () {})(),
    env: { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" },
    cwd,
    signal: new AbortController().signal,
  });
  return { exitCode, ...printed };
}

function orgsOf({ organizations }: Seed): string[] {
  return organizations.flatMap(({ id }) => ["--org", id ?? ""]);
}

/** Imports into a folder inside the clone, and into the state of the embedded engine. */
async function imported(
  seed: Seed,
  args: readonly string[],
): Promise<{ emulator: Emulator; folder: string; text: string }> {
  const emulator = await emulated(seed);
  const cwd = await testFolder();
  const { exitCode, stdout, stderr } = await mongofed(emulator, cwd, "import", ...args, "--out", "identity");
  expect(exitCode, stdout + stderr).toBe(0);
  const folder = join(cwd, "identity");
  const file = await mongofed(
    emulator,
    folder,
    "import",
    "--file",
    "import.json",
    "--state",
    "../state/identity.prod.json",
  );
  expect(file.exitCode, file.stderr).toBe(0);
  return { emulator, folder, text: stdout };
}

/** Previews and updates twice: the second run shows that the first one has recorded nothing else. */
async function expectNoChange(
  { emulator, folder }: { emulator: Emulator; folder: string },
  count: number,
): Promise<void> {
  for (const command of ["preview", "up", "preview", "up"] as const) {
    const { exitCode, stdout, stderr } = await runEmbedded({
      command,
      cwd: folder,
      stack: "prod",
      stateDir: join(folder, "..", "state"),
      env: { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" },
      flags: { skipPreview: true },
    });
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout + stderr).toContain(`${count} unchanged`);
    expect(stdout, stdout).not.toMatch(/to (create|update|delete|replace)|\d (created|updated|deleted|replaced)/);
  }
  expect(writes(emulator)).toEqual([]);
}

const root = new URL("../..", import.meta.url).pathname;

/** The program compiles under `strict`, and a formatter would leave it as it is. */
async function expectWellWritten(folder: string): Promise<void> {
  const run = promisify(execFile);
  const problems = (tool: string, args: readonly string[]) =>
    run(tool, args, { cwd: folder }).then(
      () => "",
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
  const config = ["--config-path", join(root, ".biome.json"), "--vcs-enabled=false"];
  expect(await problems("tsc", ["-p", "."])).toBe("");
  expect(await problems("biome", ["format", ...config, "index.ts"])).toBe("");
}

test("an imported organization shows no change, twice, and nothing is written to Atlas", async () => {
  const names = new URL("../../examples/import/names.csv", import.meta.url).pathname;
  const run = await imported(example(), [...orgsOf(example()), "--names", names]);
  await expectWellWritten(run.folder);
  if (process.env.SHOW) console.log(run.text, await readFile(join(run.folder, "index.ts"), "utf8"));
  await expectNoChange(run, 37 + 1);
});
