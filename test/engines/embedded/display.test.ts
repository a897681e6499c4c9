import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineDiff } from "../../../provider/engines/embedded/display/text-diff.ts";
import type { EngineEvent, PropertyValue } from "../../../provider/engines/embedded/events.ts";
import { painter, resolveColor } from "../../../provider/terminal/color.ts";
import { UNKNOWN } from "../../../schema/unknown.ts";
import { diagnostic, prelude, printed, secret, stack, summary, thing } from "./display-events.ts";

/** A preview with something of everything: an update, a replacement, a creation, messages, a secret, an unknown. */
const PREVIEW: EngineEvent[] = [
  prelude("preview", true),
  stack("step", "same"),
  thing("step", "update", "a", {
    old: { id: "id-a", inputs: { __provider: "code", key: "a", size: 1, gone: "x" }, outputs: { key: "a" } },
    new: { id: "id-a", inputs: { __provider: "code", key: "a", size: 2, list: ["x"] } },
  }),
  thing("step", "create-replacement", "b", {
    old: { id: "id-b", inputs: { key: "b", secret: secret("hush") } },
    new: { inputs: { key: "b2", secret: secret("hush2") } },
  }),
  thing("step", "replace", "b", {
    old: { id: "id-b", inputs: { key: "b", secret: secret("hush") } },
    new: { inputs: { key: "b2", secret: secret("hush2") } },
  }),
  thing("step", "create", "c", { new: { inputs: { key: "c", ref: UNKNOWN } } }),
  thing("step", "same", "d", { old: { id: "id-d", inputs: { key: "d" } }, new: { id: "id-d", inputs: { key: "d" } } }),
  diagnostic("warning", "careful now\nsecond line\n", "a"),
  diagnostic("info", "<{%fg 1%}>hello<{%reset%}>\n"),
  stack("step-done", "same", { old: { n: 1 }, new: { n: 2, id: UNKNOWN } }),
  summary({ same: 2, update: 1, replace: 1, create: 1 }),
];

test("the table says what happens to which resource, and why", () => {
  expect(printed("table", PREVIEW).stdout).toMatchInlineSnapshot(`
    "Previewing update (dev):

         Type                                  Name     Plan     Info
         pulumi:pulumi:Stack                   rec-dev           1 message
     ~   ├─ pulumi-nodejs:dynamic/probe:Thing  a        update   [diff: +list-gone~size]; 1 warning
     +-  ├─ pulumi-nodejs:dynamic/probe:Thing  b        replace  [diff: ~key]
     +   └─ pulumi-nodejs:dynamic/probe:Thing  c        create

    Diagnostics:
      pulumi:pulumi:Stack (rec-dev):
        hello

      pulumi-nodejs:dynamic/probe:Thing (a):
        warning: careful now
        second line

    Outputs:
      + id: [unknown]
      ~ n : 1 => 2

    Resources:
        + 1 to create
        ~ 1 to update
        +-1 to replace
        3 changes. 2 unchanged

    "
  `);
});

test("--diff shows every property that changes; messages go to stderr", () => {
  const { stdout, stderr } = printed("diff", PREVIEW);
  expect(stdout).toMatchInlineSnapshot(`
    "Previewing update (dev):
      pulumi:pulumi:Stack: (same)
        [urn=urn:pulumi:dev::rec::pulumi:pulumi:Stack::rec-dev]
        ~ pulumi-nodejs:dynamic/probe:Thing: (update)
            [id=id-a]
            [urn=urn:pulumi:dev::rec::pulumi-nodejs:dynamic/probe:Thing::a]
          - gone: "x"
            key : "a"
          + list: [
          +     [0]: "x"
            ]
          ~ size: 1 => 2
        +-pulumi-nodejs:dynamic/probe:Thing: (replace)
            [id=id-b]
            [urn=urn:pulumi:dev::rec::pulumi-nodejs:dynamic/probe:Thing::b]
          ~ key   : "b" => "b2"
            secret: [secret]
        + pulumi-nodejs:dynamic/probe:Thing: (create)
            [urn=urn:pulumi:dev::rec::pulumi-nodejs:dynamic/probe:Thing::c]
            key: "c"
            ref: [unknown]
        --outputs:--
      + id: [unknown]
      ~ n : 1 => 2
    Resources:
        + 1 to create
        ~ 1 to update
        +-1 to replace
        3 changes. 2 unchanged

    "
  `);
  expect(stderr).toBe("warning: careful now\nsecond line\nhello\n");
});

