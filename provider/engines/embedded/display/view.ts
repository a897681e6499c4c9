import type { Output } from "../../../terminal/output.ts";
import type { EngineEvent } from "../events.ts";

export interface Display {
  onEvent(event: EngineEvent): void;
  /** The run is over and nothing more will come, also when it was broken off before its summary. */
  end(outcome: { readonly ok: boolean }): void;
}

export interface DisplayOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Names the stack's own row before the engine has said anything about it. */
  readonly project: string;
  readonly stack: string;
  /** JSON: lists unchanged resources too. */
  readonly showSames?: boolean;
}
