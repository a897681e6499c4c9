import { basename } from "node:path";

/** The Terraform command that has started this process. It is the parent of all provider processes of a run. */
export interface TerraformCommand {
  /** `plan`, `apply`, `test`, … */
  readonly name: string;
  /** Whether it deletes everything: `destroy`, `plan -destroy` or `apply -destroy`. */
  readonly destroys: boolean;
  /** How many calls it makes at the same time. */
  readonly parallelism: number;
}

const DEFAULT_PARALLELISM = 10;

/**
 * Reads the command from the arguments of a process. Terraform inserts `TF_CLI_ARGS` and `TF_CLI_ARGS_<command>`, and
 * passes its environment on to providers.
 *
 * @returns `undefined` for another program, which may run Terraform elsewhere
 */
export function commandIn(args: readonly string[], env: NodeJS.ProcessEnv): TerraformCommand | undefined {
  const [program = "", ...given] = args;
  if (!/^(terraform|tofu|opentofu)/i.test(basename(program))) return undefined;
  const at = given.findIndex((arg) => !arg.startsWith("-"));
  const name = given[at];
  if (name === undefined) return undefined;
  const inserted = [env.TF_CLI_ARGS, env[`TF_CLI_ARGS_${name}`]].flatMap((text) => (text ?? "").split(/\s+/));
  const flags = [...given.slice(at + 1), ...inserted];
  return {
    name,
    destroys: name === "destroy" || flags.some((flag) => /^--?destroy(=(1|t|true))?$/i.test(flag)),
    parallelism: parallelismIn(flags),
  };
}

function parallelismIn(flags: readonly string[]): number {
  const given = flags.map((flag) => /^--?parallelism=(?<number>\d+)$/.exec(flag)?.groups?.number);
  return Number(given.find((number) => number !== undefined) ?? DEFAULT_PARALLELISM);
}
