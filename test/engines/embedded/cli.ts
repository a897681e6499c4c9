/** The real Pulumi CLI, where there is one, on a workspace of its own with the file backend. */

import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname } from "node:path";
import { promisify } from "node:util";
import type { Deployment } from "../../../provider/engines/embedded/state/deployment.ts";
import type { Workspace } from "./harness.ts";

export interface CliOutcome {
  readonly ok: boolean;
  readonly output: string;
}

export class Cli {
  readonly #command: string;
  readonly #workspace: Workspace;

  constructor(command: string, workspace: Workspace) {
    this.#command = command;
    this.#workspace = workspace;
  }

  get #env(): NodeJS.ProcessEnv {
    // Node must be the one that the embedded engine uses.
    const path = [dirname(this.#command), dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
    return {
      ...process.env,
      ...this.#workspace.env,
      PATH: path,
      PULUMI_BACKEND_URL: `file://${this.#workspace.path("backend")}`,
      PULUMI_HOME: this.#workspace.path("home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    };
  }

  async run(...args: string[]): Promise<CliOutcome> {
    try {
      const { stdout, stderr } = await promisify(execFile)(this.#command, [...args, "--non-interactive"], {
        cwd: this.#workspace.folder,
        env: this.#env,
      });
      return { ok: true, output: stdout + stderr };
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      return { ok: false, output: stdout + stderr || String(error) };
    }
  }

  async must(...args: string[]): Promise<string> {
    const { ok, output } = await this.run(...args);
    if (!ok) {
      throw new Error(`pulumi ${args.join(" ")} failed:\n${output}`);
    }
    return output;
  }

  async init(): Promise<void> {
    await mkdir(this.#workspace.path("backend"));
    await this.must("stack", "init", "dev");
  }

  up(command: "preview" | "up" | "refresh" | "destroy"): Promise<CliOutcome> {
    return this.run(
      command,
      "--stack",
      "dev",
      "--parallel",
      "1",
      ...(command === "preview" ? [] : ["--yes", "--skip-preview"]),
    );
  }

  async export(...args: string[]): Promise<Deployment> {
    return JSON.parse(await this.must("stack", "export", "--stack", "dev", ...args)) as Deployment;
  }

  async import(deployment: Deployment): Promise<void> {
    const file = this.#workspace.path("import.json");
    await writeFile(file, JSON.stringify(deployment));
    await this.must("stack", "import", "--stack", "dev", "--file", file);
  }
}
