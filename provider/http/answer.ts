import { printable } from "../printable.ts";
import type { AnswerFault } from "./errors.ts";
import type { WireAnswer } from "./exchange.ts";
import type { HttpMethod } from "./types.ts";

/** The parsed body, or what is wrong with it. */
export type Parsed = { body: unknown; text: string | undefined } | { fault: AnswerFault; what: string };

/**
 * Reads a success as JSON, strictly: a login page or half a document must never pass for an empty list. Where a write
 * leaves nothing to say (204, or any success of DELETE) the body is `undefined`.
 */
export function parseAnswer(answer: WireAnswer, method: HttpMethod): Parsed {
  if (answer.body.length === 0) {
    const fine = method === "DELETE" || (method !== "GET" && answer.status === 204);
    return fine
      ? { body: undefined, text: undefined }
      : { fault: "empty", what: "the answer is empty, JSON was expected" };
  }
  const type = answer.header("content-type");
  if (/html/i.test(type ?? "") || /^\s*<(!doctype|html)/i.test(answer.body.toString("latin1", 0, 200))) {
    return { fault: "html", what: "the answer is a web page, no JSON: a login page or a proxy stands before the API" };
  }
  if (!isJson(type)) {
    const found = type === undefined ? "missing" : JSON.stringify(printable(type.slice(0, 80)));
    return { fault: "content-type", what: `the answer's content type is ${found}, JSON was expected` };
  }
  return parseJson(answer.body);
}

/** The body of an error answer, for those who can read it; `undefined` where it is no JSON. */
export function parseErrorBody(answer: WireAnswer): unknown {
  if (!isJson(answer.header("content-type"))) return undefined;
  const parsed = parseJson(answer.body);
  return "body" in parsed ? parsed.body : undefined;
}

/** `application/json`, with parameters or not, and everything that ends in `+json`. */
export function isJson(type: string | undefined): boolean {
  return /^\s*[\w.!#$&^+-]+\/(json|[\w.!#$&^+-]+\+json)\s*(;|$)/i.test(type ?? "");
}

function parseJson(bytes: Buffer): Parsed {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { fault: "invalid-json", what: "the answer is not UTF-8" };
  }
  if (text.startsWith("\uFEFF"))
    return { fault: "bom", what: "the answer begins with a byte order mark, JSON has none" };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold secrets.
    const what = `the answer claims to be JSON and is not (${bytes.length} bytes)`;
    return { fault: "invalid-json", what };
  }
  if (isDeeperThan(MAX_DEPTH, body)) {
    return { fault: "too-deep", what: `the answer nests JSON more than ${MAX_DEPTH} levels deep` };
  }
  return { body, text };
}

/** No API nests deeper, and every function that walks a body recursively has enough stack for it. */
const MAX_DEPTH = 200;

function isDeeperThan(limit: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return limit === 0 || Object.values(value).some((item) => isDeeperThan(limit - 1, item));
}
