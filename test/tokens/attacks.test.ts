/** Attacks that are known against software that reads tokens: each is refused, or told of where a server lets it pass. */

import { createHmac, sign } from "node:crypto";
import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { issuerFault } from "../../provider/rules/identity-provider.ts";
import {
  AUDIENCE,
  claims,
  curveKey,
  encode,
  header,
  ISSUER,
  issue,
  judged,
  key,
  NOW,
  otherKey,
  rsaKey,
  type Setting,
  seal,
  verdictOf,
} from "./issuer.ts";

type Attack = [attack: string, what: string, token: () => string, verdict: string, setting?: Setting];

const attacker = rsaKey("attacker");
const body = encode(claims);
const signature = () => issue().split(".")[2] ?? "";

function hmac(secret: string | Buffer, alg = "HS256"): string {
  const signed = `${encode({ ...header, alg })}.${body}`;
  return `${signed}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(signed)
    .digest("base64url")}`;
}

const pem = (type: "spki" | "pkcs1") => key.publicKey.export({ type, format: "pem" }).toString();
const withKeys = (...keys: unknown[]): Setting => ({ keys: { keys } });

const attacks: Attack[] = [
  ...["none", "None", "NONE", "nOnE"].flatMap((alg): Attack[] => [
    ["A1", `alg ${alg}, without a signature`, () => `${encode({ ...header, alg })}.${body}.`, "refused FED120"],
    [
      "A1",
      `alg ${alg}, with the signature kept`,
      () => `${encode({ ...header, alg })}.${body}.${signature()}`,
      "refused FED120",
    ],
  ]),
  ["A2", "HMAC with the public key as PEM", () => hmac(pem("spki")), "refused FED121"],
  ["A2", "HMAC with the public key as PEM without its last line end", () => hmac(pem("spki").trim()), "refused FED121"],
  ["A2", "HMAC with the public key as PKCS1", () => hmac(pem("pkcs1")), "refused FED121"],
  [
    "A2",
    "HMAC with the public key as DER",
    () => hmac(key.publicKey.export({ type: "spki", format: "der" })),
    "refused FED121",
  ],
  ["A2", "HMAC with the public key as JWK", () => hmac(JSON.stringify(key.jwk), "HS512"), "refused FED121"],
  [
    "A3",
    "a key in the header that signs the token",
    () => issue({}, { jwk: attacker.jwk, kid: "attacker" }, attacker),
    "refused FED109 | FED123",
  ],
  [
    "A3",
    "a key in the header under a kid that is known",
    () => issue({}, { jwk: attacker.jwk }, attacker),
    "refused FED128 | FED123",
  ],
  [
    "A4",
    "an address of keys in the header",
    () => issue({}, { jku: "https://evil.example/jwks" }, attacker),
    "refused FED128 | FED124",
  ],
  [
    "A4",
    "an address of certificates in the header",
    () => issue({}, { x5u: "https://evil.example/x" }),
    "accepted | FED124",
  ],
  ["A5", "a certificate in the header", () => issue({}, { x5c: ["MIIB"] }, attacker), "refused FED128 | FED125"],
  ...[
    "../../dev/null",
    "/dev/null",
    "x' UNION SELECT 'secret",
    "*)(uid=*))(|(uid=*",
    "a\0b",
    "x;rm -rf",
    "k".repeat(2000),
    "",
  ].map(
    (kid): Attack => [
      "A6",
      `kid ${JSON.stringify(kid.slice(0, 30))}`,
      () => issue({}, { kid }),
      "refused FED109 | FED126",
    ],
  ),
  ["A6", "half a character as kid", () => issue({}, '{"alg":"RS256","kid":"\\ud800"}'), "refused FED109 | FED126"],
  ["A6", "a number as kid", () => issue({}, { kid: 1 }), "refused FED109"],
  ["A6", "a list as kid", () => issue({}, { kid: [key.kid] }), "refused FED109"],
  ["A6", "a kid of a million characters", () => issue({}, { kid: "k".repeat(1_000_000) }), "refused FED136"],
  ["A7", "no signature", () => `${encode(header)}.${body}.`, "refused FED128"],
  ["A7", "a signature cut short", () => issue().slice(0, -2), "refused FED128"],
  ["A7", "a signature of zeros", () => `${encode(header)}.${body}.${encode(new Uint8Array(256))}`, "refused FED128"],
  [
    "A7",
    "r and s of zero",
    () => `${encode({ ...header, alg: "ES256", kid: "p256" })}.${body}.${encode(new Uint8Array(64))}`,
    "refused FED129? FED128",
    { ...withKeys(curveKey("p256", "P-256").jwk), server: "8.2" },
  ],
  ["A8", "HMAC with an empty secret", () => hmac(""), "refused FED121 FED122"],
  ["A9", "alg twice", () => seal(`${encode('{"alg":"none","kid":"key-1","alg":"RS256"}')}.${body}`), "refused FED130"],
  [
    "A9",
    "iss twice",
    () => issue(JSON.stringify(claims).replace("{", '{"iss":"https://evil.example",')),
    "refused FED130",
  ],
  [
    "A9",
    "a claim twice that the server does not know",
    () => issue(JSON.stringify(claims).replace("{", '{"x":1,"x":2,')),
    "accepted | FED130",
  ],
  [
    "A9",
    "a name twice, once written with an escape",
    () => issue(JSON.stringify(claims).replace("{", '{"i\\u0073s":"https://evil.example",')),
    "refused FED130",
  ],
  ...[["exp"], ["unknown"], [], "b64", ["exp", "exp"]].map(
    (crit): Attack => ["A10", `crit ${JSON.stringify(crit)}`, () => issue({}, { crit }), "accepted | FED127"],
  ),
  ["A10", "b64 with crit", () => issue({}, { crit: ["b64"], b64: false }), "accepted | FED127 FED127"],
  ["A10", "b64 without crit", () => issue({}, { b64: false }), "accepted | FED127"],
  [
    "A10",
    "crit, and a signature by another key",
    () => issue({}, { crit: ["x"], alg: "PS256" }, otherKey),
    "refused FED128 | FED127",
  ],
  ...[1, 2, 4, 5].map(
    (parts): Attack => ["A11", `${parts} parts`, () => Array(parts).fill(body).join("."), "refused FED101"],
  ),
  [
    "A11",
    "JSON in place of the compact form",
    () => JSON.stringify({ payload: body, signatures: [] }),
    "refused FED101",
  ],
  ["A11", "zip in the header", () => issue({}, { zip: "DEF" }), "accepted | FED127"],
  [
    "A11",
    "a token inside a token",
    () => seal(`${encode({ ...header, cty: "JWT" })}.${encode(issue())}`),
    "refused FED137 | FED127",
  ],
  ["A12", "white space in a part", () => issue().replace(".", ". "), "refused FED141 FED128"],
  ["A12", "a line break in a part", () => issue().replace(".", ".\n"), "refused FED141 FED128"],
  ["A12", "the alphabet of plain base64", () => `${encode(header)}.${body}./${signature().slice(1)}`, "refused FED141"],
  [
    "A12",
    "padding inside a part",
    () => `${encode(header)}.${body.slice(0, 4)}=${body.slice(5)}.${signature()}`,
    "refused FED141 FED128",
  ],
  ["A12", "less padding than belongs there", () => `${issue()}=`, "accepted | FED141"],
  ["A12", "more padding than belongs there", () => `${issue()}===`, "refused FED141"],
  ["A12", "much more padding than belongs there", () => `${issue()}${"=".repeat(1000)}`, "refused FED141"],
  ["A12", "padding of the signature", () => `${issue()}==`, "accepted | FED141"],
  ["A12", "stray bits at the end of the signature", () => strayBits(issue()), "accepted | FED141"],
  ["A12", "a byte order mark", () => issue(`\ufeff${JSON.stringify(claims)}`), "refused FED137"],
  [
    "A12",
    "bytes that are no UTF-8, within a text",
    () =>
      seal(
        `${encode(header)}.${encode(Buffer.concat([Buffer.from(JSON.stringify(claims).slice(0, -1)), Buffer.from(',"x":"'), Buffer.from([0xff]), Buffer.from('"}')]))}`,
      ),
    "refused FED137",
  ],
  [
    "A12",
    "bytes that are no UTF-8",
    () => seal(`${encode(header)}.${encode(Buffer.from([0x7b, 0xff, 0x7d]))}`),
    "refused FED137",
  ],
  [
    "A12",
    "UTF-16",
    () => seal(`${encode(header)}.${encode(Buffer.from(JSON.stringify(claims), "utf16le"))}`),
    "refused FED137",
  ],
  ["A13", "exp as a text", () => issue({ exp: "2100-01-01" }), "refused FED131"],
  ["A13", "exp before 1970", () => issue({ exp: -1 }), "refused FED108 | FED131"],
  [
    "A13",
    "exp larger than a number can be",
    () => issue(JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e400')),
    "refused FED136",
  ],
  ["A13", "exp larger than a date can be", () => issue({ exp: 1e300 }), "unknown FED131?"],
  ["A13", "exp is not after iat", () => issue({ iat: NOW, exp: NOW }), "accepted | FED131"],
  ["A14", "an aud within a list within a list", () => issue({ aud: [[AUDIENCE]] }), "refused FED111"],
  ["A14", "aud in another case", () => issue({ aud: "MongoDB" }), "refused FED132"],
  ["A14", "iss with the port that goes without saying", () => issue({ iss: `${ISSUER}:443` }), "refused FED107"],
  [
    "A14",
    "iss with a letter that looks like another",
    () => issue({ iss: "https://idp.ex\u0430mple.com" }),
    "refused FED132",
  ],
  [
    "A14",
    "iss as a template",
    () => issue({ iss: "https://login.microsoftonline.com/{tenantid}/v2.0" }),
    "refused FED132",
  ],
  ...["Sub", "\u017fub", "sub\0", "s\u200bub"].map(
    (name): Attack => [
      "A15",
      `a claim named ${JSON.stringify(name)}`,
      () => issue({ sub: undefined, [name]: "root" }),
      "refused FED111 FED138 | FED133",
    ],
  ),
  [
    "A15",
    "a claim named __proto__",
    () => issue(JSON.stringify(claims).replace("{", '{"__proto__":{"sub":"root"},')),
    "accepted | FED133",
  ],
  [
    "A15",
    "claims within __proto__ do not count",
    () => issue('{"__proto__":{"iss":"x","sub":"root","aud":"mongodb","exp":9e9}}'),
    "refused FED111 FED111 FED111 FED111 FED138 FED139 | FED133",
  ],
  ["A15", "a claim named constructor", () => issue({ constructor: { prototype: {} } }), "accepted | FED133"],
  ["A16", "an ID token in place of an access token", () => issue({ nonce: "n", at_hash: "h" }), "accepted | FED114"],
  ["A16", "a security event token", () => issue({}, { typ: "secevent+jwt" }), "refused FED102"],
  [
    "A17",
    "one kid twice in the key set",
    () => issue(),
    "refused FED110",
    withKeys(key.jwk, { ...otherKey.jwk, kid: key.kid }),
  ],
  [
    "A17",
    "one kid for keys of two types",
    () => issue(),
    "accepted | FED135",
    withKeys(key.jwk, { kty: "OKP", crv: "Ed25519", x: "AA", kid: key.kid }),
  ],
  ["A17", "no key at all", () => issue(), "refused FED109", withKeys()],
  ["A17", "a key for encryption only", () => issue(), "accepted | FED135", withKeys({ ...key.jwk, use: "enc" })],
  [
    "A17",
    "a shared secret in the key set",
    () => issue(),
    "accepted | FED134 FED135",
    withKeys(key.jwk, { kty: "oct", k: "c2VjcmV0", kid: "oct" }),
  ],
  [
    "A17",
    "a private key in the key set",
    () => issue(),
    "accepted | FED134",
    withKeys({ ...key.privateKey.export({ format: "jwk" }), kid: key.kid }),
  ],
  ["A17", "ten thousand keys", () => issue(), "refused FED136", withKeys(...Array(10_000).fill(key.jwk))],
  [
    "A17",
    "a key set of sixteen megabytes",
    () => issue(),
    "refused FED136",
    { keys: `{"keys":[],"x":"${"x".repeat(16e6)}"}` },
  ],
  ["A17", "a key set that is none", () => issue(), "refused FED110", { keys: "<html>" }],
  ["A18", "claims of a hundred thousand brackets", () => issue("[".repeat(100_000)), "refused FED136"],
  ["A18", "brackets within a claim", () => issue(`{"x":${"[".repeat(5000)}`), "refused FED136"],
  ["A18", "a token of ten megabytes", () => issue({ x: "x".repeat(1e7) }), "refused FED136"],
  [
    "A18",
    "a hundred and fifty lists, each within the other",
    () => issue(`{"x":${"[".repeat(150)}${"]".repeat(150)}}`),
    "refused FED136",
  ],
  ["A18", "a small number of a thousand digits", () => issue(`{"x":0.${"0".repeat(1000)}1}`), "refused FED136"],
  ["A18", "a number of a million digits", () => issue(`{"x":${"9".repeat(500_000)}}`), "refused FED136"],
];

function strayBits(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? "") + 1];
}

