import type { TokenIdentityProvider } from "../../schema/token-config.ts";
import { issuerFault } from "../rules/identity-provider.ts";
import { type Code, catalogue } from "../rules/index.ts";
import { advises, refuses, says, type TokenFinding } from "./finding.ts";
import type { JsonObject } from "./json.ts";
import { quote } from "./quote.ts";
import { isReference } from "./references.ts";
import type { Server } from "./server.ts";
import { fixAt, isEntraHost, type Topic, vendorOf } from "./vendors.ts";

/** The identity provider of a token, and what is to be said of how it was, or was not, found. */
export interface Lookup {
  /** The one that the server finds; or, where it finds none, the only one that can have been meant. */
  readonly provider?: TokenIdentityProvider;
  readonly found: boolean;
  readonly findings: readonly TokenFinding[];
}

const GRAPH = ["00000003-0000-0000-c000-000000000000", "https://graph.microsoft.com", "https://graph.microsoft.com/"];
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const APP_ID_URI = /^api:\/\//i;
const OKTA_ORG = /^https:\/\/[^/]+\/?$/;

/** Why one provider is not the token's: `near` if everything speaks for it but the form. */
interface Difference {
  readonly code: Code;
  readonly path: "claims.iss" | "claims.aud";
  readonly topic: Topic;
  readonly near: boolean;
  readonly message: string;
}

/** Finds the provider by issuer and audience, as the server does: the first one that has both. */
export function findProvider(claims: JsonObject, providers: readonly TokenIdentityProvider[], server: Server): Lookup {
  const { iss } = claims;
  const audiences = audiencesOf(claims);
  const found = providers.find(({ issuerUri, audience }) => issuerUri === iss && audiences.includes(audience));
  if (found !== undefined) return { provider: found, found: true, findings: audienceList(claims, server) };
  // Earlier checks report missing and malformed claims.
  if (typeof iss !== "string" || audiences.length === 0)
    return { ...meantBy(iss, providers), found: false, findings: empty(claims) };
  const differences = providers
    .filter((provider) => !isReference(provider))
    .map((provider) => ({ provider, difference: difference(iss, audiences, provider) }));
  const near = differences.filter(({ difference: { near } }) => near);
  const told = near.length > 0 ? near : differences;
  const findings = told.map(({ difference }) => refusal(difference, iss));
  if (findings.length === 0)
    findings.push(refuses("FED132", { path: "claims.iss", message: "no identity provider is declared" }));
  const meant = near.length === 1 ? near[0]?.provider : meantBy(iss, providers).provider;
  return {
    ...(meant === undefined ? {} : { provider: meant }),
    found: false,
    findings: [...findings, ...audienceList(claims, server)],
  };
}

export function audiencesOf({ aud }: JsonObject): readonly string[] {
  const list = Array.isArray(aud) ? aud : [aud];
  return list.every((item) => typeof item === "string") ? (list as string[]) : [];
}

/** Okta's authorization server of the organization itself, which is for Okta's own API. */
export function isOktaOrg(issuer: unknown): boolean {
  return typeof issuer === "string" && OKTA_ORG.test(issuer) && vendorOf(issuer) === "okta";
}

export function isForGraph(audience: string): boolean {
  return GRAPH.includes(audience.toLowerCase());
}

function meantBy(iss: unknown, providers: readonly TokenIdentityProvider[]): { provider?: TokenIdentityProvider } {
  const [first, ...more] = providers.filter(({ issuerUri }) => issuerUri === iss);
  const only = providers.length === 1 && iss === undefined ? providers[0] : undefined;
  const provider = first !== undefined && more.length === 0 ? first : only;
  return provider === undefined ? {} : { provider };
}

/** An empty list has the right form and matches nothing. */
function empty({ aud }: JsonObject): TokenFinding[] {
  if (!Array.isArray(aud) || aud.length > 0) return [];
  return [refuses("FED132", { path: "claims.aud", message: "the token names no audience: aud is an empty list" })];
}

function audienceList({ aud, iss }: JsonObject, server: Server): TokenFinding[] {
  if (!Array.isArray(aud)) return [];
  const path = "claims.aud";
  const fix = fixAt(catalogue.FED106.fix, iss, "audience");
  if (aud.length === 1) return [advises("FED106", { path, message: "aud is a list, of one audience", fix })];
  const message = `the token names ${aud.length} audiences: ${aud.slice(0, 5).map(quote).join(", ")}`;
  return [says(server.severalAudiences, "FED106", { path, message, fix })];
}

