import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  arrayOf,
  elementsOf,
  keysOf,
  valueAt,
  withValue,
  withValueAt,
} from "../../../provider/control-planes/cloud-manager/source.ts";

const odd = String.raw`{ "a,b" : [1.0, {"]":"}\""}, "caf\u00e9" ] ,"10":9007199254740993,
  "9" : {  } , "last":null }`;

test("a value is its source text", () => {
  expect(keysOf(odd)).toEqual(["a,b", "10", "9", "last"]);
  expect(valueAt(odd, "10")).toBe("9007199254740993");
  expect(valueAt(odd, "a,b")).toBe(String.raw`[1.0, {"]":"}\""}, "caf\u00e9" ]`);
  expect(elementsOf(valueAt(odd, "a,b")!)).toEqual(["1.0", String.raw` {"]":"}\""}`, String.raw` "caf\u00e9" `]);
  expect(elementsOf("[ ]")).toEqual([]);
});

test("null and missing are the same, and so is a path through what is no object", () => {
  expect([valueAt(odd, "last"), valueAt(odd, "none"), valueAt(odd, "10", "x")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("of two members of one name the last counts, as everywhere", () => {
  expect(valueAt('{"a":1,"a":2}', "a")).toBe("2");
  expect(withValue('{"a":1,"a":2}', "a", "3")).toBe('{"a":1,"a":3}');
  expect(withValue('{"a":1,"b":0,"a":2}', "a", undefined)).toBe('{"b":0}');
});

describe("a change", () => {
  test("replaces in its place, keeps all other bytes, and adds at the end", () => {
    expect(withValue(odd, "10", "7")).toBe(odd.replace("9007199254740993", "7"));
    expect(withValue("{ }", "x", "1")).toBe('{"x":1}');
    expect(withValue('{ "a" : 1 }', "x", "1")).toBe('{ "a" : 1 ,"x":1}');
  });

  test("deeper down makes what is missing on the way", () => {
    expect(withValueAt('{"auth":null}', ["auth", "usersWanted"], "[]")).toBe('{"auth":{"usersWanted":[]}}');
    expect(withValueAt("{}", ["auth", "usersWanted"], "[]")).toBe('{"auth":{"usersWanted":[]}}');
  });

  test("of a dollar sign is a dollar sign", () => {
    expect(withValue('{"a":"x"}', "a", '"$&$1$$"')).toBe('{"a":"$&$1$$"}');
  });
});

test("taken apart and put together, any document is the same text, and a change is what JSON itself would make", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), fc.nat(4), (object, value, indent) => {
      const text = JSON.stringify(object, null, indent);
      expect(keysOf(text)).toEqual(Object.keys(JSON.parse(text)));
      for (const key of keysOf(text)) {
        const source = valueAt(text, key);
        expect(JSON.parse(source ?? "null")).toEqual(JSON.parse(text)[key]);
        if (source === undefined) continue;
        expect(withValue(text, key, source)).toBe(text);
        if (source.startsWith("["))
          expect(arrayOf(elementsOf(source)).replace(/\s/g, "")).toBe(source.replace(/\s/g, ""));
        expect(JSON.parse(withValue(text, key, JSON.stringify(value)))).toEqual({
          ...JSON.parse(text),
          [key]: JSON.parse(JSON.stringify(value)),
        });
      }
    }),
  );
});
