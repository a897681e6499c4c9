/**
 * Programs in other languages than TypeScript, on the real CLI. Pulumi runs each by a language host of its own. A suite whose
 * host is missing is skipped, and the closing lines of the run say why.
 */

import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeEach, describe } from "vitest";
import { pulumiCommand } from "./engines.ts";
import { testFolder } from "./program.ts";

interface Printed {
  readonly code: number;
  readonly text: string;
}

export interface LanguageProject {
  readonly folder: string;
  /** Runs the CLI in the folder of the program. */
  run(...args: readonly string[]): Promise<Printed>;
  /** Runs another program there. */
  execute(program: string, ...args: readonly string[]): Promise<Printed>;
}

/** `describe` for what needs the CLI and other programs on PATH, such as `pulumi-language-yaml`. */
export function describeLanguage(name: string, programs: readonly string[], body: () => void): void {
  const folders = [dirname(pulumiCommand ?? ""), ...(process.env.PATH ?? "").split(delimiter)];
  const missing = programs.filter((program) => !folders.some((folder) => isExecutable(join(folder, program))));
  describe(name, () => {
    const why = pulumiCommand === undefined ? "no Pulumi CLI found" : `not on PATH: ${missing.join(", ")}`;
    if (pulumiCommand === undefined || missing.length > 0) beforeEach(({ skip }) => skip(why));
    body();
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Copies a program into a folder of its own, with an empty backend. `edit` changes its Pulumi.yaml. */
export async function languageProject(
  source: string,
  env: Readonly<Record<string, string>>,
  edit: (text: string) => string = (text) => text,
): Promise<LanguageProject> {
  const above = await testFolder();
  const folder = join(above, "program");
  await cp(source, folder, { recursive: true });
  const file = join(folder, "Pulumi.yaml");
  await writeFile(file, edit(await readFile(file, "utf8")));
  const backend = join(above, "backend");
  await mkdir(backend);
  const own = {
    ...process.env,
    PATH: [dirname(process.execPath), dirname(pulumiCommand ?? ""), process.env.PATH].join(delimiter),
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_HOME: join(above, "home"),
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    NO_COLOR: "1",
    ...env,
  };
  const execute = (program: string, ...args: readonly string[]) =>
    new Promise<Printed>((done) => {
      execFile(program, args, { cwd: folder, env: own, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr }),
      );
    });
  return { folder, execute, run: (...args) => execute(pulumiCommand ?? "pulumi", ...args) };
}
