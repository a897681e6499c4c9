/** Runs the program of a project folder in a process of its own, as Pulumi's language host does. */

import { type ChildProcess, spawn } from "node:child_process";
import type { StackConfig } from "../config.ts";
import type { Severity } from "../events.ts";
import type { FolderProject } from "../project.ts";
import { endProcess, onText, track } from "./child.ts";
import { SDK_NODE_ARGUMENTS, sdkModule } from "./provider-process.ts";
import { pythonCommand, pythonOf } from "./python.ts";

/** The exit code of the SDK for an error that it has printed already. */
const TOLD_EXIT_CODE = 32;
/** The CLI's name for the organization of a stack without one. */
export const ORGANIZATION = "organization";

export interface ProgramOptions {
  readonly stack: string;
  readonly config: StackConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly address: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly onOutput: (severity: Severity, text: string) => void;
}

/** The end of a program: success, or an error. The error is empty if it was printed already. */
export interface ProgramResult {
  readonly ok: boolean;
  readonly error: string;
}

export interface RunningProgram {
  readonly finished: Promise<ProgramResult>;
  /** How long it may take to notice that its run is over, before it is ended. */
  readonly graceMs?: number;
  stop(): Promise<void>;
}

/** The SDK for Node.js reads config by the old form of its keys, in which it was first given. That for Python does not. */
function keyFor({ runtime }: FolderProject, key: string): string {
  return runtime === "nodejs" ? key.replace(":", ":config:") : key;
}

export function programEnv(project: FolderProject, options: ProgramOptions): NodeJS.ProcessEnv {
  const { typescript, tsconfig } = project.runtimeOptions;
  return {
    ...options.env,
    PULUMI_CONFIG: JSON.stringify(
      Object.fromEntries(Object.entries(options.config.plain).map(([key, value]) => [keyFor(project, key), value])),
    ),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(options.config.secretKeys),
    ...(typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(typeof tsconfig === "string" ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
  };
}

/** Arguments that the project file gives to Node itself. */
export function nodeArguments({ runtimeOptions: { nodeargs } }: FolderProject): string[] {
  return typeof nodeargs === "string" ? nodeargs.split(/\s+/).filter((word) => word !== "") : [];
}

/** The SDK's script that runs a program, and its arguments. */
export function programCommand(project: FolderProject, options: ProgramOptions): string[] {
  const named = {
    monitor: options.address,
    engine: options.address,
    organization: ORGANIZATION,
    project: project.name,
    "root-directory": project.root,
    stack: options.stack,
    pwd: project.workDir,
    parallel: String(options.parallel),
  };
  return [
    sdkModule(project.workDir, "cmd/run/index.js"),
    ...Object.entries(named).flatMap(([key, value]) => [`--${key}`, value]),
    ...(options.dryRun ? ["--dry-run"] : []),
    project.entryPoint,
  ];
}

function pythonSettings(project: FolderProject, { address, stack, parallel, dryRun }: ProgramOptions) {
  const place = { project: project.name, stack, organization: ORGANIZATION, root_directory: project.root };
  return { ...place, monitor: address, engine: address, parallel, dry_run: dryRun };
}

export function resultOf(code: number | null, signal: NodeJS.Signals | null): ProgramResult {
  if (code === 0) {
    return { ok: true, error: "" };
  }
  if (code === TOLD_EXIT_CODE) {
    return { ok: false, error: "" };
  }
  return {
    ok: false,
    error: code === null ? `Program was ended by ${signal}` : `Program exited with non-zero exit code: ${code}`,
  };
}

/** Waits for the end of a process and of its output. */
function ended(child: ChildProcess): Promise<ProgramResult> {
  return new Promise((resolve) => {
    child.once("error", (error) =>
      resolve({ ok: false, error: `Problem executing program (could not run language executor): ${error.message}` }),
    );
    child.once("close", (code, signal) => resolve(resultOf(code, signal)));
  });
}

export function startProgram(project: FolderProject, options: ProgramOptions): RunningProgram {
  const isPython = project.runtime === "python";
  const command = isPython
    ? pythonCommand(project, pythonSettings(project, options))
    : [...SDK_NODE_ARGUMENTS, ...nodeArguments(project), ...programCommand(project, options)];
  const child = spawn(isPython ? pythonOf(project) : process.execPath, command, {
    cwd: project.workDir,
    env: programEnv(project, options),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  track(child);
  onText(child.stdout, (text) => options.onOutput("info", text));
  onText(child.stderr, (text) => options.onOutput("info#err", text));
  return { finished: ended(child), stop: () => endProcess(child) };
}
