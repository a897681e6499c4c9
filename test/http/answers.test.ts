import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { clientOf, errorOf, get, json, post, serve } from "./harness.ts";

/** A server that answers everything with this. */
function answering(status: number, headers: Record<string, string>, body: string | Buffer) {
  return serve((_request, response) => response.writeHead(status, headers).end(body));
}

const JSON_TYPE = { "content-type": "application/json" };

describe("a success", () => {
  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "application/vnd.atlas.2023-01-01+json;charset=utf-8",
  ])("of type %s is parsed", async (type) => {
    const server = await answering(200, { "content-type": type, "x-request-id": "r-1" }, '{"results":["ü"]}');
    const response = await clientOf(server.url).request<{ results: string[] }>(get());
    const text = '{"results":["ü"]}';
    expect(response).toEqual({ status: 200, body: { results: ["ü"] }, text, requestId: "r-1", attempts: 1 });
  });

  test("is there to the letter too, and so is what is sent as it is", async () => {
    const document = '{ "n" : 18446744073709551616, "10":1.0, "9":"\\u00e9" }';
    const server = await answering(200, JSON_TYPE, document);
    const { text } = await clientOf(server.url).request(post({ method: "PUT", body: undefined, json: document }));
    expect(text).toBe(document);
    expect(server.seen[0]).toMatchObject({ body: document, headers: { "content-type": "application/json" } });
  });

  test("in gzip is parsed, and gzip is all we ask for", async () => {
    const server = await answering(200, { ...JSON_TYPE, "content-encoding": "gzip" }, gzipSync('{"a":1}'));
    expect((await clientOf(server.url).request(get())).body).toEqual({ a: 1 });
    expect(server.seen[0]?.headers["accept-encoding"]).toBe("gzip");
  });

  test.each([
    ["PATCH", 204],
    ["POST", 204],
    ["PUT", 204],
    ["DELETE", 204],
    ["DELETE", 200],
    ["DELETE", 202],
  ] as const)("of %s with %i may be empty", async (method, status) => {
    const server = await answering(status, {}, "");
    expect((await clientOf(server.url).request(post({ method }))).body).toBeUndefined();
  });

  test.each([
    ["GET", 200],
    ["GET", 204],
    ["POST", 200],
    ["POST", 201],
    ["PUT", 200],
    ["PATCH", 200],
  ] as const)("of %s with %i must not", async (method, status) => {
    const server = await answering(status, JSON_TYPE, "");
    const error = await errorOf(clientOf(server.url).request(post({ method })));
    expect(error).toMatchObject({ code: "http-answer", fault: "empty", status, attempts: 1, sent: "yes" });
  });

  test("after 102 and 103 is what counts", async () => {
    const server = await serve((_request, response) => {
      response.writeEarlyHints({ link: "</a>; rel=preload" });
      response.writeProcessing();
      json(response, 200, { a: 1 });
    });
    expect((await clientOf(server.url).request(get())).body).toEqual({ a: 1 });
  });

  test("204 with a body all the same neither hangs nor spoils the next answer", async () => {
    const server = await serve((_request, response, count) => {
      if (count > 1) return json(response, 200, { count });
      response.socket?.write("HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\nnull");
    });
    const client = clientOf(server.url);
    await client.request(post({ method: "DELETE" }));
    expect((await client.request(get())).status).toBe(200);
  });
});

