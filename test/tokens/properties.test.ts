/** Properties of every token, tested with generated ones. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBase64Url } from "../../provider/tokens/base64url.ts";
import { type Judgement, judge, screenKeys, serverOf } from "../../provider/tokens/index.ts";
import { parseJson } from "../../provider/tokens/json.ts";
import { claims, config, encode, header, issue, judged, key, keySet, NOW_MS, type Setting, seal } from "./issuer.ts";

const token = issue();
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Anything that a text can be, some of it close to a token. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...ALPHABET, ".", "=", "+", "\n"), maxLength: 200 }),
  fc.tuple(fc.json(), fc.json()).map(([a, b]) => seal(`${encode(a)}.${encode(b)}`)),
);
const json = fc.jsonValue({ maxDepth: 3 });

/** Everything that a judgement says, in one text. */
const said = (judgement: Judgement) => JSON.stringify(judgement);

describe("a token that is changed", () => {
  test("in a byte that it encodes is refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...ALPHABET), async (at, character) => {
        fc.pre(token[at] !== "." && token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        const same = bytes(changed).every((part, index) => part.equals(bytes(token)[index] as Buffer));
        fc.pre(!same);
        expect((await judged(changed)).outcome).toBe("refused");
      }),
    );
  });

  test("in a stray bit of its signature alone is accepted, with advice; of the signed parts refused", async () => {
    const last = (part: string) => {
      const value = ALPHABET.indexOf(part.at(-1) ?? "");
      const spare = part.length % 4 === 2 ? 4 : part.length % 4 === 3 ? 2 : 0;
      return Array.from({ length: (1 << spare) - 1 }, (_, bit) => part.slice(0, -1) + ALPHABET[value ^ (bit + 1)]);
    };
    const parts = token.split(".");
    for (const [index, part] of parts.entries()) {
      for (const changed of last(part)) {
        const { outcome, advice } = await judged(parts.with(index, changed).join("."));
        expect(outcome).toBe(index === 2 ? "accepted" : "refused");
        expect(advice.map(({ code }) => code)).toContain("FED141");
      }
    }
  });

  test("by a character that base64url does not have is refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length), fc.constantFrom(..."+/ \t\0é.="), async (at, character) => {
        // Padding that completes, or may, has cases of its own.
        fc.pre(!(character === "=" && at === token.length));
        expect((await judged(token.slice(0, at) + character + token.slice(at))).outcome).toBe("refused");
      }),
    );
  });
});

describe("for any input", () => {
  test("a token is judged without an error, and not accepted unless it is signed", async () => {
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        const { outcome } = await judged(given);
        expect(outcome).toBe("refused");
      }),
    );
  });

  test("signed claims and headers of any form are judged without an error", async () => {
    const name = fc.constantFrom(
      "iss",
      "sub",
      "aud",
      "exp",
      "nbf",
      "iat",
      "auth_time",
      "groups",
      "_claim_names",
      "nonce",
    );
    const field = fc.constantFrom("alg", "kid", "typ", "crit", "jwk", "jku", "x5c", "nonce");
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, json), fc.dictionary(field, json), async (changes, headerChanges) => {
        const changed = seal(`${encode({ ...header, ...headerChanges })}.${encode({ ...claims, ...changes })}`);
        expect(["accepted", "refused", "unknown"]).toContain((await judged(changed)).outcome);
      }),
    );
  });

  test("claims alone and key sets of any form are judged without an error", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (given, keys) => {
        const keySet = screenKeys(keys, serverOf("8.2"));
        expect(keySet.keys.size).toBe(0);
        await judge({ claims: given }, { config: config(), keys: keySet, now: NOW_MS });
      }),
    );
  });

  test("keys of any form are screened without an error", () => {
    const part = fc.oneof(fc.constantFrom(key.jwk.n, key.jwk.e, "AQAB", ""), json);
    const jwk = fc.record(
      {
        kty: fc.constantFrom("RSA", "EC", "oct", "OKP"),
        kid: part,
        n: part,
        e: part,
        x: part,
        y: part,
        use: part,
        crv: fc.constantFrom("P-256", "P-384", "P-521"),
      },
      { requiredKeys: ["kty"] },
    );
    fc.assert(
      fc.property(fc.array(jwk), fc.constantFrom("7.0", "8.0", "8.2"), (keys, version) => {
        const { keys: usable, dropped, findings } = screenKeys({ keys }, serverOf(version));
        expect(dropped === true).toBe(findings.some(({ code, effect }) => code === "FED110" && effect === "refuses"));
        if (dropped === true) expect(usable.size).toBe(0);
      }),
    );
  });
});

describe("nothing is repeated", () => {
  test("of a token that is refused or accepted, neither the token nor its signature nor its claims as they stand", async () => {
    const settings: Setting[] = [
      {},
      { keys: false },
      { keys: { keys: [] } },
      { config: { identityProviders: [], groups: [] } },
    ];
    const tokens = [
      token,
      issue({ exp: 1 }),
      issue({ iss: "x" }, { typ: "y" }),
      `${token}.x`,
      token.replaceAll(".", ""),
    ];
    for (const given of tokens) {
      for (const setting of settings) {
        const text = said(await judged(given, setting));
        for (const part of [given, ...given.split(".").filter((segment) => segment.length > 80)])
          expect(text).not.toContain(part);
      }
    }
  });

  test("not even where a claim or a header holds the token itself", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("iss", "aud", "sub", "kid", "typ", "jku", "groups", "userName"),
        async (place) => {
          const changes = { [place]: place === "groups" ? [token] : token };
          const inHeader = ["kid", "typ", "jku"].includes(place);
          const given = inHeader ? issue({}, changes) : issue(changes);
          const { login: _, ...rest } = await judged(given, place === "userName" ? { userName: token } : {});
          expect(JSON.stringify(rest)).not.toContain(token);
          expect(JSON.stringify(rest)).not.toContain(token.split(".")[2]);
        },
      ),
      { numRuns: 16 },
    );
  });

  test("no control character of a token reaches a message", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 30 }), async (strange) => {
        const judgement = await judged(
          issue({ iss: strange, aud: strange, sub: strange }, { kid: strange, typ: strange }),
        );
        for (const { message } of [...judgement.server, ...judgement.advice])
          expect(message).not.toMatch(/\p{Cc}|\p{Cf}/u);
      }),
    );
  });
});

test("JSON is read as JSON.parse reads it, whatever it holds", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), (text) => {
      const read = parseJson(text);
      expect(typeof read === "string" ? read : JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]":,\\tfn0e1-. \n') }), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(typeof parseJson(text) !== "string").toBe(valid);
    }),
    { numRuns: 2000 },
  );
});

test("base64url is read as Buffer reads it, and nothing else is", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (given) => {
      const decoded = decodeBase64Url(Buffer.from(given).toString("base64url"));
      expect(decoded).toEqual({ bytes: Buffer.from(given), padded: false, strayBits: false });
    }),
  );
});

test("the same token has the same verdict with its keys in any order", async () => {
  const reversed = { keys: keySet.keys.toReversed() };
  expect(said(await judged(token, { keys: reversed }))).toBe(said(await judged(token)));
});

function bytes(given: string): Buffer[] {
  return given.split(".").map((part) => Buffer.from(part, "base64url"));
}
