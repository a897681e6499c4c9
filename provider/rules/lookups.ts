import { type Codes, family } from "./rule.ts";

/** The rules over lookups, which provider/lookups judges. */

const codes = {
  FED240: {
    slug: "lookup-not-found",
    severity: "error",
    title: "Look up an existing object.",
    why: "No object matches.",
    fix: "Correct the search values, character by character, or create the object first. The credentials must be able to read it.",
    example: 'lookupIdentityProvider({ federationSettingsId, configurationName: "corp-entr" })',
    source: "mongofed",
  },
  FED241: {
    slug: "ambiguous-lookup",
    severity: "error",
    title: "Look up exactly one object.",
    why: "Several objects match, so mongofed cannot choose.",
    fix: "Add a search value that only one of them has, such as an id or a type.",
    source: "mongofed",
  },
} as const satisfies Codes;

export const lookupsRules = family({ codes });