test("--json is one document in the shape of the CLI's", () => {
  const { stdout, stderr } = printed("json", PREVIEW);
  expect(stderr).toBe("");
  const document = JSON.parse(stdout);
  expect(Object.keys(document)).toEqual(["steps", "diagnostics", "duration", "changeSummary"]);
  expect(
    document.steps.map((step: { op: string; urn: string }) => `${step.op} ${step.urn.split("::").at(-1)}`),
  ).toEqual(["same rec-dev", "update a", "replace b", "create c"]);
  expect(document.steps[1]).toEqual({
    op: "update",
    urn: "urn:pulumi:dev::rec::pulumi-nodejs:dynamic/probe:Thing::a",
    oldState: expect.objectContaining({ id: "id-a", inputs: { key: "a", size: 1, gone: "x" } }),
    newState: expect.objectContaining({ custom: true, inputs: { key: "a", size: 2, list: ["x"] } }),
    detailedDiff: null,
  });
  expect(document.diagnostics).toEqual([
    { urn: document.steps[1].urn, message: "warning: careful now\nsecond line\n", severity: "warning" },
    { message: "hello\n", severity: "info" },
  ]);
  expect(document.duration).toBe(1_200_000_000);
  expect(document.changeSummary).toEqual({ same: 2, update: 1, replace: 1, create: 1 });
});

test("--json of an up says how it ended, and tells the steps as they ended", () => {
  const created = { id: "id-a", inputs: { key: "a" }, outputs: { key: "a", serial: 1 } };
  const events: EngineEvent[] = [
    prelude("up", true),
    thing("step", "create", "a", { new: { inputs: { key: "a" } } }),
    summary({ create: 1 }),
    prelude("up", false),
    thing("step", "create", "a", { new: { inputs: { key: "a" } } }),
    thing("step-done", "create", "a", { new: created }),
    {
      type: "summary",
      changes: { create: 1 },
      durationMs: 5,
      failed: false,
      outputs: { id: { value: "id-a", secret: false }, s: { secret: true } },
    },
  ];
  const document = JSON.parse(printed("json", events).stdout);
  expect(document).toMatchObject({ result: "succeeded", outputs: { id: "id-a", s: "[secret]" } });
  expect(document.steps).toHaveLength(1);
  expect(document.steps[0].newState).toMatchObject(created);
});

describe("a failed run", () => {
  const events: EngineEvent[] = [
    prelude("up", false),
    stack("step", "create"),
    thing("step", "create", "a", { new: { inputs: { key: "a" } } }),
    diagnostic("error", "create refused: a", "a"),
    thing("step-failed", "create", "a", { new: { inputs: { key: "a" } } }),
    diagnostic("error", "update failed"),
    summary({ create: 1 }),
  ];

  test("is told in the table, at the resource", () => {
    expect(printed("table", events, false).stdout.replace(/\d\.\d\ds/g, "N")).toMatchInlineSnapshot(`
      "Updating (dev):

           Type                                  Name     Status               Info
       +   pulumi:pulumi:Stack                   rec-dev  **creating failed**  1 error
       +   └─ pulumi-nodejs:dynamic/probe:Thing  a        **creating failed**  1 error

      Diagnostics:
        pulumi:pulumi:Stack (rec-dev):
          error: update failed

        pulumi-nodejs:dynamic/probe:Thing (a):
          error: create refused: a

      Resources:
          + 1 created
          1 errored

      Duration: 2s

      "
    `);
  });

  test("that broke off before its summary still shows what it said", () => {
    expect(printed("table", events.slice(0, 4), false).stdout).toContain("error: create refused: a");
  });
});

