import { credentialSources, phrase } from "../../../schema/phrase.ts";
import { PlaneError, type ServerName, toPlaneError } from "../plane-error.ts";
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

/** Describes a change for the start of a message: `create role corp/dba@admin in project 65f0…`. */
export function operationOf(change: Change, projectId: string): string {
  return `${VERBS[change.intent]} ${entryOf(change)} in project ${projectId}`;
}

/** Returns the parsed entry after a write. Its existence is verified before; only its form can be unknown. */
export function understood<T>(live: T | undefined, what: string): T {
  if (live !== undefined) return live;
  throw new CloudManagerError(
    `read ${what}: the server keeps it in a form that mongofed does not understand\n` +
      "  fix  This version of mongofed is older than the API: update it, or report this text.",
    { sent: "yes" },
  );
}

/** Puts an error of the HTTP client into the API's terms. */
export function toCloudManagerError(error: unknown, operation: string, server: ServerName): unknown {
  const { credentialsSource: source } = server;
  return toPlaneError(error, operation, CloudManagerError, () => ({
    server,
    lacksAccess: LACKS_ACCESS,
    newCredentials: phrase`Check the credentials (from ${source}), or create new ones. ${credentialSources}`,
    role: {
      why: "An automation config is read and written with the role Project Automation Admin, from an address on the API access list.",
      fix: `Give the credentials (from ${source}) that role in the project (in the console it takes Project Owner), and put this machine's address on their API access list.`,
    },
    notFound: `Check the project id, and that the credentials (from ${source}) belong to it.`,
  }));
}
