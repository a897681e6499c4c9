/** Looks at an issuer over the network, as a server would when it loads its keys. The only part that asks an issuer anything. */

import type { LookupFunction } from "node:net";
import { addressProblem, fetchDocument } from "../http/index.ts";
import { issuerFault } from "../rules/identity-provider.ts";
import { excerpt, serverOf } from "../tokens/index.ts";
import { MAX_KEY_SET, screenKeys } from "../tokens/keys.ts";
import type { Server } from "../tokens/server.ts";
import { type Fetched, textOf } from "./fetched.ts";
import { type PreflightFinding, says } from "./finding.ts";
import { screenMetadata } from "./metadata.ts";

export type { PreflightFinding } from "./finding.ts";

/** More than this no identity provider needs, and a circle has no end. */
const MAX_REDIRECTS = 3;

export interface PreflightOptions {
  /** `8.0`, `7.0.5` */
  readonly serverVersion: string;
  /** People log in through it, not only programs. */
  readonly workforce: boolean;
  /** The time limit for each of the two documents, in milliseconds. */
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
  /** Plain http to loopback hosts. */
  readonly allowHttp: boolean;
  readonly caFile?: string | undefined;
  /** Where the proxy is read from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: that of the system. */
  readonly lookup?: LookupFunction | undefined;
  readonly signal: AbortSignal;
}

/**
 * `loads`: a server would load keys and take tokens that they signed. `no-login`: it would, but people cannot get one.
 * `refused`: it would accept no token. `unknown`: this machine cannot check it.
 */
export type PreflightOutcome = "loads" | "no-login" | "refused" | "unknown";

export interface Preflight {
  readonly issuer: string;
  readonly serverVersion: string;
  readonly outcome: PreflightOutcome;
  /** The reaction of a server to this issuer, in one sentence. */
  readonly summary: string;
  readonly findings: readonly PreflightFinding[];
  /** Those that a server would load. */
  readonly keys: readonly { readonly kid: string; readonly type: string }[];
  /** Skipped checks, and checks that differ from a server's. */
  readonly notes: readonly string[];
}

/**
 * Fetches the metadata document and the key set of an issuer and says what a server would say of them.
 * @throws HttpTargetError for a CA file or a proxy variable that cannot be used, or the signal's reason
 */
export async function preflight(issuer: string, options: PreflightOptions): Promise<Preflight> {
  const server = serverOf(options.serverVersion);
  const notes = new Set<string>();
  const { findings, keys } = await look(issuer, server, options, notes);
  const outcome = outcomeOf(findings);
  const loaded = outcome === "loads" || outcome === "no-login" ? keys : [];
  const summary = summaryOf(outcome, loaded, server);
  return { issuer, serverVersion: server.version, outcome, summary, findings, keys: loaded, notes: [...notes] };
}

type Seen = Pick<Preflight, "findings" | "keys">;

async function look(issuer: string, server: Server, options: PreflightOptions, notes: Set<string>): Promise<Seen> {
  const { workforce, allowHttp } = options;
  const plain = /^http:/i.test(issuer) && !addressProblem(issuer, { allowHttp, allowPrivate: true });
  const fault = issuerFault(plain ? issuer.replace(/^http:/i, "https:") : issuer);
  if (fault) return { findings: [says("refuses", "FED212", { path: "issuer", ...fault })], keys: [] };
  if (plain) notes.add("a server reads an issuer over plain http in tests only");

  // OpenID Connect Discovery, section 4.1: one slash at the end gives way. RFC 8414 would put it before the path.
  const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const document = await read("metadata", address, options, notes);
  if (document.text === undefined) return { findings: document.findings, keys: [] };
  const { jwksUri, findings } = screenMetadata(document.text, { issuer, server, workforce, allowHttp });
  const found = [...document.findings, ...findings];
  if (jwksUri === undefined) return { findings: found, keys: [] };

  const { hostname } = new URL(jwksUri);
  if (hostname !== new URL(issuer).hostname) {
    notes.add(`the keys come from another host than the issuer's: ${hostname}`);
  }
  const set = await lookAtKeys(jwksUri, server, options, notes);
  return { findings: [...found, ...set.findings], keys: set.keys };
}

async function lookAtKeys(
  address: string,
  server: Server,
  options: PreflightOptions,
  notes: Set<string>,
): Promise<Seen> {
  const { text, findings } = await read("keys", address, options, notes);
  if (text === undefined) return { findings, keys: [] };
  const { keys, dropped, findings: screened } = screenKeys(text, server);
  const none =
    keys.size > 0 || dropped !== false
      ? []
      : [says("refuses", "FED145", { path: "keys", message: "the key set has no key that the server can use" })];
  const loaded = [...keys.values()].map(({ kid, type }) => ({ kid, type }));
  return { findings: [...findings, ...screened, ...none], keys: loaded };
}

async function read(what: Fetched, address: string, options: PreflightOptions, notes: Set<string>) {
  const fetched = await fetchDocument(address, {
    ...options,
    operation: "idp preflight",
    maxBytes: MAX_KEY_SET,
    maxRedirects: MAX_REDIRECTS,
  });
  if (fetched.proxy !== undefined && !options.allowPrivate) {
    notes.add(
      `the proxy ${fetched.proxy} resolves host names itself: mongofed could refuse only numeric private addresses`,
    );
  }
  return textOf(what, fetched);
}

function outcomeOf(findings: readonly PreflightFinding[]): PreflightOutcome {
  const has = (effect: PreflightFinding["effect"]) => findings.some((found) => found.effect === effect);
  if (has("refuses")) return "refused";
  if (has("unknown")) return "unknown";
  return has("no-login") ? "no-login" : "loads";
}

function summaryOf(outcome: PreflightOutcome, keys: Preflight["keys"], { version }: Server): string {
  const names = keys.slice(0, 5).map(({ kid }) => `"${excerpt(kid)}"`);
  const more = keys.length > names.length ? `, and ${keys.length - names.length} more` : "";
  const loads = `MongoDB ${version} would load ${keys.length} key${keys.length === 1 ? "" : "s"} of this issuer (${names.join(", ")}${more})`;
  switch (outcome) {
    case "loads":
      return `${loads} and check tokens by them.`;
    case "no-login":
      return `${loads}, but people could not log in with mongosh or Compass.`;
    case "refused":
      return `MongoDB ${version} refuses every token of this issuer until the errors are fixed.`;
    case "unknown":
      return `mongofed cannot tell from here whether MongoDB ${version} would accept this issuer.`;
  }
}
