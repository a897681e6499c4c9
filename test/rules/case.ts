import type { Code, Declaration } from "../../provider/rules/index.ts";

/** When the programs of the cases are judged. */
export const NOW = Date.parse("2026-08-10T12:00:00Z");

/** For a rule: programs that break it, with the findings that they get, and programs that just do not. */
export interface Case {
  readonly code: Code;
  readonly breaks: readonly [name: string, program: () => Declaration[], findings: string[]][];
  readonly keeps: readonly [name: string, program: () => Declaration[]][];
}
