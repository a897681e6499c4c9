/** Events as the engine sends them, made by hand, and what a display prints of them. */

import { createDisplay, type View } from "../../../provider/engines/embedded/display/display.ts";
import type {
  Command,
  EngineEvent,
  PropertyMap,
  StepOp,
  StepState,
} from "../../../provider/engines/embedded/events.ts";
import { printedOutput } from "../../support/printed.ts";

const STACK = "urn:pulumi:dev::rec::pulumi:pulumi:Stack::rec-dev";
const TYPE = "pulumi-nodejs:dynamic/probe:Thing";

type Side = Partial<Pick<StepState, "id" | "protect" | "inputs" | "outputs">>;

export function secret(value: string) {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

export function prelude(command: Command, dryRun: boolean): EngineEvent {
  return { type: "prelude", command, dryRun, stack: "dev", config: {} };
}

export function diagnostic(severity: "info" | "warning" | "error", message: string, name?: string): EngineEvent {
  return { type: "diagnostic", severity, message, ...(name ? { urn: urnOf(name) } : {}) };
}

export function stack(type: "step" | "step-done", op: StepOp, outputs: { old?: PropertyMap; new?: PropertyMap } = {}) {
  const side = (map: PropertyMap | undefined) => ({
    urn: STACK,
    type: "pulumi:pulumi:Stack",
    custom: false,
    inputs: {},
    outputs: map ?? {},
  });
  const step = {
    op,
    urn: STACK,
    type: "pulumi:pulumi:Stack",
    ...(op === "create" ? {} : { old: side(outputs.old) }),
    ...(op === "delete" ? {} : { new: side(outputs.new) }),
  };
  return { type, step } satisfies EngineEvent;
}

export function thing(
  type: "step" | "step-done" | "step-failed",
  op: StepOp,
  name: string,
  sides: { old?: Side; new?: Side },
): EngineEvent {
  const state = (side: Side): StepState => ({
    urn: urnOf(name),
    type: TYPE,
    custom: true,
    parent: STACK,
    inputs: {},
    outputs: {},
    ...side,
  });
  return {
    type,
    step: {
      op,
      urn: urnOf(name),
      type: TYPE,
      ...(sides.old ? { old: state(sides.old) } : {}),
      ...(sides.new ? { new: state(sides.new) } : {}),
    },
  };
}

export function summary(changes: Partial<Record<StepOp, number>>, durationMs = 1200): EngineEvent {
  return { type: "summary", changes, durationMs, failed: false, outputs: {} };
}

export function printed(view: View, events: readonly EngineEvent[], ok = true) {
  const { printed: out, streams } = printedOutput();
  const display = createDisplay(view, { ...streams, project: "rec", stack: "dev" });
  for (const event of events) display.onEvent(event);
  display.end({ ok });
  return out;
}

function urnOf(name: string): string {
  return `urn:pulumi:dev::rec::${TYPE}::${name}`;
}
