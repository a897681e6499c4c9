/** A stack of one program and the emulators that it talks to, for tests of whole runs. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { type Emulator, type Seed, startEmulator } from "../../../provider/emulator/index.ts";
import type { ConfigValue } from "../../../provider/engines/embedded/engine.ts";
import type { Command } from "../../../provider/engines/embedded/events.ts";
import type { EngineFlags, EngineOutcome, TestEngine } from "../../support/engines.ts";
import { type AtEnd, writeProgram } from "../../support/program.ts";

export interface World {
  readonly federation: string;
  readonly org: string;
}

export const HOME: World = { federation: "5f1ed0c0ffee5f1ed0c0ffe3", org: "5f1ed0c0ffee5f1ed0c0ffe1" };
export const ABROAD: World = { federation: "5f1ed0c0ffee5f1ed0c0ffe4", org: "5f1ed0c0ffee5f1ed0c0ffe2" };

/** An empty federation of one organization. */
export async function emulatorOf({ federation, org }: World = HOME, atEnd: AtEnd = onTestFinished): Promise<Emulator> {
  const seed: Seed = {
    organizations: [{ id: org, name: "Platform" }],
    federations: [{ id: federation, connectedOrgs: [{ orgId: org }] }],
  };
  const emulator = await startEmulator({ seed });
  atEnd(() => emulator.close());
  return emulator;
}

export const identityProvider = (name: string, options = "{}", { federation } = HOME) => `
export const ${name} = new IdentityProvider("${name}", {
  federationSettingsId: "${federation}",
  idpType: "WORKFORCE",
  configurationName: "${name}",
  issuerUri: "https://idp.example.com",
  audience: "${name}",
  clientId: "mongodb",
  authorizationType: "GROUP",
}, ${options});`;

export const orgConnection = (to: string, options = "{}", { org } = HOME) => `
new OrgConnection("connect ${to}", { orgId: "${org}", identityProvider: ${to} }, ${options});`;

/** A project of the organization, with a cluster that takes tokens. */
export const PROJECT = "5f1ed0c0ffee5f1ed0c0ffa1";

const PROJECT_KEY = { publicKey: "projectk", privateKey: "00000000-0000-4000-8000-000000000001" };
/** The key of somebody who owns the project, and nothing else. */
export const projectKeyEnv = {
  MONGODB_ATLAS_PUBLIC_API_KEY: PROJECT_KEY.publicKey,
  MONGODB_ATLAS_PRIVATE_API_KEY: PROJECT_KEY.privateKey,
};

/** An empty federation of one organization that has a project. */
export async function emulatorWithProject(
  clusters: NonNullable<NonNullable<NonNullable<Seed["organizations"]>[number]["projects"]>[number]["clusters"]> = [
    { name: "cluster0" },
  ],
): Promise<Emulator> {
  const seed: Seed = {
    organizations: [{ id: HOME.org, name: "Platform", projects: [{ id: PROJECT, name: "billing", clusters }] }],
    federations: [{ id: HOME.federation, connectedOrgs: [{ orgId: HOME.org }] }],
    apiKeys: [
      { name: "owner" },
      { name: "project", ...PROJECT_KEY, roles: [{ groupId: PROJECT, roleName: "GROUP_OWNER" }] },
    ],
  };
  const emulator = await startEmulator({ seed });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Programs, one by one. */
export const workload = (name: string, options = "{}", { federation } = HOME) => `
export const ${name} = new IdentityProvider("${name}", {
  federationSettingsId: "${federation}",
  idpType: "WORKLOAD",
  configurationName: "${name}",
  issuerUri: "https://idp.example.com",
  audience: "${name}",
  authorizationType: "USER",
}, ${options});`;

/** Access of a group, or of one program, in the project; `more` are further inputs. */
export const oidcRole = (group: string, through: string, more = 'roles: ["readWrite@app"]') => `
export const group${group} = new OidcRole("${group}", { projectId: "${PROJECT}", identityProvider: ${through}, group: "${group}", ${more} });`;
export const federatedUser = (principal: string, through: string, more = 'roles: ["readWrite@app"]') => `
export const user${principal} = new FederatedUser("${principal}", { projectId: "${PROJECT}", identityProvider: ${through}, principal: "${principal}", ${more} });`;
export const databaseRole = (roleName: string, more = "") => `
new DatabaseRole("${roleName}", { projectId: "${PROJECT}", roleName: "${roleName}",
  privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }], ${more} });`;

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

export interface RunSettings {
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, ConfigValue>>;
  readonly flags?: EngineFlags;
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

export async function newStack(engine: TestEngine, atEnd?: AtEnd): Promise<Stack> {
  const written = await writeProgram("", "written", atEnd);
  const stateDir = join(written.folder, "..", "state");
  return {
    folder: written.folder,
    write: (...parts) => written.write(`import { ${NAMES.join(", ")} } from "mongofed";\n${parts.join("\n")}\n`),
    async run(command, { env = {}, config = {}, flags = {} } = {}) {
      const outcome = await engine.run({
        command,
        cwd: written.folder,
        stack: "dev",
        stateDir,
        env: { PULUMI_CONFIG_PASSPHRASE: "test", ...noCredentials, ...env },
        config,
        flags: { skipPreview: true, ...flags },
      });
      return { ...outcome, text: outcome.stdout + outcome.stderr, files: await textOf(stateDir) };
    },
  };
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

/** What the federation holds, by name. */
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
