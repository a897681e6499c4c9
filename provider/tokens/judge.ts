import type { TokenConfig, TokenIdentityProvider } from "../../schema/token-config.ts";
import { type Code, catalogue } from "../rules/index.ts";
import { clockFindings, dateAdvice, lookalikes, milliseconds, registeredClaims, timeFindings } from "./claims.ts";
import { type DecodedToken, decodeClaims, decodeToken, isGoogleAccessToken } from "./decode.ts";
import { advises, refuses, type TokenFinding } from "./finding.ts";
import { algorithmFindings, headerAdvice, headerFindings } from "./header.ts";
import type { JsonObject } from "./json.ts";
import type { KeySet } from "./keys.ts";
import { audiencesOf, findProvider, isForGraph, isOktaOrg } from "./lookup.ts";
import { type Login, namesakes, predictByGroups, predictByUser, type Surroundings } from "./predict.ts";
import { domainAdvice, readGroups, readPrincipal } from "./principal.ts";
import { quote } from "./quote.ts";
import { DEFAULT_SERVER, type Server, serverOf } from "./server.ts";
import { fits, isBlankHmac, isSigned } from "./signature.ts";
import { fixAt, fixOf, type Topic, type Vendor, vendorOf } from "./vendors.ts";

/** A signed token; or its claims alone, which have no signature to check. */
export type TokenSource = { readonly token: string } | { readonly claims: unknown };

/**
 * The moment at which a token is judged: in milliseconds since 1970, as a date, as ISO 8601, `now`, or when it was
 * issued, for tokens that are kept and have expired since.
 */
type Moment = "now" | "issuedAt" | Date | number | (string & {});

export interface Circumstances {
  /** The configuration of the server. Without it, only form, times and signature are checked. */
  readonly config?: TokenConfig;
  /** The issuer's keys, from `screenKeys`. Without them the signature is not checked. */
  readonly keys?: KeySet;
  /** Default: `issuedAt`. */
  readonly at?: Moment;
  /** The time of `now` in milliseconds. Default: the clock of this machine. */
  readonly now?: number;
  /** IP addresses, for authentication restrictions. */
  readonly clientAddress?: string;
  readonly serverAddress?: string;
  /** The user name that the client gives at login, if it gives one. */
  readonly userName?: string;
  readonly projectId?: string;
  /** Of claims alone: who would issue them. Default: the only identity provider that there is. */
  readonly identityProvider?: string;
}

/** `conditional`: accepted from the right addresses, which were not given. `unknown`: no source says it. */
type Outcome = "accepted" | "refused" | "conditional" | "unknown";

/** Two verdicts that are never mixed: what the server does, and what we advise. */
export interface Judgement {
  readonly outcome: Outcome;
  /**
   * Findings that refuse the token, or may refuse it on some releases, in the order of a server. The server reports the
   * first.
   */
  readonly server: readonly TokenFinding[];
  /** Mistakes that the server lets pass. */
  readonly advice: readonly TokenFinding[];
  readonly signature: "valid" | "invalid" | "not checked";
  /** ISO 8601. */
  readonly judgedAt: string;
  /** As whom it logs in, or would log in if what stops it were put right. */
  readonly login?: Login;
  /** Assumptions and skipped checks. */
  readonly notes: readonly string[];
}

/** Whether it gets in, from the right addresses at least. */
export function isLetIn({ outcome }: Judgement): boolean {
  return outcome === "accepted" || outcome === "conditional";
}

/** The range of a `Date`, in milliseconds before and after 1970. */
const LAST_MOMENT = 8.64e15;

interface Parts {
  readonly header: { readonly value?: JsonObject; readonly findings: readonly TokenFinding[] };
  readonly claims: { readonly value?: JsonObject; readonly findings: readonly TokenFinding[] };
  readonly token?: DecodedToken;
}

/**
 * Whether a server would let the token in, as whom, and with which roles. Never throws for what a token or a key set
 * holds; opens no socket; repeats neither the token nor its signature.
 *
 * @throws TypeError if the moment is none.
 */
