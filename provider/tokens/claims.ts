import { catalogue } from "../rules/index.ts";
import { advises, isUnknown, refuses, type TokenFinding } from "./finding.ts";
import type { JsonObject } from "./json.ts";
import { kindOf, quote } from "./quote.ts";
import { fixAt, vendorOf } from "./vendors.ts";

/** How far ahead `nbf` may lie. At `exp` there is no such leeway. */
const LEEWAY_MS = 60_000;

/** The claims that the server wants in every token, with their types. */
export function registeredClaims(claims: JsonObject, issuer: unknown): TokenFinding[] {
  return [
    ...["iss", "sub"].flatMap((name) => text(claims, name, issuer)),
    ...audience(claims, issuer),
    ...dates(claims, issuer),
  ];
}

/** `exp` and `nbf` against the moment at which the token is used, in milliseconds since 1970. */
export function timeFindings(claims: JsonObject, now: number): TokenFinding[] {
  const exp = milliseconds(claims.exp);
  const nbf = milliseconds(claims.nbf);
  return [
    ...(nbf !== undefined && nbf > now + LEEWAY_MS
      ? [
          refuses("FED108", {
            path: "claims.nbf",
            message: `the token is valid in ${span(nbf - now)} only (nbf ${iso(nbf)})`,
          }),
        ]
      : []),
    ...(exp !== undefined && exp < now
      ? [
          refuses("FED108", {
            path: "claims.exp",
            message: `the token expired ${span(now - exp)} before (exp ${iso(exp)})`,
          }),
        ]
      : []),
  ];
}

/** `iat` and `auth_time`: Percona Server refuses what lies ahead; of MongoDB's own server it is not known. */
export function clockFindings(claims: JsonObject, now: number): TokenFinding[] {
  const ahead = (["auth_time", "iat"] as const).flatMap((name) => {
    const value = claims[name];
    const path = `claims.${name}`;
    if (value === undefined) return [];
    const at = milliseconds(value);
    if (at === undefined)
      return [isUnknown("FED131", { path, message: `${name} must be a number, and is ${kindOf(value)}` })];
    return at > now + LEEWAY_MS ? [isUnknown("FED112", { path, message: `${name} lies ${span(at - now)} ahead` })] : [];
  });
  const issued = milliseconds(claims.iat);
  const login = milliseconds(claims.auth_time);
  const disordered = issued !== undefined && login !== undefined && login > issued;
  return [
    ...ahead,
    ...(disordered ? [isUnknown("FED112", { path: "claims.auth_time", message: "auth_time is later than iat" })] : []),
  ];
}

/** Dates that the server takes and that make no sense. */
export function dateAdvice(claims: JsonObject): TokenFinding[] {
  const exp = milliseconds(claims.exp);
  const issued = milliseconds(claims.iat);
  if (exp === undefined || issued === undefined || exp > issued) return [];
  return [
    advises("FED131", { path: "claims.exp", message: "the token expires before it is issued: exp is not after iat" }),
  ];
}

/** A date in milliseconds, fractions of a second cut off. */
export function milliseconds(value: unknown): number | undefined {
  return typeof value === "number" ? Math.trunc(value) * 1000 : undefined;
}

function text(claims: JsonObject, name: string, issuer: unknown): TokenFinding[] {
  const value = claims[name];
  if (typeof value === "string") return [];
  return [missing(name, value, "a text", issuer)];
}

function audience({ aud }: JsonObject, issuer: unknown): TokenFinding[] {
  if (typeof aud === "string" || (Array.isArray(aud) && aud.every((item) => typeof item === "string"))) return [];
  return [missing("aud", aud, "a text, or a list of texts", issuer)];
}

function dates(claims: JsonObject, issuer: unknown): TokenFinding[] {
  const absent = claims.exp === undefined || claims.exp === null;
  return [
    ...(absent ? [missing("exp", claims.exp, "a number", issuer)] : date("exp", claims.exp)),
    ...(claims.nbf === undefined || claims.nbf === null ? [] : date("nbf", claims.nbf)),
  ];
}

function date(name: string, value: unknown): TokenFinding[] {
  const path = `claims.${name}`;
  if (typeof value !== "number") {
    return [refuses("FED131", { path, message: `${name} must be a number of seconds, and is ${kindOf(value)}` })];
  }
  if (Number.isSafeInteger(value)) return [];
  const what = Number.isInteger(value) ? "larger than any date" : "not a whole number";
  return [isUnknown("FED131", { path, message: `${name} is ${what}: some releases refuse it` })];
}

function missing(name: string, value: unknown, wanted: string, issuer: unknown): TokenFinding {
  const absent = value === undefined || value === null;
  const message = absent ? `the claim ${name} is missing` : `${name} must be ${wanted}, and is ${kindOf(value)}`;
  const fix = (absent && missingFix(name, issuer)) || fixAt(catalogue.FED111.fix, issuer, "claims");
  return refuses("FED111", { path: `claims.${name}`, message, fix });
}

/** Claims that some identity providers leave out by default. */
function missingFix(name: string, issuer: unknown): string | undefined {
  const vendor = vendorOf(issuer);
  if (name === "sub" && vendor === "keycloak") {
    return "Add the client scope `basic` to the client (Clients > (the client) > Client scopes > Add client scope): since version 25 Keycloak adds `sub` through that scope only.";
  }
  if (name === "aud" && vendor === "cognito") {
    return "Add `aud` to the access token by a pre token generation trigger of version 2 or 3, or configure the ID token. Access tokens of Amazon Cognito have `client_id` in place of `aud`.";
  }
  return undefined;
}

/** Names that the server does not know, but that a reader may take for one that it does. */
export function lookalikes(claims: JsonObject, known: readonly string[]): TokenFinding[] {
  return Object.keys(claims).flatMap((name) => {
    if (known.includes(name)) return [];
    const path = `claims.${name.slice(0, 80)}`;
    if (["__proto__", "constructor", "prototype"].includes(name)) {
      return [advises("FED133", { path, message: `a claim is named ${quote(name)}` })];
    }
    const bare = plain(name);
    const other = known.find((each) => plain(each) === bare);
    if (other === undefined) return [];
    return [
      advises("FED133", {
        path,
        message: `the claim ${quote(name)} looks like ${other}, and is another to the server`,
      }),
    ];
  });
}

/** Without case, compatibility forms, invisible characters and spaces. */
function plain(name: string): string {
  if (/^[a-z_]+$/.test(name)) return name;
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{C}\p{Z}]/gu, "");
}

function span(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  const [unit, size] = (
    [
      ["day", 86_400],
      ["hour", 3600],
      ["minute", 60],
    ] as const
  ).find(([, each]) => seconds >= 2 * each) ?? ["second", 1];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** A moment for messages; what no calendar has is told as it stands. */
function iso(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? `${milliseconds / 1000}` : date.toISOString();
}
