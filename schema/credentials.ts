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

/** Where credentials are looked for, in order. The names of the environment are those of MongoDB's own tools. */
export const credentialSources: readonly CredentialSource[] = [
  {
    place: "environment",
    baseUrl: "MONGODB_ATLAS_BASE_URL",
    credentials: [
      { kind: "service account", id: "MONGODB_ATLAS_CLIENT_ID", secret: "MONGODB_ATLAS_CLIENT_SECRET" },
      { kind: "API key", id: "MONGODB_ATLAS_PUBLIC_API_KEY", secret: "MONGODB_ATLAS_PRIVATE_API_KEY" },
      { kind: "API key", id: "MONGODB_ATLAS_PUBLIC_KEY", secret: "MONGODB_ATLAS_PRIVATE_KEY" },
    ],
  },
  {
    place: "stack configuration",
    baseUrl: "mongofed:baseUrl",
    credentials: [
      { kind: "service account", id: "mongofed:clientId", secret: "mongofed:clientSecret" },
      { kind: "API key", id: "mongofed:publicKey", secret: "mongofed:privateKey" },
    ],
  },
];
