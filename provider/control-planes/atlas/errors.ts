import { apiErrorSchema } from "../../../schema/atlas.ts";
import { formatFinding } from "../../findings.ts";
import { HttpAnswerError, HttpError, type Sent } from "../../http/index.ts";
import { type Code, finding } from "../../rules/index.ts";

/** Codes with which Atlas answers 401, although it knows the key well: the key lacks the role. */
export const LACKS_ACCESS = new Set(["NOT_ORG_OWNER", "USER_UNAUTHORIZED"]);

/**
 * Trouble with Atlas, in words for the person who runs the stack: what was tried, the HTTP status, Atlas's own code and
 * detail, and what to do next. `sent` says whether a write may have taken effect all the same.
 */
export class AtlasError extends Error {
  readonly status: number | undefined;
  readonly errorCode: string | undefined;
  readonly sent: Sent;

  constructor(
    message: string,
    details: { status?: number | undefined; errorCode?: string | undefined; sent?: Sent; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = "AtlasError";
    this.status = details.status;
    this.errorCode = details.errorCode;
    this.sent = details.sent ?? "no";
    if (process.env.MONGOFED_DEBUG !== "1") this.stack = this.message;
  }
}

/** Two who wrote at once, and our part of it could not be kept; the text says what was lost. */
export class ConflictError extends AtlasError {}

/** Puts what the HTTP client says into Atlas's terms. Anything that is no HTTP trouble passes as it is. */
export function toAtlasError(error: unknown, operation: string, credentialsSource: string): unknown {
  if (!(error instanceof HttpError)) return error;
  const answer = apiErrorSchema.safeParse(error.body).data;
  const details = { status: error.status, errorCode: answer?.errorCode, sent: error.sent, cause: error };
  const headline = headlineOf(error, operation, answer);
  const code = accessCode(error, answer?.errorCode);
  if (code !== undefined) {
    const text = formatFinding(finding(code, { message: headline, fix: accessFix(code, credentialsSource) }));
    return new AtlasError(text, details);
  }
  const fix = nextStep(error, credentialsSource);
  return new AtlasError(fix === undefined ? headline : `${headline}\n  fix  ${fix}`, details);
}

function headlineOf(error: HttpError, operation: string, answer: ReturnType<typeof parsed>): string {
  if (error.status === undefined || answer === undefined) {
    return error.message.replace(`${error.operation}:`, `${operation}:`);
  }
  const fields = (answer.badRequestDetail?.fields ?? []).map(({ field, description }) => `${field}: ${description}`);
  const said = [answer.detail ?? answer.reason ?? "", ...fields].filter((text) => text !== "").join("; ");
  const id = error.requestId === undefined ? "" : ` (request id ${error.requestId})`;
  return `${operation}: HTTP ${error.status} ${answer.errorCode}${said === "" ? "" : `: ${said}`}${id}`;
}

const parsed = (body: unknown) => apiErrorSchema.safeParse(body).data;

function accessCode(error: HttpError, errorCode: string | undefined): Code | undefined {
  if (error.code === "http-unauthorized" || error.status === 401) {
    return errorCode !== undefined && LACKS_ACCESS.has(errorCode) ? "FED412" : "FED411";
  }
  return error.status === 403 ? "FED412" : undefined;
}

function accessFix(code: Code, source: string): string {
  if (code === "FED411") {
    return `Check the credentials (from ${source}), or make new ones. Sources are an explicit Provider, else the environment, else the stack configuration.`;
  }
  return `Give the credentials (from ${source}) the role Organization Owner in the organization, and put this machine's address on their IP access list.`;
}

function nextStep(error: HttpError, source: string): string | undefined {
  if (error instanceof HttpAnswerError) {
    return "Something else than the Atlas Admin API answered: check the base URL, and whether a proxy or a login page stands in between.";
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
    case "http-aborted":
      return "The run was interrupted. Run again: the preview shows what is done and what is not.";
    default:
      break;
  }
  if (error.status === 404)
    return `Check the ids, and that the credentials (from ${source}) belong to an organization of this federation.`;
  if (error.status !== undefined && error.status >= 500) return "Atlas is in trouble; run again in a while.";
  if (error.status === 429) return "Wait until the limit has refilled, then run again.";
  return error.status === undefined
    ? undefined
    : "Atlas refused what was sent, for the reason above: change that, then run again.";
}
