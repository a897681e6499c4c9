/**
 * `refresh` by itself tells what it found as what that means for the state: update, same or delete. Beside another
 * operation (`up --refresh`) it stays a refresh, and what follows from it is a step of its own.
 */

import type { EngineEvent } from "../events.ts";

/** A function that turns the engine's events into those that are shown. */
export function refreshResults(): (event: EngineEvent) => EngineEvent {
  let alone = false;
  return (event) => {
    if (event.type === "prelude") alone = event.command === "refresh";
    if (!alone || event.type !== "step-done" || event.step.resultOp === undefined) return event;
    return { ...event, step: { ...event.step, op: event.step.resultOp } };
  };
}
