import { apiErrorSchema } from "../../schema/atlas.ts";
import { mapStrings, type Phrase, phrase, preview } from "../../schema/phrase.ts";
import { findingPhrase, PhrasedError } from "../findings.ts";
import { HttpAnswerError, HttpError, type Sent } from "../http/index.ts";
import { printableLines } from "../printable.ts";
import { finding } from "../rules/index.ts";

export interface PlaneErrorDetails {
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly sent?: Sent;
  readonly cause?: unknown;
}

/**
 * Trouble with a control plane, in words for the person who runs the stack: what was tried, the HTTP status, the API's
 * own code and detail, and what to do next. `sent` says whether a write may have taken effect all the same.
 */
export abstract class PlaneError extends PhrasedError {
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
  readonly sent: Sent;

  constructor(text: Phrase, details: PlaneErrorDetails = {}) {
    super(mapStrings(text, printableLines), details.cause === undefined ? {} : { cause: details.cause });
    this.status = details.status;
    this.errorCode = details.errorCode;
    this.sent = details.sent ?? "no";
    if (process.env.MONGOFED_DEBUG !== "1") this.stack = this.message;
  }
}

/** Trouble that passes by itself: no answer, or one of a server that cannot cope just now. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof PlaneError)) return false;
  return error.status === undefined || error.status === 429 || error.status >= 500;
}

/** The first line of an error's text, without its fix: for an error that cites another one. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

/** The server that answers, and the credentials that it gets, in a user's words. */
export interface ServerName {
  /** `Atlas`, `Cloud Manager` or `Ops Manager`. */
  readonly product: string;
  /** `the Atlas Admin API` */
  readonly api: string;
  readonly credentialsSource: string;
}

/** The parts of an error text that differ between control planes, for one call. */
export interface ErrorTexts {
  readonly server: ServerName;
  /** Codes that the API sends with a 401 although the credentials are valid: they lack the role. */
  readonly lacksAccess: ReadonlySet<string>;
  /** The fix of FED411: the credentials are not valid. */
  readonly newCredentials: Phrase;
  /** FED412: the credentials lack a role. */
  readonly role: { readonly why?: string; readonly fix: string };
  /** The fix of a 404. */
  readonly notFound: string;
}

/** Puts an error of the HTTP client into the terms of a control plane. Every other error passes as it is. */
export function toPlaneError(
  error: unknown,
  operation: string,
  PlaneErrorClass: new (text: Phrase, details: PlaneErrorDetails) => PlaneError,
  texts: () => ErrorTexts,
): unknown {
  if (!(error instanceof HttpError)) return error;
  const answer = apiErrorSchema.safeParse(error.body).data;
  const details = { status: error.status, errorCode: answer?.errorCode, sent: error.sent, cause: error };
  const headline = headlineOf(error, operation, answer);
  return new PlaneErrorClass(withAdvice(headline, error, answer?.errorCode, texts()), details);
}

type Answer = NonNullable<ReturnType<typeof apiErrorSchema.safeParse>["data"]>;

function headlineOf(error: HttpError, operation: string, answer: Answer | undefined): string {
  if (error.status === undefined || answer === undefined) {
    // By a function: a name in the operation may hold what a replacement text reads as a pattern.
    return error.message.replace(`${error.operation}:`, () => `${operation}:`);
  }
  const fields = (answer.badRequestDetail?.fields ?? []).map(({ field, description }) => `${field}: ${description}`);
  const said = [answer.detail ?? answer.reason ?? "", ...fields].filter((text) => text !== "").join("; ");
  const id = error.requestId === undefined ? "" : ` (request id ${error.requestId})`;
  return `${operation}: HTTP ${error.status} ${answer.errorCode}${said === "" ? "" : `: ${said}`}${id}`;
}

function withAdvice(message: string, error: HttpError, errorCode: string | undefined, texts: ErrorTexts): Phrase {
  const lacksRole = texts.lacksAccess.has(errorCode ?? "");
  if ((error.code === "http-unauthorized" || error.status === 401) && !lacksRole) {
    return findingPhrase(finding("FED411", { message, fix: texts.newCredentials }));
  }
  if (error.status === 401 || (error.status === 403 && !isLimit(errorCode))) {
    return findingPhrase(finding("FED412", { message, ...texts.role }));
  }
  const fix = nextStep(error, errorCode, texts);
  return fix === undefined ? message : phrase`${message}\n  fix  ${fix}`;
}

/** A project is full. Atlas answers 403, but no role would help. */
function isLimit(errorCode: string | undefined): boolean {
  return errorCode?.endsWith("_LIMIT_EXCEEDED") ?? false;
}

function nextStep(
  error: HttpError,
  errorCode: string | undefined,
  { server: { product, api }, notFound }: ErrorTexts,
): Phrase | undefined {
  if (error instanceof HttpAnswerError) {
    return `The answer did not come from ${api}: check the base URL, and look for a proxy or a login page in between.`;
  }
  switch (error.code) {
    case "http-rate-limited":
      return "Wait until the limit has refilled, then run again; what is done already is not done twice.";
    case "http-redirect":
      return "Check the base URL: redirects are never followed, since they would carry the credentials elsewhere.";
    case "http-connection":
    case "http-timeout":
    case "http-tls":
    case "http-proxy":
      return "Check the base URL and the network, then run again.";
    case "http-too-large":
      return `${product} answered more than mongofed reads. If something was sent, it may have taken effect: look in the console before you run again.`;
    case "http-aborted":
      return phrase`The run was interrupted. Run again: the ${preview} lists the remaining changes.`;
    default:
      break;
  }
  if (error.status === undefined) return undefined;
  if (error.status === 404) return notFound;
  if (isLimit(errorCode)) return "Remove what is not needed there, or have MongoDB's support raise the limit.";
  if (error.status >= 500) return `${product} is in trouble; run again in a while.`;
  if (error.status === 429) return "Wait until the limit has refilled, then run again.";
  return `${product} refused what was sent, for the reason above: change that, then run again.`;
}