describe.each(Object.entries(Object.groupBy(attacks, ([attack]) => attack)))("%s", (_, rows = []) => {
  test.each(rows)("%s: %s", async (_attack, _what, token, verdict, setting) => {
    expect(await verdictOf(token(), setting)).toBe(verdict);
  });
});

test("every attack has a code of its own", () => {
  const codes = Object.entries(Object.groupBy(attacks, ([attack]) => attack)).map(([attack, rows = []]) => ({
    attack,
    codes: new Set(rows.flatMap(([, , , verdict]) => verdict.match(/FED\d{3}/g) ?? [])),
  }));
  expect(codes.map(({ attack }) => attack)).toEqual(Array.from({ length: 18 }, (_, index) => `A${index + 1}`));
  const own: Record<string, string> = {
    A1: "FED120",
    A2: "FED121",
    A3: "FED123",
    A4: "FED124",
    A5: "FED125",
    A6: "FED126",
    A7: "FED128",
    A8: "FED122",
    A9: "FED130",
    A10: "FED127",
    A11: "FED101",
    A12: "FED141",
    A13: "FED131",
    A14: "FED107",
    A15: "FED133",
    A16: "FED114",
    A17: "FED110",
    A18: "FED136",
  };
  expect(new Set(Object.values(own)).size).toBe(18);
  for (const { attack, codes: found } of codes) expect(found, attack).toContain(own[attack]);
});

