import { HttpTargetError } from "./errors.ts";

/** Where a client sends its requests, and nowhere else. */
export interface Target {
  origin: string;
  /** Host and port, for texts. */
  host: string;
  /** Path prefix without a slash at its end. */
  prefix: string;
  loopback: boolean;
}

/**
 * Checks a base URL.
 * @param loopbackOnly the embedded engine runs us: its state is local, so it may not touch a server that others use
 * @throws HttpTargetError, whose text never repeats the URL: it may hold a password
 */
export function targetOf(baseUrl: string, loopbackOnly: boolean): Target {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new HttpTargetError("the base URL is not an http(s) URL");
  if (url.username !== "" || url.password !== "") {
    throw new HttpTargetError(
      `the base URL for ${url.host} holds a user or a password: credentials have settings of their own`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new HttpTargetError(
      `the base URL for ${url.host} ends in a query or a fragment: it is scheme, host and at most a path`,
    );
  }
  const loopback = isLoopback(url.hostname);
  if (loopbackOnly && !loopback) {
    throw new HttpTargetError(
      `the embedded engine talks to control planes on loopback only: use the Pulumi CLI for ${url.host}`,
    );
  }
  if (url.protocol === "http:" && !loopback) {
    throw new HttpTargetError(`credentials would go to ${url.host} in clear text: the base URL must be https`);
  }
  return { origin: url.origin, host: url.host, prefix: url.pathname.replace(/(?<!\/)\/+$/, ""), loopback };
}

/** `URL` has already turned every spelling of an IPv4 address (decimal, octal, short) into four numbers. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
