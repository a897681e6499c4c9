/** `mongofed preview | up | refresh | destroy`: a Pulumi program on the embedded engine. */

import { join, relative, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { environmentSources } from "../../../schema/credentials.ts";
import { createDisplay, type View } from "../../engines/embedded/display/display.ts";
import { isProject, loadProject, run } from "../../engines/embedded/engine.ts";
import type { Command as EngineCommand } from "../../engines/embedded/events.ts";
import { problemOfFinding } from "../../formats/problem.ts";
import { isLoopback } from "../../http/target.ts";
import type { ColorChoice } from "../../terminal/color.ts";
import { outputOf } from "../../terminal/output.ts";
import type { Report } from "../exit-codes.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { findingsIn, withRecords, writeProblems } from "../findings-output.ts";
import type { Io } from "../io.ts";
import { chooseStack, defaultStateFile } from "../state-path.ts";

interface EngineOptions {
  readonly cwd: string;
  readonly stack?: string;
  readonly diff?: true;
  readonly json?: true;
  readonly showSames?: true;
  readonly refresh?: true;
  readonly skipPreview?: true;
  readonly parallel?: number;
  readonly config?: Record<string, string>;
  readonly color: ColorChoice;
  readonly state?: string;
  readonly sarif?: string;
  readonly junit?: string;
}

const DESCRIPTIONS: Record<EngineCommand, string> = {
  preview: "show the changes that up would make",
  up: "apply the program to the control plane",
  refresh: "read every resource and record the live values",
  destroy: "delete every resource of the stack",
};

const HELP_AFTER = `
The embedded engine runs Pulumi programs without a Pulumi CLI. It serves control planes on
loopback only (see mongofed emulator), and asks no questions. The CLI runs the same program: pulumi up.`;

export function registerEngine(program: Command, io: Io, report: Report): void {
  for (const [name, description] of Object.entries(DESCRIPTIONS) as [EngineCommand, string][]) {
    const command = program
      .command(name)
      .description(description)
      .option("-C, --cwd <folder>", "where Pulumi.yaml is", ".")
      .option("-s, --stack <name>", "the stack; else PULUMI_STACK, the only Pulumi.<stack>.yaml, or dev")
      .option("--diff", "show every property that changes")
      .option("--json", "print only one JSON document on stdout")
      .option("--show-sames", "with --json: list unchanged resources too")
      .option("--parallel <n>", "the number of parallel operations", positiveInteger)
      .option(
        "-c, --config <key=value>",
        "a config value that overrides Pulumi.<stack>.yaml; may be repeated",
        setting,
        {},
      )
      .option("--state <file>", "keep the state here (default: .mongofed/<project>/<stack>.json beside Pulumi.yaml)")
      .option("-y, --yes", "accepted for compatibility with the Pulumi CLI; there are no questions");
    if (name === "preview" || name === "up") command.option("-r, --refresh", "read every resource first");
    if (name === "preview" || name === "up") {
      command
        .option("--sarif <file>", "write all findings as SARIF 2.1.0, for code scanning")
        .option("--junit <file>", "write all findings as JUnit XML");
    }
    if (name !== "preview") command.option("-f, --skip-preview", "apply without a preview");
    command
      .addHelpText("after", HELP_AFTER)
      .action(async (options: EngineOptions) => report(await runEngine(name, options, io)));
  }
}

async function runEngine(command: EngineCommand, options: EngineOptions, io: Io): Promise<number> {
  if (options.diff && options.json) throw new UsageError("--diff and --json exclude each other: take one of them");
  const root = resolve(io.cwd, options.cwd);
  if (!isProject(root)) {
    throw new UsageError(`no Pulumi.yaml in ${root}: name the folder of a Pulumi program with -C`);
  }
  const project = await loadProject(root).catch(asUsageError);
  const stack = await chooseStack(options.stack, project.root, io.env);
  const stateFile = options.state
    ? resolve(io.cwd, options.state)
    : defaultStateFile(project.root, project.name, stack);

  const view: View = options.json ? "json" : options.diff ? "diff" : "table";
  const stdout = outputOf(io.stdout, options.color, io.env);
  const stderr = outputOf(io.stderr, options.color, io.env);
  const banner = `Embedded engine (control planes on loopback only). State: ${relative(io.cwd, stateFile) || stateFile}\n`;
  (options.json ? stderr : stdout).write(options.json ? banner : `${banner}\n`);
  warnOfForeignPlane(io.env, stderr.write);

  const display = createDisplay(view, {
    stdout,
    stderr,
    project: project.name,
    stack,
    showSames: options.showSames === true,
  });
  const onInterrupt = () =>
    stderr.write("Interrupted: what is in flight is finished, nothing new begins. Once more to stop at once.\n");
  io.signal.addEventListener("abort", onInterrupt, { once: true });
  let ok = false;
  const start = async (env: Record<string, string>) => {
    const result = await run({
      command,
      project,
      stack,
      stateFile,
      processes: true,
      env,
      config: options.config ?? {},
      ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
      ...(options.refresh ? { refresh: true } : {}),
      ...(options.skipPreview ? { skipPreview: true } : {}),
      onEvent: (event) => display.onEvent(event),
      signal: io.signal,
    }).catch(asUsageError);
    ok = result.ok;
  };
  try {
    if (options.sarif === undefined && options.junit === undefined) await start({});
    else {
      await withRecords(async (folder) => {
        const file = join(folder, "findings.jsonl");
        await start({ MONGOFED_FINDINGS_FILE: file });
        const problems = (await findingsIn(file)).map(problemOfFinding);
        const failed = ok || problems.some(({ severity }) => severity === "error") ? undefined : "the run failed";
        await writeProblems(problems, options, io, `${project.name}/${stack}`, failed);
      });
    }
  } finally {
    io.signal.removeEventListener("abort", onInterrupt);
    display.end({ ok });
  }
  if (io.signal.aborted) return EXIT.interrupted;
  return ok ? EXIT.ok : EXIT.failed;
}

/**
 * The refusal itself comes from the HTTP client, at the first request. Told beforehand, it does not look like a
 * fault of the program.
 */
function warnOfForeignPlane(env: NodeJS.ProcessEnv, write: (text: string) => void): void {
  for (const { baseUrl: name } of environmentSources) {
    const url = env[name];
    if (!url || !URL.canParse(url) || isLoopback(new URL(url).hostname)) continue;
    write(
      `warning: ${name} names ${new URL(url).host}, which is not on loopback: the embedded engine will ` +
        "not talk to it. Use the Pulumi CLI, or mongofed emulator.\n",
    );
  }
}

/** The engine rejects for misuse only; what went wrong in a run is told by its events. */
function asUsageError(error: unknown): never {
  throw new UsageError(error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1 to 9999.");
  return Number(text);
}

function setting(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be key=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
