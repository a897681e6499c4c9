/** `mongofed access`: who has access in organizations or projects. Changes nothing there. */

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type AccessReport, accessReportSchema } from "../../../schema/access-report.ts";
import { type PlaneName, PRODUCTS } from "../../../schema/plane.ts";
import type { Manager } from "../../access/engine-files.ts";
import { FAILURES, type Failure } from "../../access/failures.ts";
import { accessCells, accessHeadline } from "../../access-text.ts";
import type { AccessView, ChangeView } from "../../formats/access-view.ts";
import type { Labels } from "../../lookups/labels.ts";
import { printableJson } from "../../printable.ts";
import { inRun } from "../../run-scope.ts";
import type { ColorChoice, Paint, Style } from "../../terminal/color.ts";
import { outputOf } from "../../terminal/output.ts";
import { plainTable } from "../../terminal/plain-table.ts";
import type { Report } from "../exit-codes.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { addScope, list, progressOf, readText } from "../flags.ts";
import type { Io } from "../io.ts";
import { managersByObject, statesManagers } from "../managers.ts";
import { packageVersion } from "../version.ts";

interface AccessFlags {
  readonly org?: readonly string[];
  readonly project?: readonly string[];
  readonly plane: PlaneName;
  readonly principal?: string;
  readonly group?: string;
  readonly role?: string;
  readonly database?: string;
  readonly state?: readonly string[];
  readonly program?: readonly string[];
  readonly stack?: string;
  readonly names?: string;
  readonly members?: string;
  readonly failOn?: readonly Failure[];
  readonly accept?: string;
  readonly json?: true;
  readonly csv?: true;
  readonly markdown?: true;
  readonly mermaid?: true;
  readonly html?: string;
  readonly color: ColorChoice;
}

const HELP_AFTER = `
Credentials come from the environment, as for a run. mongofed only reads. Least roles in Atlas: Organization Read Only, and
Organization Owner to see identity providers. In Cloud Manager: Project Automation Admin.
Examples:
  mongofed access --org 5f1e2d3c4b5a69788796a5b4
  mongofed access --org 5f1e2d3c4b5a69788796a5b4 --state prod.json --fail-on unmanaged,orphaned --html access.html
  mongofed access diff before.json after.json --markdown
Exit code 0: the report is complete. 1: it is incomplete. 3: a row fails by --fail-on.`;

/** The argument that names standard input. */
const STDIN = "-";
const DIFF_HELP_AFTER = `
Examples:
  pulumi preview --json | mongofed access diff
  terraform show -json plan.tfplan | mongofed access diff --markdown
  mongofed access diff before.json after.json
Exit code 0: compared. 1: a report is incomplete.`;

export function registerAccess(program: Command, io: Io, report: Report): void {
  const access = addScope(program.command("access").description("list who has access in organizations or projects"))
    .option("--principal <text>", "only people and programs whose id or name contains the text")
    .option("--group <text>", "only groups whose id or name contains the text")
    .option("--role <role>", "only grants with this role, inherited ones included: read@app, or read")
    .option("--database <name>", "only grants that reach this database")
    .option("--state <file>", "a state of Pulumi or Terraform, a folder or a glob of states; may be repeated", list)
    .option("--program <folder>", "the folder of a Pulumi program that manages grants; may be repeated", list)
    .option("--stack <name>", "the stack of --program; else PULUMI_STACK, the only Pulumi.<stack>.yaml, or dev")
    .option("--names <file>", "CSV or JSON with names for ids of groups, people and projects; else MONGOFED_NAMES")
    .option("--members <file>", 'JSON with the members of groups: { "group id": ["ada@example.com"] }')
    .option(
      "--fail-on <reasons>",
      "exit with 3 on unmanaged, orphaned or admin rows; separate them with commas",
      failures,
    )
    .option("--accept <file>", "JSON with approved rows, which do not fail: who, project, reason, approver, expires")
    .addOption(new Option("--json", "print the report as JSON").conflicts(["csv", "markdown", "mermaid"]))
    .addOption(
      new Option("--csv", "print it as CSV, with empty columns for a review").conflicts(["markdown", "mermaid"]),
    )
    .addOption(new Option("--markdown", "print it as Markdown").conflicts("mermaid"))
    .option("--mermaid", "print it as a Mermaid graph")
    .option("--html <file>", "write it to one HTML file with search, filters and a graph")
    .addHelpText("after", HELP_AFTER)
    .action(async (flags: AccessFlags) => report(await runAccess(flags, io)));
  access
    .command("diff")
    .description("show who gains and who loses access by a preview or plan, or between two reports")
    .argument("[before]", "pulumi preview --json, terraform show -json, or an earlier report; default: stdin", STDIN)
    .argument("[after]", "the later report of mongofed access --json")
    .addHelpText("after", DIFF_HELP_AFTER)
    .action(async (before: string, after: string | undefined, _flags: object, command: Command) =>
      // The parent has the options of the same names.
      report(await runDiff(before, after, command.optsWithGlobals<AccessFlags>(), io)),
    );
}

