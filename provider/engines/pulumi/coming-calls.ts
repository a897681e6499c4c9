import type { ComingCalls } from "../../control-planes/coming-calls.ts";
import type { Props } from "../../resources/definition.ts";
import { known } from "../../resources/known.ts";
import { referenceOf } from "../../resources/reference.ts";
import type { Kind } from "../../rules/index.ts";
import { perRun } from "../../run-scope.ts";
import { providerChannel } from "./channel.ts";

/** A call of the engine that writes. */
interface Call {
  readonly kind: Kind;
  readonly project: string;
}

/**
 * The calls that the engine may make before those under way have ended: at most as many as it has in flight, for
 * declarations of the same kinds. Others may depend on those under way.
 */
class Calls implements ComingCalls {
  readonly #underWay = new Set<Call>();
  /** URNs of the declarations that the engine has not asked to write yet, by kind and project. */
  readonly #left = new Map<string, Set<string>>();
  readonly #asked = new Set<string>();
  #batches = 0;
  /** `undefined` where the engine does not say. */
  #parallel: number | undefined;

  /** @returns ends the call */
  begin(kind: Kind, inputs: Props, urn: string | undefined): () => void {
    const call = { kind, project: projectOf(inputs) };
    this.#underWay.add(call);
    this.settle(kind, inputs, urn);
    return () => void this.#underWay.delete(call);
  }

  /** No further call comes for this declaration. */
  settle(kind: Kind, inputs: Props, urn: string | undefined): void {
    if (urn === undefined) return;
    this.#asked.add(urn);
    for (const project of [projectOf(inputs), ""]) this.#left.get(keyOf({ kind, project }))?.delete(urn);
  }

  mayCome(projectId: string): boolean | undefined {
    this.#readProgram();
    if (this.#batches === 0) return undefined;
    if (this.#underWay.size >= (this.#parallel ?? Number.POSITIVE_INFINITY)) return false;
    const here = [...this.#underWay].filter(({ project }) => project === projectId || project === "");
    const isLeft = (call: Call) => (this.#left.get(keyOf(call))?.size ?? 0) > 0;
    if (!here.some(({ kind, project }) => isLeft({ kind, project }) || isLeft({ kind, project: "" }))) return false;
    return this.#parallel === undefined ? undefined : true;
  }

  #readProgram(): void {
    const batches = providerChannel().told("program");
    for (const { declarations, parallel } of batches.slice(this.#batches)) {
      if (parallel > 0) this.#parallel = parallel;
      for (const { urn, kind, inputs } of declarations) {
        if (this.#asked.has(urn)) continue;
        const key = keyOf({ kind, project: projectOf(inputs) });
        this.#left.set(key, (this.#left.get(key) ?? new Set()).add(urn));
      }
    }
    this.#batches = batches.length;
  }
}

/** The calls of this run, which all kinds of resources share. */
export const callsOfRun = perRun(() => new Calls());

function keyOf({ kind, project }: Call): string {
  return `${kind} ${project}`;
}

/** Empty while it is unknown. */
function projectOf(inputs: Props): string {
  return known(inputs.projectId) ?? known(referenceOf(inputs).projectId) ?? "";
}
