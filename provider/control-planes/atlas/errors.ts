import { credentialSources, phrase, preview, setInput } from "../../../schema/phrase.ts";
import { PlaneError, type ServerName, toPlaneError } from "../plane-error.ts";
import type { Call } from "./call.ts";

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
    phrase`${operation}: the object exists already, and this run did not create it\n  fix  Adopt it (${setInput("adopt", true)}), or remove it where it is managed.`,
    { status: cause?.status, errorCode: cause?.errorCode, cause },
  );
}

/** A write was repeated since its answer was lost, and the repetition refused: the first may still be on its way. */
export function mayStillCome(refusal: unknown): unknown {
  if (!(refusal instanceof AtlasError)) return refusal;
  const { text, status, errorCode } = refusal;
  return new AtlasError(text, { status, errorCode, sent: "maybe", cause: refusal });
}

/** A create whose answers were lost, and whose object Atlas does not show. */
export function notMade(cause: AtlasError, aborted: boolean): AtlasError {
  if (aborted) {
    // One look was all that there was time for, and the request may still be on its way.
    return new AtlasError(
      phrase`${cause.text}\n  note Atlas does not show it yet. The next ${preview} names it if it exists.`,
      {
        sent: "maybe",
        cause,
      },
    );
  }
  return new AtlasError(phrase`${cause.text}\n  note Atlas did not create it. It is safe to run again.`, {
    status: cause.status,
    errorCode: cause.errorCode,
    cause,
  });
}

/** Puts an error of the HTTP client into Atlas's terms. */
export function toAtlasError(error: unknown, call: Call, server: ServerName): unknown {
  const { credentialsSource: source } = server;
  return toPlaneError(error, call.operation, AtlasError, () => ({
    server,
    lacksAccess: LACKS_ACCESS,
    newCredentials: phrase`Check the credentials (from ${source}), or create new ones with the role ${roleFor(call)}. ${credentialSources}`,
    role: {
      fix: `Give the credentials (from ${source}) the role ${roleFor(call)}, and put this machine's address on their IP access list.`,
    },
    notFound: `Check the ids, and that the credentials (from ${source}) belong to ${isOfFederation(call) ? "an organization of this federation" : "this organization or project"}.`,
  }));
}

function isOfFederation({ bucket }: Call): boolean {
  return bucket === "identity-providers" || bucket === "connected-organizations";
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