function failures(text: string, before: readonly Failure[] = []): readonly Failure[] {
  const found = text.split(",").map((part) => {
    const reason = FAILURES.find((one) => one === part.trim());
    if (reason === undefined) throw new InvalidArgumentError(`It must be some of ${FAILURES.join(", ")}.`);
    return reason;
  });
  return [...new Set([...before, ...found])];
}

async function runAccess(flags: AccessFlags, io: Io): Promise<number> {
  const { org = [], project = [], plane: planeName, failOn = [] } = flags;
  if (org.length + project.length === 0)
    throw new UsageError("name an organization with --org, or projects with --project");
  if (org.length > 0 && planeName !== "atlas")
    throw new UsageError(`--org is for Atlas only: name a project of ${PRODUCTS[planeName]} with --project`);
  if (failOn.includes("unmanaged") && flags.state === undefined && flags.program === undefined)
    throw new UsageError("--fail-on unmanaged needs your stacks: name states with --state, or programs with --program");
  const { connect } = await import("../../control-planes/connect.ts");
  const { resolveCredentials } = await import("../../control-planes/credentials.ts");
  const { readAccess } = await import("../../access/report.ts");
  const { failuresOf, isAccepted } = await import("../../access/accepted.ts");
  const inputs = await readInputs(flags, io);
  const places = { env: io.env, config: (key: string) => (key === "plane" ? planeName : undefined), hasStack: false };
  const scope = {
    env: io.env,
    workDir: io.cwd,
    print: (text: string) => void io.stderr.write(`${text}\n`),
    state: new Map(),
  };
  const { principal, group, role, database } = flags;
  let found: AccessReport;
  try {
    found = await inRun(scope, () => {
      const { authentication } = resolveCredentials(places);
      return readAccess(connect({ ...places, signal: io.signal }), {
        ...inputs,
        keyId: authentication.kind === "digest" ? authentication.username : authentication.clientId,
        orgIds: org,
        projectIds: project,
        filters: {
          ...(principal === undefined ? {} : { principal }),
          ...(group === undefined ? {} : { group }),
          ...(role === undefined ? {} : { role }),
          ...(database === undefined ? {} : { database }),
        },
        version: packageVersion(),
        signal: io.signal,
        onProgress: progressOf(io),
      });
    });
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted;
    throw error;
  }
  await print(found, flags, io);
  const now = Date.parse(found.time);
  const failing = found.rows.filter(
    (row) => !isAccepted(row, inputs.accepted, now) && failuresOf(row).some((reason) => failOn.includes(reason)),
  );
  if (failing.length > 0)
    io.stderr.write(`${failing.length} of ${found.rows.length} rows fail by --fail-on ${failOn.join(",")}.\n`);
  // An incomplete report proves nothing, so that it comes first.
  if (found.unread.length > 0) return EXIT.failed;
  return failing.length > 0 ? EXIT.drift : EXIT.ok;
}

