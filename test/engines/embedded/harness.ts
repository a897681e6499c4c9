/** Programs in temporary folders, with the probe package of the recordings installed, run by the embedded engine. */

import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadProject, run } from "../../../provider/engines/embedded/engine.ts";
import type { EngineEvent } from "../../../provider/engines/embedded/events.ts";
import type { RunOptions, RunResult } from "../../../provider/engines/embedded/run-options.ts";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const FIXTURE = join(REPOSITORY, "test/fixtures/recordings-program");

const PASSPHRASE = "correct horse";

export interface Call {
  readonly method: string;
  readonly id?: string;
  readonly config?: Record<string, unknown>;
  readonly inputs?: Record<string, unknown>;
  readonly olds?: Record<string, unknown>;
  readonly news?: Record<string, unknown>;
  readonly props?: Record<string, unknown>;
}

export interface Outcome extends RunResult {
  readonly events: readonly EngineEvent[];
  /** Texts of all diagnostics but those for debugging, in order. */
  readonly told: readonly string[];
}

async function readOr(file: string, otherwise: string): Promise<string> {
  return readFile(file, "utf8").catch(() => otherwise);
}

export class Workspace {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** `files` are written over those of the recordings' program. */
  static async create(files: Readonly<Record<string, string>> = {}): Promise<Workspace> {
    const workspace = new Workspace(await mkdtemp(join(tmpdir(), "mongofed-embedded-")));
    await mkdir(join(workspace.folder, "node_modules"));
    await symlink(join(REPOSITORY, "node_modules/@pulumi"), join(workspace.folder, "node_modules/@pulumi"));
    await cp(join(FIXTURE, "probe"), join(workspace.folder, "node_modules/probe"), { recursive: true });
    await cp(join(FIXTURE, "index.js"), join(workspace.folder, "index.js"));
    await workspace.write({
      "package.json": JSON.stringify({ name: "rec", version: "1.0.0", main: "index.js" }),
      "Pulumi.yaml": "name: rec\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
      ...files,
    });
    return workspace;
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  get stateFile(): string {
    return this.path("state", "dev.json");
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true });
      await writeFile(this.path(name), text);
    }
  }

  get env(): Record<string, string> {
    return {
      PROBE_WORLD: this.path("world.json"),
      PROBE_CALLS: this.path("calls.jsonl"),
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    };
  }

  async run(command: RunOptions["command"], options: Partial<RunOptions> = {}): Promise<Outcome> {
    const events: EngineEvent[] = [];
    const result = await run({
      command,
      project: await loadProject(this.folder),
      stack: "dev",
      stateFile: this.stateFile,
      skipPreview: true,
      onEvent: (event) => events.push(event),
      ...options,
      env: { ...this.env, ...options.env },
    });
    return { ...result, events, told: tellings(events) };
  }

  /** The calls since the last time that this was asked. */
  async takeCalls(): Promise<Call[]> {
    const text = await readOr(this.path("calls.jsonl"), "");
    await rm(this.path("calls.jsonl"), { force: true });
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Call);
  }

  async world(): Promise<Record<string, Record<string, unknown>>> {
    return JSON.parse(await readOr(this.path("world.json"), "{}")) as Record<string, Record<string, unknown>>;
  }

  async setWorld(world: Record<string, unknown>): Promise<void> {
    await this.write({ "world.json": JSON.stringify(world) });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function tellings(events: readonly EngineEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "diagnostic" && event.severity !== "debug" ? [`${event.severity}: ${event.message}`] : [],
  );
}

/** A program of `Thing`s, as the recordings write it. */
export function things(...resources: object[]): Record<string, string> {
  return { "program.json": JSON.stringify({ resources }) };
}
