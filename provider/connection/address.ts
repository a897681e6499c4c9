import type { ConnectionOptions } from "../../schema/connection.ts";
import type { Finding } from "../../schema/finding.ts";
import { finding } from "../rules/index.ts";

/** How a deployment is reached. */
export interface Address {
  readonly scheme: "mongodb" | "mongodb+srv";
  readonly hosts: readonly string[];
}

/** Underscores are no part of host names, but of what container networks call their hosts. */
const LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
const NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(\\.${LABEL})*$`);
const HOST_AND_PORT = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:]*)(:(?<port>\d{1,5}))?$/;
const ALL_DIGITS = /^[\d.]+$/;

/** To these mongosh and Compass send tokens without being told to (`ALLOWED_HOSTS`; a dot in front: any name below). */
const ALLOWED_HOSTS = [
  ".mongodb.net",
  ".mongodb-qa.net",
  ".mongodb-dev.net",
  ".mongodbgov.net",
  ".mongo.com",
  "localhost",
  "127.0.0.1",
  "::1",
];

/** The address, and what is wrong with it (FED408). */
export function addressOf({ host, hosts }: ConnectionOptions): { address: Address; findings: Finding[] } {
  const address: Address =
    host === undefined ? { scheme: "mongodb", hosts: hosts ?? [] } : { scheme: "mongodb+srv", hosts: [host] };
  return { address, findings: problems(host, hosts).map((verdict) => finding("FED408", verdict)) };
}

/** The text quotes no host, because a user may have pasted a connection string with a password. */
function problems(host: string | undefined, hosts: readonly string[] | undefined): { path: string; message: string }[] {
  if (host !== undefined && hosts !== undefined) {
    return [{ path: "hosts", message: "the deployment is given both as a host and as a list of hosts" }];
  }
  if (host !== undefined) {
    const problem = seedProblem(host);
    return problem === undefined ? [] : [{ path: "host", message: `"host" ${problem}` }];
  }
  if (hosts === undefined || hosts.length === 0) {
    return [{ path: "host", message: "neither a host nor a list of hosts is given" }];
  }
  return hosts.flatMap((entry, index) => {
    const problem = hostProblem(entry);
    return problem === undefined ? [] : [{ path: `hosts[${index}]`, message: `"hosts[${index}]" ${problem}` }];
  });
}

function seedProblem(host: string): string | undefined {
  if (/:\d+$/.test(host) && !host.includes("/")) return "has a port: a name that is looked up in DNS has none";
  const problem = hostProblem(host);
  if (problem !== undefined) return problem;
  // Drivers refuse names of fewer parts, except the newest.
  return host.split(".").length < 3 || ALL_DIGITS.test(host)
    ? "must be a DNS name of at least three parts; give anything else as hosts"
    : undefined;
}

function hostProblem(entry: string): string | undefined {
  if (entry.includes("://")) return "is a connection string; a host name is expected";
  if (entry.includes("@")) return "holds a user name or a password; a host name is expected";
  const { host = "", port } = HOST_AND_PORT.exec(entry)?.groups ?? {};
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return "has a port that does not exist";
  return NAME.test(host) || isAddress(host) ? undefined : "is not a host name";
}

/** An IPv4 address has the form of a name; an IPv6 one stands in brackets. */
function isAddress(host: string): boolean {
  return host.startsWith("[") && URL.canParse(`http://${host}/`);
}

/** Whether mongosh and Compass send a token to all of these hosts only when they are told that they may. */
export function needsTrust({ hosts }: Address): boolean {
  return !hosts.every((entry) => {
    const host = (HOST_AND_PORT.exec(entry)?.groups?.host ?? "").replace(/^\[|\]$/g, "").toLowerCase();
    return ALLOWED_HOSTS.some((allowed) => (allowed.startsWith(".") ? host.endsWith(allowed) : host === allowed));
  });
}
