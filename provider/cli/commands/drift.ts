/** `mongofed drift`: values that were changed outside a stack, for a schedule. Changes nothing. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { type DriftEntry, type DriftLine, driftLineSchema } from "../../../schema/drift.ts";
import type { Kind } from "../../../schema/resources.ts";
import { managedObject } from "../../access/managed-object.ts";
import { isProject, loadProject, run } from "../../engines/embedded/engine.ts";
import { readRecords } from "../../engines/embedded/records.ts";
import { type DriftReport, driftMarkdown, driftText } from "../../formats/drift.ts";
import { problemOfDrift, problemOfFinding } from "../../formats/problem.ts";
import { printableJson } from "../../printable.ts";
import type { ColorChoice } from "../../terminal/color.ts";
import { outputOf } from "../../terminal/output.ts";
import type { Report } from "../exit-codes.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { type FormatFiles, findingsIn, withRecords, writeProblems } from "../findings-output.ts";
import { list } from "../flags.ts";
import type { Io } from "../io.ts";
import { managersByObject, statesManagers } from "../managers.ts";
import { chooseStack, defaultStateFile } from "../state-path.ts";
import { packageVersion } from "../version.ts";

interface DriftOptions extends FormatFiles {
  readonly cwd: string;
  readonly stack?: string;
  readonly state?: string;
  readonly managedBy?: readonly string[];
  readonly unmanaged: boolean;
  readonly json?: true;
  readonly markdown?: true;
  readonly color: ColorChoice;
}

const HELP_AFTER = `
mongofed previews the stack with the Pulumi CLI (PULUMI_COMMAND, else pulumi on PATH). The embedded engine takes its place
where it keeps the state of the stack, with --state, or without a Pulumi CLI. Pending changes of the program are no drift.

Exit codes:
  0    no drift, and every object has a stack
  1    error, or the report is INCOMPLETE
  2    usage
  3    drift, or objects that no given stack manages`;

export function registerDrift(program: Command, io: Io, report: Report): void {
  program
    .command("drift")
    .description("report what was changed outside a stack, and what it does not manage in its projects")
    .option("-C, --cwd <folder>", "where Pulumi.yaml is", ".")
    .option("-s, --stack <name>", "the stack; else PULUMI_STACK, the only Pulumi.<stack>.yaml, or dev")
    .option("--state <file>", "embedded engine: the state file")
    .option(
      "--managed-by <file>",
      "the state of another stack that manages objects in the same projects; may be repeated",
      list,
    )
    .option("--no-unmanaged", "leave out objects that the stack does not manage")
    .option("--json", "print the report as JSON")
    .option("--markdown", "print the report as Markdown")
    .option("--sarif <file>", "write drift and findings as SARIF 2.1.0")
    .option("--junit <file>", "write drift and findings as JUnit XML")
    .addHelpText("after", HELP_AFTER)
    .action(async (options: DriftOptions) => report(await runDrift(options, io)));
}

/** A preview that records drift and findings in files. */
interface Preview {
  readonly root: string;
  /** As the user names it. */
  readonly stack: string | undefined;
  readonly stateFile: string;
  readonly env: Record<string, string>;
}

