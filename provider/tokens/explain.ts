import { type TokenConfig, tokenConfigSchema } from "../../schema/token-config.ts";
import { decodeClaims, decodeToken, type Part } from "./decode.ts";
import type { JsonObject } from "./json.ts";
import type { TokenSource } from "./judge.ts";
import { findProvider } from "./lookup.ts";
import { excerpt, quote } from "./quote.ts";
import { DEFAULT_SERVER, type Server } from "./server.ts";

/** One field of a token in plain words. Values are shortened. */
export interface ExplainedField {
  readonly part: "header" | "claims";
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

const HEADER: Readonly<Record<string, string>> = {
  alg: "how the token is signed",
  kid: "which of the issuer's keys signed it: the server looks the key up by this name",
  typ: "the type of token: the server accepts only JWT, or none",
  nonce: "Microsoft's mark of tokens for Graph, which no other server can verify",
  x5t: "the thumbprint of the issuer's certificate; the server does not look at it",
};

const CLAIMS: Readonly<Record<string, string>> = {
  iss: "who issued the token: the server finds the identity provider by it, byte by byte",
  aud: "the recipient of the token: together with the issuer, it selects the identity provider",
  sub: "the subject of the token, as the issuer names it; required",
  exp: "until when it is valid, without any leeway",
  nbf: "from when on it is valid, with 60 seconds of leeway",
  iat: "when it was issued",
  auth_time: "when the person logged in",
  azp: "the application that asked for it; the server does not look at it",
  appid: "the application that asked for it; the server does not look at it",
  cid: "the application that asked for it; the server does not look at it",
  oid: "Entra ID: the object id of the person or program, the same in every application",
  tid: "Entra ID: the tenant",
  ver: "the version of the token's form",
  upn: "a login name, which may pass to another person",
  preferred_username: "a login name, which may pass to another person",
  email: "a mail address, which may pass to another person",
  scp: "the permissions of the application; the server does not read it",
  scope: "the permissions of the application; the server does not read it",
  nonce: "a mark that ties an ID token to its login",
  at_hash: "the hash of the access token that came along: this is an ID token",
  jti: "the token's own number",
};

/** Claims that are dates. Tokens hold them in seconds. */
const DATES = new Set(["exp", "nbf", "iat", "auth_time"]);

/** Every field of header and claims in one sentence each; empty for what is no token. */
export function explainToken(
  source: TokenSource,
  config: TokenConfig = NOTHING,
  server: Server = DEFAULT_SERVER,
): ExplainedField[] {
  const decoded =
    "token" in source ? decodeToken(source.token) : { header: { findings: [] }, claims: decodeClaims(source.claims) };
  if (!("claims" in decoded)) return [];
  const header: Part<JsonObject> = decoded.header;
  const claims = decoded.claims.value ?? {};
  const { provider } = findProvider(claims, config.identityProviders, server);
  const meanings = { ...CLAIMS };
  if (provider?.authorizationType === "GROUP") {
    meanings[provider.groupsClaim] =
      `the groups: each is granted what the role {prefix}/{group} of ${provider.name} has`;
  }
  if (provider) meanings[provider.userClaim] = `the user claim of ${provider.name}: the user is {prefix}/{this}`;
  return [...fields("header", header.value ?? {}, HEADER), ...fields("claims", claims, meanings)];
}

const NOTHING: TokenConfig = tokenConfigSchema.parse({ identityProviders: [] });

function fields(
  part: "header" | "claims",
  values: JsonObject,
  meanings: Readonly<Record<string, string>>,
): ExplainedField[] {
  return Object.entries(values).map(([name, value]) => ({
    part,
    name: excerpt(name),
    value: valueText(name, value),
    meaning: Object.hasOwn(meanings, name) ? (meanings[name] ?? "") : "the server does not look at it",
  }));
}

function valueText(name: string, value: unknown): string {
  if (typeof value === "number" && DATES.has(name) && Math.abs(value) <= 8.64e12)
    return new Date(value * 1000).toISOString();
  if (!Array.isArray(value) || value.length === 0) return quote(value);
  const shown = value.slice(0, 3).map(quote).join(", ");
  return value.length > 3 ? `${shown} and ${value.length - 3} more` : shown;
}
