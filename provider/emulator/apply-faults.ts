import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { errorBody } from "./atlas/errors.ts";
import type { Edit } from "./edits.ts";
import type { FaultKind, InjectedFault } from "./faults.ts";

/** The parts of a request's handling that faults get between. */
export interface Faultable {
  readonly faults: readonly InjectedFault[];
  readonly outgoing: ServerResponse;
  /** Ends waiting when the emulator closes. */
  readonly closing: AbortSignal;
  /** Changes the state as another client would. */
  edit(edit: Edit): void;
  /** Does the work and gives the real answer. */
  commit(): Promise<Response>;
  /** Told when the client does not get the whole answer. */
  withheld(): void;
  /** The status that was decided on, for the log. */
  decided(status: number): void;
}

type Of<Kind extends FaultKind["kind"]> = Extract<FaultKind, { kind: Kind }>;

/** Handles one request with the faults that hit it: delays first, then the first fault that replaces the answer. */
export async function withFaults(request: Faultable): Promise<Response> {
  const kinds = request.faults.map(({ fault }) => fault);
  const early = kinds.filter((kind) => !("when" in kind) || kind.when === "before-commit");
  const late = kinds.filter((kind) => "when" in kind && kind.when !== "before-commit");

  await wait(early, request.closing);
  for (const kind of early) {
    if (kind.kind === "edit") request.edit(kind.edit);
    if (kind.kind === "drop") return reset(request);
    if (kind.kind === "status") return note(request, replacement(kind));
    if (kind.kind === "login-page") return note(request, loginPage(kind));
  }
  const answer = note(request, await request.commit());
  await wait(late, request.closing);
  for (const kind of late) {
    if (kind.kind === "edit") request.edit(kind.edit);
    if (kind.kind === "drop") return kind.when === "mid-body" ? cutShort(request, answer) : reset(request);
    if (kind.kind === "status") return note(request, replacement(kind));
  }
  const slow = kinds.find((kind) => kind.kind === "slow-body");
  return slow === undefined ? answer : trickle(request, answer, slow);
}

async function wait(kinds: readonly FaultKind[], closing: AbortSignal): Promise<void> {
  for (const kind of kinds) if (kind.kind === "delay") await sleep(kind.ms, undefined, { signal: closing });
}

function note(request: Faultable, answer: Response): Response {
  request.decided(answer.status);
  return answer;
}

function reset(request: Faultable): Response {
  request.withheld();
  request.outgoing.socket?.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

/** Builds a response in place of the real one. A text is sent unchanged, any other value as JSON. */
function replacement({ status, headers, body }: Of<"status">): Response {
  const code =
    status === 429 ? "RATE_LIMITED_TOKEN_BUCKET" : status === 503 ? "SERVICE_UNAVAILABLE" : "UNEXPECTED_ERROR";
  const content = body ?? errorBody(status, code, `Injected fault: ${status}.`, []);
  const isText = typeof content === "string";
  const text = isText ? content : JSON.stringify(content);
  const all = new Headers({ "Content-Type": isText ? "text/plain" : "application/json" });
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return new Response(status === 204 || status === 304 ? null : text, { status, headers: all });
}

function loginPage({ status }: Of<"login-page">): Response {
  const html =
    "<!DOCTYPE html><html><head><title>Log in</title></head><body><form action=/account/login></form></body></html>";
  return new Response(html, { status, headers: { "Content-Type": "text/html;charset=utf-8" } });
}

/** Announces the whole body, sends half of it, and closes. */
async function cutShort(request: Faultable, answer: Response): Promise<Response> {
  const body = Buffer.from(await answer.arrayBuffer());
  request.withheld();
  writeHead(request.outgoing, answer, Math.max(body.length, 2));
  const half = body.subarray(0, Math.floor(body.length / 2));
  await new Promise<void>((resolve) => request.outgoing.write(half.length > 0 ? half : " ", () => resolve()));
  request.outgoing.socket?.destroy();
  return RESPONSE_ALREADY_SENT;
}

/** Sends the body piece by piece, past the buffering of the web response. */
async function trickle(request: Faultable, answer: Response, slow: Of<"slow-body">): Promise<Response> {
  const { outgoing, closing } = request;
  const body = Buffer.from(await answer.arrayBuffer());
  writeHead(outgoing, answer, body.length);
  outgoing.flushHeaders();
  for (let sent = 0; sent < body.length && !outgoing.destroyed; sent += slow.chunkBytes) {
    if (slow.stallAfterBytes !== undefined && sent >= slow.stallAfterBytes) {
      request.withheld();
      await new Promise((resolve) => outgoing.once("close", resolve));
      return RESPONSE_ALREADY_SENT;
    }
    outgoing.write(body.subarray(sent, sent + slow.chunkBytes));
    await sleep(slow.everyMs, undefined, { signal: closing });
  }
  if (outgoing.destroyed) request.withheld();
  else outgoing.end();
  return RESPONSE_ALREADY_SENT;
}

function writeHead(outgoing: ServerResponse, answer: Response, length: number): void {
  outgoing.writeHead(answer.status, { ...Object.fromEntries(answer.headers), "content-length": String(length) });
}