async function readInputs(flags: AccessFlags, io: Io) {
  const { members, accept, state, program } = flags;
  const { readAccepted, AcceptedFileError } = await import("../../access/accepted.ts");
  const read = async <T>(file: string, parse: (text: string) => T): Promise<T> => {
    const text = await readText(resolve(io.cwd, file));
    try {
      return parse(text);
    } catch (error) {
      throw error instanceof AcceptedFileError ? new UsageError(`${file} ${error.message}`, { cause: error }) : error;
    }
  };
  const programs = await Promise.all((program ?? []).map((folder) => programManager(folder, flags, io)));
  const states = await statesManagers(state ?? [], io);
  const isGiven = state !== undefined || program !== undefined;
  return {
    ...(await namesIn(flags, io)),
    ...(members === undefined ? {} : { members: await read(members, (text) => membersIn(text, members)) }),
    accepted: accept === undefined ? [] : await read(accept, readAccepted),
    ...(isGiven ? { managers: managersByObject([...programs, ...states]) } : {}),
  };
}

/** Runs a program for its declarations, without credentials. */
async function programManager(folder: string, { stack }: AccessFlags, io: Io): Promise<Manager> {
  const { collect } = await import("../program-declarations.ts");
  const { environmentSources } = await import("../../../schema/credentials.ts");
  const { grantsOf, programResources } = await import("../../access/resources.ts");
  const { readProgram } = await import("../../rules/index.ts");
  const secret = new Set(
    environmentSources.flatMap(({ credentials }) => credentials.flatMap(({ id, secret }) => [id, secret])),
  );
  const env = Object.fromEntries(Object.entries(io.env).filter(([name]) => !secret.has(name)));
  const { ok, errors, declarations, name } = await collect(folder, stack, { ...io, env });
  if (!ok) throw new Error(`the program in ${folder} does not show its declarations:\n${errors.join("\n")}`);
  const { grants, unknown } = grantsOf(declarations === undefined ? [] : programResources(readProgram(declarations)));
  if (unknown.length > 0)
    io.stderr.write(
      `The program in ${folder} does not show who these are for: ${unknown.join(", ")}. Name its state with --state.\n`,
    );
  return { stack: name, objects: grants };
}

function membersIn(text: string, file: string): ReadonlyMap<string, readonly string[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const entries = Object.entries(typeof parsed === "object" && parsed !== null ? parsed : {});
  const isList = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((one) => typeof one === "string");
  if (Array.isArray(parsed) || !entries.every(([, value]) => isList(value)))
    throw new UsageError(`${file} is not an object of lists: { "group id": ["ada@example.com"] }`);
  return new Map(entries as [string, string[]][]);
}

async function print(report: AccessReport, flags: AccessFlags, io: Io): Promise<void> {
  const { viewOf } = await import("../../access/view.ts");
  const view = viewOf(report);
  if (flags.html !== undefined) {
    const { accessHtml } = await import("../../formats/html.ts");
    await writeFile(resolve(io.cwd, flags.html), accessHtml(view), { mode: 0o600 });
    io.stderr.write(`Wrote ${flags.html}\n`);
    if (!(flags.json || flags.csv || flags.markdown || flags.mermaid)) return;
  }
  if (flags.json) io.stdout.write(`${printableJson(report)}\n`);
  // The stream shows carriage returns as text.
  else if (flags.csv) io.stdout.write((await import("../../formats/csv.ts")).accessCsv(view).replaceAll("\r\n", "\n"));
  else if (flags.markdown) io.stdout.write((await import("../../formats/access-markdown.ts")).accessMarkdown(view));
  else if (flags.mermaid) io.stdout.write((await import("../../formats/mermaid.ts")).accessMermaid(view));
  else io.stdout.write(tableOf(view));
}

function tableOf({ title, incomplete, rows, remarks, facts }: AccessView): string {
  const head =
    incomplete.length > 0 ? `INCOMPLETE: ${title}\n${incomplete.map((why) => `  ${why}\n`).join("")}` : `${title}\n`;
  const body =
    rows.length === 0
      ? "No grants.\n"
      : plainTable([
          ["PRINCIPAL", "THROUGH", "PROJECT", "ROLES", "MANAGED BY", "NOTE"],
          ...rows.map((row) => [
            `${row.kind === "group" ? "group " : ""}${row.who}${row.name === undefined ? "" : ` (${row.name})`}`,
            row.through,
            row.project,
            row.roles.map(({ name }) => name).join(", "),
            row.managedBy || "-",
            [
              ...row.farReaching.map((role) => `far-reaching: ${role}`),
              ...row.notes,
              row.restrictions,
              row.clusters === "all" ? "" : `clusters ${row.clusters}`,
              row.expires === "" ? "" : `until ${row.expires}`,
              row.members === undefined ? "" : `members: ${row.members}`,
            ]
              .filter((note) => note !== "")
              .join("; "),
          ]),
        ]);
  const about = facts.map(([name, value]) => `${name}: ${value}\n`).join("");
  return `${head}\n${body}\n${remarks.map((remark) => `${remark}\n`).join("")}\n${about}`;
}

