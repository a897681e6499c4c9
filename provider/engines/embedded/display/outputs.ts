/** Which outputs of a step are printed, and how: those that its inputs do not say already, and what changed of them. */

import type { PropertyMap, StepMetadata, StepState } from "../events.ts";
import { isRootStack } from "./operations.ts";
import { type Diff, diffMaps, diffValues, keysOf } from "./property-diff.ts";
import { isWorthALine, type PropertyPrinter, widthOf } from "./property-printer.ts";
import { isHiddenKey, kindOf, sameValue } from "./values.ts";

export interface OutputsOptions {
  readonly indent: number;
  readonly planning: boolean;
  /** True for the outputs of a refresh: there every difference counts, also of what is an input too. */
  readonly refresh: boolean;
}

/** Empty if there is nothing to show. */
export function outputsText(step: StepMetadata, options: OutputsOptions, printer: PropertyPrinter): string {
  const { planning, refresh } = options;
  const ofStack = isRootStack(step);
  if (planning && !refresh && !ofStack && step.op !== "read" && step.op !== "read-replacement") return "";
  // The outputs of an incomplete creation are no meaningful "before".
  if (hasInitErrors(step.old)) return "";

  const inputs = step.new?.inputs ?? {};
  const outputs = step.new?.outputs ?? {};
  // The outputs of a stack are what most people run `up` for: shown also when nothing about them changed.
  const withSames = ofStack && !planning;
  const diff = step.old && diffMaps(step.old.outputs, outputs);
  if (diff && planning && ofStack) dropUnknownUpdates(diff);
  if (step.old && !diff && !withSames) return "";

  const keys = diff ? keysOf(diff) : Object.keys(outputs).sort();
  const width = widthOf(keys);
  const place = { indent: options.indent, op: step.op, marked: false };
  for (const key of keys) {
    const value = outputs[key] ?? null;
    if (!refresh && isSaidByInputs(key, inputs, outputs)) continue;
    if (diff) {
      if (withSames || !diff.sames.has(key)) printer.propertyDiff(key, diff, width, place);
    } else if (!isHiddenKey(key) && isWorthALine(value)) {
      printer.property(key, value, width, place);
    }
  }
  return printer.take();
}

/** The engine reports the errors of an incomplete resource together with its state. */
function hasInitErrors(state: StepState | undefined): boolean {
  return (state?.initErrors?.length ?? 0) > 0;
}

function isSaidByInputs(key: string, inputs: PropertyMap, outputs: PropertyMap): boolean {
  return key in inputs && diffValues(outputs[key] ?? null, inputs[key] ?? null) === undefined;
}

/** In a preview, an output that depends on a change is unknown; to print each of them as a change would be noise. */
function dropUnknownUpdates(diff: Diff<string>): void {
  for (const [key, update] of diff.updates) {
    if (kindOf(update.new).is === "unknown" || sameValue(update.old, update.new)) diff.updates.delete(key);
  }
}
