/** `mongofed import`: writes a program for what exists, and what brings it under management. Changes nothing there. */

import { basename, relative, resolve } from "node:path";
import { type Command, Option } from "commander";
import { type PlaneName, PRODUCTS } from "../../../schema/plane.ts";
import { isProject, loadProject } from "../../engines/embedded/engine.ts";
import type { TerraformState } from "../../import/terraform-state.ts";
import { printableJson } from "../../printable.ts";
import { inRun } from "../../run-scope.ts";
import type { Report } from "../exit-codes.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { addScope, progressOf, readText } from "../flags.ts";
import type { Io } from "../io.ts";
import { chooseStack, defaultStateFile } from "../state-path.ts";
import { packageVersion } from "../version.ts";

interface ImportFlags {
  readonly org?: readonly string[];
  readonly project?: readonly string[];
  readonly plane?: PlaneName;
  readonly language: string;
  readonly out?: string;
  readonly stack?: string;
  readonly names?: string;
  readonly fromTerraform?: string;
  readonly adopt?: true;
  readonly json?: true;
  readonly file?: string;
  readonly cwd: string;
  readonly state?: string;
  readonly protect: boolean;
}

const LANGUAGES = ["typescript", "yaml", "terraform"];

const HELP_AFTER = `
Credentials come from the environment, as for a run: MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET for Atlas,
MCLI_PUBLIC_API_KEY and MCLI_PRIVATE_API_KEY for Cloud Manager and Ops Manager. mongofed only reads.
Examples:
  mongofed import --org 5f1e2d3c4b5a69788796a5b4 --out identity
  mongofed import --plane cloud-manager --project 5f1e2d3c4b5a69788796a5b4 --names groups.csv
  pulumi import --file import.json --yes        (in the new folder; without a Pulumi CLI: mongofed import --file import.json)
Exit code 0: the folder is written. The report lists omitted objects. 1: nothing could be read.`;

export function registerImport(program: Command, io: Io, report: Report): void {
  addScope(program.command("import").description("write a program for an existing organization or project"))
    .addOption(
      new Option("--language <language>", "the language of the program").choices(LANGUAGES).default("typescript"),
    )
    .option("-o, --out <folder>", "the new folder", "identity")
    .option("-s, --stack <name>", "the name of the stack (default: prod)")
    .option("--names <file>", "CSV or JSON with names for ids of groups, people and projects")
    .option(
      "--from-terraform <state>",
      "a state of MongoDB's Terraform provider, or terraform show -json: moves its objects",
    )
    .option("--adopt", "declare adopt: true, for a Pulumi CLI older than 3.254")
    .option("--json", "print the report as JSON")
    .option("-f, --file <file>", "embedded engine: bring the objects of an import file into the state of a stack")
    .option("-C, --cwd <folder>", "with --file: where Pulumi.yaml is", ".")
    .option("--state <file>", "with --file: the state file")
    .option("--no-protect", "with --file: do not protect the resources")
    .option("-y, --yes", "accepted for compatibility with the Pulumi CLI; there are no questions")
    .addHelpText("after", HELP_AFTER)
    .action(async (flags: ImportFlags) => report(await runImport(flags, io)));
}

