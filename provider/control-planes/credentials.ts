import {
  baseUrlSchema,
  type CredentialNames,
  credentialPartSchema,
  DEFAULT_BASE_URLS,
  isLoopback,
} from "../../schema/credentials.ts";
import { join, type Phrase } from "../../schema/phrase.ts";
import { type PlaneName, PRODUCTS } from "../../schema/plane.ts";
import { FindingError } from "../findings.ts";
import type { Authentication } from "../http/index.ts";
import { finding } from "../rules/index.ts";
import {
  type CredentialPlaces,
  foreignCredentials,
  planeNameOf,
  presentIn,
  type Source,
  sourcesOf,
} from "./credential-sources.ts";
import { halfFinding, missingFinding, noBaseUrlFinding, warningsOf } from "./credential-texts.ts";
import { type NamedHost, namedHost } from "./pinned-hosts.ts";

/** Everything that decides where requests go and who makes them, all from one source. */
export interface ResolvedCredentials {
  plane: PlaneName;
  baseUrl: string;
  authentication: Authentication;
  /** Certificates that are trusted too; relative to the program's folder. */
  caFile: string | undefined;
  /** The host, where a `Provider` names the credentials. */
  host?: NamedHost;
  /** Where they came from, in a user's words, with names and never with values. */
  source: string;
  /** One line each, for the user. */
  warnings: Phrase[];
}

/**
 * Finds the base URL, the CA file and the credentials for the control plane of this run, together from the first source
 * that holds credentials: the environment, the stack configuration. An explicit `Provider` names the one source there is
 * for its resources, and no other is looked at. Nothing is ever put together from two sources, so that no key is sent to
 * a host that it was not meant for.
 *
 * @throws FindingError FED417 for a host that the environment does not confirm, FED410 when there are no credentials or half of some, FED413 for a base URL in clear text, FED414
 * where there is none and the product has no default, FED200 for one that is none, FED420 for a control plane that does
 * not exist. Their texts name what was looked for, and hold no value of it.
 */
export function resolveCredentials(places: CredentialPlaces): ResolvedCredentials {
  const plane = planeNameOf(places);
  const sources = sourcesOf(places, plane);
  for (const source of sources) {
    const [chosen, ...spare] = presentIn(source);
    if (!chosen) continue;
    const halves = [chosen, ...spare].flatMap((names) => halfFinding(names, source));
    if (halves.length > 0) throw new FindingError(halves);

    const baseUrl = baseUrlOf(source, plane, places);
    const provider = places.config("provider");
    return {
      plane,
      baseUrl,
      ...(provider === undefined ? {} : { host: namedHost(source, plane, baseUrl, places) }),
      authentication: authenticationOf(chosen, source, baseUrl),
      caFile: source.read(source.caFile),
      source: `the ${source.place} (${chosen.id})${provider === undefined ? "" : `, named by Provider "${provider}"`}`,
      warnings: warningsOf({ plane, source, credentials: [chosen, ...spare], baseUrl }, sources, places),
    };
  }
  throw new FindingError([missingFinding(places, plane, sources)]);
}

/**
 * Returns the host that the credentials of a `Provider` would be sent to, whether there are any or not; `undefined`
 * without a `Provider`.
 *
 * @throws FindingError FED200, FED413, FED414, FED417 or FED420
 */
export function hostOf(places: CredentialPlaces): NamedHost | undefined {
  if (places.config("provider") === undefined) return undefined;
  const plane = planeNameOf(places);
  const [source] = sourcesOf(places, plane) as [Source];
  return namedHost(source, plane, baseUrlOf(source, plane, places), places);
}

/** That there are no credentials at all, in a user's words; `undefined` where there are some, if only in part. */
export function noCredentials(places: CredentialPlaces): Phrase | undefined {
  const plane = planeNameOf(places);
  if (sourcesOf(places, plane).some((source) => presentIn(source).length > 0)) return undefined;
  const provider = places.config("provider");
  if (provider !== undefined) {
    return `the environment holds no ${places.config("credentials")?.replace("env:", "")}_… credentials, which Provider "${provider}" names`;
  }
  const holders =
    places.hasStack === false ? "the environment holds" : "the environment and the stack configuration hold";
  return join([`${holders} no credentials for ${PRODUCTS[plane]}`, ...foreignCredentials(places, plane)], "; ");
}

/** Both products that know service accounts give out their tokens at the same place below the base URL. */
function authenticationOf(names: CredentialNames, { place, read }: Source, baseUrl: string): Authentication {
  const [id, secret] = [names.id, names.secret].map((name) => {
    const part = credentialPartSchema.safeParse(read(name));
    if (part.success) return part.data;
    const message = `${name} in the ${place} holds a character that no key or secret has (a space, a line break, or beyond ASCII)`;
    const why = "It was probably damaged on its way: cut, quoted twice, or decoded in the wrong way.";
    throw new FindingError([finding("FED410", { message, why, fix: `Set ${name} again.` })]);
  }) as [string, string];
  if (names.kind === "API key") return { kind: "digest", username: id, password: secret };
  if (!id.startsWith("mdb_sa_id_") && !isLoopback(baseUrl)) {
    const message = `${names.id} in the ${place} does not begin with mdb_sa_id_`;
    const why =
      "It is not the client id of a MongoDB service account, so the secret beside it may belong to another tool. mongofed does not send it.";
    throw new FindingError([
      finding("FED410", { message, why, fix: `Set ${names.id} to the client id of a service account.` }),
    ]);
  }
  return { kind: "client-credentials", tokenUrl: `${baseUrl}/api/oauth/token`, clientId: id, clientSecret: secret };
}

function baseUrlOf(source: Source, plane: PlaneName, places: CredentialPlaces): string {
  const { baseUrl, baseUrlAt, read } = source;
  const given = read(baseUrl) ?? DEFAULT_BASE_URLS[plane];
  if (given === undefined) throw new FindingError([noBaseUrlFinding(source, plane, places)]);
  const parsed = baseUrlSchema.safeParse(given);
  if (!parsed.success) {
    const message = `${baseUrlAt}: ${parsed.error.issues[0]?.message}`;
    const usual = DEFAULT_BASE_URLS[plane];
    const fix = `Set it to something like ${usual === undefined ? "https://ops.example.com:8443." : `${usual}, or leave it out.`}`;
    throw new FindingError([finding("FED200", { message, why: "Requests and credentials go to this address.", fix })]);
  }
  const { protocol, hostname } = new URL(parsed.data);
  if (protocol === "http:" && !isLoopback(parsed.data)) {
    const message = `${baseUrlAt} would send credentials to ${hostname} in clear text`;
    throw new FindingError([finding("FED413", { message })]);
  }
  return parsed.data;
}