test("`refresh` tells what it found; beside an up it stays a refresh", () => {
  const sides = { old: { id: "id-a", outputs: { size: 1 } }, new: { id: "id-a", outputs: { size: 7 } } };
  const done = thing("step-done", "refresh", "a", sides) as Extract<EngineEvent, { type: "step-done" }>;
  const events = (command: "refresh" | "up"): EngineEvent[] => [
    prelude(command, false),
    thing("step", "refresh", "a", sides),
    { ...done, step: { ...done.step, resultOp: "update" } },
  ];
  expect(printed("diff", events("refresh")).stdout).toContain("(update)");
  expect(printed("diff", events("up")).stdout).toContain("(refresh)");
});

test("no view prints a secret, wherever it stands", () => {
  const HUSH = "hush-hush";
  const leaf = fc.constantFrom<PropertyValue>("plain", 1, null, secret(HUSH), UNKNOWN);
  const { tree } = fc.letrec<{ tree: PropertyValue }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("a", "b", "c"), tie("tree")),
    ),
  }));
  const map = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tree);
  fc.assert(
    fc.property(map, map, map, fc.constantFrom("table", "diff", "json"), (before, inputs, outputs, view) => {
      const sides = { old: { inputs: before, outputs: before }, new: { inputs, outputs } };
      const events = [
        prelude("up", false),
        stack("step", "same"),
        thing("step", "update", "a", sides),
        thing("step-done", "update", "a", sides),
        thing("step", "create", "b", { new: { inputs } }),
        thing("step-done", "create", "b", { new: { inputs, outputs } }),
        stack("step-done", "same", { old: before, new: outputs }),
        summary({ update: 1 }),
      ];
      const { stdout, stderr } = printed(view as "table", events);
      expect(stdout + stderr).not.toContain(HUSH);
    }),
  );
});

describe("colors", () => {
  const terminal = { isTTY: true };
  test.each([
    ["the option before all", "always", { isTTY: false }, { NO_COLOR: "1" }, "always"],
    ["NO_COLOR before FORCE_COLOR", "auto", terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }, "never"],
    ["an empty NO_COLOR is none", "auto", terminal, { NO_COLOR: "" }, "always"],
    ["FORCE_COLOR before TERM=dumb", "auto", { isTTY: false }, { FORCE_COLOR: "1", TERM: "dumb" }, "always"],
    ["FORCE_COLOR=0 forces nothing", "auto", { isTTY: false }, { FORCE_COLOR: "0" }, "never"],
    ["a dumb terminal has none", "auto", terminal, { TERM: "dumb" }, "never"],
    ["a terminal has them", "auto", terminal, {}, "always"],
    ["a pipe has none", "auto", {}, {}, "never"],
    ["raw stays raw", "raw", terminal, { NO_COLOR: "1" }, "raw"],
  ] as const)("%s", (_, choice, stream, env, mode) => {
    expect(resolveColor(choice, stream, env)).toBe(mode);
  });

  test("are escape sequences or Pulumi's own tags", () => {
    expect(painter("always")("create", "x")).toBe("\u001b[32mx\u001b[39m");
    expect(painter("raw")("create", "x")).toBe("<{%fg 2%}>x<{%reset%}>");
    expect(painter("never")("create", "x")).toBe("x");
  });
});

test("a text of several lines shows its changed lines, with a little around them", () => {
  const old = ["a", "b", "c", "d", "e", "f", "g"].join("\n");
  const now = ["a", "b", "c", "d", "e", "F", "g"].join("\n");
  expect(lineDiff(old, now).map(({ op, line }) => `${op} ${line}`)).toEqual([
    "same ...",
    "same d",
    "same e",
    "delete f",
    "create F",
    "same g",
  ]);
});