async function runImport(flags: ImportFlags, io: Io): Promise<number> {
  const { plane: planeName = "atlas", stack = "prod" } = flags;
  let { org = [], project = [] } = flags;
  if (flags.file !== undefined) {
    if (org.length + project.length > 0) throw new UsageError("--file excludes --org and --project");
    return await importFile(flags.file, flags, io);
  }
  const from = flags.fromTerraform === undefined ? undefined : await readState(resolve(io.cwd, flags.fromTerraform));
  if (from !== undefined && planeName !== "atlas") throw new UsageError("--from-terraform is for Atlas only");
  if (from !== undefined && flags.language === "yaml")
    throw new UsageError("--from-terraform writes a Terraform configuration: leave out --language yaml");
  if (from !== undefined && org.length + project.length === 0) {
    project = from.projectIds;
    org = project.length === 0 ? from.orgIds : [];
  }
  if (org.length + project.length === 0)
    throw new UsageError("name an organization with --org, or projects with --project");
  if (org.length > 0 && planeName !== "atlas")
    throw new UsageError(`--org is for Atlas only: name a project of ${PRODUCTS[planeName]} with --project`);
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(stack)) throw new UsageError(`"${stack}" is not a name for a stack`);
  const folder = resolve(io.cwd, flags.out ?? "identity");
  // Loaded here, so that the other commands start without an HTTP client's code.
  const { connect } = await import("../../control-planes/connect.ts");
  const { importProgram } = await import("../../import/index.ts");
  const { FolderExistsError } = await import("../../import/write-folder.ts");
  const { NamesFileError } = await import("../../lookups/labels.ts");
  try {
    const names = flags.names === undefined ? undefined : await readText(resolve(io.cwd, flags.names));
    const places = { env: io.env, config: (key: string) => (key === "plane" ? planeName : undefined), hasStack: false };
    const scope = {
      env: io.env,
      workDir: io.cwd,
      print: (text: string) => void io.stderr.write(`${text}\n`),
      state: new Map(),
    };
    const result = await inRun(scope, async () => {
      const plane = connect({ ...places, signal: io.signal });
      return await importProgram(plane, {
        folder,
        orgIds: org,
        projectIds: project,
        names,
        from,
        language: from === undefined ? flags.language : "terraform",
        project: projectName(folder),
        stack,
        adopt: flags.adopt === true,
        version: packageVersion(),
        signal: io.signal,
        onProgress: progressOf(io),
      });
    });
    const shown = relative(io.cwd, folder) || ".";
    io.stdout.write(flags.json ? `${printableJson({ folder: shown, ...result.report })}\n` : result.text(shown));
    return result.read ? EXIT.ok : EXIT.failed;
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted;
    if (error instanceof FolderExistsError)
      throw new UsageError(`${relative(io.cwd, folder)} exists already: name a new folder with --out`, {
        cause: error,
      });
    if (error instanceof NamesFileError) throw new UsageError(`${flags.names} ${error.message}`, { cause: error });
    throw error;
  }
}

/** `mongofed import --file`: the counterpart of `pulumi import --file` on the embedded engine. */
async function importFile(given: string, { cwd, stack: named, state, protect }: ImportFlags, io: Io): Promise<number> {
  const root = resolve(io.cwd, cwd);
  if (!isProject(root)) throw new UsageError(`no Pulumi.yaml in ${root}: name the folder of a Pulumi program with -C`);
  const { importState } = await import("../../engines/embedded/state/import.ts");
  const file = resolve(root, given);
  try {
    const project = await loadProject(root);
    const stack = await chooseStack(named, project.root, io.env);
    const stateFile =
      state === undefined ? defaultStateFile(project.root, project.name, stack) : resolve(io.cwd, state);
    const count = await importState({ project, stack, stateFile, file, env: io.env, protect });
    io.stdout.write(`Imported ${count} resources into stack ${stack}.\nNext: mongofed preview\n`);
    return EXIT.ok;
  } catch (error) {
    throw error instanceof Error ? new UsageError(error.message, { cause: error }) : error;
  }
}

async function readState(file: string): Promise<TerraformState> {
  const { readTerraformState, TerraformStateError } = await import("../../import/terraform-state.ts");
  try {
    return readTerraformState(await readText(file));
  } catch (error) {
    if (error instanceof TerraformStateError) throw new UsageError(`${file} ${error.message}`, { cause: error });
    throw error;
  }
}

/** A Pulumi project takes letters, digits, hyphens, underscores and dots. */
function projectName(folder: string): string {
  return (
    basename(folder)
      .replace(/[^A-Za-z0-9_.-]+/g, "-")
      .replace(/^[-.]+/, "") || "identity"
  );
}
