import { ExtData, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ObjectType,
  pathSteps,
  typeOfBlock,
  type ValueType,
} from "../../../../provider/engines/terraform/plugin/value-type.ts";
import { decodeValue, encodeValue, parseState } from "../../../../provider/engines/terraform/plugin/values.ts";
import { type ObjectValue, UNKNOWN, type Value } from "../../../../provider/engines/terraform/protocol.ts";

const of = (type: ValueType): ObjectType => ({ kind: "object", attributes: { it: type } });
const received = (type: ValueType, it: unknown) => decodeValue(of(type), encode({ it }, { useBigInt64: true }))?.it;
const through = (type: ValueType, it: Value) => decodeValue(of(type), encodeValue(of(type), { it }))?.it;

/** Numbers in the one form that requests have: safe integers, or digits. */
const numbers: fc.Arbitrary<Value> = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n }).map(String),
  fc.bigInt({ max: -(2n ** 53n) }).map(String),
  fc.tuple(fc.bigInt(), fc.nat({ max: 10 ** 9 })).map(([whole, rest]) => `${whole}.${String(rest + 1)}`),
);

/** Some type, and values of it. */
function typed(depth: number): fc.Arbitrary<{ type: ValueType; value: fc.Arbitrary<Value> }> {
  const leaf = fc.constantFrom<{ type: ValueType; value: fc.Arbitrary<Value> }>(
    { type: "string", value: fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()) },
    { type: "number", value: numbers },
    { type: "bool", value: fc.boolean() },
  );
  if (depth === 0) return leaf;
  const inner = typed(depth - 1);
  // MessagePack's library refuses this one key, for good reason.
  const name = fc.string().filter((text) => text !== "__proto__");
  return fc.oneof(
    leaf,
    fc.tuple(fc.constantFrom("list", "set"), inner).map(([kind, { type, value }]) => ({
      type: { kind, of: type } as ValueType,
      value: fc.array(absent(value)),
    })),
    inner.map(({ type, value }) => ({
      type: { kind: "map", of: type } as ValueType,
      value: fc.dictionary(name, absent(value)),
    })),
    fc.dictionary(name, inner, { maxKeys: 4 }).map((fields) => {
      const each = Object.entries(fields);
      return {
        type: {
          kind: "object",
          attributes: Object.fromEntries(each.map(([key, { type }]) => [key, type])),
        } as ValueType,
        value: fc.record(
          Object.fromEntries(each.map(([key, { value }]) => [key, absent(value)])),
        ) as fc.Arbitrary<Value>,
      };
    }),
  );
}
const absent = (value: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 6, arbitrary: value }, fc.constant(null), fc.constant(UNKNOWN));

describe("a value", () => {
  test("comes back as it was sent, whatever its type", () => {
    const drawn = typed(3).chain(({ type, value }) => fc.tuple(fc.constant(type), absent(value)));
    fc.assert(
      fc.property(drawn, ([type, value]) => {
        expect(comparable(through(type, value))).toEqual(comparable(value));
      }),
    );
  });

  test("has every attribute of its type, also those that nobody set", () => {
    const type: ObjectType = { kind: "object", attributes: { a: "string", b: of("bool") } };
    expect(decodeValue(type, encodeValue(type, {}))).toEqual({ a: null, b: null });
    expect(decodeValue(type, encodeValue(type, { b: {} }))).toEqual({ a: null, b: { it: null } });
    expect(decodeValue(type, encodeValue(type, null))).toBeNull();
  });

  test("is unknown, whatever Terraform knows about it", () => {
    const refined = new ExtData(
      12,
      encode(
        new Map<number, unknown>([
          [1, false],
          [2, "https://example.com/"],
        ]),
      ),
    );
    for (const raw of [new ExtData(0, new Uint8Array(1)), new ExtData(0, new Uint8Array()), refined]) {
      expect(received("string", raw)).toBe(UNKNOWN);
      expect(received({ kind: "list", of: "string" }, ["a", raw])).toEqual(["a", UNKNOWN]);
    }
    // As go-cty writes it: one byte that means nothing.
    expect(Buffer.from(encodeValue(of("string"), { it: UNKNOWN })).toString("hex")).toBe("81a26974d40000");
  });

  test.each<[unknown, Value]>([
    [9007199254740993n, "9007199254740993"],
    [-9007199254740993n, "-9007199254740993"],
    [18446744073709551615n, "18446744073709551615"],
    [7n, 7],
    [0.5, "0.5"],
    [-0.375, "-0.375"],
    [2 ** -30, "0.000000000931322574615478515625"],
    [2 ** 60, "1152921504606846976"],
    ["0.1", "0.1"],
  ])("of a number %s is exact", (raw, expected) => {
    expect(received("number", raw)).toBe(expected);
    expect(through("number", expected)).toBe(expected);
  });

  test("of a number that a handler calculated is the shortest decimal, as it would be written", () => {
    expect(through("number", 0.1)).toBe("0.1");
    expect(through("number", 1e21)).toBe("1e+21");
  });

  test("that is written only never goes back", () => {
    const type = typeOfBlock({ attributes: { secret: { type: "string", writeOnly: true, sensitive: true } } });
    expect(decodeValue(type, encode({ secret: "x" }))).toEqual({ secret: "x" });
    expect(decodeValue(type, encodeValue(type, { secret: "x" }))).toEqual({ secret: null });
  });

  test.each<[string, ValueType, Value]>([
    ["it is no string, which its schema says it is", "string", 1],
    ["it is no bool, which its schema says it is", "bool", "true"],
    ["it is no number, which its schema says it is", "number", "1,5"],
    ["it is no number, which its schema says it is", "number", Number.NaN],
    ["it[1] is no string, which its schema says it is", { kind: "set", of: "string" }, ["a", 1]],
    ["it is no list, which its schema says it is", { kind: "list", of: "string" }, "a"],
    ["it.x is no bool, which its schema says it is", { kind: "map", of: "bool" }, { x: "secret" }],
    ["it.other is no attribute of the schema", of("string"), { other: "secret" }],
  ])("that is wrong is told by its place, and not shown: %s", (message, type, value) => {
    expect(() => encodeValue(of(type), { it: value } as ObjectValue)).toThrow(message);
    expect(() => encodeValue(of(type), { it: value } as ObjectValue)).not.toThrow("secret");
  });

  test("that Terraform sends in another type than the schema says is refused", () => {
    expect(() => received("bool", "true")).toThrow("it is no bool");
    expect(() => received("number", Number.POSITIVE_INFINITY)).toThrow("it is no number");
    expect(() => received({ kind: "map", of: "string" }, ["a"])).toThrow("it is no map");
    expect(() => received({ kind: "set", of: "string" }, { a: "b" })).toThrow("it is no set");
  });
});

