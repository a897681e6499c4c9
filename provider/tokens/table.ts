import { type Terms, word } from "../../schema/phrase.ts";
import { type Comparison, causesOf } from "./expectations.ts";
import type { Judgement } from "./judge.ts";
import { excerpt } from "./quote.ts";

/** One token of a check, by its title. */
export interface CheckedToken {
  readonly title: string;
  readonly judgement: Judgement;
  readonly comparisons: readonly Comparison[];
}

/**
 * All tokens of a check, one below the other: what was expected, what came of it, and the fix of whatever stands in the
 * way. Plain text without colors, and without an end of line.
 */
export function tokenTable(tokens: readonly CheckedToken[], terms: Terms): string {
  const asExpected = tokens.filter(({ comparisons }) => comparisons.every(({ met }) => met)).length;
  const rows = tokens.flatMap((token) => rowsOf(token, terms));
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  return [`${asExpected} of ${tokens.length} tokens as expected`, ...lines].join("\n");
}

/** Returns one row for a token that meets its expectations, and all details for others. */
function rowsOf({ title, judgement, comparisons }: CheckedToken, terms: Terms): string[][] {
  const unmet = comparisons.filter(({ met }) => !met);
  if (unmet.length === 0) return [["ok", title, outcomeText(judgement)]];
  return [
    ...unmet.map(({ what, expected, actual }, index) => [
      index === 0 ? "FAILED" : "",
      index === 0 ? title : "",
      `${what}: expected ${expected}, is ${actual}`,
    ]),
    ...causesOf(judgement).flatMap(({ code, slug, message, fix }) => [
      ["", "", `${code} ${slug}: ${word(message, terms)}`],
      ...word(fix, terms)
        .split("\n")
        .map((line, index) => ["", "", `${index === 0 ? "fix" : "   "}  ${line}`]),
    ]),
  ];
}

/** `accepted as corp/ada with readWrite@app`. */
function outcomeText({ outcome, server, login }: Judgement): string {
  const codes = [...new Set(server.map(({ code }) => code))].join(", ");
  if (outcome === "refused") return `refused for ${codes}`;
  if (outcome === "unknown") return `uncertain for ${codes}`;
  const condition = outcome === "conditional" ? ", from the addresses that its roles allow" : "";
  const who = login === undefined ? "" : ` as ${excerpt(login.user)} with ${login.roles.join(", ") || "no role"}`;
  return `accepted${who}${condition}`;
}
