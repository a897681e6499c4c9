import { z } from "zod";
import { PLANE_KINDS, type PlaneKind, type PlaneName } from "./plane.ts";

/**
 * Where a control plane is when nothing says so. Atlas for Government has a host of its own; Ops Manager is where
 * somebody runs it. The trap: Atlas and Cloud Manager are one host, so a base URL does not tell them apart.
 */
export const DEFAULT_BASE_URLS: Readonly<Record<PlaneName, string | undefined>> = {
  atlas: "https://cloud.mongodb.com",
  "cloud-manager": "https://cloud.mongodb.com",
  "ops-manager": undefined,
};

/**
 * One half of a credential. Keys and secrets of MongoDB are printable ASCII without spaces; a line break at the end,
 * which files and pipelines add, is taken off, and one in the middle would split an HTTP header.
 */
export const credentialPartSchema = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, "expected printable ASCII without spaces");

/**
 * Scheme, host, port and at most a path; ends without a slash. MongoDB's documentation includes an API path in the base
 * URL, which is removed.
 */
export const baseUrlSchema = z
  .string()
  .trim()
  .refine(
    isPlainUrl,
    "expected an http(s) URL of scheme, host and at most a path, without user, password, query or fragment",
  )
  .transform((text) => text.replace(/(?<!\/)\/+$/, "").replace(/\/api\/(public\/v1\.0|atlas\/v2)$/, ""));

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === "";
}

/**
 * The name of credentials, which is all that a program ever says of them: `env:OPS_EU` are the environment variables
 * that begin with `OPS_EU_`.
 */
export const credentialsNameSchema = z
  .templateLiteral(["env:", z.string().regex(/^[A-Z][A-Z0-9_]*$/)])
  .meta({ examples: ["env:OPS_EU"] });
export type CredentialsName = z.infer<typeof credentialsNameSchema>;

/** A credential's kind and the names of its halves, at one place where it can stand. */
export interface CredentialNames {
  readonly kind: "service account" | "API key";
  readonly id: string;
  readonly secret: string;
}

/** One place where credentials, the base URL and the CA file can stand, together. */
export interface CredentialSource {
  readonly place: "environment" | "stack configuration";
  readonly baseUrl: string;
  /** A file of PEM certificates that are trusted too. */
  readonly caFile: string;
  /** In the order in which they are taken. */
  readonly credentials: readonly CredentialNames[];
  /** The names are those of MongoDB's own tools. */
  readonly ofTool?: true;
}

/** The environment variables that begin with a prefix, under the names of MongoDB's own tools for Atlas. */
function environmentSource(prefix: string): CredentialSource {
  return {
    place: "environment",
    baseUrl: `${prefix}_BASE_URL`,
    caFile: `${prefix}_CA_FILE`,
    credentials: [
      { kind: "service account", id: `${prefix}_CLIENT_ID`, secret: `${prefix}_CLIENT_SECRET` },
      { kind: "API key", id: `${prefix}_PUBLIC_API_KEY`, secret: `${prefix}_PRIVATE_API_KEY` },
      { kind: "API key", id: `${prefix}_PUBLIC_KEY`, secret: `${prefix}_PRIVATE_KEY` },
    ],
  };
}

const atlasEnvironment: CredentialSource = { ...environmentSource("MONGODB_ATLAS"), ofTool: true };

/**
 * The names of MongoDB's own CLI for Cloud Manager and Ops Manager, mongocli (its documentation, Environment Variables;
 * `internal/config/profile.go` and `internal/store/store.go` of mongodb/mongodb-cli). It has one set for both, and takes
 * the URL and the certificate for Cloud Manager too, in spite of their names. It knows no service accounts.
 */
const mongocliEnvironment: CredentialSource = {
  place: "environment",
  baseUrl: "MCLI_OPS_MANAGER_URL",
  caFile: "MCLI_OPS_MANAGER_CA_CERTIFICATE",
  credentials: [{ kind: "API key", id: "MCLI_PUBLIC_API_KEY", secret: "MCLI_PRIVATE_API_KEY" }],
  ofTool: true,
};

const stackConfiguration: CredentialSource = {
  place: "stack configuration",
  baseUrl: "mongofed:baseUrl",
  caFile: "mongofed:caFile",
  credentials: [
    { kind: "service account", id: "mongofed:clientId", secret: "mongofed:clientSecret" },
    { kind: "API key", id: "mongofed:publicKey", secret: "mongofed:privateKey" },
  ],
};

/** The settings of a stack that hold a secret: `mongofed:clientSecret`. */
export const secretSettings: readonly string[] = stackConfiguration.credentials.map(({ secret }) => secret);

/** All that the environment may hold for one product or the other. */
export const environmentSources: readonly CredentialSource[] = [atlasEnvironment, mongocliEnvironment];

/** The environment variables of each kind of control plane, and then those of the other kind. */
const ENVIRONMENTS = {
  atlas: [atlasEnvironment, mongocliEnvironment],
  project: [mongocliEnvironment, atlasEnvironment],
} as const satisfies Record<PlaneKind, readonly CredentialSource[]>;

/** Where credentials are looked for when no `Provider` names any, in order. */
export function credentialSources(plane: PlaneName): readonly CredentialSource[] {
  const [own] = ENVIRONMENTS[PLANE_KINDS[plane]];
  return [own, stackConfiguration].map((source) => acceptedBy(plane, source));
}

const TOOL_ENVIRONMENTS: Readonly<Record<string, CredentialSource>> = {
  MONGODB_ATLAS: atlasEnvironment,
  MCLI: mongocliEnvironment,
};

/** The one source that a `Provider` names. */
export function namedSource(name: CredentialsName, plane: PlaneName): CredentialSource {
  const prefix = name.slice("env:".length);
  return acceptedBy(plane, TOOL_ENVIRONMENTS[prefix] ?? environmentSource(prefix));
}

/** Environment variables for the other kind of control plane. */
export function foreignEnvironment(plane: PlaneName): CredentialSource {
  const [, foreign] = ENVIRONMENTS[PLANE_KINDS[plane]];
  return foreign;
}

/** Ops Manager has no service accounts; Cloud Manager has them as a preview (its API documentation, Service Accounts). */
function acceptedBy(plane: PlaneName, source: CredentialSource): CredentialSource {
  if (plane !== "ops-manager") return source;
  return { ...source, credentials: source.credentials.filter(({ kind }) => kind === "API key") };
}

/** Whether a base URL leads to this machine; what it sends there leaves it on no network. */
export function isLoopback(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(new URL(baseUrl).hostname);
}
