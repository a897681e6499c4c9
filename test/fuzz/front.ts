/** Stands between the runs and the emulator: watches every write, and lets one go wrong or ends a run at it. */

import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Emulator } from "../../provider/emulator/index.ts";
import type { Objects } from "./objects.ts";

/** The fate of a write. A killed run gets no answer, and nothing that it sends later arrives. */
type Accident = "refuse" | "lose" | "kill-before" | "kill-after";

export interface Cut {
  /** Of the writes of the run, counted from 1. */
  readonly nth: number;
  readonly accident: Accident;
  /** The run has processes of its own, and the kill is SIGKILL. */
  readonly real?: true;
}

export interface Write {
  readonly request: string;
  readonly before: Objects;
  readonly after: Objects;
}

interface Watched {
  /** The key whose requests are those of this run. */
  readonly key: string;
  readonly cut?: Cut | undefined;
  onWrite(write: Write): void;
  /** Called at the moment of the kill. */
  onKill(): void;
}

export interface Front {
  readonly url: string;
  /** Watches a run from now on. The requests of earlier ones are not let through any more. */
  watch(run: Watched): void;
  /** Whether the accident has happened to the run. */
  readonly hit: boolean;
  close(): Promise<void>;
}

const READS = new Set(["GET", "HEAD"]);

export async function startFront(emulator: Emulator, look: () => Objects): Promise<Front> {
  let run: Watched | undefined;
  let count = 0;
  let isDead = false;
  let hit = false;
  /** One write at a time, so that each is seen by itself. */
  let turn: Promise<unknown> = Promise.resolve();

  function forward(
    request: http.IncomingMessage,
    body: Buffer,
  ): Promise<{ message: http.IncomingMessage; text: Buffer }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ message: http.IncomingMessage; text: Buffer }>();
    const outgoing = http.request(
      { port: emulator.port, method: request.method, path: request.url, headers: request.headers, agent: false },
      (message) => void bodyOf(message).then((text) => resolve({ message, text }), reject),
    );
    outgoing.on("error", reject);
    outgoing.end(body);
    return promise;
  }

  async function handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const body = await bodyOf(request);
    const caller = /username="([^"]*)"/.exec(request.headers.authorization ?? "")?.[1];
    const isCurrent = () => !isDead && (caller === undefined || caller === run?.key);
    const answer = ({ message, text }: Awaited<ReturnType<typeof forward>>) => {
      const { "transfer-encoding": _, ...headers } = message.headers;
      response.writeHead(message.statusCode ?? 500, { ...headers, "content-length": text.length });
      response.end(text);
    };
    if (caller === undefined || READS.has(method)) {
      if (!isCurrent()) return void request.socket.destroy();
      return answer(await forward(request, body));
    }
    turn = turn.then(async () => {
      if (!isCurrent() || run === undefined) return void request.socket.destroy();
      const { cut } = run;
      const accident = ++count === cut?.nth ? cut.accident : undefined;
      hit ||= accident !== undefined;
      if (accident === "refuse") {
        response.writeHead(403, { "content-type": "application/json" });
        response.end(
          JSON.stringify({
            error: 403,
            errorCode: "USER_UNAUTHORIZED",
            detail: "Refused by the test.",
            reason: "Forbidden",
            parameters: [],
          }),
        );
        return;
      }
      if (accident === "kill-before") {
        isDead = true;
        run.onKill();
        request.socket.destroy();
        return;
      }
      const before = look();
      const answered = await forward(request, body);
      run.onWrite({ request: `${method} ${url}`, before, after: look() });
      if (accident === "kill-after") {
        isDead = true;
        run.onKill();
      }
      if (accident !== undefined) return void request.socket.destroy();
      answer(answered);
    });
    await turn;
  }

  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    watch(next) {
      run = next;
      count = 0;
      isDead = false;
      hit = false;
    },
    get hit() {
      return hit;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
