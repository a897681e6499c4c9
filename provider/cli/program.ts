/** Puts the commands together and turns whatever happens into an exit code. */

import { Command, CommanderError } from "commander";
import { registerAccess } from "./commands/access.ts";
import { registerDrift } from "./commands/drift.ts";
import { registerEmulator } from "./commands/emulator.ts";
import { registerEngine } from "./commands/engine.ts";
import { registerExplain } from "./commands/explain.ts";
import { registerIdp } from "./commands/idp.ts";
import { registerImport } from "./commands/import.ts";
import { registerTerraform } from "./commands/terraform.ts";
import { registerToken } from "./commands/token.ts";
import { addColor, docsPageOf } from "./common-options.ts";
import { registerCompletion } from "./completion.ts";
import type { Report } from "./exit-codes.ts";
import { EXIT, EXIT_CODES_HELP, UsageError } from "./exit-codes.ts";
import { registerHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { printableStream } from "./io.ts";
import { packageVersion } from "./version.ts";

/** Runs one command line; never throws, never ends the process. */
export async function runCli(args: readonly string[], given: Io): Promise<number> {
  const io = { ...given, stdout: printableStream(given.stdout), stderr: printableStream(given.stderr) };
  let exitCode: number = EXIT.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return failure(error, io);
  }
}

function createProgram(io: Io, report: Report): Command {
  const program = new Command("mongofed")
    .description("MongoDB identity federation as code: previews and applies programs, checks tokens, reports access.")
    .version(packageVersion(), "-v, --version", "print the version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      // Printed once, below, in our own form.
      outputError: () => {},
    })
    .addHelpText(
      "afterAll",
      ({ command }) => `${EXIT_CODES_HELP}\n\nDocumentation: docs/${docsPageOf(command)} in the package`,
    );
  registerEngine(program, io, report);
  registerAccess(program, io, report);
  registerDrift(program, io, report);
  registerEmulator(program, io, report);
  registerExplain(program, io, report);
  registerIdp(program, io, report);
  registerImport(program, io, report);
  registerTerraform(program, io, report);
  registerToken(program, io, report);
  registerHelp(program);
  registerCompletion(program);
  addColor(program);
  return program;
}

function failure(error: unknown, io: Io): number {
  if (error instanceof CommanderError) {
    // `--help` and `--version` end this way too. `mongofed` alone prints its help, but was asked for nothing.
    if (error.exitCode === 0) return EXIT.ok;
    if (error.code !== "commander.help") complain(io, error.message);
    return EXIT.usage;
  }
  if (error instanceof UsageError) {
    complain(io, error.message);
    return EXIT.usage;
  }
  const text = error instanceof Error ? error.message : String(error);
  io.stderr.write(`error: ${text}\n`);
  if (io.env.MONGOFED_DEBUG === "1" && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  return EXIT.failed;
}

/** One line: what is wrong, and where to read on. Commander puts its "Did you mean" on a second one. */
function complain(io: Io, message: string): void {
  const text = message
    .replace(/^error: /, "")
    .split("\n")
    .map((line) => line.trim())
    .join(" ");
  const next = text.includes("mongofed ") ? "" : " See mongofed --help.";
  io.stderr.write(`error: ${text}${/[.)?]$/.test(text) ? "" : "."}${next}\n`);
}
