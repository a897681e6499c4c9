import { once } from "node:events";
import net from "node:net";
import { describe, expect, test } from "vitest";
import { clientOf, errorOf, get, json, listen, post, serve, serveRaw } from "./harness.ts";
import { VirtualClock } from "./virtual-clock.ts";

const digest = { kind: "digest", username: "u", password: "password" } as const;
const ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

describe("a server error", () => {
  test.each([408, 500, 502, 503, 504])("%i that passes is not noticed by a GET, a PUT, or a DELETE", async (status) => {
    for (const method of ["GET", "PUT", "DELETE"] as const) {
      const server = await serve((_request, response, count) => json(response, count < 3 ? status : 200, {}));
      const client = clientOf(server.url);
      expect((await client.request(get({ method }))).attempts).toBe(3);
      expect(client.clock.sleeps).toEqual([250, 500]);
    }
  });

  test("that stays ends after five attempts, with the body of the last", async () => {
    const server = await serve((_request, response) =>
      json(response, 503, { errorCode: "DOWN" }, { "x-request-id": "req-42" }),
    );
    const error = await errorOf(clientOf(server.url).request(get()));
    expect(error).toMatchObject({
      name: "HttpStatusError",
      code: "http-status",
      operation: "list things",
      method: "GET",
      path: "/things",
      status: 503,
      requestId: "req-42",
      attempts: 5,
      sent: "maybe",
      body: { errorCode: "DOWN" },
    });
    expect(error.message).toBe(
      "list things: GET /things: HTTP 503: service unavailable (5 attempts), request id req-42",
    );
    expect(error.stack).toBe(error.message);
  });

  test.each([408, 500, 502, 503, 504])(
    "%i to a POST or a PATCH is never repeated, and may have been carried out",
    async (status) => {
      const server = await serve((_request, response) => json(response, status, {}));
      for (const method of ["POST", "PATCH"] as const) {
        const error = await errorOf(clientOf(server.url).request(post({ method })));
        expect(error).toMatchObject({ status, attempts: 1, sent: "maybe" });
      }
      expect(server.seen).toHaveLength(2);
    },
  );

  test("503 with Retry-After is repeated after no less than that", async () => {
    const server = await serve((_request, response, count) =>
      json(response, count === 1 ? 503 : 200, {}, { "retry-after": "55" }),
    );
    const client = clientOf(server.url);
    await client.request(get());
    expect(client.clock.sleeps).toEqual([55_000]);
  });

  test("to a POST that is declared safe is repeated", async () => {
    const server = await serve((_request, response, count) => json(response, count === 1 ? 500 : 200, {}));
    expect((await clientOf(server.url).request(post({ retry: "safe" }))).attempts).toBe(2);
  });

  test("to a GET that says never is not", async () => {
    const server = await serve((_request, response) => json(response, 500, {}));
    expect((await errorOf(clientOf(server.url).request(get({ retry: "never" })))).attempts).toBe(1);
  });
});

describe("a refusal", () => {
  test.each([400, 402, 403, 404, 405, 406, 409, 410, 413, 414, 415, 431, 451, 501])(
    "%i is final, changed nothing, and carries its parsed body",
    async (status) => {
      const server = await serve((_request, response) => json(response, status, { error: status, errorCode: "X" }));
      for (const request of [get(), post()]) {
        const error = await errorOf(clientOf(server.url).request(request));
        expect(error).toMatchObject({
          code: "http-status",
          status,
          attempts: 1,
          body: { error: status, errorCode: "X" },
        });
        expect(error.sent).toBe(status === 501 ? "maybe" : "no");
      }
    },
  );

  test("with a body that is no JSON has no body", async () => {
    const server = await serve((_request, response) =>
      response.writeHead(404, { "content-type": "text/html" }).end("<p>?"),
    );
    expect((await errorOf(clientOf(server.url).request(get()))).body).toBeUndefined();
  });

  test("404 of a DELETE that was repeated after a lost answer says that it may have been us", async () => {
    const server = await serve((_request, response, count) =>
      count === 1 ? response.destroy() : json(response, 404, {}),
    );
    const error = await errorOf(clientOf(server.url).request(get({ method: "DELETE" })));
    expect(error).toMatchObject({ status: 404, attempts: 2, sent: "maybe" });
  });
});

