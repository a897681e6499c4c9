/**
 * `npm run demo`: the quickstart on an empty Atlas organization that lives in this process's memory, step by step.
 * `npm run demo -- NAME`: any folder beside this file, from preview to destroy.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Emulator, readSeed, startEmulator } from "../provider/emulator/index.ts";
import { type Engine, startEngine } from "./demo/engine.ts";
import { environments } from "./demo/environments.ts";
import { quickstart } from "./demo/quickstart.ts";
import { type Step, wholeLife } from "./demo/step.ts";
import { terraform } from "./demo/terraform.ts";

const examples = dirname(fileURLToPath(import.meta.url));
const root = dirname(examples);

async function main(name: string | undefined): Promise<number> {
  const example = name ?? "quickstart";
  const source = join(examples, example);
  if (!isExample(example)) {
    console.error(`error: there is no example "${example}". There are: ${(await exampleNames()).join(", ")}.`);
    return 2;
  }
  // A copy, because the demo changes the program. Inside the clone, so that it finds the same packages. Each example has a
  // folder of its own, because two demos may run at the same time.
  const workplace = join(root, ".mongofed", "demo", example);
  const folder = join(workplace, example);
  await rm(workplace, { recursive: true, force: true });
  await mkdir(workplace, { recursive: true });
  await cp(source, folder, { recursive: true, filter: (file) => !file.includes("node_modules") });

  const seed = join(source, "seed.yaml");
  const emulator = await startEmulator(existsSync(seed) ? { seed: readSeed(seed) } : {});
  try {
    if (name === "terraform") {
      console.log(`Atlas and Cloud Manager run at 127.0.0.1:${emulator.port}, in memory.`);
      const exitCode = await terraform(folder, emulator.env);
      return exitCode === 0 ? ended(emulator) : exitCode;
    }
    const engine = await startEngine(workplace, example, { ...process.env, ...emulator.env });
    console.log(engine.introduction);
    console.log(`${world(emulator)} at 127.0.0.1:${emulator.port}, in memory.`);
    console.log(`The program is a copy of ${relative(root, source)}, its state is in ${relative(root, workplace)}.`);
    const ok = await live(stepsOf(name, folder, engine, emulator), engine);
    if (!ok) return 1;
    if (name === "environments") {
      console.log("\nStaging and production would go on: here they end with this process.");
      return 0;
    }
    const exitCode = ended(emulator);
    if (name === undefined) console.log("Next: a first stack on your own Atlas organization, in docs/quickstart.md.");
    return exitCode;
  } finally {
    await emulator.close();
  }
}

function ended(emulator: Emulator): number {
  if (!isEmpty(emulator)) {
    console.error("error: the control plane still holds objects of the demo.");
    return 1;
  }
  console.log("\nThe demo has removed all its objects from the control plane and ended all its processes.");
  return 0;
}

function world(emulator: Emulator): string {
  const { atlas, cloudManager } = emulator.world();
  const projects = cloudManager.deployments.length;
  if (projects > 0) return `${projects} projects of Cloud Manager without identity providers run`;
  const { length } = atlas.organizations;
  return length === 1 ? "An empty Atlas organization runs" : `A federation of ${length} empty Atlas organizations runs`;
}

function isEmpty(emulator: Emulator): boolean {
  const { atlas, cloudManager } = emulator.world();
  const { federations, databaseUsers, customDbRoles } = atlas;
  const automated = cloudManager.deployments.flatMap(({ automationConfig }) => {
    const { oidcProviderConfigs, roles, auth } = JSON.parse(automationConfig);
    return [...(oidcProviderConfigs ?? []), ...(roles ?? []), ...(auth?.usersWanted ?? [])];
  });
  const identityProviders = federations.flatMap((one) => one.identityProviders);
  return [...identityProviders, ...databaseUsers, ...customDbRoles, ...automated].length === 0;
}

function stepsOf(name: string | undefined, folder: string, engine: Engine, emulator: Emulator): Step[] {
  if (name === undefined) return quickstart(folder, emulator);
  return name === "environments" ? environments(engine, emulator) : wholeLife();
}

/** One step after the other, until one ends otherwise than it should. */
async function live(steps: readonly Step[], engine: Engine): Promise<boolean> {
  for (const [index, { says, command, at = { folder: "", stack: "demo" }, ...step }] of steps.entries()) {
    console.log(`\n${index + 1}. ${says}\n`);
    await step.before?.();
    const exitCode = await engine.run(command, at, (await step.config?.()) ?? {});
    if ((exitCode !== 0) !== (step.refused ?? false)) {
      console.error(`error: this step ended with exit code ${exitCode}, which it should not.`);
      return false;
    }
    step.after?.();
  }
  return true;
}

/** A Pulumi program, or several in a world of their own. */
function isExample(name: string): boolean {
  return ["Pulumi.yaml", "seed.yaml"].some((file) => existsSync(join(examples, name, file)));
}

async function exampleNames(): Promise<string[]> {
  return (await readdir(examples)).filter(isExample);
}

process.exitCode = await main(process.argv[2]);
