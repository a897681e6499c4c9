import { spawn } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type FoundEngine, findEngine } from "../../test/support/find-engine.ts";
import { type Place, type Step, show } from "./step.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The same programs on either engine, with their state inside the clone. */
export interface Engine {
  /** One line: which one it is. */
  readonly introduction: string;
  /** The exit code. */
  run(command: Step["command"], place: Place, config: Readonly<Record<string, string>>): Promise<number>;
  /** An output of the last `up`. */
  output(place: Place, name: string): Promise<unknown>;
}

/**
 * @param workplace holds a copy of the example, and gets the states
 * @param env for the engine and all that it starts
 */
export async function startEngine(workplace: string, example: string, env: NodeJS.ProcessEnv): Promise<Engine> {
  const found = await findEngine();
  const folderOf = ({ folder }: Place) => join(workplace, example, folder);
  if (found.kind === "embedded") return embedded(workplace, folderOf, env);
  return pulumi(found, workplace, folderOf, env);
}

function embedded(workplace: string, folderOf: (place: Place) => string, env: NodeJS.ProcessEnv): Engine {
  const cli = join(root, "dist", "provider", "cli", "main.js");
  const stateOf = ({ folder, stack }: Place) => join(workplace, "state", folder, `${stack}.json`);
  return {
    introduction: "No Pulumi CLI found: using the embedded engine. The Pulumi CLI runs the same program: pulumi up.",
    run(command, place, config) {
      const args = [command, ...flagsOf(command), ...settings(config)];
      show("$", `mongofed ${shown(args, place)}`);
      const where = ["--cwd", folderOf(place), "--stack", place.stack, "--state", stateOf(place)];
      return execute(process.execPath, [cli, ...args, ...where], { ...env, ...place.env });
    },
    async output(place, name) {
      const { deployment } = JSON.parse(await readFile(stateOf(place), "utf8"));
      const [stack] = deployment.resources.filter(({ type }: { type: string }) => type === "pulumi:pulumi:Stack");
      return stack.outputs[name];
    },
  };
}

async function pulumi(
  { command: cli, version, how }: Extract<FoundEngine, { kind: "pulumi" }>,
  workplace: string,
  folderOf: (place: Place) => string,
  inherited: NodeJS.ProcessEnv,
): Promise<Engine> {
  const backend = join(workplace, "state");
  await mkdir(backend, { recursive: true });
  const env = {
    ...inherited,
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const made = new Set<string>();
  const where = (place: Place) => ["--cwd", folderOf(place), "--stack", place.stack, "--non-interactive"];
  return {
    introduction: `Using the Pulumi CLI, version ${version}, ${how}.`,
    async run(command, place, config) {
      const key = `${place.folder}/${place.stack}`;
      if (!made.has(key)) await execute(cli, ["stack", "init", ...where(place)], env);
      made.add(key);
      const args = [command, ...flagsOf(command), ...settings(config)];
      show("$", `pulumi ${shown(args, place)}`);
      return execute(cli, [...args, ...where(place)], { ...env, ...place.env });
    },
    async output(place, name) {
      const printed = { text: "" };
      await execute(cli, ["stack", "output", name, "--json", ...where(place)], env, printed);
      return JSON.parse(printed.text);
    },
  };
}

/**
 * Returns the flags of a command. Commands that write skip the preview, because the demo previews in separate steps.
 */
function flagsOf(command: Step["command"]): string[] {
  return command === "preview" ? [] : ["--yes", "--skip-preview"];
}

function settings(config: Readonly<Record<string, string>>): string[] {
  return Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
}

/** Without what is plain, and with long values cut off. */
function shown(args: readonly string[], { folder, stack }: Place): string {
  const words = args.map((word) => (word.length > 40 ? `${word.slice(0, word.indexOf("=") + 1)}…` : word));
  return [...words, ...(folder === "" ? [] : ["--cwd", folder, "--stack", stack])].join(" ");
}

function execute(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  printed?: { text: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", printed ? "pipe" : "inherit", "inherit"] });
    child.stdout?.on("data", (text) => {
      if (printed) printed.text += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
