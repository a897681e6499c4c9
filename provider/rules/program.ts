import type { Location } from "../../schema/finding.ts";
import type { Kind } from "../../schema/resources.ts";
import { UNKNOWN } from "../../schema/unknown.ts";

/**
 * One `new` in a program. `inputs` are settled values. Unknown and secret values hold the `UNKNOWN` sentinel: no rule
 * ever sees a secret.
 */
export interface Declaration {
  readonly kind: Kind;
  readonly name: string;
  readonly location: Location;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The declaration behind the input `identityProvider`, if the program made it itself. */
  readonly identityProvider?: Declaration;
}

/** Everything that a program declared, in the order of declaration. */
export interface Program {
  readonly declarations: readonly Declaration[];
  /** When it is judged, in milliseconds since 1970. Default: the present. */
  readonly now?: number;
}

/** Declarations of one kind. */
export function ofKind(program: Program, kind: Kind): readonly Declaration[] {
  return program.declarations.filter((declaration) => declaration.kind === kind);
}

/** A string input, if it is there and known. */
export function known(declaration: Declaration, input: string): string | undefined {
  const value = declaration.inputs[input];
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}
