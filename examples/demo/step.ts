/** A program, and which of its stacks. */
export interface Place {
  /** Below the example's own folder. */
  readonly folder: string;
  readonly stack: string;
  /** Beside what the emulator itself asks for: its address and a key that owns everything. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One run of the engine in the middle of the demo. */
export interface Step {
  readonly says: string;
  readonly command: "preview" | "up" | "destroy";
  /** Default: the example's folder and its stack `demo`. */
  readonly at?: Place;
  /** Config over that of the stack. Evaluated when the step begins, so it can use what earlier steps created. */
  readonly config?: () => Promise<Readonly<Record<string, string>>>;
  /** Changes the program, or the world behind its back, before the run. */
  readonly before?: () => Promise<void> | void;
  /** Looks at what the run has done, and throws if that is not what the step says. */
  readonly after?: () => void;
  /** The command must fail, or the demo itself is wrong. */
  readonly refused?: true;
}

/** From preview to destroy: what every example is good for. */
export function wholeLife(): Step[] {
  return [
    { says: "Preview.", command: "preview" },
    { says: "Up.", command: "up" },
    { says: "Preview again: no changes.", command: "preview" },
    { says: "Destroy.", command: "destroy" },
  ];
}

export function show(mark: string, text: string): void {
  for (const line of text.trimEnd().split("\n")) console.log(`   ${mark} ${line}`);
}
