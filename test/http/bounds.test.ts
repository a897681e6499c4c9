import { describe, expect, test } from "vitest";
import { redactDeep } from "../../provider/http/redact.ts";
import { clientOf, errorOf, get, post, serve } from "./harness.ts";

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

describe("an answer that nests 5,000 levels deep", () => {
  test.each([
    [400, "no"],
    [500, "maybe"],
  ] as const)("keeps its status %i, and whether the POST may have taken effect", async (status, sent) => {
    const server = await serve((_request, response) =>
      response.writeHead(status, { "content-type": "application/json" }).end(nested(5_000)),
    );
    const error = await errorOf(clientOf(server.url).request(post()));
    expect(error).toMatchObject({ code: "http-status", status, sent, body: undefined });
  });

  test("says after a successful POST that the object may exist", async () => {
    const server = await serve((_request, response) =>
      response.writeHead(201, { "content-type": "application/json" }).end(nested(5_000)),
    );
    const error = await errorOf(clientOf(server.url).request(post()));
    expect(error).toMatchObject({ code: "http-answer", fault: "too-deep", status: 201, sent: "yes" });
    expect(error.message).toContain("nests JSON more than 200 levels deep");
  });

  test("is accepted up to 200 levels", async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(nested(200)),
    );
    expect((await clientOf(server.url).request(get())).text).toBe(nested(200));
    expect(redactDeep(JSON.parse(nested(200)))).toEqual(JSON.parse(nested(200)));
  });
});

test("an unexpected exception after sending becomes an error that knows what was sent", async () => {
  const server = await serve((_request, response) => response.writeHead(500).end("{}"));
  const client = clientOf(server.url);
  // The clock is read once the answer has arrived: here it stands for any mistake of ours.
  client.clock.date = () => {
    throw new RangeError("Maximum call stack size exceeded");
  };
  const error = await errorOf(client.request(post()));
  expect(error).toMatchObject({ code: "http-answer", fault: "unexpected", status: 500, attempts: 1, sent: "maybe" });
});

test.each([0, -5, 1e-9])(
  "a token endpoint that answers expires_in: %d is asked once for many requests",
  async (lifetime) => {
    const server = await serve(
      (_request, response) => response.writeHead(200, { "content-type": "application/json" }).end("{}"),
      {
        token: (_request, response, count) =>
          response
            .writeHead(200, { "content-type": "application/json" })
            .end(JSON.stringify({ access_token: `tok-${count}-0123456789abcdef`, expires_in: lifetime })),
      },
    );
    const client = clientOf(server.url);
    for (let index = 0; index < 20; index++) await client.request(get());
    expect(server.tokens).toHaveLength(1);
  },
);
