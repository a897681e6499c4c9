import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net, { type AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { HttpClient } from "../../provider/http/client.ts";
import type { HttpError } from "../../provider/http/errors.ts";
import { type EncodedPath, path } from "../../provider/http/path.ts";
import type { HttpClientOptions, HttpRequest } from "../../provider/http/types.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface Seen {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export type Answerer = (request: Seen, response: http.ServerResponse, count: number) => unknown;

export interface Served {
  url: string;
  port: number;
  /** Every request to the API; those to the token endpoint are apart. */
  seen: Seen[];
  tokens: Seen[];
  /** Sockets that were opened. */
  connections: number;
  server: http.Server;
}

export function json(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** The token endpoint of a server that does not care for it. */
function issueToken(_request: Seen, response: http.ServerResponse, count: number): void {
  json(response, 200, { access_token: `tok-${count}-0123456789abcdef`, expires_in: 3600, token_type: "Bearer" });
}

/** A server on loopback for the length of a test. */
export async function serve(
  answer: Answerer,
  options: { token?: Answerer; tls?: https.ServerOptions } = {},
): Promise<Served> {
  const served: Served = { url: "", port: 0, seen: [], tokens: [], connections: 0, server: undefined as never };
  const listener: http.RequestListener = async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const seen = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
    if (seen.url === "/api/oauth/token") {
      served.tokens.push(seen);
      return (options.token ?? issueToken)(seen, response, served.tokens.length);
    }
    served.seen.push(seen);
    return answer(seen, response, served.seen.length);
  };
  served.server = options.tls ? https.createServer(options.tls, listener) : http.createServer(listener);
  served.server.on("connection", () => served.connections++);
  served.port = await listen(served.server);
  served.url = `${options.tls ? "https" : "http"}://127.0.0.1:${served.port}`;
  return served;
}

/** A server that speaks raw TCP. */
export async function serveRaw(
  onSocket: (socket: net.Socket, count: number) => void,
): Promise<{ url: string; port: number }> {
  let count = 0;
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    onSocket(socket, ++count);
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, port };
}

/** Listens on a free port, and is gone with all of its sockets when the test is. */
export async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

let credentials = 0;

/** A client of that server with credentials that no other test has, on a clock that never waits for real. */
export function clientOf(
  baseUrl: string,
  options: Partial<HttpClientOptions> = {},
): HttpClient & { clock: VirtualClock } {
  const clock = new VirtualClock();
  credentials++;
  const client = new HttpClient({
    baseUrl,
    authentication: {
      kind: "client-credentials",
      tokenUrl: `${new URL(baseUrl).origin}/api/oauth/token`,
      clientId: `client-${process.pid}-${credentials}`,
      clientSecret: `s3cret/+ü"${credentials}-canary`,
    },
    clock,
    retry: { random: () => 0 },
    env: {},
    ...options,
  });
  onTestFinished(() => client.close());
  return Object.assign(client, { clock: (options.clock as VirtualClock | undefined) ?? clock });
}

const things: EncodedPath = path`/things`;

export function get(more: Partial<HttpRequest> = {}): HttpRequest {
  return { operation: "list things", method: "GET", path: things, ...more };
}

export function post(more: Partial<HttpRequest> = {}): HttpRequest {
  return { operation: "create a thing", method: "POST", path: things, body: { name: "x" }, ...more };
}

/** The error that a promise ends in; a success fails the test. */
export async function errorOf(promise: Promise<unknown>): Promise<HttpError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: HttpError) => ({ error }),
  );
  if ("error" in outcome) return outcome.error;
  throw new Error(`expected an error, got ${JSON.stringify(outcome.value)}`);
}
