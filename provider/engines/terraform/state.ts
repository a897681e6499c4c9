import type { Props } from "../../resources/definition.ts";
import { fingerprint } from "../../resources/state/compare.ts";
import type { RelatedDeclarations } from "../../rules/index.ts";
import type { ObjectValue } from "./protocol.ts";
import type { Resource } from "./resources.ts";
import { propsOf } from "./values.ts";

/**
 * The private state of a resource, which Terraform never prints: the hidden outputs of the handlers (`__applied`,
 * `__bound`). From a plan to its apply it also holds the checked inputs and the related declarations. The inputs are
 * needed because a plan may show a live value (tolerated drift) that differs from the input.
 */
interface Private {
  readonly hidden?: Props;
  readonly inputs?: Props;
  readonly related?: RelatedDeclarations;
  /** Where Terraform replaces an object, it plans the creation with the private text of the plan before. */
  readonly address?: string;
  /** The server cannot change the object, so it must be deleted and created. */
  readonly isRemade?: boolean;
}

export function privateText({ hidden, ...others }: Private): string {
  return JSON.stringify({ hidden: hidden === undefined ? undefined : onlyHidden(hidden), ...others });
}

export function privateIn(text: string): Private {
  return text === "" ? {} : (JSON.parse(text) as Private);
}

function onlyHidden(outputs: Props): Props {
  return Object.fromEntries(Object.entries(outputs).filter(([key]) => key.startsWith("__")));
}

/** The outputs of a resource as the handlers recorded them. */
export function outputsIn({ inputs, outputs }: Resource, state: ObjectValue, privateState: string): Props {
  return { ...propsOf(state, [...inputs, ...outputs]), ...privateIn(privateState).hidden };
}

export function idIn(state: ObjectValue): string {
  return String(state.id ?? "");
}

/** The id of the object that a resource of the state stands for: a connection that was swapped keeps its first id. */
export function objectIn(resource: Resource, state: ObjectValue, privateState: string): string {
  const { definition } = resource;
  const id = idIn(state);
  return id === "" ? id : (definition.objectIdOf?.(id, outputsIn(resource, state, privateState)) ?? id);
}

/** Whether the two mean the same to the handlers: in whatever order, and nothing is as good as empty. */
export function same(a: unknown, b: unknown): boolean {
  return fingerprint(a) === fingerprint(b);
}
