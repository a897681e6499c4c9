import { expect, test } from "vitest";
import { Gathering } from "../../../provider/control-planes/cloud-manager/gathering.ts";
import { systemClock } from "../../../provider/http/index.ts";

/** Time passes only while somebody waits, and what happens at which moment is given. */
function scene(mayCome: () => boolean | undefined, arrivals: readonly number[] = []) {
  let now = 0;
  let count = 0;
  const left = [...arrivals];
  const gathering = new Gathering(
    {
      clock: { ...systemClock, now: () => now },
      aborted: false,
      async pause(ms) {
        now += ms;
        while (left[0] !== undefined && left[0] <= now) {
          left.shift();
          count++;
          gathering.noteArrival();
        }
      },
    },
    () => mayCome(),
  );
  gathering.noteArrival();
  count++;
  return {
    gathering,
    count: () => count,
    /** Answers with the time until the batch leaves. Nothing comes while it is written. */
    async wait() {
      const began = now;
      await gathering.wait(() => count);
      gathering.noteEnd(0);
      return now - began;
    },
  };
}

test("a batch leaves as soon as no further change may come", async () => {
  expect(await scene(() => false).wait()).toBe(0);
  let left = 3;
  const { wait, count } = scene(() => left-- > 0, [5, 15]);
  expect(await wait()).toBe(20);
  expect(count()).toBe(3);
});

test("slow state writes of an engine do not split a batch", async () => {
  // Each state write takes 150 ms, and the engine has eight calls in flight.
  const { wait, count } = scene(
    () => count() < 8,
    Array.from({ length: 20 }, (_, index) => 150 * (index + 1)),
  );
  expect(await wait()).toBe(7 * 150);
  expect(count()).toBe(8);
});

test("waits in vain for a short time, and half as long each next time", async () => {
  const { wait } = scene(() => true);
  expect(await wait()).toBe(200);
  expect(await wait()).toBe(100);
  expect(await wait()).toBe(50);
  expect(await wait()).toBe(50);
});

test("is patient again once a change comes while the batch is written", async () => {
  const { wait, gathering, count } = scene(() => true);
  await wait();
  await wait();
  await gathering.wait(count);
  gathering.noteEnd(1);
  expect(await wait()).toBe(200);
});

test("leaves after a quiet time where nobody knows of further changes", async () => {
  const { wait, count } = scene(() => undefined, [20, 70, 200]);
  expect(await wait()).toBe(150);
  expect(count()).toBe(3);
});