export async function judge(source: TokenSource, circumstances: Circumstances = {}): Promise<Judgement> {
  const now = circumstances.now ?? Date.now();
  const decoded = "token" in source ? decodeToken(source.token) : undefined;
  if (isFindings(decoded)) {
    const vendor = "token" in source ? vendorOfOpaque(source.token, circumstances.config) : undefined;
    const findings = decoded.map((found) => ({ ...found, fix: fixOf(found.fix, vendor, "jwt") }));
    return notJudged(findings, momentOf(circumstances.at, {}, now));
  }
  const parts = decoded ? { ...decoded, token: decoded } : claimsAlone(source, circumstances, now);
  const moment = momentOf(circumstances.at, parts.claims.value ?? {}, now);
  const server = circumstances.config ? serverOf(circumstances.config.serverVersion) : DEFAULT_SERVER;
  return judgeParts(parts, { circumstances, moment, server, notes: [] });
}

/** Nothing in an opaque token says whose it is; where all providers are of one kind, it is of theirs. */
function vendorOfOpaque(token: string, config: TokenConfig | undefined): Vendor | undefined {
  if (isGoogleAccessToken(token)) return "google";
  const [vendor, ...others] = new Set(config?.identityProviders.map(({ issuerUri }) => vendorOf(issuerUri)));
  return others.length === 0 ? vendor : undefined;
}

interface Run {
  readonly circumstances: Circumstances;
  readonly moment: number;
  readonly server: Server;
  readonly notes: string[];
}

/** The order in which a server goes: claims, provider, header, times, key and signature, user, clocks, groups, access. */
async function judgeParts({ header, claims, token }: Parts, run: Run): Promise<Judgement> {
  const issuer = claims.value?.iss;
  const findings: TokenFinding[] = [...claims.findings];
  if (claims.value) findings.push(...registeredClaims(claims.value, issuer));
  const provider = claims.value && providerOf(claims.value, run, findings);
  findings.push(...header.findings);
  if (header.value) findings.push(...headerFindings(header.value, issuer));
  if (claims.value) findings.push(...timeFindings(claims.value, run.moment));
  const signature = await signatureOf(token, run, issuer, findings);
  const login = claims.value && provider && loginOf(claims.value, provider, issuer, run, findings);
  if (header.value) findings.push(...headerAdvice(header.value));
  if (claims.value) findings.push(...claimsAdvice(claims.value, header.value, provider, issuer));
  return {
    ...conclude(findings, login),
    signature,
    judgedAt: new Date(run.moment).toISOString(),
    ...(login ? { login } : {}),
    notes: run.notes,
  };
}

function conclude(findings: readonly TokenFinding[], login: Login | undefined) {
  if (findings.length === 0) return { outcome: outcomeOf(findings, login), server: findings, advice: findings };
  const server = findings.filter(({ effect }) => effect !== "advises");
  const advice = findings.filter(({ effect }) => effect === "advises");
  return { outcome: outcomeOf(server, login), server, advice };
}

function outcomeOf(server: readonly TokenFinding[], login: Login | undefined): Outcome {
  if (server.some(({ effect }) => effect === "refuses")) return "refused";
  if (server.length > 0) return "unknown";
  return login?.restrictions === "conditional" ? "conditional" : "accepted";
}

function providerOf(claims: JsonObject, run: Run, findings: TokenFinding[]): TokenIdentityProvider | undefined {
  const { config, projectId } = run.circumstances;
  if (config === undefined) {
    run.notes.push("no configuration was given: issuer, audience, user and groups were compared with nothing");
    return undefined;
  }
  const lookup = findProvider(claims, knownIn(projectId, config), run.server);
  findings.push(...lookup.findings);
  const { provider } = lookup;
  const others = provider === undefined ? [] : elsewhere(provider, config.identityProviders, projectId);
  if (others.length > 0) {
    const names = others.map(({ name }) => name).join(", ");
    run.notes.push(`other projects have an identity provider of this issuer and audience, too (${names})`);
  }
  return provider;
}

/** Where no project is named, the first that has the provider is meant. */
function elsewhere(
  { issuerUri, audience, projectId }: TokenIdentityProvider,
  providers: readonly TokenIdentityProvider[],
  asked: string | undefined,
): readonly TokenIdentityProvider[] {
  if (asked !== undefined || projectId === undefined) return [];
  return providers.filter(
    (other) => other.issuerUri === issuerUri && other.audience === audience && other.projectId !== projectId,
  );
}