function refusal({ code, path, topic, message }: Difference, issuer: string): TokenFinding {
  return refuses(code, {
    path,
    message,
    fix: fixAt(issuerFix(code, path, issuer) ?? catalogue[code].fix, issuer, topic),
  });
}

/** The usual fix proposes the token's issuer, which the rules of a configuration may refuse. */
function issuerFix(code: Code, path: Difference["path"], issuer: string): string | undefined {
  if (code !== "FED132" || path !== "claims.iss") return undefined;
  const fault = issuerFault(issuer);
  if (fault === undefined) return undefined;
  if (isAdfs(issuer)) return ADFS_FIX;
  return `Have the identity provider issue tokens with the configured issuer. mongofed refuses the one of this token (FED212): ${fault.message}.`;
}

/** AD FS names itself in access tokens by its federation service identifier, which is no https address by default. */
function isAdfs(issuer: string): boolean {
  return /^https?:\/\/[^/]+\/adfs(\/|$)/i.test(issuer);
}

export const ADFS_FIX =
  "Make AD FS use one https issuer in access tokens and in its metadata document: Set-AdfsProperties -Identifier https://HOST/adfs, then restart the service and get a new token.";

function difference(iss: string, audiences: readonly string[], provider: TokenIdentityProvider): Difference {
  return provider.issuerUri === iss ? audienceDifference(iss, audiences, provider) : issuerDifference(iss, provider);
}

/** Configured value and token value, side by side. */
function compared(what: string, name: string, configured: string, inToken: string): string {
  return `${what} of ${name} is ${quote(configured)}, in the token it is ${inToken}`;
}

function audienceDifference(iss: string, audiences: readonly string[], provider: TokenIdentityProvider): Difference {
  const { name, audience } = provider;
  const message = compared("the audience", name, audience, audiences.map(quote).join(", "));
  const about = (code: Code, topic: Topic, near = true): Difference => ({
    code,
    path: "claims.aud",
    topic,
    near,
    message,
  });
  if (audiences.some(isForGraph)) return about("FED104", "audience");
  if (isOktaOrg(iss)) return about("FED115", "issuer");
  const forms = audiences.some(
    (inToken) => (APP_ID_URI.test(audience) && GUID.test(inToken)) || (GUID.test(audience) && APP_ID_URI.test(inToken)),
  );
  return forms ? about("FED105", "version") : about("FED132", "audience", false);
}

function issuerDifference(iss: string, { name, issuerUri }: TokenIdentityProvider): Difference {
  const strange = /[^\x20-\x7e]/.test(iss) ? ", with letters that are not ASCII" : "";
  const message = compared("the issuer", name, issuerUri, quote(iss) + strange);
  const about = (code: Code, topic: Topic, near = true): Difference => ({
    code,
    path: "claims.iss",
    topic,
    near,
    message,
  });
  if (normalIssuer(iss) === normalIssuer(issuerUri)) return about("FED107", "issuer");
  const tenant = entraTenant(iss);
  if (tenant !== undefined && tenant === entraTenant(issuerUri) && entraVersion(iss) !== entraVersion(issuerUri))
    return about("FED103", "version");
  if (isOktaOrg(iss) && host(iss) === host(issuerUri)) return about("FED115", "issuer");
  return about("FED132", "issuer", false);
}

function entraTenant(issuer: string): string | undefined {
  if (!URL.canParse(issuer)) return undefined;
  const { hostname, pathname } = new URL(issuer);
  return isEntraHost(hostname) ? pathname.split("/")[1]?.toLowerCase() : undefined;
}

function entraVersion(issuer: string): 1 | 2 {
  return normalIssuer(issuer).endsWith("/v2.0") ? 2 : 1;
}

function host(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).hostname : issuer;
}

/**
 * Returns a form that is equal for all spellings of one address. It ignores case, scheme, default port, trailing
 * slashes and the suffix of the metadata document.
 */
export function normalIssuer(issuer: string): string {
  const bare = issuer
    .trim()
    .replace(/\/\.well-known\/[a-z-]+\/?$/, "")
    .replace(/(?<!\/)\/+$/, "")
    .replace(/^http:/i, "https:");
  return (URL.canParse(bare) ? new URL(bare).href : bare).toLowerCase().replace(/(?<!\/)\/+$/, "");
}
