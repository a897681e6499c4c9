import type { Finding } from "../../../schema/finding.ts";
import { type Phrase, phrase, stack, up } from "../../../schema/phrase.ts";
import { finding, type Kind } from "../../rules/index.ts";
import type { Context, Phase, Props } from "../definition.ts";
import type { Owner, Owners } from "../owner.ts";
import { isBoundTo } from "../state/plane-binding.ts";
import { adoptionOf } from "./adopt.ts";

/** How a new resource may come to an object that exists. */
export type Way =
  /** The resource itself is about to be replaced, and its old object goes. */
  | { readonly way: "replaced" }
  /** Another resource of the stack gives the object up. */
  | { readonly way: "handover"; readonly owner: Owner }
  | { readonly way: "adoption"; readonly overwrites: boolean }
  | { readonly way: "refused"; readonly finding: Finding };

interface Found {
  readonly kind: Kind;
  readonly id: string;
  /** The object in words: `role payments in project 5f1e…`. */
  readonly what: string;
  readonly phase: Phase;
  /** The message of FED221. Default: the object exists already. */
  readonly exists?: string;
}

/** Decides by the state, and by the calls of this run only where the engine tells no state. */
export function wayTo(context: Context, inputs: Props, found: Found): Way {
  const { memory, owners, declared } = context;
  const { kind, id, what, phase } = found;
  const isKept = memory.ownership.isKept(id);
  const declaredAdoption = adoptionOf(inputs);
  const asked = declaredAdoption === "no" && context.adoptsEqual === true ? "equal" : declaredAdoption;
  const adoption = isKept ? "overwrite" : asked;
  const unadopted = finding("FED221", { message: found.exists ?? `${what} exists already` });
  const adopt: Way =
    adoption === "no"
      ? { way: "refused", finding: unadopted }
      : { way: "adoption", overwrites: adoption === "overwrite" };
  if (owners === undefined) {
    const isOwned = memory.ownership.owns(id);
    if (isOwned && phase === "preview") return { way: "replaced" };
    // One that this run knows to be another resource's is not taken away from it.
    return isOwned && !isKept ? { way: "refused", finding: unadopted } : adopt;
  }
  if (owners.trouble !== undefined)
    return refused(
      phrase`${what} exists already, and the state of this ${stack} cannot be read: ${owners.trouble}`,
      UNREADABLE,
    );
  const of = ownersHere(context, owners, kind, id);
  if (of.length === 0) return adopt;
  const own = of.find(({ continuedBy }) => continuedBy !== undefined && continuedBy === declared.address);
  if (own !== undefined && own.fate !== "leaves") {
    // The engine replaces whatever depends on a replaced resource. If the object stayed, it goes on as it is.
    if (isKept) return { way: "handover", owner: { ...own, outputs: memory.ownership.recorded(id) ?? own.outputs } };
    if (phase === "preview" && memory.ownership.isReplaced(id)) return { way: "replaced" };
    return refused(phrase`${what} cannot be replaced: its control plane holds only one of this name`, REPLACED);
  }
  const staying = of.find(({ fate }) => fate !== "leaves");
  if (staying === undefined) return { way: "handover", owner: of[0] as Owner };
  const owner = `${kind} "${staying.name}"`;
  return staying.fate === "stays"
    ? refused(phrase`${what} belongs to ${owner} of this ${stack}, which keeps it`)
    : refused(phrase`${what} belongs to ${owner} of this ${stack}, and only ${up} shows whether the owner keeps it`);
}

function refused(message: Phrase, fix?: Phrase): Way {
  return { way: "refused", finding: finding("FED234", { message, ...(fix === undefined ? {} : { fix }) }) };
}

const UNREADABLE = phrase`Run again. Without the state, mongofed cannot tell whether another resource of this ${stack} owns the object.`;
const REPLACED = "Remove the request for a replacement. mongofed changes this object in place.";

/** Returns whether another declaration takes over an object that this resource gives up. */
export function passesOn(context: Context, kind: Kind, id: string): boolean {
  const { owners, declared } = context;
  if (owners === undefined) return false;
  return ownersHere(context, owners, kind, id).some(({ heir }) => heir !== undefined && heir !== declared.address);
}

/**
 * Whether this very declaration replaces the object, so that it is gone before the new one is created. The engine may
 * create this one before it deletes the objects of other declarations. It deletes no retained object.
 */
export function replacesOwn(context: Context, kind: Kind, id: string): boolean {
  const { owners, declared, memory } = context;
  if (declared.isRetained === true || !memory.ownership.isReplaced(id)) return false;
  return (
    owners === undefined ||
    ownersHere(context, owners, kind, id).some(
      ({ continuedBy }) => continuedBy !== undefined && continuedBy === declared.address,
    )
  );
}

/** A copy of a control plane holds objects with the same ids. */
function ownersHere(context: Context, owners: Owners, kind: Kind, id: string): readonly Owner[] {
  const all = owners.of(kind, id);
  return context.offline === undefined ? all.filter(({ outputs }) => isBoundTo(context.plane(), outputs)) : all;
}

/** A handover changes the object in place, and the server sets these settings on a new object only. */
export function remadeFinding(what: string, { name }: Owner, settings: readonly string[]): Finding {
  const message = `${what} belongs to "${name}", and its server sets ${settings.join(", ")} only on a new object`;
  return finding("FED234", { path: settings[0] ?? "", message });
}
