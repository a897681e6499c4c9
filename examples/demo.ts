/**
 * `npm run demo`: the quickstart on an empty Atlas organization that lives in this process's memory, step by step.
 * `npm run demo -- NAME`: any folder beside this file, from preview to destroy.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type FoundEngine, findEngine } from "../provider/cli/find-engine.ts";
import { type Emulator, startEmulator } from "../provider/emulator/index.ts";

const examples = dirname(fileURLToPath(import.meta.url));
const root = dirname(examples);
const workplace = join(root, ".mongofed", "demo");

/** One run of the engine in the middle of the demo. */
interface Step {
  readonly says: string;
  readonly command: "preview" | "up" | "destroy";
  /** Changes the program, or the world behind its back, before the run. */
  readonly before?: () => Promise<void> | void;
  /** What must happen, or the demo itself is wrong. */
  readonly refused?: true;
}

/** The program of the quickstart, and what becomes of it on the way. */
class Program {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, "index.ts");
  }

  /** Replaces one piece of text by another, and shows both. */
  async change(from: string, to: string): Promise<void> {
    const text = await readFile(this.#file, "utf8");
    if (!text.includes(from)) throw new Error(`the quickstart does not contain ${from}`);
    await writeFile(this.#file, text.replace(from, to));
    show("-", from);
    show("+", to);
    console.log();
  }
}

const STAFF_DESCRIPTION = 'description: "People of Example Corp",';
const EXPORT = "/** For the stacks of other teams";

const CONTRACTORS = `const contractors = new IdentityProvider("contractors", {
  federationSettingsId: config.require("federationSettingsId"),
  idpType: "WORKFORCE",
  configurationName: "contractors",
  issuerUri: "http://login.contractors.example/.well-known/openid-configuration",
  audience: "mongodb",
  clientId: "mongodb",
  associatedDomains: ["@contractors.example"],
  authorizationType: "GROUP",
});

new OrgConnection("platform-contractors", { orgId: config.require("orgId"), identityProvider: contractors });

`;

function quickstart(program: Program, emulator: Emulator): Step[] {
  return [
    {
      says: "Preview. Every rule has looked at the whole program; nothing has been sent that writes.",
      command: "preview",
    },
    {
      says: "Up. The identity provider is created first, then the organization is connected to it.",
      command: "up",
    },
    { says: "Preview again. What is there is what the program says: no changes.", command: "preview" },
    {
      says: "A change in the program, and up. Only what changed is sent.",
      before: () => program.change(STAFF_DESCRIPTION, 'description: "Everybody at Example Corp",'),
      command: "up",
    },
    {
      says: "What the rules refuse: a second workforce provider for the same organization, with an issuer and a domain that are none. All of it is told at once, and nothing is changed.",
      before: () => program.change(EXPORT, `${CONTRACTORS}${EXPORT}`),
      command: "preview",
      refused: true,
    },
    {
      says: "The program is put right. Meanwhile somebody changes the audience and the description in the console. The next preview shows it, without being asked to refresh.",
      before: async () => {
        await program.change(`${CONTRACTORS}${EXPORT}`, EXPORT);
        changeByHand(emulator);
      },
      command: "preview",
    },
    { says: "Up puts it back: these two properties, nothing else.", command: "up" },
    {
      says: "Destroy. The organization is disconnected first, then the identity provider is deleted.",
      command: "destroy",
    },
  ];
}

function changeByHand(emulator: Emulator): void {
  const [provider] = emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders);
  if (provider === undefined) throw new Error("the federation holds no identity provider");
  emulator.edit({
    edit: "update-identity-provider",
    id: provider.id,
    fields: { audience: "api://old", description: "do not touch (Bob)" },
  });
}

function wholeLife(): Step[] {
  return [
    { says: "Preview.", command: "preview" },
    { says: "Up.", command: "up" },
    { says: "Preview again: no changes.", command: "preview" },
    { says: "Destroy.", command: "destroy" },
  ];
}

