import { expect, test } from "vitest";
import { fuzz, resultText } from "./fuzz.ts";
import { STEADY } from "./sequence.ts";
import { shrunk } from "./shrink.ts";

/** `npm run fuzz` runs more of them, with all operations. */

const SEEDS = Array.from({ length: 24 }, (_, index) => index + 1);
/** A busy machine makes fewer sequences. */
const SECONDS = 40;

test("keeps every promise of ownership through random edits, runs and failures", async () => {
  const random = Date.now() % 1_000_000_000;
  const printed: string[] = [];
  const began = performance.now();
  const result = await fuzz({
    seeds: [random, ...SEEDS],
    operations: STEADY,
    maxFailures: 1,
    seconds: SECONDS,
    shrinks: false,
    print: (text) => printed.push(text),
  });
  console.log(`random seed ${random}: ${resultText(result, performance.now() - began)}`);
  expect(result.failures, printed.join("\n")).toEqual({});
  expect(result.sequences).toBeGreaterThan(0);
});

test("shrinks a failing list to the items that the failure needs", async () => {
  const items = Array.from({ length: 23 }, (_, index) => index);
  const needs = [3, 11, 12];
  expect(await shrunk(items, async (some) => needs.every((item) => some.includes(item)))).toEqual(needs);
});
