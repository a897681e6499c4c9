import { addressProblem } from "../http/index.ts";
import { isCurveAlgorithm, isRsaAlgorithm } from "../tokens/algorithms.ts";
import { isObject, type JsonObject, parseJson } from "../tokens/json.ts";
import { ADFS_FIX, normalIssuer } from "../tokens/lookup.ts";
import { kindOf, quote } from "../tokens/quote.ts";
import type { Server } from "../tokens/server.ts";
import { type PreflightFinding, says } from "./finding.ts";

/** The fields that a server reads as addresses. */
const ADDRESSES = ["jwks_uri", "authorization_endpoint", "token_endpoint", "device_authorization_endpoint"] as const;

export interface MetadataContext {
  /** The issuer as it would stand in the configuration. */
  readonly issuer: string;
  readonly server: Server;
  /** People log in through it. */
  readonly workforce: boolean;
  readonly allowHttp: boolean;
}

export interface Metadata {
  /** Where the keys are, if that is an address which may be asked for them. */
  readonly jwksUri: string | undefined;
  readonly findings: readonly PreflightFinding[];
}

/** Reads a metadata document as a server does, and for people as mongosh does. */
export function screenMetadata(text: string, context: MetadataContext): Metadata {
  const json = parseJson(text);
  const document = typeof json === "string" ? undefined : json.value;
  if (typeof json === "string" || !isObject(document)) return { jwksUri: undefined, findings: [unreadable(text)] };
  const twice = json.duplicates
    .filter((name) => name === "issuer" || (ADDRESSES as readonly string[]).includes(name))
    .map((name) => says("refuses", "FED433", { path: name, message: `the metadata document names ${name} twice` }));
  const addresses = ADDRESSES.flatMap((name) => addressFindings(name, document[name], context));
  const jwks = [...twice, ...addresses].some(({ path }) => path === "jwks_uri") ? undefined : document.jwks_uri;
  return {
    jwksUri: typeof jwks === "string" ? jwks : undefined,
    findings: [
      ...twice,
      ...issuerFindings(document.issuer, context.issuer),
      ...accessTokenIssuer(document.access_token_issuer, context.issuer),
      ...addresses,
      ...algorithmFindings(document.id_token_signing_alg_values_supported, context.server),
      ...(context.workforce ? loginFindings(document) : []),
    ],
  };
}

function unreadable(text: string): PreflightFinding {
  const found = /^\s*<(!doctype|html)/i.test(text) ? "a web page" : text === "" ? "empty" : "not a JSON object";
  const message = `the metadata document is ${found}`;
  return says("refuses", "FED433", { path: "metadata", message });
}

function issuerFindings(found: unknown, issuer: string): PreflightFinding[] {
  const path = "issuer";
  if (typeof found !== "string") {
    return [says("refuses", "FED433", { path, message: `the metadata document's issuer is ${kindOf(found)}` })];
  }
  if (found === issuer) return [];
  if (found.replace(/\/$/, "") === issuer.replace(/\/$/, "")) {
    const slash = found.endsWith("/")
      ? "ends in a slash, the given one does not"
      : "has no slash at its end, the given one has";
    return [
      says("refuses", "FED107", {
        path,
        message: `the metadata document's issuer ${quote(found)} ${slash}`,
        why: "The server tolerates one slash in the document. Tokens carry the document's issuer, and the server compares theirs byte by byte.",
      }),
    ];
  }
  const code = normalIssuer(found) === normalIssuer(issuer) ? "FED107" : "FED434";
  return [
    says("refuses", code, { path, message: `the metadata document's issuer is ${quote(found)}, not ${quote(issuer)}` }),
  ];
}

/** AD FS signs access tokens under another issuer than ID tokens, and says so in a field of its own. */
function accessTokenIssuer(found: unknown, issuer: string): PreflightFinding[] {
  if (typeof found !== "string" || found === issuer) return [];
  const message = `access tokens carry the issuer ${quote(found)} (access_token_issuer), not ${quote(issuer)}`;
  return [says("refuses", "FED434", { path: "access_token_issuer", message, why: ADFS_WHY, fix: ADFS_FIX })];
}

const ADFS_WHY =
  "The server compares the issuer of a token with the configured one byte by byte, and reads the keys under the latter.";

function addressFindings(
  path: (typeof ADDRESSES)[number],
  value: unknown,
  { allowHttp }: MetadataContext,
): PreflightFinding[] {
  // Null counts as absent, and only the key set has to be there.
  if (value === undefined || value === null) {
    if (path !== "jwks_uri") return [];
    return [says("refuses", "FED433", { path, message: "the metadata document has no jwks_uri" })];
  }
  if (typeof value !== "string") {
    return [says("refuses", "FED433", { path, message: `${path} is ${kindOf(value)}, not an address` })];
  }
  // Where it leads is looked at when it is fetched; the others are for clients, in their networks.
  const problem = addressProblem(value, { allowHttp, allowPrivate: true });
  return problem ? [says("refuses", "FED433", { path, message: `${path}: ${problem.what}` })] : [];
}

function algorithmFindings(value: unknown, server: Server): PreflightFinding[] {
  if (!Array.isArray(value)) return [];
  const path = "id_token_signing_alg_values_supported";
  const listed = value.filter((alg) => typeof alg === "string");
  const usable = (alg: string) => isRsaAlgorithm(alg) || (server.ellipticCurves !== "refuses" && isCurveAlgorithm(alg));
  const unsigned = listed.filter((alg) => alg.toLowerCase() === "none");
  return [
    ...(listed.some(usable)
      ? []
      : [
          says("advises", "FED146", {
            path,
            message: `the issuer lists no algorithm that MongoDB ${server.version} takes`,
          }),
        ]),
    ...(unsigned.length > 0
      ? [says("advises", "FED146", { path, message: "the issuer may issue ID tokens without a signature (none)" })]
      : []),
  ];
}

/** Checks the endpoints for mongosh and Compass. One of the two flows suffices; the browser's is the usual one. */
function loginFindings(document: JsonObject): PreflightFinding[] {
  const has = (name: string) => typeof document[name] === "string";
  const lists = (name: string) => (Array.isArray(document[name]) ? document[name] : undefined);
  const findings: PreflightFinding[] = [];
  const missing = (effect: "no-login" | "advises", path: string, message: string) =>
    findings.push(says(effect, "FED435", { path, message }));

  if (!has("token_endpoint")) missing("no-login", "token_endpoint", "there is no token_endpoint");
  if (!has("authorization_endpoint")) {
    if (has("device_authorization_endpoint")) {
      missing(
        "advises",
        "authorization_endpoint",
        "people can log in by a device code only: there is no authorization_endpoint",
      );
    } else
      missing("no-login", "authorization_endpoint", "there is no authorization_endpoint, and none for device codes");
  } else if (!has("device_authorization_endpoint")) {
    missing(
      "advises",
      "device_authorization_endpoint",
      "people cannot log in on machines without a browser: there is no device_authorization_endpoint",
    );
  }
  // Absent says nothing: Entra ID knows PKCE and does not list it.
  const methods = lists("code_challenge_methods_supported");
  if (methods && !methods.includes("S256")) {
    missing(
      "no-login",
      "code_challenge_methods_supported",
      "the issuer lists methods of PKCE, and S256 is not among them",
    );
  }
  const scopes = lists("scopes_supported");
  if (scopes && !scopes.includes("offline_access")) {
    const message = "offline_access is not among the scopes of the issuer";
    findings.push(says("advises", "FED436", { path: "scopes_supported", message }));
  }
  return findings;
}
