import { apiErrorSchema } from "../../../schema/atlas.ts";
import { formatFinding } from "../../findings.ts";
import { HttpAnswerError, HttpError } from "../../http/index.ts";
import { type Code, finding } from "../../rules/index.ts";
import { PlaneError } from "../plane-error.ts";
import { type Change, entryOf } from "./change.ts";

/** Codes with which the API answers 401, although it knows the key well: the key lacks the role. */
const LACKS_ACCESS = new Set(["USER_UNAUTHORIZED", "NOT_GROUP_OWNER", "NOT_ORG_OWNER"]);

/** Trouble with Cloud Manager or Ops Manager. */
export class CloudManagerError extends PlaneError {
  override name = "CloudManagerError";
}

/** Two who wrote at once; the text says what was lost. */
export class ConflictError extends CloudManagerError {}

const VERBS: Record<Change["intent"], string> = { create: "create", update: "change", delete: "delete" };

/** What a change does, for the head of a message: `create role corp/dba@admin in project 65f0…`. */
export function operationOf(change: Change, projectId: string): string {
  return `${VERBS[change.intent]} ${entryOf(change)} in project ${projectId}`;
}

/** What a write has left, in our words. That it is there is verified by then; only its form can be strange. */
export function understood<T>(live: T | undefined, what: string): T {
  if (live !== undefined) return live;
  throw new CloudManagerError(
    `read ${what}: the server keeps it in a form that mongofed does not understand\n` +
      "  fix  This version of mongofed is older than the API: update it, or report this text.",
    { sent: "yes" },
  );
}

/** Puts what the HTTP client says into the API's terms. Anything that is no HTTP trouble passes as it is. */
export function toCloudManagerError(error: unknown, operation: string, server: ServerName): unknown {
  if (!(error instanceof HttpError)) return error;
  const answer = apiErrorSchema.safeParse(error.body).data;
  const details = { status: error.status, errorCode: answer?.errorCode, sent: error.sent, cause: error };
  const headline = headlineOf(error, operation, answer);
  const code = accessCode(error, answer?.errorCode);
  if (code !== undefined) {
    const text = formatFinding(finding(code, { message: headline, ...accessAdvice(code, server) }));
    return new CloudManagerError(text, details);
  }
  const fix = nextStep(error, server);
  return new CloudManagerError(fix === undefined ? headline : `${headline}\n  fix  ${fix}`, details);
}

/** Who answers, and with whose credentials we ask, in a user's words. */
export interface ServerName {
  /** `Cloud Manager` or `Ops Manager`. */
  readonly product: string;
  readonly credentialsSource: string;
}

type Answer = NonNullable<ReturnType<typeof apiErrorSchema.safeParse>["data"]>;

function headlineOf(error: HttpError, operation: string, answer: Answer | undefined): string {
  if (error.status === undefined || answer === undefined) {
    return error.message.replace(`${error.operation}:`, () => `${operation}:`);
  }
  const said = answer.detail ?? answer.reason ?? "";
  const id = error.requestId === undefined ? "" : ` (request id ${error.requestId})`;
  return `${operation}: HTTP ${error.status} ${answer.errorCode}${said === "" ? "" : `: ${said}`}${id}`;
}

function accessCode(error: HttpError, errorCode: string | undefined): Code | undefined {
  if (error.status === 401) return errorCode !== undefined && LACKS_ACCESS.has(errorCode) ? "FED412" : "FED411";
  return error.status === 403 ? "FED412" : undefined;
}

function accessAdvice(code: Code, { credentialsSource }: ServerName): { why?: string; fix: string } {
  if (code === "FED411") {
    const fix = `Check the credentials (from ${credentialsSource}), or make new ones. Sources are an explicit Provider, else the environment, else the stack configuration.`;
    return { fix };
  }
  return {
    why: "An automation config is read and written with the role Project Automation Admin, from an address on the API access list.",
    fix: `Give the credentials (from ${credentialsSource}) that role in the project (in the console it takes Project Owner), and put this machine's address on their API access list.`,
  };
}

function nextStep(error: HttpError, { product, credentialsSource }: ServerName): string | undefined {
  if (error instanceof HttpAnswerError) {
    return `Something else than the API of ${product} answered: check the base URL, and whether a proxy or a login page stands in between.`;
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
  if (error.status === undefined) return undefined;
  if (error.status === 404)
    return `Check the project id, and that the credentials (from ${credentialsSource}) belong to it.`;
  if (error.status >= 500) return `${product} is in trouble; run again in a while.`;
  return `${product} refused what was sent, for the reason above: change that, then run again.`;
}
