/** What is run: a folder with Pulumi.yaml, or a function of this process. */

export interface FolderProject {
  readonly kind: "folder";
  readonly name: string;
  /** Where Pulumi.yaml is. */
  readonly root: string;
  /** The program as `main` in Pulumi.yaml names it, absolute. */
  readonly program: string;
  /** Working directory of program and provider. */
  readonly workDir: string;
  readonly runtimeOptions: Readonly<Record<string, unknown>>;
  /** `options: {refresh: always}` */
  readonly refreshAlways: boolean;
}

export interface InlineProject {
  readonly kind: "inline";
  readonly name: string;
  readonly workDir: string;
  /** The program: what it returns are the stack outputs. */
  readonly program: () => Promise<Record<string, unknown> | undefined> | Record<string, unknown> | undefined;
}

export type Project = FolderProject | InlineProject;

/** Reads `Pulumi.yaml` of a folder. */
export async function loadProject(folder: string): Promise<FolderProject> {
  throw new Error(`not yet: ${folder}`);
}

/** A program that is a function. `workDir` is where its provider package is looked for; default: the current folder. */
export function inlineProject(options: { name: string; workDir?: string; program: InlineProject["program"] }): InlineProject {
  return { kind: "inline", name: options.name, workDir: options.workDir ?? process.cwd(), program: options.program };
}
