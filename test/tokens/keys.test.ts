import { describe, expect, test } from "vitest";
import { screenKeys, serverOf } from "../../provider/tokens/index.ts";
import { key, otherKey, rsaKey } from "./issuer.ts";

const messages = (...keys: object[]) =>
  screenKeys({ keys }, serverOf("8.0")).findings.map(({ code, effect, message }) => `${effect} ${code} ${message}`);

/** A modulus of the form that the library of CVE-2017-15361 makes: a power of 65537 modulo a product of small primes. */
function rocaModulus(): string {
  const primes = Array.from({ length: 168 }, (_, n) => n).filter(
    (n) => n > 1 && !Array.from({ length: n }, (_, m) => m).some((m) => m > 1 && n % m === 0),
  );
  const product = primes.reduce((all, prime) => all * BigInt(prime), 1n);
  let power = 1n;
  for (let i = 0; i < 1_234_567 % 1000; i++) power = (power * 65_537n) % product;
  const multiple = (1n << 2047n) / product + 3n;
  return Buffer.from((power + multiple * product).toString(16), "hex").toString("base64url");
}

describe("a key with the ROCA weakness", () => {
  test("is loaded, with advice to replace it", () => {
    const weak = { kty: "RSA", kid: "weak", e: "AQAB", n: rocaModulus() };
    const { keys, findings } = screenKeys({ keys: [weak] }, serverOf("8.0"));
    expect(findings.map(({ code, effect }) => [code, effect])).toEqual([["FED147", "advises"]]);
    expect(findings[0]?.message).toBe('key "weak" has the ROCA weakness');
    expect([...keys.keys()]).toEqual(["weak"]);
  });

  test("is not seen in other keys", () => {
    for (const { jwk } of [key, otherKey, rsaKey("a"), rsaKey("b", 3072)]) expect(messages(jwk)).toEqual([]);
  });
});

describe("a key that says it is for something else", () => {
  test.each([
    [{ use: undefined, alg: "RSA-OAEP" }, 'alg "RSA-OAEP"'],
    [{ alg: "ES256" }, 'alg "ES256"'],
    [{ key_ops: ["encrypt"] }, "key_ops without verify"],
    [{ key_ops: [] }, "key_ops without verify"],
  ])("gets advice: %j", (changes, purpose) => {
    expect(messages({ ...key.jwk, ...changes })).toEqual([
      `advises FED135 key "key-1" is not meant for its signatures (${purpose})`,
    ]);
  });

  test.each([{ alg: "RS256" }, { alg: "PS256", key_ops: ["verify"] }, { key_ops: ["sign", "verify"] }])(
    "gets none where it fits: %j",
    (changes) => {
      expect(messages({ ...key.jwk, ...changes })).toEqual([]);
    },
  );

  test("gets one piece of advice for an encryption key", () => {
    expect(messages({ ...key.jwk, use: "enc", alg: "RSA-OAEP" })).toHaveLength(1);
  });
});
