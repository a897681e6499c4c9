/** The commands that `mongofed import` prints, on the real CLI. */

import { join } from "node:path";
import { expect, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import { type Emulator, readSeed } from "../../provider/emulator/index.ts";
import { importProgram } from "../../provider/import/index.ts";
import { builtPlugin } from "../support/built-plugin.ts";
import { emulated } from "../support/emulator.ts";
import { testFolder } from "../support/program.ts";
import { describeLanguage, languageProject } from "../support/pulumi-languages.ts";
import { writes } from "../support/stack.ts";

interface Imported {
  readonly emulator: Emulator;
  readonly folder: string;
  readonly count: number;
  readonly next: readonly string[];
}

async function imported(language: string): Promise<Imported> {
  const emulator = await emulated(readSeed(new URL("../../examples/import/seed.yaml", import.meta.url).pathname));
  const folder = join(await testFolder(), "identity");
  const result = await importProgram(connect({ env: emulator.env, config: () => undefined }), {
    folder,
    orgIds: emulator.world().atlas.organizations.map(({ id }) => id),
    language,
    project: "identity",
    stack: "prod",
    adopt: false,
    version: "0.0.0",
  });
  const { imported: resources, next } = result.report as { imported: unknown[]; next: string[] };
  return { emulator, folder, count: resources.length, next };
}

/** Follows the printed commands, apart from `npm install`, and previews twice and updates once. */
async function expectNoChange(
  { emulator, folder, count, next }: Imported,
  edit?: (text: string) => string,
): Promise<void> {
  const project = await languageProject(folder, emulator.env, edit);
  const commands = next
    .filter((command) => command.startsWith("pulumi "))
    .map((command) => command.split(" ").slice(1));
  const noChange = ["--non-interactive", "--expect-no-changes"];
  for (const command of [
    ...commands,
    ["preview", ...noChange],
    ["up", "--yes", ...noChange],
    ["preview", ...noChange],
  ]) {
    const { code, text } = await project.run(...command);
    expect(code, `pulumi ${command.join(" ")}\n${text}`).toBe(0);
    if (command[0] !== "stack" && command[0] !== "import") expect(text).toContain(`${count + 1} unchanged`);
  }
  expect(writes(emulator)).toEqual([]);
}

describeLanguage("TypeScript on the Pulumi CLI", ["pulumi-language-nodejs"], () => {
  test("the imported example shows no change, twice, and nothing is written to Atlas", async () => {
    await expectNoChange(await imported("typescript"));
  });
});

describeLanguage("YAML on the Pulumi CLI", ["pulumi-language-yaml"], () => {
  test("the imported example shows no change, twice, and nothing is written to Atlas", async () => {
    const { folder } = await builtPlugin();
    await expectNoChange(await imported("yaml"), (text) => text.replace("./node_modules/mongofed/plugin", folder));
  });
});