/** Returns the identity providers that the clusters of a project know. */
function knownIn(projectId: string | undefined, { identityProviders }: TokenConfig): readonly TokenIdentityProvider[] {
  if (projectId === undefined) return identityProviders;
  return identityProviders.filter((provider) => (provider.projectId ?? projectId) === projectId);
}

async function signatureOf(
  token: DecodedToken | undefined,
  { circumstances: { keys }, server, notes }: Run,
  issuer: unknown,
  findings: TokenFinding[],
): Promise<Judgement["signature"]> {
  if (token === undefined || keys === undefined) {
    notes.push(
      `the signature was not checked: ${token === undefined ? "claims alone have none" : "no keys were given"}`,
    );
  }
  if (token === undefined) return "not checked";
  const { alg, kid } = token.header.value ?? {};
  const signature = token.signature.value;
  findings.push(...(keys?.findings ?? []).map((found) => ({ ...found, fix: fixAt(found.fix, issuer, "keys") })));
  const key = typeof kid === "string" ? keys?.keys.get(kid) : undefined;
  if (typeof kid === "string" && keys && !key && keys.dropped !== true) findings.push(unknownKey(kid, keys, issuer));
  findings.push(...token.signature.findings, ...algorithmFindings(alg, server, issuer));
  if (typeof alg !== "string" || signature === undefined) return "not checked";
  if (isBlankHmac(token.signed, signature, alg)) {
    findings.push(refuses("FED122", { path: "signature", message: "the token is signed with an empty secret" }));
  }
  if (key === undefined) return "not checked";
  if (!fits(alg, key)) {
    // Other algorithms have been refused already; these two sign with the other kind of key.
    const message = `the token is signed with ${quote(alg)}, its key ${quote(key.kid)} is of type ${key.type}`;
    if (!findings.some(({ path }) => path === "header.alg"))
      findings.push(refuses("FED129", { path: "header.alg", message }));
    return "invalid";
  }
  if (await isSigned(token.signed, signature, alg, key)) return "valid";
  findings.push(refuses("FED128", { path: "signature", message: `the signature is not by key ${quote(key.kid)}` }));
  return "invalid";
}

function unknownKey(kid: string, { keys }: KeySet, issuer: unknown): TokenFinding {
  const known = [...keys.keys()].slice(0, 5).map(quote).join(", ") || "no key at all";
  const message = `the key set has no key ${quote(kid)}; it has ${known}`;
  return refuses("FED109", { path: "header.kid", message, fix: fixAt(catalogue.FED109.fix, issuer, "keys") });
}

function loginOf(
  claims: JsonObject,
  provider: TokenIdentityProvider,
  issuer: unknown,
  { circumstances, moment, notes }: Run,
  findings: TokenFinding[],
): Login | undefined {
  const principal = readPrincipal(claims, provider, issuer, circumstances.userName);
  findings.push(...principal.findings, ...clockFindings(claims, moment));
  const groups = provider.authorizationType === "GROUP" ? readGroups(claims, provider, issuer) : undefined;
  findings.push(...(groups?.findings ?? []));
  const { config } = circumstances;
  if (principal.value === undefined || config === undefined || (groups && groups.value === undefined)) return undefined;
  const around = surroundings(circumstances, moment);
  if (groups?.value !== undefined && typeof claims[provider.groupsClaim] === "string") {
    notes.push(
      "the groups claim is one text: taken for one group, as Percona Server does; MongoDB documents lists only",
    );
  }
  const { login, findings: found } = groups?.value
    ? predictByGroups(provider, principal.value, groups.value, config, around)
    : predictByUser(provider, principal.value, claims, config, around);
  findings.push(...found, ...prefixAdvice(provider, config));
  findings.push(...domainAdvice(provider, circumstances.userName ?? principal.value));
  return login;
}

function prefixAdvice(provider: TokenIdentityProvider, { identityProviders }: TokenConfig): TokenFinding[] {
  const [other] = namesakes(provider, identityProviders);
  if (other === undefined) return [];
  const message = `${provider.name} and ${other.name} have the prefix ${quote(provider.prefix)}`;
  return [advises("FED143", { message })];
}

