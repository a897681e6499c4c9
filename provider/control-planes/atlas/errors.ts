import { apiErrorSchema } from "../../../schema/atlas.ts";
import { formatFinding } from "../../findings.ts";
import { HttpAnswerError, HttpError } from "../../http/index.ts";
import { type Code, finding } from "../../rules/index.ts";
import { PlaneError } from "../plane-error.ts";
import type { Call } from "./api.ts";

/** Codes with which Atlas answers 401, although it knows the key well: the key lacks the role. */
export const LACKS_ACCESS = new Set(["NOT_ORG_OWNER", "USER_UNAUTHORIZED"]);

/** Trouble with Atlas. */
export class AtlasError extends PlaneError {
  override name = "AtlasError";
}

/** Two who wrote at once, and our part of it could not be kept; the text says what was lost. */
export class ConflictError extends AtlasError {}

/** A create met an object of that name that it has not made itself. */
export function alreadyThere(operation: string, cause?: AtlasError): ConflictError {
  return new ConflictError(
    `${operation}: there is one already, which this run has not made\n` +
      "  fix  Adopt it (adopt: true), or remove it where it is managed.",
    { status: cause?.status, errorCode: cause?.errorCode, cause },
  );
}

/** A write was repeated since its answer was lost, and the repetition refused: the first may still be on its way. */
export function mayStillCome(refusal: unknown): unknown {
  if (!(refusal instanceof AtlasError)) return refusal;
  const { message, status, errorCode } = refusal;
  return new AtlasError(message, { status, errorCode, sent: "maybe", cause: refusal });
}

/** What went wrong, without what to do about it: for an error that tells of another one. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

/** Puts what the HTTP client says into Atlas's terms. Anything that is no HTTP trouble passes as it is. */
export function toAtlasError(error: unknown, call: Call, credentialsSource: string): unknown {
  if (!(error instanceof HttpError)) return error;
  const answer = apiErrorSchema.safeParse(error.body).data;
  const details = { status: error.status, errorCode: answer?.errorCode, sent: error.sent, cause: error };
  const headline = headlineOf(error, call.operation, answer);
  const code = accessCode(error, answer?.errorCode);
  if (code !== undefined) {
    const text = formatFinding(finding(code, { message: headline, fix: accessFix(code, call, credentialsSource) }));
    return new AtlasError(text, details);
  }
  const fix = nextStep(error, answer?.errorCode, call, credentialsSource);
  return new AtlasError(fix === undefined ? headline : `${headline}\n  fix  ${fix}`, details);
}

function headlineOf(error: HttpError, operation: string, answer: ReturnType<typeof parsed>): string {
  if (error.status === undefined || answer === undefined) {
    // By a function: a name in the operation may hold what a replacement text reads as a pattern.
    return error.message.replace(`${error.operation}:`, () => `${operation}:`);
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
  return error.status === 403 && !isLimit(errorCode) ? "FED412" : undefined;
}

/** A project is full. Atlas answers 403, but no role would help. */
function isLimit(errorCode: string | undefined): boolean {
  return errorCode?.endsWith("_LIMIT_EXCEEDED") ?? false;
}

function accessFix(code: Code, call: Call, source: string): string {
  if (code === "FED411") {
    return `Check the credentials (from ${source}), or make new ones with the role ${roleFor(call)}. Sources are an explicit Provider, else the environment, else the stack configuration.`;
  }
  return `Give the credentials (from ${source}) the role ${roleFor(call)}, and put this machine's address on their IP access list.`;
}

/** The least role that a call takes, by its documentation, and where; the operation names the place. */
function roleFor({ bucket, method }: Call): string {
  switch (bucket) {
    case "identity-providers":
    case "connected-organizations":
      return "Organization Owner in the organization";
    case "organizations":
      return "Organization Read Only in the organization";
    default:
      return method === "GET"
        ? "Project Read Only in the project"
        : "Project Owner (or Project Database Access Admin) in the project";
  }
}

function nextStep(
  error: HttpError,
  errorCode: string | undefined,
  { bucket }: Call,
  source: string,
): string | undefined {
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
  if (error.status === 404) {
    const federation = bucket === "identity-providers" || bucket === "connected-organizations";
    return `Check the ids, and that the credentials (from ${source}) belong to ${federation ? "an organization of this federation" : "this organization or project"}.`;
  }
  if (isLimit(errorCode)) return "Remove what is not needed there, or have MongoDB's support raise the limit.";
  if (error.status !== undefined && error.status >= 500) return "Atlas is in trouble; run again in a while.";
  if (error.status === 429) return "Wait until the limit has refilled, then run again.";
  return error.status === undefined
    ? undefined
    : "Atlas refused what was sent, for the reason above: change that, then run again.";
}
