import type { Finding } from "../../schema/finding.ts";
import { mapStrings } from "../../schema/phrase.ts";
import { printable } from "../printable.ts";
import { type Code, catalogue } from "./catalogue.ts";
import type { CatalogueEntry, Verdict } from "./rule.ts";

/** Makes a finding of a code and what is particular to the case. */
export function finding(code: Code, verdict: Verdict): Finding {
  const entry: CatalogueEntry = catalogue[code];
  return {
    code,
    slug: entry.slug,
    severity: entry.severity,
    path: verdict.path ?? "",
    message: mapStrings(verdict.message, printable),
    why: verdict.why ?? entry.why,
    fix: verdict.fix ?? entry.fix,
    docs: entry.source,
    locations: (verdict.at ?? []).map(({ declaration, note }) => ({
      ...declaration.location,
      ...(note === undefined ? {} : { note }),
    })),
  };
}
