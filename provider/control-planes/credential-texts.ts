import {
  baseUrlSchema,
  type CredentialNames,
  type CredentialSource,
  foreignEnvironment,
} from "../../schema/credentials.ts";
import type { Finding } from "../../schema/finding.ts";
import {
  join,
  type Phrase,
  phrase,
  setConfig,
  setSecretConfig,
  setting,
  stack,
  unsetConfig,
} from "../../schema/phrase.ts";
import { PLANE_KINDS, type PlaneKind, type PlaneName, PRODUCTS } from "../../schema/plane.ts";
import { finding } from "../rules/index.ts";
import { type CredentialPlaces, foreignCredentials, type Source, sourcesOf } from "./credential-sources.ts";

/** Texts about credentials. They name credentials and places, and never hold a value. */

/** The credentials and the control plane of a run. */
interface Used {
  readonly plane: PlaneName;
  readonly source: Source;
  /** All that the source holds, the one that is used first. */
  readonly credentials: readonly [CredentialNames, ...CredentialNames[]];
  readonly baseUrl: string;
}

/** Adds the places that hold a credential that mongofed does not use, because a user may expect it to. */
export function noBaseUrlFinding({ place, baseUrl }: Source, plane: PlaneName, places: CredentialPlaces): Finding {
  const provider = places.config("provider");
  const elsewhere = sourcesOf(places, plane).filter((other) => other.read(other.baseUrl) !== undefined);
  const unused = elsewhere.map(
    (other) => `\n${other.baseUrlAt} does not count: base URL and credentials come from one source.`,
  );
  const why = `The credentials come from the ${place}, and it does not say where ${PRODUCTS[plane]} is.${unused.join("")}`;
  const set = place === "environment" ? `set ${baseUrl}` : setConfig("baseUrl", "https://…");
  return finding("FED414", {
    message: `no base URL for ${provider === undefined ? PRODUCTS[plane] : `Provider "${provider}"`}`,
    why,
    fix: phrase`To name scheme, host and port, ${set}${provider === undefined ? "" : `, or set baseUrl of Provider "${provider}"`}.`,
  });
}

export function halfFinding(names: CredentialNames, { place, read }: Source): Finding[] {
  const [there, missing] = read(names.id) === undefined ? [names.secret, names.id] : [names.id, names.secret];
  if (read(missing) !== undefined) return [];
  const set = place === "environment" ? `set ${missing}` : setSecretConfig(keyOf(missing));
  const unset = place === "environment" ? `unset ${there}` : unsetConfig(keyOf(there));
  return [
    finding("FED410", {
      message: `the ${place} holds half of a credential: ${there} is set, ${missing} is not`,
      why: `Both halves of a ${names.kind} come from the ${place}: mongofed never combines two sources.`,
      fix: phrase`To complete it, ${set}. To use another credential, ${unset}.`,
    }),
  ];
}

export function missingFinding(places: CredentialPlaces, plane: PlaneName, sources: readonly Source[]): Finding {
  const provider = places.config("provider");
  const looked = sources.flatMap(({ place, credentials }) =>
    credentials.map(({ kind, id, secret }) => `  ${place}: ${id} and ${secret} (${kind})`),
  );
  const [first] = sources.flatMap(({ credentials }) => credentials) as [CredentialNames];
  const create = `Create ${first.kind === "API key" ? "an" : "a"} ${first.kind} ${NEEDED_ACCESS[plane]}, and set ${first.id} and ${first.secret}`;
  if (provider !== undefined) {
    return finding("FED410", {
      message: `no credentials for Provider "${provider}"`,
      why: [
        `It names ${places.config("credentials")}. mongofed looked only at these, and found none:`,
        ...looked,
        ...unacceptedAccount(places, plane),
      ].join("\n"),
      fix: `${create}.`,
    });
  }
  const [id, secret] = USUAL_CREDENTIALS[PLANE_KINDS[plane]];
  return finding("FED410", {
    message: `no credentials for ${PRODUCTS[plane]}`,
    why: join(
      [
        "mongofed looked at these places, in this order, and found none:",
        ...looked,
        ...unacceptedAccount(places, plane),
        ...foreignCredentials(places, plane),
      ],
      "\n",
    ),
    fix:
      places.hasStack === false
        ? `${create}.`
        : phrase`${create}.\nOr ${setConfig(id)} and ${setSecretConfig(secret)}.`,
  });
}

