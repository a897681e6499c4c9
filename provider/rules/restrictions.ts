import { isIP } from "node:net";
import { isUnknown } from "../../schema/unknown.ts";
import type { Declaration } from "./program.ts";
import { about, rulesOf, type Verdict } from "./rule.ts";

/** The rules over the addresses from which, and at which, somebody may log in. */

const rule = rulesOf("OidcRole", "FederatedUser");

const KEYS = ["clientSource", "serverAddress"] as const;

export const restrictionForm = rule("FED340", (declaration) =>
  restrictionsOf(declaration).flatMap(({ restriction, index }) => {
    const path = `authenticationRestrictions[${index}]`;
    if (KEYS.every((key) => restriction[key] === undefined)) {
      return [about(declaration, path, { message: "the restriction names neither clientSource nor serverAddress" })];
    }
    return KEYS.flatMap((key) => addressFaults(declaration, restriction[key], `${path}.${key}`));
  }),
);

function addressFaults(declaration: Declaration, addresses: unknown, path: string): (Verdict | undefined)[] {
  if (!Array.isArray(addresses)) return [];
  return addresses.map((address: unknown, index) => {
    if (typeof address !== "string" || isUnknown(address) || isAddress(address)) return undefined;
    return about(declaration, `${path}[${index}]`, {
      message: `"${address}" is neither an IP address nor a range of them in CIDR notation`,
    });
  });
}

export const restrictionFitsNobody = rule("FED341", (declaration) =>
  restrictionsOf(declaration).flatMap(({ restriction, index }) =>
    KEYS.map((key) => {
      const addresses = restriction[key];
      if (!Array.isArray(addresses) || addresses.length > 0) return undefined;
      return about(declaration, `authenticationRestrictions[${index}].${key}`, {
        message: `the restriction has an empty list of addresses (${key}), which fits nobody`,
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
