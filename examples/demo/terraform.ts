import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProvider } from "../../.ci/build-terraform.ts";
import { SOURCE } from "../../provider/cli/commands/terraform.ts";
import { show } from "./step.ts";

const entry = fileURLToPath(new URL("../../provider/engines/terraform/main.ts", import.meta.url));

const plain = !process.stdout.isTTY || Boolean(process.env.NO_COLOR);

interface Step {
  readonly says: string;
  readonly args: readonly string[];
}

/** The CLI that is there: `TERRAFORM_COMMAND`, `terraform`, or `tofu`. */
function findCli(): string | undefined {
  const { TERRAFORM_COMMAND: named } = process.env;
  return [...(named ? [named] : ["terraform", "tofu"])].find(
    (command) => spawnSync(command, ["version"], { stdio: "ignore" }).status === 0,
  );
}

/**
 * Both configurations of the example, each in both environments, with the real CLI.
 *
 * @param folder a copy of the example
 * @returns the exit code
 */
export async function terraform(folder: string, env: Readonly<Record<string, string>>): Promise<number> {
  const cli = findCli();
  if (cli === undefined) {
    console.error("error: this example needs terraform or tofu on PATH, and neither is there.");
    return 2;
  }
  console.log(`Using ${cli}. The provider is built for this machine and installed from a folder beside the state.`);
  const config = await install(join(folder, "provider"));
  const run = async (cwd: string, args: readonly string[]): Promise<number> => {
    show("$", `${cli} ${args.join(" ")}`);
    const [command = "", ...rest] = args;
    // Terraform colors what it prints into a pipe, too.
    const words = plain && command !== "workspace" ? [command, "-no-color", ...rest] : args;
    const settings = { TF_CLI_CONFIG_FILE: config, TF_IN_AUTOMATION: "true", CHECKPOINT_DISABLE: "true" };
    // The provider runs on the Node.js that this demo runs on.
    const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
    const child = spawn(cli, words, { cwd, env: { ...process.env, PATH, ...settings, ...env }, stdio: "inherit" });
    const [code] = await once(child, "close");
    return code ?? 1;
  };
  for (const [name, what] of CONFIGURATIONS) {
    console.log(`\n${what}`);
    for (const [index, { says, args }] of steps().entries()) {
      console.log(`\n${index + 1}. ${says}\n`);
      const exitCode = await run(join(folder, name), args);
      if (exitCode === 0) continue;
      console.error(`error: this step ended with exit code ${exitCode}, which it should not.`);
      return 1;
    }
  }
  return 0;
}

const CONFIGURATIONS = [
  ["atlas-workload", "Programs on Azure, in Atlas."],
  ["cloud-manager-workforce", "People of Entra ID, in Cloud Manager."],
] as const;

function steps(): Step[] {
  const select = (environment: string): Step => ({
    says: `The workspace ${environment}: a state of its own.`,
    args: ["workspace", "select", "-or-create", environment],
  });
  const apply = (environment: string): Step => ({
    says: `Apply what ${environment}.tfvars says.`,
    args: ["apply", "-auto-approve", "-input=false", `-var-file=${environment}.tfvars`],
  });
  const destroy = (environment: string): Step => ({
    says: `Destroy ${environment}.`,
    args: ["destroy", "-auto-approve", "-input=false", `-var-file=${environment}.tfvars`],
  });
  return [
    { says: "Install the provider.", args: ["init", "-input=false"] },
    select("dev"),
    apply("dev"),
    select("prod"),
    apply("prod"),
    {
      says: "Plan again: no changes.",
      args: ["plan", "-detailed-exitcode", "-input=false", "-var-file=prod.tfvars"],
    },
    destroy("prod"),
    select("dev"),
    destroy("dev"),
  ];
}

/** @returns the configuration file of the CLI that names the folder as a mirror */
async function install(folder: string): Promise<string> {
  const os = process.platform;
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  await buildProvider({ entry, source: SOURCE, version: "0.1.0", folder, platforms: [`${os}_${arch}`] });
  const config = join(folder, "terraformrc");
  await writeFile(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(folder)}\n    include = ["${SOURCE}"]\n  }\n}\n`,
  );
  return config;
}