async function main(name: string | undefined): Promise<number> {
  const example = name ?? "quickstart";
  const source = join(examples, example);
  if (!existsSync(join(source, "Pulumi.yaml"))) {
    console.error(`error: there is no example "${example}". There are: ${(await exampleNames()).join(", ")}.`);
    return 2;
  }
  const engine = await findEngine();
  console.log(
    engine.kind === "pulumi"
      ? `Using the Pulumi CLI ${engine.version}, ${engine.how}.`
      : "No Pulumi CLI found: using the embedded engine (with the CLI it is the same program: pulumi up).",
  );

  // A copy, since the demo changes the program. Inside the clone, so that it finds the same packages.
  const folder = join(workplace, example);
  await rm(workplace, { recursive: true, force: true });
  await mkdir(workplace, { recursive: true });
  await cp(source, folder, { recursive: true, filter: (file) => !file.includes("node_modules") });

  const emulator = await startEmulator();
  try {
    console.log(`An empty Atlas organization runs at 127.0.0.1:${emulator.port}, in memory.`);
    console.log(`The program is a copy of ${relative(root, source)}, its state is in ${relative(root, workplace)}.`);
    const runner = await prepare(engine, folder, emulator);
    const steps = name === undefined ? quickstart(new Program(folder), emulator) : wholeLife();
    for (const [index, step] of steps.entries()) {
      console.log(`\n${index + 1}. ${step.says}\n`);
      await step.before?.();
      const exitCode = await runner(step.command);
      if ((exitCode !== 0) !== (step.refused ?? false)) {
        console.error(`error: this step ended with exit code ${exitCode}, which it should not.`);
        return 1;
      }
    }
    const left = emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders);
    if (left.length > 0) {
      console.error("error: the federation should be empty again, and is not.");
      return 1;
    }
    console.log("\nThe federation is as empty as it was, and nothing is left running.");
    if (name === undefined) console.log("Next: a first stack on your own Atlas organization, in README.md.");
    return 0;
  } finally {
    await emulator.close();
  }
}

type Runner = (command: Step["command"]) => Promise<number>;

/** What writes does so at once: each step of the demo that matters is previewed in a step of its own. */
function flagsOf(command: Step["command"]): string[] {
  return command === "preview" ? [] : ["--yes", "--skip-preview"];
}

/** The same program on either engine, with state inside the clone and the emulator's key in the environment. */
async function prepare(engine: FoundEngine, folder: string, emulator: Emulator): Promise<Runner> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...emulator.env };
  const shown = (command: Step["command"]) => [command, ...flagsOf(command)].join(" ");
  if (engine.kind === "embedded") {
    const cli = join(root, "dist", "provider", "cli", "main.js");
    const state = join(workplace, "state.json");
    return (command) => {
      show("$", `mongofed ${shown(command)}`);
      return execute(
        process.execPath,
        [cli, command, "--cwd", folder, "--stack", "demo", "--state", state, ...flagsOf(command)],
        env,
      );
    };
  }
  const backend = join(workplace, "state");
  await mkdir(backend, { recursive: true });
  Object.assign(env, {
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
  await execute(engine.command, ["stack", "init", "demo", "--cwd", folder, "--non-interactive"], env);
  return (command) => {
    show("$", `pulumi ${shown(command)}`);
    const args = [command, "--cwd", folder, "--stack", "demo", "--non-interactive", ...flagsOf(command)];
    return execute(engine.command, args, env);
  };
}

function execute(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

async function exampleNames(): Promise<string[]> {
  const names = await readdir(examples);
  return names.filter((name) => existsSync(join(examples, name, "Pulumi.yaml")));
}

function show(mark: string, text: string): void {
  for (const line of text.trimEnd().split("\n")) console.log(`   ${mark} ${line}`);
}

process.exitCode = await main(process.argv[2]);
