/** Keeps what a run said, in the form in which a test asks for it. */

import { withoutTags } from "../../../terminal/color.ts";
import { nameOfUrn, STACK_TYPE } from "../display/operations.ts";
import type { EngineEvent, PropertyMap, Severity, StepMetadata, StepOp } from "../events.ts";
import { testMap } from "./test-values.ts";

/** One operation of the engine on a resource. */
export interface TestStep {
  readonly op: StepOp;
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly id?: string;
  /** The inputs of the program. For a deletion, the last inputs. */
  readonly inputs: PropertyMap;
  /** The known outputs of the control plane. */
  readonly outputs: PropertyMap;
  readonly failed: boolean;
}

export interface TestMessage {
  readonly severity: Severity;
  readonly text: string;
  /** Name of the resource that it is about; without one it is about the whole program. */
  readonly resource?: string;
}

export class EventLog {
  readonly steps: TestStep[] = [];
  readonly messages: TestMessage[] = [];

  onEvent(event: EngineEvent): void {
    switch (event.type) {
      case "diagnostic": {
        const { severity, message, urn } = event;
        const text = withoutTags(message).trimEnd();
        if (text !== "") this.messages.push({ severity, text, ...(urn ? { resource: nameOfUrn(urn) } : {}) });
        break;
      }
      case "step":
        if (event.step.type !== STACK_TYPE) this.steps.push(testStep(event.step, false));
        break;
      case "step-done":
      case "step-failed":
        this.#amend(testStep(event.step, event.type === "step-failed"));
        break;
      default:
    }
  }

  #amend(step: TestStep): void {
    const at = this.steps.findLastIndex(({ urn, op }) => urn === step.urn && op === step.op);
    if (at >= 0) this.steps[at] = step;
  }
}

function testStep(step: StepMetadata, failed: boolean): TestStep {
  const state = step.new ?? step.old;
  const id = step.new?.id ?? step.old?.id;
  return {
    op: step.op,
    type: step.type,
    name: nameOfUrn(step.urn),
    urn: step.urn,
    ...(id ? { id } : {}),
    inputs: testMap(state?.inputs ?? {}),
    outputs: testMap(state?.outputs ?? {}),
    failed,
  };
}
