import { generateKeyPairSync, sign } from "node:crypto";
import { fileURLToPath } from "node:url";
import { previewProgram } from "mongofed/testing";
import { describe, expect, test } from "vitest";

const program = fileURLToPath(new URL(".", import.meta.url));
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ISSUER_JWKS = JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "local" }] });

/** A token of an issuer that exists for the time of this test. */
function issue(changes: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: "RS256", typ: "JWT", kid: "local" };
  const claims = {
    iss: "https://login.example.com",
    aud: "mongodb",
    sub: "ada",
    groups: ["dba"],
    iat: now,
    exp: now + 60,
  };
  const signed = [header, { ...claims, ...changes }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

async function preview(config: Record<string, string> = {}, DBA_JWT = issue()) {
  const { ok, findings, messages } = await previewProgram(program, {
    stack: "demo",
    config,
    env: { DBA_JWT, ISSUER_JWKS },
  });
  return {
    ok,
    said: messages.map(({ text }) => text).join("\n"),
    unmet: findings.map(({ code, path }) => `${code} ${path}`),
  };
}

test("everybody gets in who should, and nobody else", async () => {
  const { ok, said, unmet } = await preview();
  expect({ ok, unmet }).toEqual({ ok: true, unmet: [] });
  expect(said).toContain('4 of 4 as expected (TokenCheck "who gets in")');
  expect(said).toContain('1 of 1 as expected (TokenCheck "a real token")');
});

describe("a change that would lock people out ends the preview", () => {
  test("another audience than the one in the tokens that are issued", async () => {
    const { ok, said, unmet } = await preview({ audience: "mongodb-new" });
    expect(ok).toBe(false);
    expect(new Set(unmet)).toEqual(new Set(["FED150 tokens.the pipeline's own"]));
    expect(said).toContain('the audience of corp is "mongodb-new", in the token it is "mongodb"');
  });

  test("another name of a group", async () => {
    const { ok, unmet } = await preview({ dbaGroup: "DBA" });
    expect(ok).toBe(false);
    expect(new Set(unmet)).toEqual(new Set(["FED150 tokens.a DBA", "FED150 tokens.the pipeline's own"]));
  });

  test("an identity provider that leaves the groups out", async () => {
    const { ok, unmet } = await preview({}, issue({ groups: undefined }));
    expect(ok).toBe(false);
    expect(unmet).toContain("FED150 tokens.the pipeline's own");
  });
});
