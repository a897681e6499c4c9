/** The symbols and words of the operations: the Pulumi CLI's, so that a reader need not learn new ones. */

import type { Style } from "../../../terminal/color.ts";
import type { StepMetadata, StepOp } from "../events.ts";

interface OpWords {
  /** Two characters, as they stand before a resource and before a changed property. */
  readonly symbol: string;
  readonly style: Style;
  /** In a preview's table. */
  readonly plan: string;
  /** While it runs. */
  readonly running: string;
  /** When it has ended well. */
  readonly done: string;
  /** In the count of a run that is over: `1 created`. */
  readonly counted: string;
}

/** In the order in which the summary counts them. */
export const OPERATIONS: Readonly<Record<StepOp, OpWords>> = {
  same: { symbol: "  ", style: "plain", plan: "", running: "", done: "", counted: "unchanged" },
  create: { symbol: "+ ", style: "create", plan: "create", running: "creating", done: "created", counted: "created" },
  update: { symbol: "~ ", style: "update", plan: "update", running: "updating", done: "updated", counted: "updated" },
  delete: { symbol: "- ", style: "delete", plan: "delete", running: "deleting", done: "deleted", counted: "deleted" },
  replace: {
    symbol: "+-",
    style: "replace",
    plan: "replace",
    running: "replacing",
    done: "replaced",
    counted: "replaced",
  },
  "create-replacement": {
    symbol: "++",
    style: "create",
    plan: "replace",
    running: "creating replacement",
    done: "created replacement",
    counted: "created replacements",
  },
  "delete-replaced": {
    symbol: "--",
    style: "delete",
    plan: "replace",
    running: "deleting original",
    done: "deleted original",
    counted: "deleted originals",
  },
  read: { symbol: "> ", style: "read", plan: "read", running: "reading", done: "read", counted: "read" },
  "read-replacement": {
    symbol: ">>",
    style: "replace",
    plan: "replace",
    running: "reading for replacement",
    done: "read for replacement",
    counted: "read for replacement",
  },
  refresh: {
    symbol: "~ ",
    style: "update",
    plan: "refresh",
    running: "refreshing",
    done: "refreshed",
    counted: "refreshed",
  },
  discard: {
    symbol: "< ",
    style: "delete",
    plan: "discard",
    running: "discarding",
    done: "discarded",
    counted: "discarded",
  },
  "discard-replaced": {
    symbol: "<<",
    style: "delete",
    plan: "replace",
    running: "discarding original",
    done: "discarded original",
    counted: "discarded originals",
  },
};

export const STACK_TYPE = "pulumi:pulumi:Stack";

export function isRootStack(step: Pick<StepMetadata, "type">): boolean {
  return step.type === STACK_TYPE;
}

/** The steps a replacement is made of; `replace` itself stands for the whole and is no part. */
export function isPartOfReplacement(op: StepOp): boolean {
  return (
    op === "create-replacement" || op === "delete-replaced" || op === "read-replacement" || op === "discard-replaced"
  );
}

/** `name` of `urn:pulumi:stack::project::type::name`. A name may contain `::` itself. */
export function nameOfUrn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The resource's own type, without the types of its parents. */
export function typeOfUrn(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

/** A same resource is worth a line only if its protection changed. */
export function protectionChanged(step: StepMetadata): boolean {
  return (step.old?.protect ?? false) !== (step.new?.protect ?? false);
}

/** Operations after which a retained object is outside of every stack. */
const MAY_RETAIN: ReadonlySet<StepOp> = new Set(["delete", "replace", "create-replacement", "delete-replaced"]);

/** The name of a step, with a mark if it leaves the object on the control plane. */
export function markRetained(text: string, { op, old }: Pick<StepMetadata, "op" | "old">): string {
  return old?.retainOnDelete && MAY_RETAIN.has(op) ? `${text}[retain]` : text;
}
