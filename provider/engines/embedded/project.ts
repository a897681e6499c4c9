/** The program of a run: a folder with Pulumi.yaml, or a function of this process. */

import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";

class ProjectError extends Error {
  override name = "ProjectError";
}

const RUNTIMES = ["nodejs", "python"] as const;
type Runtime = (typeof RUNTIMES)[number];

export interface FolderProject {
  readonly kind: "folder";
  readonly name: string;
  /** Where Pulumi.yaml is. */
  readonly root: string;
  /** Working directory of program and provider. */
  readonly workDir: string;
  /** The entry point in `workDir`: `.`, or the file that `main` names. */
  readonly entryPoint: string;
  readonly runtime: Runtime;
  /** Folders of provider plugins, by the package that each serves. */
  readonly plugins: ReadonlyMap<string, string>;
  readonly runtimeOptions: Readonly<Record<string, unknown>>;
  /** `options: {refresh: always}` */
  readonly refreshAlways: boolean;
  /** Where `Pulumi.<stack>.yaml` is looked for. */
  readonly stackConfigDir: string;
  /** Config of the project file, which each stack may override. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface InlineProject {
  readonly kind: "inline";
  readonly name: string;
  readonly workDir: string;
  /** The program: what it returns are the stack outputs. */
  readonly program: () => Promise<Record<string, unknown> | undefined> | Record<string, unknown> | undefined;
}

export type Project = FolderProject | InlineProject;

type Yaml = Record<string, unknown>;

export function asRecord(value: unknown): Yaml {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Yaml) : {};
}

/** The YAML of the first of the files that exists. */
export async function readYaml(...files: readonly string[]): Promise<{ file: string; content: Yaml } | undefined> {
  for (const file of files) {
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") {
        continue;
      }
      throw error;
    }
    try {
      return { file, content: asRecord(parse(text)) };
    } catch (error) {
      throw new ProjectError(`${file} is not valid YAML: ${(error as Error).message}`);
    }
  }
  return undefined;
}

/** The names of projects and stacks become file names, and parts of every URN. */
export function isProjectOrStackName(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,100}$/.test(name) && !/^\.+$/.test(name);
}

function requireName(name: string): void {
  if (isProjectOrStackName(name)) return;
  throw new ProjectError(
    `The project name ${JSON.stringify(name)} is not valid. Use 1 to 100 letters, digits, hyphens, underscores and dots.`,
  );
}

/** A file as `main` is run in its folder, a folder is run as such. */
async function programLocation(root: string, main: string): Promise<{ workDir: string; entryPoint: string }> {
  const path = resolve(root, main);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new ProjectError(`The program ${path} that "main" in Pulumi.yaml names does not exist.`);
  }
  return found.isDirectory()
    ? { workDir: path, entryPoint: "." }
    : { workDir: dirname(path), entryPoint: basename(path) };
}

/** The names of a project file. */
const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

export function isProject(folder: string): boolean {
  return PROJECT_FILES.some((name) => existsSync(join(folder, name)));
}

/** Reads `Pulumi.yaml` of a folder. */
export async function loadProject(folder: string): Promise<FolderProject> {
  const root = resolve(folder);
  const found = await readYaml(...PROJECT_FILES.map((name) => join(root, name)));
  if (found === undefined) {
    throw new ProjectError(`There is no Pulumi.yaml in ${root}.`);
  }
  const { content } = found;
  const { name, runtime } = content;
  if (typeof name !== "string" || name === "") {
    throw new ProjectError(`${found.file} has no "name".`);
  }
  requireName(name);
  const runtimeName = typeof runtime === "string" ? runtime : asRecord(runtime).name;
  const known = RUNTIMES.find((one) => one === runtimeName);
  if (known === undefined) {
    throw new ProjectError(
      `The embedded engine runs programs of the runtimes ${RUNTIMES.join(" and ")} only; ${found.file} asks for ${JSON.stringify(runtimeName)}: use the Pulumi CLI.`,
    );
  }
  const { main, stackConfigDir } = content;
  return {
    kind: "folder",
    name,
    root,
    ...(await programLocation(root, typeof main === "string" ? main : ".")),
    runtime: known,
    plugins: pluginsIn(root, asRecord(content.packages)),
    runtimeOptions: asRecord(asRecord(runtime).options),
    refreshAlways: asRecord(content.options).refresh === "always",
    stackConfigDir: typeof stackConfigDir === "string" ? resolve(root, stackConfigDir) : root,
    config: asRecord(content.config),
  };
}

/** Only folders: a plugin with a version would have to be downloaded. */
function pluginsIn(root: string, packages: Yaml): ReadonlyMap<string, string> {
  const folders = Object.entries(packages).filter(
    ([, source]) => typeof source === "string" && /^\.{0,2}\//.test(source),
  );
  return new Map(folders.map(([name, source]) => [name, resolve(root, String(source))]));
}

/** A program that is a function. `workDir` is where its provider package is looked for; default: the current folder. */
export function inlineProject(options: {
  name: string;
  workDir?: string;
  program: InlineProject["program"];
}): InlineProject {
  requireName(options.name);
  return { kind: "inline", name: options.name, workDir: resolve(options.workDir ?? "."), program: options.program };
}
