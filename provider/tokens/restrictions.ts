import { BlockList, isIP } from "node:net";
import type { AuthenticationRestriction } from "../../schema/authentication-restrictions.ts";

/** From where a client comes and which server it reaches, as far as it is known. IP addresses. */
export interface Addresses {
  readonly client?: string;
  readonly server?: string;
}

/** `conditional`: it depends on an address that is not given. */
export type Met = "met" | "unmet" | "conditional";

/** One list of restrictions is met when any of its documents is; an empty list restricts nothing. */
export function meets(restrictions: readonly AuthenticationRestriction[], addresses: Addresses): Met {
  if (restrictions.length === 0) return "met";
  const each = restrictions.map((restriction) => meetsAll(restriction, addresses));
  if (each.includes("met")) return "met";
  return each.includes("conditional") ? "conditional" : "unmet";
}

/** Every list that a document has must hold the address; one that is empty holds none. */
function meetsAll({ clientSource, serverAddress }: AuthenticationRestriction, addresses: Addresses): Met {
  const each = [holds(clientSource, addresses.client), holds(serverAddress, addresses.server)];
  if (each.includes("unmet")) return "unmet";
  return each.includes("conditional") ? "conditional" : "met";
}

function holds(ranges: readonly string[] | undefined, address: string | undefined): Met {
  if (ranges === undefined) return "met";
  if (ranges.length === 0) return "unmet";
  if (address === undefined) return "conditional";
  return ranges.some((range) => inRange(range, address)) ? "met" : "unmet";
}

/** Whether an address lies in a range; what is no address, or no range, lies in none. */
function inRange(range: string, address: string): boolean {
  const [base = "", length, ...more] = range.split("/");
  const version = isIP(base);
  if (version === 0 || isIP(address) !== version || more.length > 0) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const bits = length === undefined ? (version === 4 ? 32 : 128) : Number(length);
  if (!/^\d{1,3}$/.test(length ?? "0") || bits > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(base, bits, family);
  return list.check(address, family);
}
