import type { Sent } from "./errors.ts";

/** Why an attempt brought no complete answer. */
export interface Failure {
  kind: "connection" | "tls" | "proxy" | "truncated" | "encoding" | "too-large" | "timeout";
  /** The system's code, or ours where there is none: `ECONNREFUSED`. */
  reason: string;
  /** In words, to follow "GET /path: ". */
  what: string;
  sent: Sent;
  /** Whether it may pass by itself. */
  transient: boolean;
  /** The status, where the answer had begun. */
  status?: number;
}

/** How far an attempt had come. `connecting`: not one byte of the request had left. */
export type Stage = "connecting" | "sent" | "answering";

const BEFORE_SENDING: Record<string, string> = {
  ECONNREFUSED: "nothing accepts connections",
  EAI_AGAIN: "its name could not be resolved for now",
  ENOTFOUND: "its name does not resolve",
  EHOSTUNREACH: "it is not reachable",
  ENETUNREACH: "its network is not reachable",
  ETIMEDOUT: "it does not answer",
  UND_ERR_CONNECT_TIMEOUT: "it does not answer",
};

/** Error codes that no retry can cure. */
const LASTING = new Set(["ENOTFOUND", "UND_ERR_INVALID_ARG", "UND_ERR_HEADERS_OVERFLOW"]);

/** OpenSSL's verification results have names of their own, without a common prefix. */
const CERTIFICATE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|EPROTO$|ERROR_IN_CERT_|UND_ERR_PRX_TLS)/;

/**
 * Classifies an error of undici or of the operating system.
 * @param host host and port of the server, for the text
 * @param proxy host and port of the proxy that the environment names, if any
 */
export function failureOf(error: unknown, stage: Stage, host: string, proxy: string | undefined): Failure {
  const reason = codeOf(error);
  if (stage === "answering") return { ...broken(reason, host), kind: "truncated", sent: "yes" };

  const proxyStatus = /^Proxy response \((\d{3})\)/.exec(error instanceof Error ? error.message : "")?.[1];
  if (proxyStatus !== undefined) return refusedByProxy(proxyStatus, host, proxy);

  const there = proxy === undefined ? host : `${host} (the environment names the proxy ${proxy})`;
  if (CERTIFICATE.test(reason)) {
    const hint = "; if its certificate comes from a CA of your own, name that in the CA file";
    const what = `no trusted TLS connection to ${there} (${reason})${/SIGN|ISSUER|VERIFY/.test(reason) ? hint : ""}`;
    return { kind: "tls", reason, what, sent: "no", transient: false };
  }
  if (stage === "connecting") {
    const why = BEFORE_SENDING[reason] ?? "the connection could not be made";
    const what = `no connection to ${there}: ${why} (${reason})`;
    return { kind: "connection", reason, what, sent: "no", transient: !LASTING.has(reason) };
  }
  return { ...broken(reason, there), kind: "connection", sent: "maybe" };
}

function broken(reason: string, there: string): Pick<Failure, "reason" | "what" | "transient"> {
  const what = `the connection to ${there} broke before the answer was complete (${reason})`;
  return { reason, what, transient: !LASTING.has(reason) };
}

/** The status is the proxy's and never becomes that of the operation: its 404 must not read as an object that is gone. */
function refusedByProxy(status: string, host: string, proxy: string | undefined): Failure {
  const hint = status === "407" ? "; it requires a user and a password, which belong in the proxy variable" : "";
  const what = `the proxy ${proxy} answered ${status} to a connection to ${host}${hint}`;
  return { kind: "proxy", reason: status, what, sent: "no", transient: status.startsWith("5") };
}

/** Connecting to a host with several addresses fails with an AggregateError, whose parts carry the codes. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "UNKNOWN";
  if ("code" in error && typeof error.code === "string" && error.code !== "UND_ERR_PRX_CONN") return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return codeOf(error.cause);
  return error instanceof Error ? error.name : "UNKNOWN";
}