async function runDrift(options: DriftOptions, io: Io): Promise<number> {
  if (options.json && options.markdown)
    throw new UsageError("--json and --markdown exclude each other: take one of them");
  const root = resolve(io.cwd, options.cwd);
  if (!isProject(root)) throw new UsageError(`no Pulumi.yaml in ${root}: name the folder of a Pulumi program with -C`);
  const project = await loadProject(root).catch(asUsageError);
  return await withRecords(async (folder) => {
    const files = { drift: join(folder, "drift.jsonl"), findings: join(folder, "findings.jsonl") };
    const env = { MONGOFED_DRIFT_FILE: files.drift, MONGOFED_FINDINGS_FILE: files.findings };
    const stack = options.stack ?? (io.env.PULUMI_STACK || undefined);
    const local = /^[^/]*$/.test(stack ?? "") ? await chooseStack(options.stack, root, io.env) : undefined;
    const stateFile =
      options.state === undefined
        ? defaultStateFile(project.root, project.name, local ?? "")
        : resolve(io.cwd, options.state);
    const preview = { root, stack: local ?? stack, stateFile, env };
    const isEmbedded = options.state !== undefined || (local !== undefined && existsSync(stateFile));
    const outcome = isEmbedded
      ? await embedded(preview, io)
      : ((await pulumi(preview, io)) ?? (await embedded(preview, io)));
    if (io.signal.aborted) return EXIT.interrupted;

    const lines = await readRecords(files.drift, driftLineSchema);
    const managed = managersByObject(await statesManagers(options.managedBy ?? [], io));
    const isOurs = ({ kind, resource }: DriftEntry) =>
      kind !== "unmanaged" ||
      (options.unmanaged && !managed.has(managedObject(resource.kind as Kind, resource.id ?? "")));
    const drift = entriesOf(lines).filter(isOurs);
    const incomplete = [
      ...new Set(lines.flatMap((line) => ("notRead" in line ? [line.notRead] : []))),
      ...outcome.errors,
    ];
    const result: DriftReport = {
      time: new Date().toISOString(),
      version: packageVersion(),
      project: project.name,
      stack: preview.stack ?? "",
      engine: outcome.engine,
      drift,
      incomplete,
    };
    const problems = [...drift.map(problemOfDrift), ...(await findingsIn(files.findings)).map(problemOfFinding)];
    await writeProblems(problems, options, io, `${result.project}/${result.stack}`, incomplete[0]);
    io.stdout.write(
      options.json
        ? `${printableJson(result)}\n`
        : options.markdown
          ? driftMarkdown(result)
          : driftText(result, outputOf(io.stdout, options.color, io.env).paint),
    );
    return incomplete.length > 0 ? EXIT.failed : drift.length > 0 ? EXIT.drift : EXIT.ok;
  });
}

/** Each resource once, because an engine may compare a resource several times. */
function entriesOf(lines: readonly DriftLine[]): DriftEntry[] {
  const entries = lines.filter((line): line is DriftEntry => !("notRead" in line));
  return [...new Map(entries.map((entry) => [JSON.stringify(entry.resource), entry])).values()];
}

interface Outcome {
  readonly engine: string;
  /** Why the preview failed. */
  readonly errors: readonly string[];
}

/** @returns undefined where there is no Pulumi CLI */
async function pulumi({ root, stack, env }: Preview, io: Io): Promise<Outcome | undefined> {
  const command = io.env.PULUMI_COMMAND || "pulumi";
  const args = ["preview", "--non-interactive", "--color", "never", ...(stack === undefined ? [] : ["--stack", stack])];
  const child = spawn(command, args, {
    cwd: root,
    env: { ...io.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    signal: io.signal,
    killSignal: "SIGINT",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-MAX_OUTPUT);
    });
  }
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (code === 0) return { engine: "Pulumi", errors: [] };
    io.stderr.write(output);
    const [reason = ""] = output.match(/^ *error: .*$/m) ?? [];
    const ending = code === null ? "was ended by a signal" : `ended with exit code ${code}`;
    return {
      engine: "Pulumi",
      errors: [[`pulumi preview ${ending}`, reason.trim()].filter((part) => part !== "").join(": ")],
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && !io.env.PULUMI_COMMAND) return undefined;
    if (io.signal.aborted) return { engine: "Pulumi", errors: [] };
    throw error;
  }
}

/** The end of the output that is kept for an error. */
const MAX_OUTPUT = 100_000;

async function embedded({ root, stack = "dev", stateFile, env }: Preview, io: Io): Promise<Outcome> {
  const errors: string[] = [];
  const { ok } = await run({
    command: "preview",
    project: await loadProject(root),
    stack,
    stateFile,
    env: { ...setVariables(io.env), ...env },
    signal: io.signal,
    onEvent: (event) => {
      if (event.type === "diagnostic" && event.severity === "error") errors.push(event.message.trimEnd());
    },
  }).catch(asUsageError);
  for (const error of errors) io.stderr.write(`error: ${error}\n`);
  return {
    engine: "embedded engine",
    errors: ok ? [] : [`the preview failed: ${errors[0]?.split("\n")[0] ?? "no reason given"}`],
  };
}

function setVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function asUsageError(error: unknown): never {
  throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
}
