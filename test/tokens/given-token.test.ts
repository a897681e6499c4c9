import { describe, expect, test } from "vitest";
import { textOfBytes, tokenIn } from "../../provider/tokens/index.ts";
import { issue } from "./issuer.ts";

const token = issue();
const wrapped = token.replace(/.{64}/g, "$&\n");

describe("a token is found", () => {
  test.each([
    ["as it is", token],
    ["with white space around it", `\r\n ${token}\n\n`],
    ["after Bearer", `Bearer ${token}`],
    ["after bearer, in small letters", `bearer  ${token}\n`],
    ["in an Authorization header", `Authorization: Bearer ${token}`],
    ["in a quoted header", `'authorization: bearer ${token}'`],
    ["in quotation marks", `"${token}"`],
    ["with a byte order mark", `\uFEFF${token}`],
    ["with line breaks inside", wrapped],
    ["with Windows line breaks inside", wrapped.replaceAll("\n", "\r\n")],
    ["in the answer of a token endpoint", JSON.stringify({ id_token: "x", access_token: token, expires_in: 3600 })],
    ["in the answer of az account get-access-token", JSON.stringify({ accessToken: token })],
    ["in the answer of kubectl create token", JSON.stringify({ kind: "TokenRequest", status: { token } })],
    ["in the answer of GitHub Actions", JSON.stringify({ count: 1, value: token })],
    ["in an answer without access token", JSON.stringify({ id_token: token })],
  ])("%s", (_, text) => {
    expect(tokenIn(text).source).toEqual({ token });
  });
});

test("says where in a JSON document it was, and that white space was removed", () => {
  expect(tokenIn(JSON.stringify({ access_token: wrapped })).notes).toEqual([
    "the token was taken from access_token of a JSON document",
    "white space inside the token was removed",
  ]);
});

test.each(["", "opaque", "a b", "{", "[]", '{"hello":1}', "eyJ.x", `${token}.x.y`, "null"])(
  "leaves what is no token as it is: %j",
  (text) => {
    expect(tokenIn(text)).toEqual({ source: { token: text }, notes: [] });
  },
);

test("takes a JSON object with claims for claims", () => {
  expect(tokenIn(' {"sub":"ada","groups":["dba"]}\n').source).toEqual({ claims: { sub: "ada", groups: ["dba"] } });
});

describe("bytes are read", () => {
  const utf16 = Buffer.from(token, "utf16le");
  const mark = Buffer.from([0xff, 0xfe]);
  const swapped = Buffer.from(utf16).swap16();
  test.each([
    ["as UTF-8", Buffer.from(token)],
    ["as UTF-8 with a mark", Buffer.from(`\uFEFF${token}`)],
    ["as UTF-16, little endian", Buffer.concat([mark, utf16])],
    ["as UTF-16, big endian", Buffer.concat([Buffer.from([0xfe, 0xff]), swapped])],
    ["as UTF-16 without a mark, little endian", utf16],
    ["as UTF-16 without a mark, big endian", swapped],
  ])("%s", (_, bytes) => {
    expect(textOfBytes(bytes)).toBe(token);
  });

  test("of any length without an error", () => {
    for (const bytes of [[], [0xff], [0xff, 0xfe], [0xff, 0xfe, 0x41], [0], [0, 0], [0, 65, 0]])
      expect(() => textOfBytes(Uint8Array.from(bytes))).not.toThrow();
  });
});
