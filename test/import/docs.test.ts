/** The commands of the documentation, in their order. */

import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../../provider/cli/program.ts";
import { readSeed } from "../../provider/emulator/index.ts";
import { typescript } from "../../provider/import/typescript.ts";
import { emulated } from "../support/emulator.ts";
import { printedOutput } from "../support/printed.ts";
import { testFolder } from "../support/program.ts";
import { writes } from "../support/stack.ts";

const root = new URL("../../", import.meta.url).pathname;

/** The lines of all code blocks of a page. */
async function commandsOf(page: string): Promise<string[]> {
  const text = await readFile(join(root, page), "utf8");
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) => block.trim().split("\n"));
}

test.each(["docs/importing.md", "examples/import/README.md"])("every command of %s works", async (page) => {
  const emulator = await emulated(readSeed(join(root, "examples/import/seed.yaml")));
  const cwd = await testFolder();
  await symlink(join(root, "examples"), join(cwd, "examples"));
  const commands = (await commandsOf(page)).filter((command) => /^mongofed (?!emulator)/.test(command));
  expect(commands).not.toEqual([]);
  for (const command of commands) {
    const { printed, streams } = printedOutput();
    const exitCode = await runCli(command.split(" ").slice(1), {
      ...streams,
      stdin: (async function* () {})(),
      env: { ...emulator.env, PULUMI_CONFIG_PASSPHRASE: "test" },
      cwd,
      signal: new AbortController().signal,
    });
    expect(exitCode, `${command}\n${printed.stdout}${printed.stderr}`).toBe(0);
  }
  expect(writes(emulator)).toEqual([]);
});

test("docs/importing.md has the next steps that an import prints", async () => {
  const next = typescript.next({ project: "identity", stack: "prod", adopt: false, version: "0.0.0" });
  expect((await commandsOf("docs/importing.md")).join("\n")).toContain(["cd identity", ...next].join("\n"));
});
