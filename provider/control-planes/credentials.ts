import {
  ATLAS_BASE_URL,
  baseUrlSchema,
  type CredentialNames,
  type CredentialSource,
  credentialPartSchema,
  credentialSources,
  credentialsNameSchema,
  namedSource,
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
  /** Certificates that are trusted too; relative to the program's folder. */
  caFile: string | undefined;
  /** Where they came from, in a user's words, with names and never with values. */
  source: string;
  /** One line each, for the user. */
  warnings: string[];
}

/** The places that are looked at. */
export interface CredentialPlaces {
  env: Readonly<Record<string, string | undefined>>;
  /**
   * A value under `mongofed:`, by the key without that (`clientId`): of the stack configuration, or of the explicit
   * `Provider`, which then is all that there is. `provider` is the name of that one.
   */
  config: (key: string) => string | undefined;
}

type Read = (name: string) => string | undefined;

/** A source as it stands in this run. */
interface Source extends CredentialSource {
  readonly read: Read;
  /** Where its base URL stands, in a user's words. */
  readonly baseUrlAt: string;
}

/**
 * Finds the base URL and the credentials, together from the first source that holds credentials: the environment, the
 * stack configuration. An explicit `Provider` names the one source there is for its resources, and no other is looked
 * at. Nothing is ever put together from two sources, so that no key is sent to a host that it was not meant for.
 *
 * @throws FindingError FED410 when there are no credentials or half of some, FED413 for a base URL in clear text,
 * FED200 for one that is none. Their texts name what was looked for, and hold no value of it.
 */
export function resolveCredentials(places: CredentialPlaces): ResolvedCredentials {
  const sources = sourcesOf(places);
  for (const source of sources) {
    const present = presentIn(source);
    const [chosen] = present;
    if (!chosen) continue;
    const halves = present.flatMap((names) => halfFinding(names, source));
    if (halves.length > 0) throw new FindingError(halves);

    const baseUrl = baseUrlOf(source);
    const provider = places.config("provider");
    return {
      plane: "atlas",
      baseUrl,
      authentication: authenticationOf(chosen, source, baseUrl),
      caFile: provider === undefined ? undefined : places.config("caFile"),
      source: `the ${source.place} (${chosen.id})${provider === undefined ? "" : `, named by Provider "${provider}"`}`,
      warnings: [
        ...present.slice(1).map((names) => unusedWarning(chosen, names, source)),
        ...sources.filter((other) => other !== source).flatMap((other) => baseUrlWarning(other, source, baseUrl)),
        ...overruledWarning(places, source, baseUrl),
      ],
    };
  }
  throw new FindingError([missingFinding(places, sources)]);
}

/** That there are no credentials at all, in a user's words; `undefined` where there are some, if only in part. */
export function noCredentials(places: CredentialPlaces): string | undefined {
  const sources = sourcesOf(places);
  if (sources.some((source) => presentIn(source).length > 0)) return undefined;
  const provider = places.config("provider");
  if (provider === undefined) return "the environment and the stack configuration hold no credentials";
  return `the environment holds no ${places.config("credentials")?.replace("env:", "")}_… credentials, which Provider "${provider}" names`;
}

function sourcesOf(places: CredentialPlaces): Source[] {
  const provider = places.config("provider");
  if (provider !== undefined) return [providerSource(provider, places)];
  return credentialSources.map((source) => ({
    ...source,
    read: readerOf(source, places),
    baseUrlAt: `${source.baseUrl} in the ${source.place}`,
  }));
}

function providerSource(provider: string, { env, config }: CredentialPlaces): Source {
  const name = credentialsNameSchema.safeParse(config("credentials"));
  if (!name.success) {
    const message = `credentials of Provider "${provider}" are not the name of environment variables`;
    throw new FindingError([finding("FED415", { message })]);
  }
  const source = namedSource(name.data);
  const given = config("baseUrl");
  return {
    ...source,
    read: (variable) => ((variable === source.baseUrl ? given : undefined) ?? env[variable])?.trim() || undefined,
    baseUrlAt: given === undefined ? `${source.baseUrl} in the environment` : `baseUrl of Provider "${provider}"`,
  };
}

/** An empty value counts as none: pipelines hand empty variables to builds that may not see their secrets. */
function readerOf({ place }: CredentialSource, { env, config }: CredentialPlaces): Read {
  return (name) => (place === "environment" ? env[name] : config(name.replace(/^mongofed:/, "")))?.trim() || undefined;
}

