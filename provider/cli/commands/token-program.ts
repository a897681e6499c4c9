/** Reads the token configuration of a Pulumi program: runs the program and collects its declarations. */

import type { TokenConfig } from "../../../schema/token-config.ts";
import { readProgram } from "../../rules/index.ts";
import { programConfig } from "../../tokens/index.ts";
import { UsageError } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { collect } from "../program-declarations.ts";

export interface ProgramOptions {
  readonly program?: string;
  readonly stack?: string;
}

/** The alternative for a program that cannot run here. */
const INSTEAD = "Or give a configuration file: --config, which mongofed token schema describes.";

/**
 * @throws UsageError if there is no program, or if it tells too little
 * @throws Error with all that is wrong, if it breaks off or breaks a rule
 */
export async function declaredConfig(folder: string, stack: string | undefined, io: Io): Promise<TokenConfig> {
  const { ok, errors, declarations } = await collect(folder, stack, io);
  if (!ok) throw new Error(`the program does not tell what it declares:\n${errors.join("\n")}\n${INSTEAD}`);
  const program = declarations === undefined ? { declarations: [] } : readProgram(declarations);
  const { config, unknown, references } = programConfig(program);
  if (config === undefined) {
    throw new UsageError(`not known before it is created, or secret: ${unknown.join(", ")}. ${INSTEAD}`);
  }
  if (config.identityProviders.length === 0) {
    throw new UsageError(`the program in ${folder} declares no identity provider. ${INSTEAD}`);
  }
  for (const name of references) {
    const next = "mongofed token config writes a file to put them in";
    io.stderr.write(
      `warning: issuerUri and audience of ${name} are not known: the program has only a reference. ${next}.\n`,
    );
  }
  return config;
}
