import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { path } from "../../provider/http/path.ts";
import { redact, redactDeep, registerSecret } from "../../provider/http/redact.ts";
import { clientOf, errorOf, get, json, serve } from "./harness.ts";

/** The forms in which a secret may turn up, made here by other means than in the code under test. */
function disguises(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify({ secret }),
    JSON.stringify(JSON.stringify({ secret })),
    encodeURIComponent(secret),
    `${new URLSearchParams({ secret })}`,
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    btoa(String.fromCharCode(...Buffer.from(`user:${secret}`))),
    btoa(String.fromCharCode(...Buffer.from(`u1:${secret}:tail`))),
    Buffer.from(`us:${secret}`).toString("base64url"),
  ];
}

/** Whether anything that decodes to the secret is left: tried by decoding, not by searching for what we know. */
function reveals(text: string, secret: string): boolean {
  const runs = text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? [];
  const decoded = runs.flatMap((run) => [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), "base64").toString()));
  const hex = (text.match(/[0-9a-fA-F]{8,}/g) ?? []).map((run) => Buffer.from(run, "hex").toString());
  return [text, ...decoded, ...hex].some((part) => part.includes(secret));
}

describe("redact", () => {
  test("masks a registered secret in every encoding", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, maxLength: 60, unit: "binary" }), (secret) => {
        registerSecret(secret);
        for (const text of disguises(secret)) {
          const masked = redact(`before ${text} after`);
          expect(reveals(masked, secret), `${text} -> ${masked}`).toBe(false);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("masks what stands after Bearer and Basic, in a digest response, and as the password of a URL", () => {
    expect(redact("Authorization: Bearer abcdefghijklmnopqrstuvwxyz")).toBe("Authorization: Bearer [redacted]");
    expect(redact("basic dXNlcjpwYXNzd29yZDEyMw==")).toBe("basic [redacted]");
    expect(redact('response="0123456789abcdef0123456789abcdef"')).toBe('response="[redacted]"');
    expect(redact("http://user:pass@proxy:3128/x")).toBe("http://user:[redacted]@proxy:3128/x");
  });

  test("leaves ordinary text alone", () => {
    const text = "Basic authentication of https://cloud.mongodb.com:443/a@b failed for bearer tokens";
    expect(redact(text)).toBe(text);
  });

  test("masks the keys and values of JSON", () => {
    registerSecret("canary-in-json");
    expect(redactDeep({ a: ["x canary-in-json"], "canary-in-json": 1, n: null })).toEqual({
      a: ["x [redacted]"],
      "[redacted]": 1,
      n: null,
    });
  });

  test("ignores what is too short to be a secret", () => {
    registerSecret("abc");
    registerSecret("");
    expect(redact("abcdef")).toBe("abcdef");
  });
});

describe("a canary secret", () => {
  const canary = 'canary/+="ü\\secret-4711';

  /** Everything that an operation which goes wrong shows: the error in all of its forms, and the debug lines. */
  async function shown(kind: "digest" | "client-credentials", status: number): Promise<string> {
    const lines: string[] = [];
    const stderr = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
    // Only a token that was obtained is a secret; the other kind of client knows of none.
    const token = kind === "digest" ? undefined : "tok-canary-4711-0123456789";
    try {
      const server = await serve(
        (request, response) => {
          const sent = request.headers.authorization;
          if (kind === "digest" && sent === undefined) {
            return json(response, 401, {}, { "www-authenticate": 'Digest realm="r", nonce="n", qop="auth"' });
          }
          const bare = /response="(\w+)"/.exec(sent ?? "")?.[1];
          const echo = { detail: disguises(canary), sent, bare, token, [canary]: canary };
          json(response, status, echo, {
            "x-request-id": "id-1",
            location: `https://evil.example/${encodeURIComponent(canary)}`,
          });
        },
        { token: (_request, response) => json(response, 200, { access_token: token, expires_in: 3600 }) },
      );
      const authentication =
        kind === "digest"
          ? ({ kind, username: "user", password: canary } as const)
          : ({
              kind,
              tokenUrl: `${server.url}/api/oauth/token`,
              clientId: `c-${status}`,
              clientSecret: canary,
            } as const);
      const client = clientOf(server.url, { authentication, env: { MONGOFED_DEBUG: "1" } });
      const request = get({
        operation: `look for ${canary}`,
        path: path`/things/${canary}`,
        query: { q: canary, t: token },
      });
      const error = await errorOf(client.request(request));
      const authorization = server.seen.map(({ headers }) => headers.authorization ?? "");
      const shown = [inspect(error, { depth: 9 }), error.stack, error.message, JSON.stringify(error), ...lines].join(
        "\n",
      );
      for (const value of authorization) {
        const response = /response="(\w+)"/.exec(value)?.[1] ?? value.replace("Bearer ", "");
        if (response !== "") expect(shown).not.toContain(response);
      }
      if (token !== undefined) expect(shown).not.toContain(token);
      expect(lines.length).toBeGreaterThan(1);
      return shown;
    } finally {
      stderr.mockRestore();
    }
  }

  test.each(["digest", "client-credentials"] as const)("of %s is nowhere in errors and debug output", async (kind) => {
    for (const status of [400, 401, 302, 404]) {
      const text = await shown(kind, status);
      expect(reveals(text, canary), text).toBe(false);
      expect(text).not.toContain("canary");
      expect(text).toContain("[redacted]");
    }
  });
});

describe("debug output", () => {
  test("is one line for each request, with method, path, status, time and id", async () => {
    const lines: string[] = [];
    const stderr = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
    const server = await serve((_request, response, count) =>
      json(response, count === 1 ? 503 : 200, { secret: "body" }, { "x-request-id": count === 1 ? "id-1" : "a\tb" }),
    );
    try {
      await clientOf(server.url, { env: { MONGOFED_DEBUG: "1" } }).request(get({ query: { page: 1 } }));
      await clientOf(server.url).request(get());
    } finally {
      stderr.mockRestore();
    }
    expect(lines.map((line) => line.replace(/\d+ ms/, "N ms"))).toEqual([
      "mongofed http POST /api/oauth/token 200 N ms -\n",
      "mongofed http GET /things?page=1 503 N ms id-1\n",
      "mongofed http GET /things?page=1 200 N ms -\n",
    ]);
  });
});

describe("a path", () => {
  test("keeps every value in its segment", () => {
    const path1 = path`/users/${"$external"}/${"65f0/a b?c#d%2F"}/x`;
    expect(path1).toBe("/users/%24external/65f0%2Fa%20b%3Fc%23d%252F/x");
  });

  test.each(["", ".", "..", "\ud800"])("refuses %j, which no encoding keeps in its place", (value) => {
    expect(() => path`/users/${value}`).toThrow(TypeError);
  });
});