function presentIn({ credentials, read }: Source): CredentialNames[] {
  return credentials.filter(({ id, secret }) => read(id) !== undefined || read(secret) !== undefined);
}

function authenticationOf(names: CredentialNames, { place, read }: Source, baseUrl: string): Authentication {
  const [id, secret] = [names.id, names.secret].map((name) => {
    const part = credentialPartSchema.safeParse(read(name));
    if (part.success) return part.data;
    const message = `${name} in the ${place} holds a character that no key or secret has (a space, a line break, or beyond ASCII)`;
    const why = "It was probably damaged on its way: cut, quoted twice, or decoded in the wrong way.";
    throw new FindingError([finding("FED410", { message, why, fix: `Set ${name} anew.` })]);
  }) as [string, string];
  if (names.kind === "API key") return { kind: "digest", username: id, password: secret };
  return { kind: "client-credentials", tokenUrl: `${baseUrl}/api/oauth/token`, clientId: id, clientSecret: secret };
}

function baseUrlOf({ baseUrl, baseUrlAt, read }: Source): string {
  const given = read(baseUrl);
  if (given === undefined) return ATLAS_BASE_URL;
  const parsed = baseUrlSchema.safeParse(given);
  if (!parsed.success) {
    const message = `${baseUrlAt}: ${parsed.error.issues[0]?.message}`;
    const fix = `Set it to something like ${ATLAS_BASE_URL}, or leave it out.`;
    throw new FindingError([finding("FED200", { message, why: "Requests and credentials go to this address.", fix })]);
  }
  const { protocol, hostname } = new URL(parsed.data);
  if (protocol === "http:" && !/^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname)) {
    const message = `${baseUrlAt} would send credentials to ${hostname} in clear text`;
    throw new FindingError([finding("FED413", { message })]);
  }
  return parsed.data;
}

function halfFinding(names: CredentialNames, { place, read }: Source): Finding[] {
  const [there, missing] = read(names.id) === undefined ? [names.secret, names.id] : [names.id, names.secret];
  if (read(missing) !== undefined) return [];
  const set = place === "environment" ? `Set ${missing}` : `Run "pulumi config set --secret ${missing}"`;
  const unset = place === "environment" ? `unset ${there}` : `"pulumi config rm ${there}"`;
  return [
    finding("FED410", {
      message: `the ${place} holds half of a credential: ${there} is set, ${missing} is not`,
      why: `Both halves of a ${names.kind} come from the ${place}: halves of two sources are never put together.`,
      fix: `${set}, or ${unset} if another credential is meant.`,
    }),
  ];
}

function missingFinding({ config }: CredentialPlaces, sources: readonly Source[]): Finding {
  const provider = config("provider");
  const looked = sources.flatMap(({ place, credentials }) =>
    credentials.map(({ kind, id, secret }) => `  ${place}: ${id} and ${secret} (${kind})`),
  );
  const [first] = sources.flatMap(({ credentials }) => credentials) as [CredentialNames];
  const set = `Create a service account in Atlas that is Organization Owner, and set ${first.id} and ${first.secret}`;
  if (provider !== undefined) {
    return finding("FED410", {
      message: `no credentials for Provider "${provider}"`,
      why: [`It names ${config("credentials")}. These were looked at, nothing else, and hold none:`, ...looked].join(
        "\n",
      ),
      fix: `${set}.`,
    });
  }
  return finding("FED410", {
    message: "no credentials for MongoDB Atlas",
    why: ["These places were looked at, in this order, and hold none:", ...looked].join("\n"),
    fix: [
      `${set}, or run`,
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
function baseUrlWarning(other: Source, used: Source, baseUrl: string): string[] {
  const given = other.read(other.baseUrl);
  if (given === undefined || baseUrlSchema.safeParse(given).data === baseUrl) return [];
  const { host } = new URL(baseUrl);
  const why = `the credentials come from the ${used.place}, and so does the base URL`;
  return [`${other.baseUrl} of the ${other.place} is not used: ${why} (${host}; ${used.baseUrl} changes it)`];
}

/** The same for the base URL that lies beside the credentials, where the `Provider` gives another one. */
function overruledWarning({ env, config }: CredentialPlaces, used: Source, baseUrl: string): string[] {
  const given = config("provider") === undefined ? undefined : env[used.baseUrl]?.trim() || undefined;
  if (given === undefined || baseUrlSchema.safeParse(given).data === baseUrl) return [];
  const why = `Provider "${config("provider")}" gives another base URL`;
  return [`${used.baseUrl} of the environment is not used: ${why} (${new URL(baseUrl).host})`];
}
