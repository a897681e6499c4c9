/** Writes a source file in which each mutation can be switched on while the program runs. */

import type { Edit, Source } from "./mutations.ts";

export interface Switchable {
  readonly edit: Edit;
  readonly number: number;
}

/** Nested mutations each keep their switch. */
export function withSwitches(source: Source, edits: readonly Switchable[], importFrom: string): string {
  const sorted = edits.toSorted((a, b) => a.edit.start - b.edit.start || b.edit.end - a.edit.end);
  const text = rendered(source.text, 0, source.text.length, sorted);
  const line = `import { isOn as mutationIsOn } from ${JSON.stringify(importFrom)};`;
  return text.startsWith("#!") ? text.replace("\n", `\n${line} `) : `${line} ${text}`;
}

function rendered(text: string, start: number, end: number, edits: readonly Switchable[]): string {
  const [first, ...rest] = edits;
  if (first === undefined) return text.slice(start, end);
  const within = rest.filter(({ edit }) => edit.start < first.edit.end);
  const after = rest.filter(({ edit }) => edit.start >= first.edit.end);
  const inner = rendered(text, first.edit.start, first.edit.end, within);
  return (
    text.slice(start, first.edit.start) +
    first.edit.switched(inner, `mutationIsOn(${first.number})`) +
    rendered(text, first.edit.end, end, after)
  );
}

/**
 * The module that mutated sources ask. A file beside it names the mutation that is on, so that every process finds it;
 * with `record` in it, the module notes the mutations that each test file reaches. A second file names the running test
 * file, because tests start processes with an environment of their own.
 */
export const SWITCH_MODULE = `
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
const file = (name) => join(import.meta.dirname, name);
export function begin() {
  const on = readFileSync(file("switch-on"), "utf8");
  globalThis.mutation = { on: on === "record" ? on : Number(on), reached: new Set() };
}
export function isOn(number) {
  if (globalThis.mutation === undefined) begin();
  const { on, reached } = globalThis.mutation;
  if (on === "record" && !reached.has(number)) {
    reached.add(number);
    appendFileSync(file("switch-reached"), readFileSync(file("switch-test"), "utf8") + " " + number + "\\n");
  }
  return on === number;
}
`;

/** Runs before each test file. */
export const SETUP_MODULE = `
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "vitest";
import { begin } from "./switch.mjs";
const file = relative(import.meta.dirname, expect.getState().testPath).replaceAll("\\\\", "/");
writeFileSync(join(import.meta.dirname, "switch-test"), file);
begin();
`;

/** The configuration of the tests, with the module that runs before each file. */
export const CONFIGURATION = `
import config from "./test/vitest.config.ts";
config.test.setupFiles.push("./setup.mjs");
export default config;
`;
