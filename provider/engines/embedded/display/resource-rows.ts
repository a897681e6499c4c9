/** Collects the events of each resource during a run. */

import type { StepMetadata, StepOp } from "../events.ts";
import type { DiagnosticEvent } from "./diagnostics.ts";
import { isPartOfReplacement, nameOfUrn, protectionChanged, STACK_TYPE, typeOfUrn } from "./operations.ts";

export interface ResourceRow {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  parent?: string;
  op: StepOp;
  step?: StepMetadata;
  status: "waiting" | "running" | "done" | "failed";
  began: number;
  tookMs: number;
  readonly messages: DiagnosticEvent[];
}

export class ResourceRows {
  readonly #rows = new Map<string, ResourceRow>();
  readonly #stackUrn: string;

  constructor(project: string, stack: string) {
    // The stack stands on top, also when all that is known of the run are the messages of its program.
    this.#stackUrn = `urn:pulumi:${stack}::${project}::${STACK_TYPE}::${project}-${stack}`;
    delete this.#row(this.#stackUrn).parent;
  }

  all(): ResourceRow[] {
    return [...this.#rows.values()];
  }

  /** Resources that a step or a message of theirs says went wrong. */
  get errored(): number {
    return this.all().filter((row) => {
      if (row.urn === this.#stackUrn) return row.status === "failed";
      return row.status === "failed" || row.messages.some(({ severity }) => severity === "error");
    }).length;
  }

  message(event: DiagnosticEvent): void {
    this.#row(event.urn || this.#stackUrn).messages.push(event);
  }

  begin(step: StepMetadata): void {
    const row = this.#at(step);
    row.status = "running";
    row.began = performance.now();
  }

  done(step: StepMetadata): void {
    const row = this.#at(step);
    row.status = "done";
    row.tookMs += performance.now() - row.began;
  }

  failed(step: StepMetadata): void {
    this.#at(step).status = "failed";
  }

  /** Returns whether a resource needs no row: it does not change, and has no message. */
  isQuiet(row: ResourceRow): boolean {
    if (row.urn === this.#stackUrn || row.messages.length > 0 || row.status === "failed") return false;
    return row.op === "same" && !(row.step && protectionChanged(row.step));
  }

  #at(step: StepMetadata): ResourceRow {
    const row = this.#row(step.urn);
    const parent = (step.new ?? step.old)?.parent;
    if (parent) row.parent = parent;
    if (step.op === "replace" || !row.step || !isPartOfReplacement(step.op)) row.step = step;
    // The parts of a replacement are one thing to a reader; a refresh that found nothing says nothing.
    row.op = isPartOfReplacement(step.op) ? "replace" : step.op;
    return row;
  }

  #row(urn: string): ResourceRow {
    const known = this.#rows.get(urn);
    if (known) return known;
    const row: ResourceRow = {
      urn,
      type: typeOfUrn(urn),
      name: nameOfUrn(urn),
      // A message may name a resource before a step names its parent. Until then, its row is below the stack.
      parent: this.#stackUrn,
      op: "same",
      status: "waiting",
      began: performance.now(),
      tookMs: 0,
      messages: [],
    };
    this.#rows.set(urn, row);
    return row;
  }
}