function surroundings({ clientAddress, serverAddress, projectId }: Circumstances, now: number): Surroundings {
  return {
    now,
    ...(clientAddress === undefined ? {} : { client: clientAddress }),
    ...(serverAddress === undefined ? {} : { server: serverAddress }),
    ...(projectId === undefined ? {} : { projectId }),
  };
}

/** Reports mistakes in claims that no server refuses. */
function claimsAdvice(
  claims: JsonObject,
  header: JsonObject | undefined,
  provider: TokenIdentityProvider | undefined,
  issuer: unknown,
): TokenFinding[] {
  const graph = (header?.nonce !== undefined || audiencesOf(claims).some(isForGraph)) && vendorOf(issuer) === "entra";
  const mistake = (code: Code, path: string, message: string, topic: Topic) =>
    advises(code, { path, message, fix: fixAt(catalogue[code].fix, issuer, topic) });
  const known = ["iss", "sub", "aud", "exp", "nbf", "iat", "auth_time"];
  if (provider)
    known.push(provider.userClaim, ...(provider.authorizationType === "GROUP" ? [provider.groupsClaim] : []));
  return [
    ...dateAdvice(claims),
    ...lookalikes(claims, known),
    ...(graph ? [mistake("FED104", "claims.aud", "this is a token for Microsoft Graph", "audience")] : []),
    ...(isOktaOrg(issuer)
      ? [mistake("FED115", "claims.iss", "the token comes from Okta's org authorization server", "issuer")]
      : []),
    ...(provider?.idpType === "WORKFORCE" && isIdToken(claims)
      ? [mistake("FED114", "claims", "this looks like an ID token, not like an access token", "type")]
      : []),
  ];
}

/** Hashes of what came along with it, or a nonce and no scope: what OpenID Connect puts into ID tokens only. */
function isIdToken({ at_hash, c_hash, typ, nonce, scp, scope }: JsonObject): boolean {
  return (
    at_hash !== undefined ||
    c_hash !== undefined ||
    typ === "ID" ||
    (nonce !== undefined && scp === undefined && scope === undefined)
  );
}

/** Adds the claims that every issuer sets, so that a test lists only the claims it needs. */
function claimsAlone(source: TokenSource, { config, identityProvider, at }: Circumstances, now: number): Parts {
  const given = decodeClaims("claims" in source ? source.claims : undefined);
  if (given.value === undefined) return { header: { findings: [] }, claims: given };
  const [only, ...others] = config?.identityProviders ?? [];
  const named = config?.identityProviders.find(({ name }) => name === identityProvider);
  const issuer = named ?? (identityProvider === undefined && others.length === 0 ? only : undefined);
  const issued = momentOf(at, given.value, now) / 1000;
  const own = { iat: Math.floor(issued), exp: Math.floor(issued) + 3600 };
  const value = Object.assign(
    Object.create(null),
    issuer ? { iss: issuer.issuerUri, aud: issuer.audience } : {},
    own,
    given.value,
  );
  return { header: { findings: [] }, claims: { value, findings: given.findings } };
}

/** @throws TypeError if it is no moment. */
function momentOf(at: Moment = "issuedAt", claims: JsonObject, now: number): number {
  if (at === "now") return now;
  if (at === "issuedAt") return inCalendar(milliseconds(claims.iat)) ?? inCalendar(milliseconds(claims.nbf)) ?? now;
  const moment = inCalendar(new Date(at).getTime());
  if (moment === undefined)
    throw new TypeError(`${quote(String(at))} is not a time: use ISO 8601, a date, "now" or "issuedAt"`);
  return moment;
}

function inCalendar(moment: number | undefined): number | undefined {
  return moment !== undefined && Math.abs(moment) <= LAST_MOMENT ? moment : undefined;
}

function isFindings(decoded: DecodedToken | readonly TokenFinding[] | undefined): decoded is readonly TokenFinding[] {
  return Array.isArray(decoded);
}

function notJudged(server: readonly TokenFinding[], moment: number): Judgement {
  const judgedAt = new Date(moment).toISOString();
  return { outcome: "refused", server, advice: [], signature: "not checked", judgedAt, notes: [] };
}
