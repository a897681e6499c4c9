import {
  ATLAS_BASE_URL,
  baseUrlSchema,
  type CredentialNames,
  type CredentialSource,
  credentialPartSchema,
  credentialSources,
} from "../../schema/credentials.ts";
import type { Finding } from "../../schema/finding.ts";
import { FindingError } from "../findings.ts";
import type { Authentication } from "../http/index.ts";
import { finding } from "../rules/index.ts";

/** Everything that decides where requests go and who makes them, all from one source. */
export interface ResolvedCredentials {
  plane: "atlas";
  baseUrl: string;
  authentication: Authentication;
  /** Where they came from, in a user's words, with names and never with values. */
  source: string;
  /** One line each, for the user. */
  warnings: string[];
}

/** The places that are looked at. */
export interface CredentialPlaces {
  env: Readonly<Record<string, string | undefined>>;
  /** A value of the stack configuration under `mongofed:`, by the key without that: `clientId`. */
  config: (key: string) => string | undefined;
}

type Read = (name: string) => string | undefined;

/**
 * Finds the base URL and the credentials, together from the first source that holds credentials: an explicit `Provider`
 * (to come), the environment, the stack configuration. Nothing is ever put together from two sources, so that no key is
 * sent to a host that it was not meant for.
 *
 * @throws FindingError FED410 when there are no credentials or half of some, FED413 for a base URL in clear text,
 * FED200 for one that is none. Their texts name what was looked for, and hold no value of it.
 */
export function resolveCredentials(places: CredentialPlaces): ResolvedCredentials {
  const sources = credentialSources.map((source) => ({ source, read: readerOf(source, places) }));
  for (const { source, read } of sources) {
    const present = source.credentials.filter(({ id, secret }) => read(id) !== undefined || read(secret) !== undefined);
    const [chosen] = present;
    if (!chosen) continue;
    const halves = present.flatMap((names) => halfFinding(names, source, read));
    if (halves.length > 0) throw new FindingError(halves);

    const baseUrl = baseUrlOf(source, read);
    const others = sources.filter((other) => other.source !== source);
    return {
      plane: "atlas",
      baseUrl,
      authentication: authenticationOf(chosen, source, read, baseUrl),
      source: `the ${source.place} (${chosen.id})`,
      warnings: [
        ...present.slice(1).map((names) => unusedWarning(chosen, names, source)),
        ...others.flatMap((other) => baseUrlWarning(other.source, other.read, source, baseUrl)),
      ],
    };
  }
  throw new FindingError([missingFinding()]);
}

/** An empty value counts as none: pipelines hand empty variables to builds that may not see their secrets. */
function readerOf({ place }: CredentialSource, { env, config }: CredentialPlaces): Read {
  return (name) => (place === "environment" ? env[name] : config(name.replace(/^mongofed:/, "")))?.trim() || undefined;
}

function authenticationOf(
  names: CredentialNames,
  source: CredentialSource,
  read: Read,
  baseUrl: string,
): Authentication {
  const [id, secret] = [names.id, names.secret].map((name) => {
    const part = credentialPartSchema.safeParse(read(name));
    if (part.success) return part.data;
    const message = `${name} in the ${source.place} holds a character that no key or secret has (a space, a line break, or beyond ASCII)`;
    const why = "It was probably damaged on its way: cut, quoted twice, or decoded in the wrong way.";
    throw new FindingError([finding("FED410", { message, why, fix: `Set ${name} anew.` })]);
  }) as [string, string];
  if (names.kind === "API key") return { kind: "digest", username: id, password: secret };
  return { kind: "client-credentials", tokenUrl: `${baseUrl}/api/oauth/token`, clientId: id, clientSecret: secret };
}

function baseUrlOf(source: CredentialSource, read: Read): string {
  const given = read(source.baseUrl);
  if (given === undefined) return ATLAS_BASE_URL;
  const parsed = baseUrlSchema.safeParse(given);
  if (!parsed.success) {
    const message = `${source.baseUrl} in the ${source.place}: ${parsed.error.issues[0]?.message}`;
    const fix = `Set ${source.baseUrl} to something like ${ATLAS_BASE_URL}, or leave it out.`;
    throw new FindingError([finding("FED200", { message, why: "Requests and credentials go to this address.", fix })]);
  }
  const { protocol, hostname } = new URL(parsed.data);
  if (protocol === "http:" && !/^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname)) {
    const message = `${source.baseUrl} in the ${source.place} would send credentials to ${hostname} in clear text`;
    throw new FindingError([finding("FED413", { message })]);
  }
  return parsed.data;
}

function halfFinding(names: CredentialNames, source: CredentialSource, read: Read): Finding[] {
  const [there, missing] = read(names.id) === undefined ? [names.secret, names.id] : [names.id, names.secret];
  if (read(missing) !== undefined) return [];
  const set = source.place === "environment" ? `Set ${missing}` : `Run "pulumi config set --secret ${missing}"`;
  const unset = source.place === "environment" ? `unset ${there}` : `"pulumi config rm ${there}"`;
  return [
    finding("FED410", {
      message: `the ${source.place} holds half of a credential: ${there} is set, ${missing} is not`,
      why: `Both halves of a ${names.kind} come from the ${source.place}: halves of two sources are never put together.`,
      fix: `${set}, or ${unset} if another credential is meant.`,
    }),
  ];
}

function missingFinding(): Finding {
  const looked = credentialSources.flatMap(({ place, credentials }) =>
    credentials.map(({ kind, id, secret }) => `  ${place}: ${id} and ${secret} (${kind})`),
  );
  return finding("FED410", {
    message: "no credentials for MongoDB Atlas",
    why: ["These places were looked at, in this order, and hold none:", ...looked].join("\n"),
    fix: [
      "Create a service account in Atlas that is Organization Owner, and set MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or run",
      "  pulumi config set mongofed:clientId …",
      "  pulumi config set --secret mongofed:clientSecret …",
    ].join("\n"),
  });
}

function unusedWarning(chosen: CredentialNames, unused: CredentialNames, { place }: CredentialSource): string {
  const used = `the ${chosen.kind} of ${chosen.id} is used`;
  return `the ${place} holds two credentials: ${used}, the ${unused.kind} of ${unused.id} is not`;
}

/** A base URL that is not used must be said aloud: whoever set it believes that requests go there. */
function baseUrlWarning(other: CredentialSource, read: Read, used: CredentialSource, baseUrl: string): string[] {
  const given = read(other.baseUrl);
  if (given === undefined || baseUrlSchema.safeParse(given).data === baseUrl) return [];
  const { host } = new URL(baseUrl);
  const why = `the credentials come from the ${used.place}, and so does the base URL`;
  return [`${other.baseUrl} of the ${other.place} is not used: ${why} (${host}; ${used.baseUrl} changes it)`];
}
