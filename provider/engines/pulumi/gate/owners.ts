import type { Declared } from "../../../resources/owners.ts";
import type { Declaration, Program } from "../../../rules/index.ts";
import { channelOf, type Run } from "./state.ts";

/** Tells the provider processes who owns which object, before the engine can ask them to check anything. */
export async function tellOwners(run: Run, program: Program): Promise<void> {
  const state = await run.stackState;
  if ("trouble" in state) return channelOf(run).tell("owners", { owners: [], trouble: state.trouble });
  const recorded = state.resources.map(({ urn, ...resource }) => ({ ...resource, address: urn }));
  const { ownersOf } = await import("../../../resources/owners.ts");
  channelOf(run).tell("owners", { owners: ownersOf(recorded, declaredIn(run, program)) });
}

function declaredIn(run: Run, { declarations }: Program): Declared[] {
  const urns = new Map(declarations.map((declaration, index) => [declaration, run.all[index]?.urns?.() ?? []]));
  const declared = new Map<Declaration, Declared>();
  const declare = (declaration: Declaration): Declared => {
    const { kind, name, inputs, identityProvider } = declaration;
    const known = declared.get(declaration);
    if (known !== undefined) return known;
    const addresses = urns.get(declaration) ?? [];
    const provider = identityProvider === undefined ? {} : { identityProvider: declare(identityProvider) };
    const made = { kind, name, inputs, addresses, ...provider };
    declared.set(declaration, made);
    return made;
  };
  return declarations.map(declare);
}
