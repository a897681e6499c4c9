import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";

/** The only address that the emulator listens on, because it holds keys in clear text and checks no caller. */
const LOOPBACK = "127.0.0.1";

/** A running HTTP server. */
export interface LocalServer {
  readonly port: number;
  /** Stops listening and closes every connection, idle or not. Closing twice is closing once. */
  close(): Promise<void>;
}

/** Refuses any address but 127.0.0.1. The type says so already; a program in plain JavaScript may not have read it. */
export function requireLoopback(host: string | undefined): void {
  if (host !== undefined && host !== LOOPBACK) {
    throw new Error(`the emulator listens on ${LOOPBACK} only, not on ${host}: it has no protection against a network`);
  }
}

/** Serves the control planes and the admin endpoint on one port; port 0 takes a free one. */
export async function listen(parts: readonly Hono<{ Bindings: HttpBindings }>[], port: number): Promise<LocalServer> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const part of parts) app.route("/", part);
  app.notFound((context) =>
    context.json({ error: 404, reason: "Not Found", detail: "The emulator has no such path." }, 404),
  );

  const listener = getRequestListener((request, env) => app.fetch(request, env as HttpBindings), {
    // The globals belong to the program that the emulator runs in.
    overrideGlobalObjects: false,
  });
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: LOOPBACK }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  let closed: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      closed ??= close(server);
      return closed;
    },
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
