/**
 * `--diff`: every step with its properties, as it comes. Resources go to stdout, messages to stderr, so that a diff
 * can be kept while errors stay on the screen.
 */

import type { EngineEvent, StepMetadata } from "../events.ts";
import { isShown, messageText } from "./diagnostics.ts";
import { headlineText } from "./headline.ts";
import { isPartOfReplacement, isRootStack, markRetained, OPERATIONS, protectionChanged } from "./operations.ts";
import { outputsText } from "./outputs.ts";
import { diffMaps } from "./property-diff.ts";
import { PropertyPrinter } from "./property-printer.ts";
import { summaryText } from "./summary.ts";
import type { Display, DisplayOptions } from "./view.ts";

export class DiffView implements Display {
  readonly #options: DisplayOptions;
  readonly #printer: PropertyPrinter;
  /** The last step that began for each resource, by URN: parents give the indentation, and a refresh is remembered. */
  readonly #seen = new Map<string, StepMetadata>();
  #planning = false;
  #errored = 0;

  constructor(options: DisplayOptions) {
    this.#options = options;
    this.#printer = new PropertyPrinter(options.stdout.paint);
  }

  onEvent(event: EngineEvent): void {
    const { stdout, stderr } = this.#options;
    switch (event.type) {
      case "prelude":
        this.#planning = event.dryRun;
        this.#seen.clear();
        this.#errored = 0;
        stdout.write(headlineText(event, stdout.paint));
        break;
      case "diagnostic":
        if (isShown(event)) stderr.write(`${messageText(event, stderr.paint)}\n`);
        break;
      case "step":
        this.#seen.set(event.step.urn, event.step);
        if (event.step.op !== "refresh" && this.#isShown(event.step)) this.#step(event.step, false);
        break;
      case "step-done":
        if (this.#isShown(event.step)) this.#done(event.step);
        break;
      case "step-failed":
        // In a preview the message says it all; the CLI counts none there.
        if (!this.#planning) this.#errored++;
        break;
      case "summary":
        stdout.write(`${summaryText(event, this.#planning, this.#errored, stdout.paint)}\n`);
    }
  }

  end(): void {}

  #isShown(step: StepMetadata): boolean {
    if (isRootStack(step)) return true;
    return step.op === "same" ? protectionChanged(step) : !isPartOfReplacement(step.op);
  }

  #step(step: StepMetadata, refresh: boolean): void {
    this.#heading(step);
    // A resource that is the same may still differ in what its program never sees; the CLI prints none of that either.
    if (step.op !== "same") this.#options.stdout.write(this.#properties(step, refresh));
  }

  /** Prints values that became known only at the end of the step. */
  #done(step: StepMetadata): void {
    const refresh = this.#seen.get(step.urn)?.op === "refresh";
    // The result of `refresh` is told as what it means for the state: update, same or delete.
    if (refresh && step.op === "update") {
      this.#step(step, true);
      return;
    }
    const indent = this.#indent(step);
    const text = outputsText(step, { indent: indent + 1, planning: this.#planning, refresh }, this.#printer);
    if (refresh && (step.op !== "refresh" || text !== "" || isRootStack(step))) this.#heading(step);
    if (text === "") return;
    const { stdout } = this.#options;
    const header = `${"    ".repeat(indent + 1)}--outputs:--`;
    stdout.write(`${stdout.paint(OPERATIONS[step.op].style, header)}\n${text}`);
  }

  #heading(step: StepMetadata): void {
    const { write, paint } = this.#options.stdout;
    const { symbol, style } = OPERATIONS[step.op];
    const indent = "    ".repeat(this.#indent(step));
    const now = step.new?.protect ?? false;
    const before = step.old?.protect ?? false;
    const lock = step.new && before && !now ? " 🔓" : now || before ? " 🔒" : "";
    write(`${indent}${paint(style, `${symbol}${step.type}: (${markRetained(step.op, step)})`)}${lock}\n`);
    if (step.old?.id) write(`${indent}    [id=${step.old.id}]\n`);
    write(`${indent}    [urn=${step.urn}]\n`);
  }

  #properties(step: StepMetadata, refresh: boolean): string {
    const place = { indent: this.#indent(step) + 1, op: step.op, marked: false };
    const { old, new: now } = step;
    if (!old && now) this.#printer.map(isEmpty(now.outputs) ? now.inputs : now.outputs, place);
    else if (old && !now) this.#printer.map(old.inputs, place);
    else if (old && now) {
      // Outputs are compared as soon as there are any: those of a replacement that exists already, or of a refresh.
      const byOutputs = refresh || !isEmpty(now.outputs);
      const diff = byOutputs ? diffMaps(old.outputs, now.outputs) : diffMaps(old.inputs, now.inputs);
      if (diff) this.#printer.diff(diff, place);
      else this.#printer.map(byOutputs ? now.outputs : now.inputs, { ...place, op: "same" });
    }
    return this.#printer.take();
  }

  /** One step to the right for every parent that was shown before it. A deletion comes before its parent's: not indented. */
  #indent(step: StepMetadata): number {
    let indent = 0;
    for (let parent = parentOf(step); parent !== undefined; ) {
      const above = this.#seen.get(parent);
      if (!above) break;
      if (this.#isShown(above)) indent++;
      parent = parentOf(above);
    }
    return indent;
  }
}

function parentOf(step: StepMetadata): string | undefined {
  return (step.new ?? step.old)?.parent;
}

function isEmpty(map: object): boolean {
  return Object.keys(map).length === 0;
}
