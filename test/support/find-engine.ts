/** Which engine runs a program: the Pulumi CLI wherever there is one, else the embedded engine. Downloads nothing. */

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, open, readdir } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { promisify } from "node:util";

export type FoundEngine =
  | {
      readonly kind: "pulumi";
      readonly command: string;
      /** `unknown` for a local build, which prints none. */
      readonly version: string;
      readonly how: string;
    }
  | { readonly kind: "embedded"; readonly how: string };

const EXE = process.platform === "win32" ? ".exe" : "";
/** A CLI that does not say its version in this time is not one to rely on. */
const VERSION_MS = 15_000;

/**
 * Looks at `PULUMI_COMMAND`, then PATH, then the newest of `${PULUMI_HOME}/versions/*` and `${PULUMI_HOME}/bin`
 * (`PULUMI_HOME` is `~/.pulumi` unless set), where Pulumi's own launchers put what they downloaded.
 *
 * @throws Error if `PULUMI_COMMAND` is set and does not run: who names a CLI does not want another engine.
 */
export async function findEngine(env: NodeJS.ProcessEnv = process.env): Promise<FoundEngine> {
  const named = env.PULUMI_COMMAND;
  if (named) {
    const command = /[\\/]/.test(named) ? resolve(named) : ((await onPath(named, env))[0] ?? named);
    const version = await versionOf(command, env);
    if (version === undefined) {
      throw new Error(`PULUMI_COMMAND names ${named}, which does not run as a Pulumi CLI. Correct it, or unset it.`);
    }
    return { kind: "pulumi", command, version, how: "named by PULUMI_COMMAND" };
  }
  const home = env.PULUMI_HOME ? resolve(env.PULUMI_HOME) : join(homedir(), ".pulumi");
  const candidates = [
    ...(await onPath(`pulumi${EXE}`, env)).map((command) => ({
      command,
      how: "found on PATH",
    })),
    ...(await installed(home)).map((command) => ({
      command,
      how: `found in ${home}`,
    })),
  ];
  for (const { command, how } of candidates) {
    if (await isLauncher(command)) continue;
    const version = await versionOf(command, env);
    if (version !== undefined) return { kind: "pulumi", command, version, how };
  }
  return {
    kind: "embedded",
    how: `no CLI found (looked at PULUMI_COMMAND, PATH and ${home})`,
  };
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return existing(folders.map((folder) => join(folder, name)));
}

/** The newest version first. */
async function installed(home: string): Promise<string[]> {
  const versions = await readdir(join(home, "versions")).catch(() => []);
  const newestFirst = versions.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  return existing(
    [...newestFirst.map((version) => join(home, "versions", version, "bin")), join(home, "bin")].map((folder) =>
      join(folder, `pulumi${EXE}`),
    ),
  );
}

async function existing(files: string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map((file) =>
      access(file, constants.X_OK).then(
        () => [file],
        () => [],
      ),
    ),
  );
  return found.flat();
}

/** npm's package `pulumi` is a script that downloads the CLI when it is first started; what it has downloaded is found without it. */
async function isLauncher(command: string): Promise<boolean> {
  const file = await open(command);
  try {
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(64),
      position: 0,
    });
    return /^#!.*\bnode\b/.test(buffer.toString("latin1", 0, bytesRead));
  } finally {
    await file.close();
  }
}

/** Returns `undefined` if the command fails. */
async function versionOf(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ["version"], {
      // Some folder without a program: the CLI may not take a look at the user's.
      cwd: tmpdir(),
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: VERSION_MS,
    });
    return /(?<!\d)(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? "unknown";
  } catch {
    return undefined;
  }
}
