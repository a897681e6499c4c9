import { describe, expect, test } from "vitest";
import type { Answerer } from "./harness.ts";
import { clientOf, errorOf, get, json, post, serve } from "./harness.ts";

/** 429 for the first `times` requests, with these headers. */
function limited(times: number, headers: Record<string, string> = {}): Answerer {
  return (_request, response, count) =>
    count <= times ? json(response, 429, { errorCode: "RATE_LIMITED" }, headers) : json(response, 200, { count });
}

describe("a 429", () => {
  test.each([1, 55, 120])("with Retry-After %i is repeated after no less than that", async (seconds) => {
    const server = await serve(limited(1, { "retry-after": String(seconds) }));
    const client = clientOf(server.url);
    expect((await client.request(get())).attempts).toBe(2);
    expect(client.clock.now()).toBe(seconds * 1000);
  });

  test("with an HTTP date is repeated then, by the server's clock and not by ours", async () => {
    const server = await serve(
      limited(1, { "retry-after": "Wed, 21 Oct 2015 07:28:42 GMT", date: "Wed, 21 Oct 2015 07:28:00 GMT" }),
    );
    const client = clientOf(server.url);
    await client.request(get());
    expect(client.clock.now()).toBe(42_000);
  });

  test.each([undefined, "-5", "soon", "", "1e3", "0x10", "12 parsecs", "2026-01-01"])(
    "with Retry-After %j is repeated after 10, 20, 40 and again 40 seconds",
    async (value) => {
      const server = await serve(limited(4, value === undefined ? {} : { "retry-after": value }));
      const client = clientOf(server.url);
      await client.request(get());
      expect(client.clock.sleeps).toEqual([10_000, 20_000, 40_000, 40_000]);
    },
  );

  test("with Retry-After 0 or a date that has passed is repeated after a second, never in a loop", async () => {
    const server = await serve((_request, response, count) => {
      if (count > 2) return json(response, 200, {});
      const value = count === 1 ? "0" : "Wed, 21 Oct 2015 07:28:42 GMT";
      return json(response, 429, {}, { "retry-after": value });
    });
    const client = clientOf(server.url);
    await client.request(get());
    expect(client.clock.sleeps).toEqual([1_000, 1_000]);
  });

  test.each(["301", "1000000000", "9".repeat(400)])(
    "with Retry-After %s, beyond the deadline, fails at once and names the reset time",
    async (value) => {
      const server = await serve(limited(9, { "retry-after": value }));
      const client = clientOf(server.url);
      const error = await errorOf(client.request(get()));
      expect(error).toMatchObject({ code: "http-rate-limited", status: 429, attempts: 1, sent: "no" });
      expect(error.retryAfter).toBeGreaterThanOrEqual(Math.min(Number(value), 1e9) * 1000);
      expect(error.message).toContain("list things: GET /things: HTTP 429: the server accepts no request before ");
      if (value === "301") expect(error.message).toContain("before 2026-01-01T00:05:01Z (in 301 s)");
      expect(client.clock.now()).toBe(0);
    },
  );

  test("beyond the deadline is remembered: the next operation fails without a request", async () => {
    const server = await serve(limited(9, { "retry-after": "1000" }));
    const client = clientOf(server.url);
    await errorOf(client.request(get()));
    const error = await errorOf(client.request(post()));
    expect(error).toMatchObject({ code: "http-rate-limited", attempts: 0, sent: "no" });
    expect(server.seen).toHaveLength(1);
    client.clock.advance(1_000_000);
    expect((await errorOf(client.request(get()))).attempts).toBe(1);
  });

  test("of a POST is repeated: it was not carried out", async () => {
    const server = await serve(limited(2, { "retry-after": "3" }));
    expect((await clientOf(server.url).request(post())).attempts).toBe(3);
    expect(server.seen.map(({ body }) => body)).toEqual(Array(3).fill('{"name":"x"}'));
  });

  test("is not repeated when the request says never", async () => {
    const server = await serve(limited(1, { "retry-after": "7" }));
    const error = await errorOf(clientOf(server.url).request(get({ retry: "never" })));
    expect(error).toMatchObject({ code: "http-rate-limited", attempts: 1, retryAfter: 7000 });
  });

  test("forever ends at the deadline, in a bounded number of requests", async () => {
    const server = await serve(limited(Number.POSITIVE_INFINITY));
    const client = clientOf(server.url);
    const error = await errorOf(client.request(get({ deadlineMs: 100_000 })));
    expect(error).toMatchObject({ code: "http-rate-limited", attempts: 4, sent: "no" });
    expect(client.clock.now()).toBeLessThan(100_000);
  });
});

describe("a storm of 429 with 8 workers and 40 operations", () => {
  test("sends one scout a round, and no request before its time", async () => {
    const clock = { now: () => 0 };
    const times: number[] = [];
    let opensAt = 0;
    const server = await serve((_request, response) => {
      times.push(clock.now());
      if (clock.now() >= 60_000) return json(response, 200, {});
      opensAt = clock.now() + 20_000;
      return json(response, 429, {}, { "retry-after": "20" });
    });
    const client = clientOf(server.url);
    clock.now = () => client.clock.now();
    const results = await Promise.all(Array.from({ length: 40 }, () => client.request(get())));
    expect(results).toHaveLength(40);
    const inTheStorm = times.filter((time) => time < 60_000);
    // The first eight were on their way before anybody knew; after that one for each of the rounds at 20 s and 40 s.
    expect(inTheStorm.length).toBeLessThanOrEqual(8 + 2);
    expect(times.filter((time) => time > 0 && time < 20_000)).toEqual([]);
    expect(opensAt).toBeGreaterThan(0);
  });

  test("without Retry-After waits 10, 20 and 40 seconds, whichever operation goes ahead", async () => {
    const times: number[] = [];
    let clock = { now: () => 0 };
    const server = await serve((_request, response) => {
      times.push(clock.now());
      return json(response, times.length < 8 + 3 ? 429 : 200, {});
    });
    const client = clientOf(server.url);
    clock = client.clock;
    await Promise.all(Array.from({ length: 20 }, () => client.request(get())));
    expect([...new Set(times)]).toEqual([0, 10_000, 30_000, 70_000]);
  });

  test("never has more than 8 requests on their way", async () => {
    let now = 0;
    let most = 0;
    const server = await serve(async (_request, response) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now--;
      json(response, 200, {});
    });
    const client = clientOf(server.url);
    await Promise.all(Array.from({ length: 40 }, () => client.request(get())));
    expect(most).toBe(8);
    expect(server.connections).toBeLessThanOrEqual(9);
  });

  test("in one bucket does not stop another", async () => {
    const server = await serve((request, response) =>
      request.url.includes("full") ? json(response, 429, {}, { "retry-after": "1000" }) : json(response, 200, {}),
    );
    const client = clientOf(server.url);
    await errorOf(client.request(get({ bucket: "a", query: { full: true } })));
    expect((await client.request(get({ bucket: "b" }))).status).toBe(200);
  });
});
