import { z } from "zod";

/** MongoDB Atlas, commercial. Atlas for Government has a host of its own. */
export const ATLAS_BASE_URL = "https://cloud.mongodb.com";

/**
 * One half of a credential. Keys and secrets of MongoDB are printable ASCII without spaces; a line break at the end,
 * which files and pipelines add, is taken off, and one in the middle would split an HTTP header.
 */
export const credentialPartSchema = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, "expected printable ASCII without spaces");

/** Scheme, host, port and at most a path; ends without a slash. */
export const baseUrlSchema = z
  .string()
  .trim()
  .refine(
    isPlainUrl,
    "expected an http(s) URL of scheme, host and at most a path, without user, password, query or fragment",
  )
  .transform((text) => text.replace(/\/+$/, ""));

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

/** One place where credentials and the base URL can stand, together. */
export interface CredentialSource {
  readonly place: "environment" | "stack configuration";
  readonly baseUrl: string;
  /** In the order in which they are taken. */
  readonly credentials: readonly CredentialNames[];
}

/** The environment variables that begin with a prefix, under the names of MongoDB's own tools. */
function environmentSource(prefix: string): CredentialSource {
  return {
    place: "environment",
    baseUrl: `${prefix}_BASE_URL`,
    credentials: [
      { kind: "service account", id: `${prefix}_CLIENT_ID`, secret: `${prefix}_CLIENT_SECRET` },
      { kind: "API key", id: `${prefix}_PUBLIC_API_KEY`, secret: `${prefix}_PRIVATE_API_KEY` },
      { kind: "API key", id: `${prefix}_PUBLIC_KEY`, secret: `${prefix}_PRIVATE_KEY` },
    ],
  };
}

/** The one source that a `Provider` names. */
export function namedSource(name: CredentialsName): CredentialSource {
  return environmentSource(name.slice("env:".length));
}

/** Where credentials are looked for when no `Provider` names any, in order. */
export const credentialSources: readonly CredentialSource[] = [
  environmentSource("MONGODB_ATLAS"),
  {
    place: "stack configuration",
    baseUrl: "mongofed:baseUrl",
    credentials: [
      { kind: "service account", id: "mongofed:clientId", secret: "mongofed:clientSecret" },
      { kind: "API key", id: "mongofed:publicKey", secret: "mongofed:privateKey" },
    ],
  },
];
