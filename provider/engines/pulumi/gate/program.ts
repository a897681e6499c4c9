import type { Declaration, Program } from "../../../rules/index.ts";
import { type Held, inputsOf, type Run, shared } from "./state.ts";

/** Returns the program as the rules see it. */
export function programOf(run: Run): Program {
  const declarations = new Map<Held, Declaration>();
  const declare = (held: Held): Declaration => {
    const known = declarations.get(held);
    if (known !== undefined) return known;
    const used = typeof held.uses === "object" && held.uses !== null ? shared.held.get(held.uses) : undefined;
    const provider = used !== undefined && used !== held && run.all.includes(used) ? declare(used) : undefined;
    const declaration: Declaration = {
      kind: held.kind,
      name: held.name,
      location: held.location,
      inputs: inputsOf(held),
      ...(provider === undefined ? {} : { identityProvider: provider }),
    };
    declarations.set(held, declaration);
    return declaration;
  };
  return { declarations: run.all.map(declare) };
}
