import { isIP } from "node:net";
import { input, type Path, phrase } from "../../schema/phrase.ts";
import { isUnknown } from "../../schema/unknown.ts";
import type { Declaration } from "./program.ts";
import { about, type Codes, family, rulesOf, type Verdict } from "./rule.ts";

const codes = {
  FED340: {
    slug: "invalid-restriction",
    severity: "error",
    title: "Restrict logins by IP addresses or CIDR ranges.",
    why: "Servers accept IPv4 and IPv6 addresses and ranges, but no host names or zones. They refuse an empty restriction.",
    fix: phrase`Set ${input("clientSource")}, ${input("serverAddress")} or both, for example "10.0.0.0/8", "2001:db8::/32" or "10.1.2.3".`,
    example: 'authenticationRestrictions: [{ clientSource: ["vpn.example.com"] }]',
    source: "MongoDB server, address restrictions and CIDR",
  },
  FED341: {
    slug: "empty-address-list",
    severity: "error",
    title: "List at least one address in a restriction.",
    why: "The API rejects an empty list. No address would meet the restriction.",
    fix: "Add addresses, or remove the key to allow every address.",
    source: "MongoDB server, address restrictions",
  },
} as const satisfies Codes;

/** The rules over the addresses from which, and at which, somebody may log in. */

const rule = rulesOf("OidcRole", "FederatedUser");

const KEYS = ["clientSource", "serverAddress"] as const;

const restrictionForm = rule("FED340", (declaration) =>
  restrictionsOf(declaration).flatMap(({ restriction, index }) => {
    const path = ["authenticationRestrictions", index] as const;
    if (KEYS.every((key) => restriction[key] === undefined)) {
      return [
        about(declaration, path, {
          message: phrase`the restriction has neither ${input("clientSource")} nor ${input("serverAddress")}`,
        }),
      ];
    }
    return KEYS.flatMap((key) => addressFaults(declaration, restriction[key], [...path, key]));
  }),
);

function addressFaults(declaration: Declaration, addresses: unknown, path: Path): (Verdict | undefined)[] {
  if (!Array.isArray(addresses)) return [];
  return addresses.map((address: unknown, index) => {
    if (typeof address !== "string" || isUnknown(address) || isAddress(address)) return undefined;
    return about(declaration, [...path, index], {
      message: `"${address}" is neither an IP address nor a range of them in CIDR notation`,
    });
  });
}

const restrictionFitsNobody = rule("FED341", (declaration) =>
  restrictionsOf(declaration).flatMap(({ restriction, index }) =>
    KEYS.map((key) => {
      const addresses = restriction[key];
      if (!Array.isArray(addresses) || addresses.length > 0) return undefined;
      return about(declaration, ["authenticationRestrictions", index, key], {
        message: phrase`the restriction has an empty list of addresses (${input(key)})`,
      });
    }),
  ),
);

/** Restrictions of another shape are left to the rule of shapes. */
function restrictionsOf({ inputs }: Declaration): { restriction: Record<string, unknown>; index: number }[] {
  const given = inputs.authenticationRestrictions;
  if (!Array.isArray(given)) return [];
  return given.flatMap((restriction: unknown, index) =>
    typeof restriction === "object" && restriction !== null && !Array.isArray(restriction)
      ? [{ restriction: restriction as Record<string, unknown>, index }]
      : [],
  );
}

/** An address, or a range of them in which bits behind the length may be set. No zone, and no name of a host. */
function isAddress(text: string): boolean {
  const match = /^(?<address>[^/%]+)(?:\/(?<length>\d{1,3}))?$/.exec(text);
  const { address = "", length = "0" } = match?.groups ?? {};
  const family = isIP(address);
  return family !== 0 && Number(length) <= (family === 4 ? 32 : 128);
}

export const restrictionsRules = family({
  codes,
  declarations: [restrictionForm, restrictionFitsNobody],
  programs: [],
});