describe("a connection", () => {
  test("that is refused is tried again, even for a POST, and was certainly not sent", async () => {
    const server = net.createServer();
    const port = await listen(server);
    server.close();
    await once(server, "close");
    for (const request of [get(), post()]) {
      const client = clientOf(`http://127.0.0.1:${port}`, { authentication: digest });
      const error = await errorOf(client.request(request));
      expect(error).toMatchObject({ code: "http-connection", reason: "ECONNREFUSED", attempts: 5, sent: "no" });
      expect(error.status).toBeUndefined();
      expect(error.message).toContain(`no connection to 127.0.0.1:${port}: nothing accepts connections (ECONNREFUSED)`);
      expect(client.clock.sleeps).toEqual([250, 500, 1000, 2000]);
    }
  });

  test("to a name that does not exist is not tried again", async () => {
    const client = clientOf("https://nowhere.invalid", { authentication: digest });
    const error = await errorOf(client.request(get()));
    expect(error).toMatchObject({ code: "http-connection", sent: "no" });
    // Without any name server at hand the answer is "for now", and that is tried again.
    expect(["ENOTFOUND:1", "EAI_AGAIN:5"]).toContain(
      `${(error as unknown as { reason: string }).reason}:${error.attempts}`,
    );
  });

  test("that is reset before the request is read: a GET is repeated, a POST is not", async () => {
    let sockets = 0;
    const server = await serveRaw((socket) => {
      sockets++;
      socket.once("data", () => socket.resetAndDestroy());
    });
    const failed = await errorOf(clientOf(server.url, { authentication: digest }).request(get()));
    expect(failed).toMatchObject({ code: "http-connection", attempts: 5, sent: "maybe" });
    expect(sockets).toBe(5);
    const lost = await errorOf(clientOf(server.url, { authentication: digest }).request(post()));
    expect(lost).toMatchObject({ code: "http-connection", attempts: 1, sent: "maybe" });
    expect(sockets).toBe(6);
  });

  test("that is reset after the server acted: a POST is not repeated and may have been carried out", async () => {
    const made: string[] = [];
    const server = await serve((request, response) => {
      made.push(request.body);
      response.destroy();
    });
    const error = await errorOf(clientOf(server.url).request(post()));
    expect(error).toMatchObject({ code: "http-connection", attempts: 1, sent: "maybe" });
    expect(made).toHaveLength(1);
  });

  test.each(["chunked", "content-length"])(
    "that breaks amid a %s body: a GET is repeated, a POST is known to be carried out",
    async (kind) => {
      const half =
        kind === "chunked" ? 'transfer-encoding: chunked\r\n\r\n10\r\n{"a":' : 'content-length: 100\r\n\r\n{"a":';
      const server = await serveRaw((socket) => {
        socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${half}`));
      });
      const read = await errorOf(clientOf(server.url, { authentication: digest }).request(get()));
      expect(read).toMatchObject({ code: "http-answer", fault: "truncated", status: 200, attempts: 5 });
      const written = await errorOf(clientOf(server.url, { authentication: digest }).request(post()));
      expect(written).toMatchObject({ code: "http-answer", fault: "truncated", attempts: 1, sent: "yes" });
    },
  );

  test("that was kept alive and closed under us is made anew for a GET, in silence", async () => {
    let sockets = 0;
    const server = await serveRaw((socket) => {
      sockets++;
      let requests = 0;
      const first = sockets === 1;
      socket.on("data", () => (first && ++requests === 2 ? socket.destroy() : socket.write(ok)));
    });
    const client = clientOf(server.url, { authentication: digest, concurrency: 1 });
    await client.request(get());
    expect((await client.request(get())).attempts).toBe(2);
    expect(sockets).toBe(2);
  });

  test("that was kept alive and closed under us is not made anew for a POST", async () => {
    const server = await serveRaw((socket) => {
      let requests = 0;
      socket.on("data", () => (++requests === 2 ? socket.destroy() : socket.write(ok)));
    });
    const client = clientOf(server.url, { authentication: digest, concurrency: 1 });
    await client.request(get());
    expect(await errorOf(client.request(post()))).toMatchObject({ attempts: 1, sent: "maybe" });
  });

  test("is kept for the next request", async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    const client = clientOf(server.url, { concurrency: 1 });
    for (let i = 0; i < 5; i++) await client.request(get());
    expect(server.connections).toBe(1);
  });

  test("to something that does not speak HTTP is an error", async () => {
    const server = await serveRaw((socket) => socket.once("data", () => socket.end("SSH-2.0-OpenSSH_9.9\r\n")));
    expect((await errorOf(clientOf(server.url, { authentication: digest }).request(post()))).code).toBe(
      "http-connection",
    );
  });
});

describe("time", () => {
  /** Advances a clock whenever a request has reached the server. */
  async function silent(): Promise<{ url: string; clock: VirtualClock }> {
    const clock = new VirtualClock();
    const server = await serveRaw((socket) => socket.once("data", () => setTimeout(() => clock.advance(60_000), 5)));
    return { url: server.url, clock };
  }

  test("a server that is silent is tried again until the deadline, which is total", async () => {
    const { url, clock } = await silent();
    const error = await errorOf(clientOf(url, { authentication: digest, clock }).request(get({ deadlineMs: 150_000 })));
    expect(error).toMatchObject({ code: "http-timeout", sent: "maybe", attempts: 3 });
    expect(error.message).toContain("it took longer than the 150 s that it may take");
    expect(clock.limits).toBe(0);
  });

  test("a POST into silence is not repeated", async () => {
    const { url, clock } = await silent();
    const error = await errorOf(clientOf(url, { authentication: digest, clock }).request(post()));
    expect(error).toMatchObject({ code: "http-timeout", sent: "maybe", attempts: 1 });
    expect(error.message).toContain("no complete answer within the 60 s that one attempt may take");
  });

  test("a body that drips byte by byte never outlives the deadline", async () => {
    const clock = new VirtualClock();
    const server = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const drip = setInterval(() => {
        response.write(" ");
        clock.advance(1_000);
      }, 1);
      response.on("close", () => clearInterval(drip));
    });
    const error = await errorOf(clientOf(server.url, { clock }).request(post({ deadlineMs: 20_000 })));
    expect(error).toMatchObject({ code: "http-timeout", sent: "yes", status: undefined });
    expect(clock.now()).toBeLessThan(25_000);
  });

  test("a deadline does not run while an operation queues", async () => {
    const clock = new VirtualClock();
    const server = await serve((_request, response) => {
      clock.advance(8_000);
      json(response, 200, {});
    });
    const client = clientOf(server.url, { clock, concurrency: 1 });
    const results = await Promise.all(Array.from({ length: 5 }, () => client.request(get({ deadlineMs: 10_000 }))));
    expect(results).toHaveLength(5);
    expect(clock.limits).toBe(0);
  });
});

describe("an abort", () => {
  test("ends an operation that is under way, and tells that it may have been carried out", async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    const error = await errorOf(clientOf(server.url).request(post({ signal: controller.signal })));
    expect(error).toMatchObject({ code: "http-aborted", sent: "maybe", attempts: 1 });
  });

  test("before the start sends nothing", async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    const error = await errorOf(clientOf(server.url).request(post({ signal: AbortSignal.abort() })));
    expect(error).toMatchObject({ code: "http-aborted", sent: "no", attempts: 0 });
    expect(server.seen.length + server.tokens.length).toBe(0);
  });

  test("ends a wait", async () => {
    const controller = new AbortController();
    const server = await serve((_request, response) => {
      setTimeout(() => controller.abort(), 1);
      json(response, 429, {}, { "retry-after": "100" });
    });
    const clock = new VirtualClock();
    clock.sleep = (_ms, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));
    const error = await errorOf(clientOf(server.url, { clock }).request(get({ signal: controller.signal })));
    expect(error.code).toBe("http-aborted");
  });

  test("in the queue leaves the slot to the others", async () => {
    const server = await serve((_request, response) => setTimeout(() => json(response, 200, {}), 5));
    const client = clientOf(server.url, { concurrency: 1 });
    const controller = new AbortController();
    const first = client.request(get());
    const second = errorOf(client.request(get({ signal: controller.signal })));
    const third = client.request(get());
    controller.abort();
    expect((await second).attempts).toBe(0);
    expect((await Promise.all([first, third])).map(({ status }) => status)).toEqual([200, 200]);
  });

  test("a client that is closed ends what is under way", async () => {
    const arrived = Promise.withResolvers<void>();
    const server = await serve(() => arrived.resolve());
    const client = clientOf(server.url);
    const outcome = errorOf(client.request(get()));
    await arrived.promise;
    await client.close();
    expect((await outcome).code).toBe("http-aborted");
  });
});
