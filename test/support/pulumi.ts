/**
 * A run on the Pulumi CLI that touches nothing outside a folder: a file backend and a home of its own, no network, no
 * question. A program in a folder is run by the command itself, an inline one by Pulumi's Automation API.
 */

import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CommandError, LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import type { Deployment } from "../../provider/engines/embedded/engine.ts";
import { loadProject } from "../../provider/engines/embedded/engine.ts";
import type { EngineFlags, EngineOutcome, EngineRun } from "./engine-run.ts";

/** A program prints little; a deployment of a few hundred resources fits too. */
const MAX_OUTPUT = 64 * 1024 * 1024;

interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runPulumi(command: string, options: EngineRun): Promise<EngineOutcome> {
  const stateDir = resolve(options.stateDir);
  const env = await hermeticEnvironment(command, stateDir, options.env ?? {});
  return options.inline === undefined
    ? runFolder(command, { ...options, stateDir }, env)
    : runInline(command, { ...options, stateDir }, env);
}

async function hermeticEnvironment(
  command: string,
  stateDir: string,
  own: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const backend = join(stateDir, "backend");
  await mkdir(backend, { recursive: true });
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_"));
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    // The CLI's helpers lie beside it, and the program runs on the Node that runs the tests.
    PATH: [dirname(process.execPath), dirname(command), process.env.PATH].join(
      process.platform === "win32" ? ";" : ":",
    ),
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_HOME: join(stateDir, "home"),
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_SKIP_CONFIRMATIONS: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    NO_COLOR: "1",
    ...own,
  };
}

async function runFolder(
  command: string,
  options: Extract<EngineRun, { cwd: string }>,
  env: Record<string, string>,
): Promise<EngineOutcome> {
  const { stack, stateDir, flags = {} } = options;
  const project = await loadProject(options.cwd);
  // The stack is made beside the state and not in the program's folder: making one writes Pulumi.<stack>.yaml.
  const aside = join(stateDir, "stack");
  const configFile = join(aside, `Pulumi.${stack}.yaml`);
  const inAside = (...args: string[]) => execute(command, [...args, "--stack", stack], aside, env);
  if (!(await exists(configFile))) {
    await mkdir(aside, { recursive: true });
    await writeFile(configFile, await configOf(join(project.root, `Pulumi.${stack}.yaml`)));
    await writeFile(join(aside, "Pulumi.yaml"), `name: ${project.name}\nruntime: nodejs\n`);
    await must(execute(command, ["stack", "init", stack], aside, env));
  }
  for (const [key, given] of Object.entries(options.config ?? {})) {
    const { value, secret } = typeof given === "string" ? { value: given, secret: false } : given;
    await must(inAside("config", "set", key, value, secret ? "--secret" : "--plaintext"));
  }
  const args = [
    options.command,
    "--stack",
    stack,
    "--config-file",
    configFile,
    "--non-interactive",
    "--color",
    "never",
  ];
  const printed = await execute(command, [...args, ...flagsOf(options.command, flags)], project.root, env);
  const exported = await must(inAside("stack", "export"));
  return { ...printed, deployment: JSON.parse(exported.stdout) as Deployment };
}

/** Without the salt: it belongs to a passphrase that a test does not know. */
async function configOf(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  const { encryptionsalt: _, ...rest } = parse(text) as Record<string, unknown>;
  return stringify(rest);
}

function flagsOf(command: EngineRun["command"], flags: EngineFlags): string[] {
  return [
    ...(flags.diff ? ["--diff"] : []),
    ...(flags.json ? ["--json"] : []),
    ...(flags.refresh ? ["--refresh"] : []),
    ...(flags.parallel === undefined ? [] : ["--parallel", String(flags.parallel)]),
    ...(flags.targets ?? []).flatMap((urn) => ["--target", urn]),
    ...(flags.excludes ?? []).flatMap((urn) => ["--exclude", urn]),
    ...(flags.replaces ?? []).flatMap((urn) => ["--replace", urn]),
    ...(flags.skipPreview && command !== "preview" ? ["--skip-preview"] : []),
    ...(command === "preview" ? [] : ["--yes"]),
    ...(flags.continueOnError ? ["--continue-on-error"] : []),
    ...(flags.runProgram && command === "destroy" ? ["--run-program"] : []),
  ];
}

async function runInline(
  command: string,
  options: Extract<EngineRun, { project: string }>,
  env: Record<string, string>,
): Promise<EngineOutcome> {
  const { flags = {} } = options;
  const inline = options.inline;
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: options.stack, projectName: options.project, program: async () => (await inline()) ?? {} },
    {
      workDir: options.stateDir,
      envVars: env,
      pulumiCommand: await PulumiCommand.get({ root: dirname(dirname(command)), skipVersionCheck: true }),
      // Providers are looked for from `main` on: without it they would be in the state's folder.
      projectSettings: { name: options.project, runtime: "nodejs", main: resolve(options.cwd ?? ".") },
    },
  );
  for (const [key, given] of Object.entries(options.config ?? {})) {
    await stack.setConfig(key, typeof given === "string" ? { value: given } : given);
  }
  const printed = await operate(stack, options.command, flags);
  return { ...printed, deployment: (await stack.exportStack()) as Deployment };
}

async function operate(stack: Stack, command: EngineRun["command"], flags: EngineFlags): Promise<Printed> {
  const printed = { stdout: "", stderr: "" };
  const options = {
    color: "never" as const,
    onOutput: (text: string) => {
      printed.stdout += text;
    },
    onError: (text: string) => {
      printed.stderr += text;
    },
    ...(flags.diff ? { diff: true } : {}),
    ...(flags.parallel === undefined ? {} : { parallel: flags.parallel }),
  };
  try {
    if (command === "preview" || command === "up") {
      await stack[command]({ ...options, ...(flags.refresh ? { refresh: true } : {}) });
    } else {
      await stack[command](options);
    }
    return { exitCode: 0, ...printed };
  } catch (error) {
    // The Automation API throws for a run that failed, which is what many tests are about.
    if (!(error instanceof CommandError)) throw error;
    return { exitCode: 1, ...printed };
  }
}

function execute(command: string, args: string[], cwd: string, env: Record<string, string>): Promise<Printed> {
  return new Promise((done, fail) => {
    execFile(command, args, { cwd, env, maxBuffer: MAX_OUTPUT }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") fail(error);
      else done({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

async function must(printed: Promise<Printed>): Promise<Printed> {
  const result = await printed;
  if (result.exitCode !== 0) throw new Error(`The Pulumi CLI ended with ${result.exitCode}:\n${result.stderr}`);
  return result;
}

async function exists(file: string): Promise<boolean> {
  return readFile(file).then(
    () => true,
    () => false,
  );
}