/** The settings that a user of each kind of control plane sets first. */
const USUAL_CREDENTIALS = {
  atlas: ["clientId", "clientSecret"],
  project: ["publicKey", "privateKey"],
} as const satisfies Record<PlaneKind, unknown>;

/** Where credentials are created, and the roles that they need. */
const NEEDED_ACCESS: Readonly<Record<PlaneName, string>> = {
  atlas: "in Atlas that is Organization Owner",
  "cloud-manager": "in Cloud Manager that is Project Owner, or Project Automation Admin, of the project",
  "ops-manager": "in Ops Manager that is Project Owner, or Project Automation Admin, of the project",
};

/** Names of a service account that were set for a product that has none. */
function unacceptedAccount({ env, config }: CredentialPlaces, plane: PlaneName): string[] {
  if (plane !== "ops-manager") return [];
  const prefix = config("provider") === undefined ? undefined : config("credentials")?.replace("env:", "");
  const [name, value] =
    prefix === undefined
      ? ["mongofed:clientId", config("clientId")]
      : [`${prefix}_CLIENT_ID`, env[`${prefix}_CLIENT_ID`]];
  return value?.trim() ? [`${name} is set, but ${PRODUCTS[plane]} has no service accounts: it takes API keys.`] : [];
}

/** Returns warnings about unusual credentials of a run, one line each. */
export function warningsOf(used: Used, sources: readonly Source[], places: CredentialPlaces): Phrase[] {
  const { source, credentials, baseUrl } = used;
  const [chosen, ...spare] = credentials;
  const others = sources.filter((other) => other !== source);
  return [
    ...spare.map((names) => unusedWarning(chosen, names, source)),
    ...others.flatMap((other) => [...baseUrlWarning(other, source, baseUrl), ...caFileWarning(other, source)]),
    ...otherPlaneWarning(places, used),
  ];
}

function unusedWarning(chosen: CredentialNames, unused: CredentialNames, { place }: CredentialSource): string {
  const used = `the ${chosen.kind} of ${chosen.id} is used`;
  return `the ${place} holds two credentials: ${used}, the ${unused.kind} of ${unused.id} is not`;
}

/** Reports an unused base URL, because a user may expect requests to go there. */
function baseUrlWarning(other: Source, used: Source, baseUrl: string): string[] {
  const given = other.read(other.baseUrl);
  if (given === undefined || baseUrlSchema.safeParse(given).data === baseUrl) return [];
  const { host } = new URL(baseUrl);
  const why = `the credentials come from the ${used.place}, and so does the base URL`;
  return [`${other.baseUrl} of the ${other.place} is not used: ${why} (${host}; ${used.baseUrl} changes it)`];
}

/** Reports an unused CA file: without it the connection fails with an error that looks like the server's. */
function caFileWarning(other: Source, used: Source): string[] {
  const given = other.read(other.caFile);
  if (given === undefined || given === used.read(used.caFile)) return [];
  const why = `the credentials come from the ${used.place}, and so does the CA file`;
  return [`${other.caFile} of the ${other.place} is not used: ${why} (${used.caFile} names one)`];
}

/**
 * Credentials of the stack configuration could be for any product. So a stack that does not say for which, beside the base
 * URL of another one in the environment, has perhaps forgotten to.
 */
function otherPlaneWarning({ env, config }: CredentialPlaces, { plane, source, baseUrl }: Used): Phrase[] {
  if (source.place === "environment" || config("plane")?.trim()) return [];
  const { baseUrl: name } = foreignEnvironment(plane);
  const given = env[name]?.trim() || undefined;
  if (given === undefined || baseUrlSchema.safeParse(given).data === baseUrl) return [];
  return [
    phrase`${name} of the environment is not used: this ${stack} is for ${PRODUCTS[plane]} (${new URL(baseUrl).host}), since ${setting("plane")} is not set`,
  ];
}

/** `clientId` of `mongofed:clientId`. */
function keyOf(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
