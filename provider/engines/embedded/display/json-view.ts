/**
 * `--json`: one document on stdout when the run is over, and nothing else there. A preview has the shape of
 * `pulumi preview --json`; the other commands say the same of what was done, with `result` and the stack's outputs.
 */

import { printableJson } from "../../../printable.ts";
import { withoutTags } from "../../../terminal/color.ts";
import type { EngineEvent, PropertyMap, PropertyValue, StepMetadata, StepOp, StepState } from "../events.ts";
import { type DiagnosticEvent, isShown } from "./diagnostics.ts";
import { isPartOfReplacement, isRootStack, protectionChanged } from "./operations.ts";
import { shownMap, shownValue } from "./values.ts";
import type { Display, DisplayOptions } from "./view.ts";

/** A resource as the state file has it, less what only the engine needs. */
interface JsonState {
  readonly urn: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly type: string;
  readonly inputs?: PropertyMap;
  readonly outputs?: PropertyMap;
  readonly parent?: string;
  readonly protect?: boolean;
}

interface JsonStep {
  op: StepOp;
  urn: string;
  oldState?: JsonState;
  newState?: JsonState;
  replaceReasons?: readonly string[];
  /** Dynamic providers say what is replaced, but not how each property changes: always null, as in the CLI. */
  detailedDiff: null;
}

export class JsonView implements Display {
  readonly #options: DisplayOptions;
  #prelude: Extract<EngineEvent, { type: "prelude" }> | undefined;
  #summary: Extract<EngineEvent, { type: "summary" }> | undefined;
  #steps: JsonStep[] = [];
  #messages: DiagnosticEvent[] = [];
  #began = new Map<string, StepOp>();

  constructor(options: DisplayOptions) {
    this.#options = options;
  }

  onEvent(event: EngineEvent): void {
    switch (event.type) {
      case "prelude":
        // The last phase counts: the preview inside `up` says nothing that `up` itself does not.
        this.#prelude = event;
        this.#steps = [];
        this.#messages = [];
        this.#began.clear();
        break;
      case "diagnostic":
        if (isShown(event)) this.#messages.push(event);
        break;
      case "step":
        this.#began.set(event.step.urn, event.step.op);
        if (this.#isShown(event.step)) this.#steps.push(jsonStep(event.step));
        break;
      case "step-done":
        if (this.#isShown(event.step)) this.#amend(event.step);
        break;
      case "step-failed":
        break;
      case "summary":
        this.#summary = event;
    }
  }

  end(outcome: { readonly ok: boolean }): void {
    const planning = this.#prelude?.dryRun ?? true;
    const document = {
      ...(this.#prelude && Object.keys(this.#prelude.config).length > 0 ? { config: this.#prelude.config } : {}),
      ...(planning ? {} : { result: outcome.ok ? "succeeded" : "failed" }),
      steps: this.#steps,
      diagnostics: this.#messages.map(({ urn, message, severity }) => ({
        ...(urn ? { urn } : {}),
        message: `${prefix(severity)}${withoutTags(message).trimEnd()}\n`,
        severity,
      })),
      ...(planning ? {} : { outputs: this.#outputs() }),
      /** In nanoseconds, as Go counts. */
      duration: Math.round((this.#summary?.durationMs ?? 0) * 1_000_000),
      changeSummary: this.#summary?.changes ?? {},
    };
    this.#options.stdout.write(`${printableJson(document, 4)}\n`);
  }

  /** A preview reports a step as planned. Other runs, and a refresh, report its result. */
  #amend(step: StepMetadata): void {
    if (this.#prelude?.dryRun && this.#began.get(step.urn) !== "refresh") return;
    const at = this.#steps.findLastIndex(({ urn }) => urn === step.urn);
    if (at >= 0) this.#steps[at] = jsonStep(step);
  }

  #isShown(step: StepMetadata): boolean {
    if (isRootStack(step)) return true;
    if (step.op === "same") return this.#options.showSames === true || protectionChanged(step);
    return !isPartOfReplacement(step.op);
  }

  #outputs(): Record<string, PropertyValue> {
    const entries = Object.entries(this.#summary?.outputs ?? {});
    return Object.fromEntries(
      entries.map(([name, { value, secret }]) => [name, secret ? "[secret]" : shownValue(value)]),
    );
  }
}

function prefix(severity: DiagnosticEvent["severity"]): string {
  return severity === "error" || severity === "warning" ? `${severity}: ` : "";
}

function jsonStep(step: StepMetadata): JsonStep {
  return {
    op: step.op,
    urn: step.urn,
    ...(step.old ? { oldState: jsonState(step.old) } : {}),
    ...(step.new ? { newState: jsonState(step.new) } : {}),
    ...(step.replaceKeys && step.replaceKeys.length > 0 ? { replaceReasons: step.replaceKeys } : {}),
    detailedDiff: null,
  };
}

function jsonState(state: StepState): JsonState {
  const { urn, custom, id, type, parent, protect } = state;
  const inputs = shownMap(state.inputs);
  const outputs = shownMap(state.outputs);
  return {
    urn,
    custom,
    ...(id ? { id } : {}),
    type,
    ...(Object.keys(inputs).length > 0 ? { inputs } : {}),
    ...(Object.keys(outputs).length > 0 ? { outputs } : {}),
    ...(parent ? { parent } : {}),
    ...(protect ? { protect } : {}),
  };
}
