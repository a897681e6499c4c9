import fc from "fast-check";
import protobuf from "google-protobuf";
import { describe, expect, test } from "vitest";
import { decode, encode, type Message } from "../../../../provider/engines/terraform/plugin/protobuf.ts";

const Inner = { count: { id: 1, type: "int64" } } as const satisfies Message;
const Outer = {
  text: { id: 1, type: "string" },
  data: { id: 2, type: "bytes" },
  flag: { id: 3, type: "bool" },
  count: { id: 400, type: "int64" },
  inner: { id: 5, type: Inner },
  texts: { id: 6, type: "string", many: "list" },
  inners: { id: 7, type: Inner, many: "map" },
} as const satisfies Message;

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const text = fc.string({ unit: "binary" });
const outer = fc.record({
  text,
  data: fc.uint8Array({ max: 255 }).map((bytes) => new Uint8Array(bytes)),
  flag: fc.boolean(),
  count,
  inner: fc.record({ count }),
  texts: fc.array(text),
  inners: fc.dictionary(fc.oneof(text, fc.constant("__proto__")), fc.record({ count })),
});
type Outer = typeof outer extends fc.Arbitrary<infer Value> ? Value : never;

/** The same message, by Google's own library. */
function written({ text, data, flag, count, inner, texts, inners }: Outer): Uint8Array {
  const writer = new protobuf.BinaryWriter();
  const writeInner = (value: { count: number }, to: protobuf.BinaryWriter) => to.writeInt64(1, value.count);
  // A field of a later version of the protocol, of each kind.
  writer.writeString(99, "later");
  writer.writeDouble(98, 0.5);
  writer.writeFixed32(97, 7);
  writer.writeString(1, text);
  writer.writeBytes(2, data);
  writer.writeBool(3, flag);
  writer.writeInt64(400, count);
  writer.writeMessage(5, inner, writeInner);
  writer.writeRepeatedString(6, texts);
  for (const [key, value] of Object.entries(inners)) {
    writer.writeMessage(7, value, (_, entry) => {
      entry.writeString(1, key);
      entry.writeMessage(2, value, writeInner);
    });
  }
  return writer.getResultBuffer();
}

describe("a message", () => {
  test("that another library wrote is read as it was meant, whatever else is in it", () => {
    fc.assert(
      fc.property(outer, (value) => {
        expect(plain(decode(Outer, written(value)))).toEqual(plain(value));
      }),
    );
  });

  test("comes back as it was written", () => {
    fc.assert(
      fc.property(outer, (value) => {
        expect(plain(decode(Outer, encode(Outer, value)))).toEqual(plain(value));
      }),
    );
  });

  test("is written as the format's own documentation says", () => {
    expect(Buffer.from(encode(Inner, { count: 150 })).toString("hex")).toBe("089601");
    expect(Buffer.from(encode(Outer, { text: "testing" })).toString("hex")).toBe("0a0774657374696e67");
  });

  test("of which nothing was sent holds defaults, and no messages", () => {
    expect(decode(Outer, new Uint8Array())).toEqual({
      text: "",
      data: new Uint8Array(),
      flag: false,
      count: 0,
      texts: [],
      inners: {},
    });
  });

  test("writes a zero, which is not the same as nothing where one of several fields is chosen", () => {
    expect(encode(Inner, { count: 0 })).toHaveLength(2);
  });

  test("that ends too early, or has a field that the table does not know, is an error", () => {
    for (const cut of ["0a", "0a0774", "08", "9898", "0b"]) {
      expect(() => decode(Outer, Buffer.from(cut, "hex")), cut).toThrow(RangeError);
    }
    expect(() => encode(Inner, { counts: 1 } as object)).toThrow('no field "counts"');
  });
});

/** With its bytes and its keys in a form that compares. */
function plain(value: Outer | object): object {
  const { data, inners, ...rest } = value as Outer;
  return { ...rest, data: Buffer.from(data).toString("hex"), inners: Object.entries(inners).sort(byKey) };
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
