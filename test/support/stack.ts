/** A stack of one program and the emulators that it talks to, for tests of whole runs. */

import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import type { Emulator } from "../../provider/emulator/index.ts";
import type { Command } from "../../provider/engines/embedded/events.ts";
import type { AtEnd } from "./at-end.ts";
import { HOME, type World } from "./declarations.ts";
import { atlasSeed, emulated } from "./emulator.ts";
import type { EngineOutcome, EngineRun } from "./engine-run.ts";
import type { TestEngine } from "./engines.ts";
import { PROJECT } from "./ids.ts";
import { writeProgram } from "./program.ts";

/** An empty federation of one organization. */
export function emulatorOf({ federation, org }: World = HOME, atEnd?: AtEnd): Promise<Emulator> {
  const organizations = [{ id: org, name: "Platform" }];
  return emulated({ organizations, federations: [{ id: federation, connectedOrgs: [{ orgId: org }] }] }, atEnd);
}

export const PROJECT_KEY = { publicKey: "projectk", privateKey: "00000000-0000-4000-8000-000000000001" };
/** The key of an owner of the project, who has no other role. */
export const projectKeyEnv = {
  MONGODB_ATLAS_PUBLIC_API_KEY: PROJECT_KEY.publicKey,
  MONGODB_ATLAS_PRIVATE_API_KEY: PROJECT_KEY.privateKey,
};

/** An empty federation of one organization that has a project. */
export function emulatorWithProject(
  clusters: NonNullable<Parameters<typeof atlasSeed>[0]>["clusters"] = [{ name: "cluster0" }],
): Promise<Emulator> {
  return emulated({
    ...atlasSeed({ clusters }),
    apiKeys: [
      { name: "owner" },
      { name: "project", ...PROJECT_KEY, roles: [{ groupId: PROJECT, roleName: "GROUP_OWNER" }] },
    ],
  });
}

/** Names that a user's own environment may hold; a test starts without. */
const noCredentials = {
  MONGODB_ATLAS_BASE_URL: "",
  MONGODB_ATLAS_CLIENT_ID: "",
  MONGODB_ATLAS_CLIENT_SECRET: "",
  MONGODB_ATLAS_PUBLIC_API_KEY: "",
  MONGODB_ATLAS_PRIVATE_API_KEY: "",
  MONGODB_ATLAS_PUBLIC_KEY: "",
  MONGODB_ATLAS_PRIVATE_KEY: "",
  MONGODB_ATLAS_CA_FILE: "",
  MCLI_OPS_MANAGER_URL: "",
  MCLI_OPS_MANAGER_CA_CERTIFICATE: "",
  MCLI_PUBLIC_API_KEY: "",
  MCLI_PRIVATE_API_KEY: "",
};

export interface Outcome extends EngineOutcome {
  /** All that was printed. */
  readonly text: string;
  /** All that was written: state, backups, stack settings, as one text, with the names of the files. */
  readonly files: string;
}

export interface RunSettings extends Pick<EngineRun, "env" | "config" | "flags" | "processes"> {
  /**
   * `true` where the program needs a process or a thread of its own: it prints, ends itself, or reports its lines.
   * Default: the embedded engine runs it as an inline program, in a sixth of the time.
   */
  readonly apart?: boolean;
}

export interface Stack {
  /** Where the program is. */
  readonly folder: string;
  write(...parts: string[]): Promise<void>;
  /** Without credentials unless `env` or `config` has some, and without the preview that an `up` would make first. */
  run(command: Command, settings?: RunSettings): Promise<Outcome>;
}

const NAMES = [
  "DatabaseRole",
  "FederatedUser",
  "fromEnv",
  "fromFile",
  "IdentityProvider",
  "OidcRole",
  "OrgConnection",
  "ProjectTls",
  "Provider",
  "TokenCheck",
];

interface StackOptions {
  readonly atEnd?: AtEnd;
  /** The default of `apart` in all runs of the stack. */
  readonly apart?: boolean;
}

export async function newStack(engine: TestEngine, options: StackOptions = {}): Promise<Stack> {
  const written = await writeProgram("", "written", options.atEnd);
  const stateDir = join(written.folder, "..", "state");
  return {
    folder: written.folder,
    write: (...parts) => written.write(`import { ${NAMES.join(", ")} } from "mongofed";\n${parts.join("\n")}\n`),
    async run(
      command,
      { env = {}, config = {}, flags = {}, processes = false, apart = options.apart ?? processes } = {},
    ) {
      const program =
        apart || engine.name === "pulumi"
          ? {}
          : { project: "written", inline: () => importedAnew(join(written.folder, "index.ts")) };
      const outcome = await engine.run({
        ...program,
        command,
        cwd: written.folder,
        stack: "dev",
        stateDir,
        env: { PULUMI_CONFIG_PASSPHRASE: "test", ...noCredentials, ...env },
        config,
        processes,
        flags: { skipPreview: true, ...flags },
      });
      return { ...outcome, text: outcome.stdout + outcome.stderr, files: await textOf(stateDir) };
    },
  };
}

const importNatively = createRequire(import.meta.url)("./import-natively.cjs") as (
  url: string,
) => Promise<Record<string, unknown>>;
let imports = 0;

/** Runs the module of a program, and returns its exports. Node keeps a module, so each run has an address of its own. */
async function importedAnew(file: string): Promise<Record<string, unknown>> {
  imports += 1;
  return { ...(await importNatively(`${pathToFileURL(file)}?run=${imports}`)) };
}

async function textOf(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const texts = files
    .filter((file) => file.isFile())
    .map(async ({ parentPath, name }) => `${name}\n${await readFile(join(parentPath, name), "utf8")}`);
  return (await Promise.all(texts)).join("\n");
}

/** Ran as wished, or the test says what was printed. */
export function good(outcome: Outcome): Outcome {
  expect(outcome.exitCode, outcome.text).toBe(0);
  return outcome;
}

export function bad(outcome: Outcome): Outcome {
  expect(outcome.exitCode, outcome.text).not.toBe(0);
  return outcome;
}

/** Returns the names of the federation's identity providers. */
export function providersIn(emulator: Emulator): string[] {
  return emulator
    .world()
    .atlas.federations.flatMap(({ identityProviders }) => identityProviders)
    .map(({ displayName }) => String(displayName));
}

/** Who was recognized, by the names of the credentials. */
export function callers(emulator: Emulator): string[] {
  return [...new Set(emulator.requests().flatMap(({ credential }) => (credential === null ? [] : [credential])))];
}

/** Requests that write. */
export function writes(emulator: Emulator): string[] {
  return emulator
    .requests()
    .filter(({ method, path }) => method !== "GET" && !path.endsWith("/oauth/token"))
    .map(({ method, path }) => `${method} ${path}`);
}