describe("an answer that is no JSON is an error of its own, for", () => {
  test.each([
    ["html", "a login page", { "content-type": "text/html; charset=utf-8" }, "<!DOCTYPE html><title>Sign in</title>"],
    ["html", "a login page that claims to be JSON", JSON_TYPE, "  <html><body>Sign in</body></html>"],
    ["content-type", "plain text", { "content-type": "text/plain" }, "{}"],
    ["content-type", "no type at all", {}, "{}"],
    ["content-type", "a type that only begins alike", { "content-type": "application/jsonp" }, "{}"],
    ["bom", "a byte order mark", JSON_TYPE, "\uFEFF{}"],
    ["invalid-json", "half a document", JSON_TYPE, '{"results":['],
    ["invalid-json", "two documents", JSON_TYPE, "{}{}"],
    ["invalid-json", "a trailing comma", JSON_TYPE, '{"a":1,}'],
    ["invalid-json", "NaN", JSON_TYPE, "[NaN]"],
    ["invalid-json", "a comment", JSON_TYPE, "{/**/}"],
    ["invalid-json", "deep brackets", JSON_TYPE, "[".repeat(100_000)],
    ["invalid-json", "bytes that are no UTF-8", JSON_TYPE, Buffer.from([0x22, 0xff, 0x22])],
    ["encoding", "gzip that is none", { ...JSON_TYPE, "content-encoding": "gzip" }, "{}"],
    [
      "encoding",
      "gzip that ends too early",
      { ...JSON_TYPE, "content-encoding": "gzip" },
      gzipSync("{}").subarray(0, 12),
    ],
    ["encoding", "an encoding nobody asked for", { ...JSON_TYPE, "content-encoding": "br" }, "{}"],
  ] as const)("%s: %s", async (fault, _what, headers, body) => {
    const server = await answering(200, headers, body as string);
    for (const request of [get(), post(), post({ method: "DELETE" })]) {
      const error = await errorOf(clientOf(server.url).request(request));
      expect(error).toMatchObject({
        name: "HttpAnswerError",
        code: "http-answer",
        fault,
        status: 200,
        sent: "yes",
        attempts: 1,
      });
      expect(error.message).not.toContain("Sign in");
    }
  });
});

describe("size", () => {
  const limit = { maxResponseBytes: 100_000 };

  test("a body within the limit is taken, one byte more is not", async () => {
    const body = JSON.stringify("x".repeat(98));
    const server = await answering(200, JSON_TYPE, body);
    expect((await clientOf(server.url, { maxResponseBytes: 100 }).request(get())).status).toBe(200);
    const error = await errorOf(clientOf(server.url, { maxResponseBytes: 99 }).request(post()));
    expect(error).toMatchObject({ code: "http-too-large", status: 200, attempts: 1, sent: "yes" });
  });

  test("a gzip bomb stops at the limit", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, " "));
    const server = await answering(200, { ...JSON_TYPE, "content-encoding": "gzip" }, bomb);
    const before = process.memoryUsage().rss;
    const error = await errorOf(clientOf(server.url, limit).request(get()));
    expect(error).toMatchObject({ code: "http-too-large", attempts: 1 });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test("a body of 50 MB stops at 16 MiB unless told otherwise, and the connection is not drained", async () => {
    let written = 0;
    const server = await serve(async (_request, response) => {
      response.setMaxListeners(0).on("error", () => {});
      response.writeHead(200, JSON_TYPE);
      for (; written < 50 && !response.destroyed; written++) {
        if (response.write(Buffer.alloc(1024 * 1024, " "))) continue;
        await Promise.race([once(response, "drain"), once(response, "close")]);
      }
      response.end();
    });
    const error = await errorOf(clientOf(server.url).request(get()));
    expect(error.message).toContain("the answer is larger than 16777216 bytes after decompression");
    expect(written).toBeLessThan(50);
  });

  test("an error with an endless body is still that error", async () => {
    const server = await answering(403, JSON_TYPE, Buffer.alloc(3 * 1024 * 1024, " "));
    expect(await errorOf(clientOf(server.url).request(get()))).toMatchObject({ status: 403, body: undefined });
  });
});

describe("a redirect", () => {
  test.each([
    [301, "http://evil.example/x?session=abc"],
    [302, "https://login.example.com/?RelayState=abc"],
    [307, "https://169.254.169.254/latest"],
    [308, "//evil.example/"],
  ] as const)("%i to %s is not followed, and the error names the host only", async (status, location) => {
    const server = await answering(status, { location }, "");
    for (const request of [get(), post()]) {
      const error = await errorOf(clientOf(server.url).request(request));
      expect(error).toMatchObject({ code: "http-redirect", status, attempts: 1, sent: "no" });
      const host = new URL(location, "http://x").host;
      expect(error.message).toContain(`it redirects to ${host}, and redirects are not followed`);
      expect(error.message).not.toMatch(/session|RelayState|latest/);
    }
  });

  test("without a readable address is an error, too", async () => {
    const server = await answering(302, { location: "http://[" }, "");
    expect((await errorOf(clientOf(server.url).request(get()))).message).toContain("an address that cannot be read");
  });

  test("303 after a POST may mean that it was carried out", async () => {
    const server = await answering(303, { location: "/things/1" }, "");
    expect(await errorOf(clientOf(server.url).request(post()))).toMatchObject({ code: "http-redirect", sent: "maybe" });
  });
});
