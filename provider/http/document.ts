import type { Buffer } from "node:buffer";
import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "../public-addresses.ts";
import { PRIVATE_ADDRESS, publicOnly } from "./addresses.ts";
import { isJson } from "./answer.ts";
import { Aborted, ExchangeFailed, exchange, type WireAnswer } from "./exchange.ts";
import { seconds } from "./problem.ts";
import { isLoopback, targetOf } from "./target.ts";
import { type Transport, transportTo } from "./transport.ts";
import { userAgent } from "./user-agent.ts";

export interface DocumentOptions {
  /** The operation of the caller, for the user agent. */
  operation: string;
  /** The time limit for the document in milliseconds, redirects included. */
  timeoutMs: number;
  /** Limit after decompression. */
  maxBytes: number;
  maxRedirects: number;
  /** Lets addresses of private networks through, loopback among them. */
  allowPrivate: boolean;
  /** Lets plain http through, to loopback hosts only. */
  allowHttp: boolean;
  caFile?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** Default: that of the system. */
  lookup?: LookupFunction | undefined;
  /** Aborted: `fetchDocument` rejects with the signal's reason. */
  signal: AbortSignal;
}

/**
 * The reason why there is no document. `address`: its form is not allowed. `private`: it leads to a private network.
 * `redirects`: too many of them. `too-large` and `timeout`: our limits. `failure`: the network, TLS, a proxy, a broken
 * answer.
 */
export interface DocumentProblem {
  kind: "address" | "private" | "redirects" | "too-large" | "timeout" | "failure";
  /** In words, with the address, to stand alone. */
  what: string;
}

interface DocumentAnswer {
  status: number;
  contentType: string | undefined;
  /** Whether the content type is one of JSON. */
  json: boolean;
  body: Buffer;
}

export interface FetchedDocument {
  /** Where redirects led, one after the other, as they may be shown. */
  hops: readonly string[];
  /** The answer of whatever status, or why there is none. */
  outcome: { answer: DocumentAnswer } | { problem: DocumentProblem };
  /** The proxy that the environment names: names are then looked up by it, unless no_proxy exempts them. */
  proxy: string | undefined;
}

/**
 * Gets a public document from an untrusted address: without credentials, over https, from the public internet, within
 * limits. One attempt.
 * @throws HttpTargetError for a CA file or a proxy variable that cannot be used, or the signal's reason
 */
export async function fetchDocument(address: string, options: DocumentOptions): Promise<FetchedDocument> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), options.timeoutMs);
  const abort = () => limit.abort();
  options.signal.addEventListener("abort", abort);
  try {
    options.signal.throwIfAborted();
    return await follow(address, options, limit.signal);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", abort);
  }
}

async function follow(address: string, options: DocumentOptions, signal: AbortSignal): Promise<FetchedDocument> {
  const hops: string[] = [];
  let proxy: string | undefined;
  for (let next = address; ; ) {
    const problem = addressProblem(next, options);
    if (problem) return { hops, outcome: { problem }, proxy };
    const url = new URL(next);
    const got = await get(url, options, signal);
    proxy ??= got.proxy;
    if ("problem" in got) return { hops, outcome: { problem: got.problem }, proxy };
    const { status, header, body } = got.answer;
    const location = [301, 302, 303, 307, 308].includes(status) ? header("location") : undefined;
    if (location === undefined || !URL.canParse(location, next)) {
      const contentType = header("content-type");
      return { hops, outcome: { answer: { status, contentType, json: isJson(contentType), body } }, proxy };
    }
    next = new URL(location, url).href;
    hops.push(shown(new URL(next)));
    if (hops.length > options.maxRedirects) {
      const what = `${shown(new URL(address))} redirects more than ${options.maxRedirects} times`;
      return { hops, outcome: { problem: { kind: "redirects", what } }, proxy };
    }
  }
}

/** Returns the problem of an address that must not receive a request. */
export function addressProblem(
  address: string,
  { allowHttp, allowPrivate }: Pick<DocumentOptions, "allowHttp" | "allowPrivate">,
): DocumentProblem | undefined {
  if (!URL.canParse(address)) return { kind: "address", what: "the address is not a web address" };
  const url = new URL(address);
  if (url.protocol !== "https:" && !(allowHttp && url.protocol === "http:" && isLoopback(url.hostname))) {
    return { kind: "address", what: `${shown(url)} is not https` };
  }
  if (url.username !== "" || url.password !== "") {
    return { kind: "address", what: `${shown(url)} comes with a user or a password` };
  }
  // Connections to literal addresses never ask the lookup. URL has turned every spelling of them into the usual one.
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (!allowPrivate && isIP(literal) !== 0 && !isPublicAddress(literal)) {
    return { kind: "private", what: `${shown(url)} lies on no public network` };
  }
  return undefined;
}

/** Without user, password, query and fragment, which may hold what belongs into no log. */
function shown({ protocol, host, pathname }: URL): string {
  const text = `${protocol}//${host}${pathname}`;
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

type Got = ({ answer: WireAnswer } | { problem: DocumentProblem }) & { proxy: string | undefined };

async function get(url: URL, options: DocumentOptions, signal: AbortSignal): Promise<Got> {
  const { caFile, env, allowPrivate, lookup = systemLookup } = options;
  let refused: string | undefined;
  const publicLookup = publicOnly(lookup as LookupFunction, (address) => {
    refused = address;
  });
  const target = targetOf(url.origin, false);
  const own = allowPrivate ? (lookup as LookupFunction) : publicLookup;
  const transport: Transport = transportTo(target, { caFile, concurrency: 1, env, lookup: own });
  const { proxy } = transport;
  const headers = { accept: "application/json", "user-agent": userAgent("cli", options.operation) };
  const request = { method: "GET", path: `${url.pathname}${url.search}`, headers, body: undefined };
  try {
    return { answer: await exchange(transport, target, request, { maxBytes: options.maxBytes, signal }), proxy };
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof Aborted) {
      const what = `${shown(url)} did not answer in full within ${seconds(options.timeoutMs)}`;
      return { problem: { kind: "timeout", what }, proxy };
    }
    if (!(error instanceof ExchangeFailed)) throw error;
    const { kind, reason, what } = error.failure;
    if (reason === PRIVATE_ADDRESS) {
      const where = `${url.host} resolves to ${refused}, which lies on no public network`;
      return { problem: { kind: "private", what: where }, proxy };
    }
    return { problem: { kind: kind === "too-large" ? kind : "failure", what: `${shown(url)}: ${what}` }, proxy };
  } finally {
    await transport.destroy();
  }
}
