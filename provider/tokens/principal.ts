import type { TokenIdentityProvider } from "../../schema/token-config.ts";
import { catalogue } from "../rules/index.ts";
import { advises, isUnknown, refuses, type TokenFinding } from "./finding.ts";
import { isObject, type JsonObject } from "./json.ts";
import { kindOf, quote } from "./quote.ts";
import { fixAt, vendorOf } from "./vendors.ts";

/** Exactly so many groups are where Okta cuts the list off. */
const OKTA_GROUPS = 100;

/** Claims that change hands: good for logs, not to tell people apart. */
const CHANGING = new Set(["email", "mail", "upn", "preferred_username", "unique_name", "name", "username"]);

export interface Read<T> {
  readonly value?: T;
  readonly findings: readonly TokenFinding[];
}

/** Who this is: the user claim, by its literal name. `expected`: the user name that the client gave at login. */
export function readPrincipal(
  claims: JsonObject,
  { userClaim }: TokenIdentityProvider,
  issuer: unknown,
  expected?: string,
): Read<string> {
  const path = `claims.${userClaim}`;
  const value = claims[userClaim];
  if (typeof value !== "string") {
    const message =
      value === undefined
        ? `the user claim ${quote(userClaim)} is missing${elsewhere(claims, userClaim)}`
        : `the user claim ${quote(userClaim)} must be a text, and is ${kindOf(value)}`;
    return { findings: [refuses("FED138", { path, message, fix: fixAt(catalogue.FED138.fix, issuer, "claims") })] };
  }
  const other = expected !== undefined && expected !== value;
  return {
    value,
    findings: [
      ...(other
        ? [refuses("FED142", { path, message: `the client says ${quote(expected)}, the token ${quote(value)}` })]
        : []),
      ...(value === "" ? [advises("FED140", { path, message: `the user claim ${quote(userClaim)} is empty` })] : []),
      ...(CHANGING.has(userClaim.toLowerCase()) || /^[^@\s/]+@[^@\s/]+\.[a-z]+$/i.test(value)
        ? [
            advises("FED219", {
              path,
              message: `${quote(value)} can pass to another person`,
              fix: fixAt(catalogue.FED219.fix, issuer, "claims"),
            }),
          ]
        : []),
    ],
  };
}

/** Advises if the user name of a login does not lead a client to this provider. */
export function domainAdvice(
  { name, idpType, userClaim, associatedDomains }: TokenIdentityProvider,
  user: string,
): TokenFinding[] {
  const domain = /@([^@\s]+)$/.exec(user)?.[1]?.toLowerCase();
  if (idpType !== "WORKFORCE" || associatedDomains.length === 0 || domain === undefined) return [];
  if (associatedDomains.some((associated) => associated.toLowerCase() === domain)) return [];
  const message = `${quote(user)} is of no domain of ${name}: ${associatedDomains.slice(0, 5).map(quote).join(", ")}`;
  return [advises("FED406", { path: `claims.${userClaim}`, message })];
}

/** The groups claim, by its literal name: a list of texts, or one text that is one group. Each once. */
export function readGroups(
  claims: JsonObject,
  { groupsClaim }: TokenIdentityProvider,
  issuer: unknown,
): Read<readonly string[]> {
  const path = `claims.${groupsClaim}`;
  const value = claims[groupsClaim];
  if (value === undefined) return { findings: [noGroups(claims, groupsClaim, issuer)] };
  const groups = typeof value === "string" ? [value] : value;
  if (!Array.isArray(groups) || !groups.every((group) => typeof group === "string")) {
    const what = Array.isArray(groups) ? "holds a value that is not a string" : `is ${kindOf(value)}`;
    const message = `the groups claim ${quote(groupsClaim)} ${what}`;
    return { findings: [refuses("FED307", { path, message, fix: fixAt(catalogue.FED307.fix, issuer, "groups") })] };
  }
  return {
    value: [...new Set(groups)],
    findings:
      groups.length === OKTA_GROUPS && vendorOf(issuer) === "okta"
        ? [
            advises("FED303", {
              path,
              message: `the token lists exactly ${OKTA_GROUPS} groups`,
              fix: fixAt(catalogue.FED303.fix, issuer, "groups"),
            }),
          ]
        : [],
  };
}

/** How the server joins prefix and value. Of MongoDB's own server it is not known whether it doubles a slash. */
export function groupRole(prefix: string, group: string): string {
  return `${prefix}/${withoutSlash(group)}`;
}

export function withoutSlash(group: string): string {
  return group.startsWith("/") ? group.slice(1) : group;
}

export function slashFindings(
  groups: readonly string[],
  { groupsClaim, issuerUri }: TokenIdentityProvider,
): TokenFinding[] {
  const slashed = groups.filter((group) => group.startsWith("/"));
  if (slashed[0] === undefined) return [];
  const message = `${slashed.length === 1 ? "a group begins" : `${slashed.length} groups begin`} with a slash: ${quote(slashed[0])}`;
  const fix = fixAt(catalogue.FED308.fix, issuerUri, "groups");
  return [isUnknown("FED308", { path: `claims.${groupsClaim}`, message, fix })];
}

function noGroups(claims: JsonObject, groupsClaim: string, issuer: unknown): TokenFinding {
  const path = `claims.${groupsClaim}`;
  const sources = claims._claim_names;
  const overage =
    (isObject(sources) && Object.hasOwn(sources, groupsClaim)) ||
    claims.hasgroups === true ||
    claims["groups:src1"] !== undefined;
  if (overage) {
    const message = `the token has no list of groups, only a hint at one elsewhere: too many groups`;
    return refuses("FED302", { path, message, fix: fixAt(catalogue.FED302.fix, issuer, "groups") });
  }
  const message = `the groups claim ${quote(groupsClaim)} is missing${elsewhere(claims, groupsClaim)}`;
  return refuses("FED139", { path, message, fix: fixAt(catalogue.FED139.fix, issuer, "groups") });
}

/** Where a reader would look, and the server does not: inside another claim, or under a name like it. */
function elsewhere(claims: JsonObject, name: string): string {
  let at: unknown = claims;
  for (const key of name.split(".")) at = isObject(at) ? at[key] : undefined;
  if (name.includes(".") && at !== undefined)
    return `: it stands inside ${quote(name.split(".")[0])}, where the server does not look`;
  const like = Object.keys(claims).find((other) => other.toLowerCase() === name.toLowerCase());
  return like === undefined ? "" : `: the token has ${quote(like)}`;
}
