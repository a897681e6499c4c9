/** `mongofed emulator`: a control plane on this machine, until it is told to stop. */

import { once } from "node:events";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { EmulatorWorld } from "../../emulator/index.ts";
import { printable, printableJson } from "../../printable.ts";
import type { Report } from "../exit-codes.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import type { Io } from "../io.ts";

interface EmulatorOptions {
  readonly port: number;
  readonly seed?: string;
  readonly state?: string;
  readonly schema?: true;
}

const HELP_AFTER = `
A shell can source the output: every line is a setting or a comment. Example:
  mongofed emulator --port 8080 --state emulator.json`;

export function registerEmulator(program: Command, io: Io, report: Report): void {
  program
    .command("emulator")
    .description("run an emulated MongoDB control plane on this machine")
    .option("-p, --port <n>", "the port on 127.0.0.1; 0: any free port", port, 0)
    .option("--seed <file>", "a YAML or JSON file with the initial objects")
    .option("--schema", "print the JSON Schema of seed files and exit")
    .option("--state <file>", "keep the state in this file and resume from it (default: in memory)")
    .addHelpText("after", HELP_AFTER)
    .action(async (options: EmulatorOptions) => report(await runEmulator(options, io)));
}

async function runEmulator(options: EmulatorOptions, io: Io): Promise<number> {
  // Loaded here, so that the other commands start without an HTTP server's code.
  const { readSeed, seedJsonSchema, startEmulator } = await import("../../emulator/index.ts");
  if (options.schema) {
    io.stdout.write(`${printableJson(seedJsonSchema())}\n`);
    return EXIT.ok;
  }
  const stateFile = options.state && resolve(io.cwd, options.state);
  const emulator = await startEmulator({
    port: options.port,
    ...(options.seed ? { seed: usable(() => readSeed(resolve(io.cwd, options.seed ?? ""))) } : {}),
    ...(stateFile ? { stateFile } : {}),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new UsageError(`port ${options.port} is taken: name another with --port, or leave it out`);
  });
  try {
    io.stdout.write(`# An emulated control plane listens at ${emulator.url}\n`);
    io.stdout.write(`# State: ${stateFile ?? "in memory, gone when it ends"}\n`);
    for (const line of placesOf(emulator.world())) io.stdout.write(`# ${line}\n`);
    for (const [name, value] of Object.entries(emulator.env)) io.stdout.write(`export ${name}=${quoted(value)}\n`);
    io.stdout.write("# Stop it with Ctrl-C.\n");
    if (!io.signal.aborted) await once(io.signal, "abort");
  } finally {
    await emulator.close();
  }
  // To be told to stop is how it ends well.
  return EXIT.ok;
}

/** Every id that a program may need: one line for each organization, federation and project. */
function placesOf({ atlas, cloudManager }: EmulatorWorld): string[] {
  const automated = new Set(cloudManager.deployments.map(({ projectId }) => projectId));
  return [
    ...atlas.federations.map(({ id, connectedOrgs }) =>
      [`Federation ${id}`, connectedOrgs.map(({ orgId }) => `organization ${orgId}`).join(", ")].join(": "),
    ),
    ...atlas.organizations.flatMap(({ id, name }) => [
      `Organization ${id}: ${printable(name)}`,
      ...atlas.projects
        .filter(({ orgId }) => orgId === id)
        .map((project) => {
          const plane = automated.has(project.id) ? "Cloud Manager" : "Atlas";
          return `Project ${project.id}: ${printable(project.name)} (${plane})`;
        }),
    ]),
  ];
}

/** A seed that cannot be read, or says what the emulator does not know, is the caller's to put right. */
function usable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`the seed cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function quoted(value: string): string {
  return /^[\w./:@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError("It must be a port, from 0 to 65535.");
  }
  return Number(text);
}
