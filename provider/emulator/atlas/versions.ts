import { AtlasError } from "./errors.ts";

/** One version of an endpoint. A sunset one is known, and answers 410. */
export interface ApiVersion {
  readonly date: string;
  readonly sunset?: true;
}

const VERSIONED = /^application\/vnd\.atlas\.([^+;\s]+)\+json$/;

/**
 * The version that an `Accept` header asks for: the newest one that is not newer than the date in it. A date before
 * the first version, no date at all or a plain `application/json` is 406; what is no date is 400.
 */
export function resolveVersion(accept: string | undefined, versions: readonly ApiVersion[]): ApiVersion {
  const asked = dateIn(accept);
  if (asked === undefined) throw notAcceptable(accept);
  const version = newestUntil(asked, versions);
  if (version === undefined) throw notAcceptable(accept);
  if (version.sunset) {
    throw new AtlasError(410, "VERSION_GONE", `The version ${version.date} of this resource was removed.`, {
      parameters: [version.date],
    });
  }
  return version;
}

/** Bodies are sent as plain JSON or under a versioned type; a version that is not the answer's own is a guess: 415. */
export function requireJsonBody(contentType: string | undefined, version: ApiVersion, versions: readonly ApiVersion[]) {
  const type = contentType?.split(";")[0]?.trim();
  if (type === "application/json") return;
  const date = dateIn(type);
  if (date !== undefined && newestUntil(date, versions) === version) return;
  throw new AtlasError(415, "UNSUPPORTED_MEDIA_TYPE", `The content type ${type ?? "(none)"} is not supported.`, {
    parameters: [type ?? ""],
  });
}

export function contentType(version: ApiVersion): string {
  return `application/vnd.atlas.${version.date}+json;charset=utf-8`;
}

function dateIn(header: string | undefined): string | undefined {
  for (const part of header?.split(",") ?? []) {
    const date = VERSIONED.exec(part.split(";")[0]!.trim())?.[1];
    if (date === undefined) continue;
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !isCalendarDate(date)) {
      throw new AtlasError(400, "INVALID_VERSION_DATE", `The version date ${date} is invalid.`, { parameters: [date] });
    }
    return date;
  }
  return undefined;
}

/** `2023-02-30` has the form of a date; JavaScript would take it for the second of March. */
function isCalendarDate(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

function newestUntil(date: string, versions: readonly ApiVersion[]): ApiVersion | undefined {
  return versions
    .filter((version) => version.date <= date)
    .sort((a, b) => a.date.localeCompare(b.date))
    .at(-1);
}

function notAcceptable(accept: string | undefined): AtlasError {
  return new AtlasError(406, "INVALID_VERSION", `No version of this resource is acceptable by ${accept ?? "(none)"}.`, {
    parameters: [accept ?? ""],
  });
}