test("A4: no socket is opened", async () => {
  const dialled = vi.spyOn(await import("node:net").then(({ Socket }) => Socket.prototype), "connect");
  await judged(issue({}, { jku: "https://evil.example/jwks", x5u: "https://evil.example/x" }));
  expect(dialled).not.toHaveBeenCalled();
  // The spy sees what it is there for.
  connect(9, "127.0.0.1").on("error", () => {});
  expect(dialled).toHaveBeenCalledOnce();
  dialled.mockRestore();
});

test("A15: no name in a token reaches the prototype of objects", async () => {
  await judged(issue('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("A10: a signature counts also where jose would not look at it", async () => {
  for (const alg of ["RS256", "RS512", "PS256"]) {
    expect((await judged(issue({}, { alg, crit: ["x"] }))).signature).toBe("valid");
    expect((await judged(issue({}, { alg, crit: ["x"] }, otherKey))).signature).toBe("invalid");
  }
  const p256 = curveKey("p256", "P-256");
  const token = issue({}, { alg: "ES256", kid: "p256", crit: ["x"] }, p256);
  expect((await judged(token, { ...withKeys(p256.jwk), server: "8.2" })).signature).toBe("valid");
  const signed = `${encode({ ...header, alg: "ES256", kid: "p256" })}.${body}`;
  const der = `${signed}.${sign("sha256", Buffer.from(signed), p256.privateKey).toString("base64url")}`;
  expect((await judged(der, { ...withKeys(p256.jwk), server: "8.2" })).signature).toBe("invalid");
});

describe("an issuer of 700,000 slashes", () => {
  const slashes = `${ISSUER}${"/".repeat(700_000)}x`;

  test("in a token takes no more time than any other text of its length", async () => {
    const began = performance.now();
    expect(await verdictOf(issue({ iss: slashes }), { keys: false })).toBe("refused FED132");
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("in a configuration is refused for its length", () => {
    expect(issuerFault(slashes)?.message).toBe("the issuer has 700024 characters, and the limit is 2048");
  });
});
