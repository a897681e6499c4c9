import type { Declaration, Program } from "./program.ts";

/**
 * Which declarations must exist before another, whatever the order in which the program made them. Destroying goes
 * the other way. Edges only ever lead from a kind that uses to the kind that is used, so they close no circle.
 */
export function prerequisites(program: Program, declaration: Declaration): readonly Declaration[] {
  const provider = declaration.identityProvider ?? providerNamed(program, declaration);
  return provider === undefined ? [] : [provider];
}

/** A connection that names its provider by a plain reference still waits for the resource, if the program has it. */
function providerNamed(program: Program, declaration: Declaration): Declaration | undefined {
  const reference = declaration.inputs.identityProvider as Record<string, unknown> | undefined;
  if (typeof reference !== "object" || reference === null) return undefined;
  const same = (input: string) => (candidate: Declaration) => candidate.inputs[input] === reference[input];
  const candidates = program.declarations.filter(
    (candidate) =>
      candidate.kind === "IdentityProvider" &&
      ["federationSettingsId", "configurationName", "idpType"].every((input) => same(input)(candidate)),
  );
  return candidates.length === 1 ? candidates[0] : undefined;
}
