import { expect, test } from "vitest";
import { waitLimit } from "../../provider/resources/lifecycle/rollout.ts";

test.each([
  ["90s", 90_000],
  ["10m", 600_000],
  ["1h", 3_600_000],
  ["off", 0],
])("takes %s as a limit of %i ms", (setting, limit) => {
  expect(waitLimit(setting)).toBe(limit);
});

test.each(["0s", "10", "-1m", "1.5h", "never"])("rejects %s with FED420", (setting) => {
  expect(() => waitLimit(setting)).toThrow(
    expect.objectContaining({ findings: [expect.objectContaining({ code: "FED420" })] }),
  );
});