describe("a state", () => {
  test("keeps the digits of its numbers", () => {
    const json = '{"a":9007199254740993,"b":0.10,"c":7,"d":[1.5],"e":"0.1","f":null}';
    expect(parseState(Buffer.from(json))).toEqual({
      a: "9007199254740993",
      b: "0.10",
      c: 7,
      d: ["1.5"],
      e: "0.1",
      f: null,
    });
  });
});

describe("a path", () => {
  const type = typeOfBlock({
    attributes: {
      name: { type: "string" },
      labels: { type: ["map", "string"] },
      tags: { type: ["set", "string"] },
      rules: { nested: { nesting: "list", attributes: { on: { type: ["list", "bool"] } } } },
      owner: { nested: { nesting: "single", attributes: { mail: { type: "string" } } } },
      access: { nested: { nesting: "set", attributes: { mail: { type: "string" } } } },
      plain: { type: ["object", { a: "string" }] },
      secret: { nested: { nesting: "map", attributes: { key: { type: "string" } } }, writeOnly: true },
    },
  });

  test.each([
    [["name"], [{ attributeName: "name" }]],
    [
      ["labels", "1"],
      [{ attributeName: "labels" }, { elementKeyString: "1" }],
    ],
    [
      ["rules", 1, "on", 0],
      [{ attributeName: "rules" }, { elementKeyInt: 1 }, { attributeName: "on" }, { elementKeyInt: 0 }],
    ],
    [
      ["owner", "mail"],
      [{ attributeName: "owner" }, { attributeName: "mail" }],
    ],
    [
      ["plain", "a"],
      [{ attributeName: "plain" }, { attributeName: "a" }],
    ],
    [
      ["secret", "x", "key"],
      [{ attributeName: "secret" }, { elementKeyString: "x" }, { attributeName: "key" }],
    ],
    // Not into a set, nor to what is not there.
    [["tags", 0], [{ attributeName: "tags" }]],
    [["access", 0, "mail"], [{ attributeName: "access" }]],
    [["rules", "first"], [{ attributeName: "rules" }]],
    [["owner", "constructor"], [{ attributeName: "owner" }]],
    [["other"], []],
    [[], []],
  ])("%j tells attributes from keys and indices", (path, steps) => {
    expect(pathSteps(type, path)).toEqual(steps);
  });
});

/** Objects compare without their prototypes, and an unknown value is none of them. */
function comparable(value: Value | undefined): unknown {
  return JSON.stringify(value, (_, item: Value) => {
    if (item === UNKNOWN) return { unknown: true };
    const isObject = item !== null && typeof item === "object" && !Array.isArray(item);
    return isObject ? Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)) : item;
  });
}
