import { expect, test } from "vitest";
import { RunMemory } from "../../provider/resources/memory.ts";

test("remembers for a run that credentials may not read something, and no other failure", async () => {
  const { notices } = new RunMemory();
  const forbidden = Object.assign(new Error("forbidden"), { status: 403 });
  expect(await notices.refusal("clusters", () => Promise.reject(forbidden))).toBe(forbidden);
  expect(await notices.refusal("clusters", () => Promise.resolve())).toBe(forbidden);

  const unavailable = new Error("unavailable");
  await expect(notices.refusal("federation", () => Promise.reject(unavailable))).rejects.toBe(unavailable);
  expect(await notices.refusal("federation", () => Promise.resolve())).toBeUndefined();
});