async function runDiff(before: string, after: string | undefined, flags: AccessFlags, io: Io): Promise<number> {
  const { changeMarkdown } = await import("../../formats/access-markdown.ts");
  const view = after === undefined ? await plannedChange(before, flags, io) : await reportedChange(before, after, io);
  const { incomplete, rows } = view;
  if (flags.json) io.stdout.write(`${printableJson({ headline: accessHeadline(rows), ...view })}\n`);
  else if (flags.markdown) io.stdout.write(changeMarkdown(view));
  else io.stdout.write(changeText(accessHeadline(rows), view, outputOf(io.stdout, flags.color, io.env).paint));
  return incomplete.length > 0 ? EXIT.failed : EXIT.ok;
}

async function plannedChange(file: string, flags: AccessFlags, io: Io): Promise<ChangeView> {
  const { plannedIn, EngineFileError } = await import("../../access/engine-files.ts");
  const { accessEffect } = await import("../../access/resources.ts");
  const { effectViewOf } = await import("../../access/view.ts");
  const text = file === STDIN ? await readAll(io.stdin) : await readText(resolve(io.cwd, file));
  const labels = await namesIn(flags, io);
  try {
    const planned = plannedIn(text);
    return effectViewOf(accessEffect(planned.before, planned.after, labels), planned, packageVersion());
  } catch (error) {
    if (!(error instanceof EngineFileError)) throw error;
    throw new UsageError(`${file === STDIN ? "standard input" : file} ${error.message}`, { cause: error });
  }
}

async function reportedChange(before: string, after: string, io: Io): Promise<ChangeView> {
  const { compareAccess, IncomparableError } = await import("../../access/change.ts");
  const { changeViewOf } = await import("../../access/view.ts");
  const [old, now] = await Promise.all([before, after].map((file) => readReport(file, io.cwd)));
  try {
    return changeViewOf(compareAccess(old as AccessReport, now as AccessReport));
  } catch (error) {
    throw error instanceof IncomparableError ? new UsageError(error.message, { cause: error }) : error;
  }
}

async function readAll(stream: Io["stdin"]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/** The names in the file of `--names`, else in that of `MONGOFED_NAMES`. */
async function namesIn(flags: AccessFlags, io: Io): Promise<{ names?: Labels }> {
  const file = flags.names ?? (io.env.MONGOFED_NAMES || undefined);
  if (file === undefined) return {};
  const { readLabels, NamesFileError } = await import("../../lookups/labels.ts");
  try {
    return { names: readLabels(await readText(resolve(io.cwd, file))) };
  } catch (error) {
    if (!(error instanceof NamesFileError)) throw error;
    throw new UsageError(`${file} ${error.message}`, { cause: error });
  }
}

const STYLES = { gains: "create", loses: "delete", changes: "update" } as const satisfies Record<string, Style>;

function changeText(headline: string, { incomplete, rows, remarks }: ChangeView, paint: Paint): string {
  const head = [...incomplete.map((why) => paint("error", `INCOMPLETE: ${why}`)), paint("bold", headline)]
    .map((line) => `${line}\n`)
    .join("");
  const tail = remarks.map((remark) => `${remark}\n`).join("");
  if (rows.length === 0) return head + tail;
  const lines = plainTable(rows.map(accessCells), { indent: 2 }).trimEnd().split("\n");
  const body = lines.map((line, index) => `${paint(STYLES[rows[index]?.effect ?? "changes"], line)}\n`);
  return head + body.join("") + tail;
}

async function readReport(file: string, cwd: string): Promise<AccessReport> {
  const text = await readText(resolve(cwd, file));
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const checked = accessReportSchema.safeParse(parsed);
  if (checked.success) return checked.data;
  throw new UsageError(`${file} is not a report of mongofed access --json`, { cause: checked.error });
}
