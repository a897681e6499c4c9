import type { Finding, WordedFinding } from "../schema/finding.ts";
import { join, mapStrings, type Phrase, pathText, phrase, type Terms, word } from "../schema/phrase.ts";
import { printableLines } from "./printable.ts";
import { neutralTerms } from "./terms.ts";

/** An error whose text each engine words. `message` has the neutral words, for the places that know no engine. */
export class PhrasedError extends Error {
  readonly text: Phrase;

  constructor(text: Phrase, options: ErrorOptions = {}) {
    super(word(text, neutralTerms), options);
    this.text = text;
  }
}

/**
 * Findings as an error: thrown where a run cannot go on. The message is all of their text, and so is the stack, since
 * engines print stacks (unless `MONGOFED_DEBUG` is set).
 */
export class FindingError extends Error {
  readonly findings: readonly Finding[];

  /** @param terms the words of the message, for an error that leaves mongofed */
  constructor(findings: readonly Finding[], terms: Terms = neutralTerms) {
    super(findings.map((finding) => formatFinding(finding, terms)).join("\n"));
    this.name = "FindingError";
    this.findings = findings;
    if (process.env.MONGOFED_DEBUG !== "1") this.stack = this.message;
  }
}

/** The text of any error, in the words of an engine. An error that only carries another one has the other's text. */
export function errorText(error: unknown, terms: Terms): string {
  const findings = findingsOf(error);
  if (findings.length > 0) return findings.map((finding) => formatFinding(finding, terms)).join("\n");
  if (error instanceof PhrasedError) return word(error.text, terms);
  if (!(error instanceof Error)) return String(error);
  const { cause, message } = error;
  return cause instanceof PhrasedError && cause.message === message ? word(cause.text, terms) : message;
}

/** The text of an error as a part of another one's. */
export function errorPhrase(error: unknown): Phrase {
  const findings = findingsOf(error);
  if (findings.length > 0) return join(findings.map(findingPhrase), "\n");
  if (error instanceof PhrasedError) return error.text;
  return error instanceof Error ? error.message : String(error);
}

/** The findings of an error, or of the one that it carries. */
export function findingsOf(error: unknown): readonly Finding[] {
  if (error instanceof FindingError) return error.findings;
  return error instanceof Error && error.cause instanceof FindingError ? error.cause.findings : [];
}

/** A finding as JSON output has it: plain text. */
export function worded(finding: Finding, terms: Terms): WordedFinding {
  const { message, why, fix } = finding;
  return {
    ...finding,
    path: pathText(finding.path),
    message: word(message, terms),
    why: word(why, terms),
    fix: word(fix, terms),
  };
}

/**
 * One finding as a user reads it: a headline, the declarations concerned, why, and what to do. Without severity, which
 * the place that prints it shows in its own way, and without an end of line.
 */
export function formatFinding(finding: Finding, terms: Terms): string {
  const { code, slug, path, message, why, fix } = worded(finding, terms);
  const lines = [`${code} ${slug}: ${message}`, ...formatLocations(finding.locations, path)];
  return printableLines([...lines, ...labelled("why", why), ...labelled("fix", fix)].join("\n"));
}

/** Where a user reads on about a code. */
export function moreAbout(code: string): string {
  return `mongofed explain ${code}, or ${pageOf(code)}`;
}

export function pageOf(code: string): string {
  return `docs/codes/${code}.md in the package`;
}

/** The last line of an error that an engine prints by itself. Warnings have none, because they would get too long. */
export function moreLines({ code, severity }: Pick<Finding, "code" | "severity">): string[] {
  return severity === "error" ? [`  more ${moreAbout(code)}`] : [];
}

/** A finding without locations as a phrase, for an error that has more to say. */
export function findingPhrase({ code, slug, message, why, fix }: Finding): Phrase {
  return phrase`${code} ${slug}: ${message}${indented("why", why)}${indented("fix", fix)}`;
}

function indented(label: string, text: Phrase): Phrase {
  return text === "" ? "" : phrase`\n  ${label}  ${mapStrings(text, (part) => part.replaceAll("\n", "\n       "))}`;
}

/** Positions, labels and notes stand below each other. The path belongs to the first declaration, the one to look at. */
function formatLocations(locations: Finding["locations"], path: string): string[] {
  // A finding that no declaration can be named for still tells which input it is about.
  if (locations.length === 0) return path === "" ? [] : [`  --> ${path}`];
  const rows = locations.map((location, index) => ({
    place: `${location.file}:${location.line}:${location.column}`,
    label: index === 0 && path !== "" ? `${location.label} . ${path}` : location.label,
    note: location.note ?? "",
  }));
  const places = Math.max(...rows.map((row) => row.place.length));
  const labels = Math.max(...rows.filter((row) => row.note !== "").map((row) => row.label.length));
  return rows.map(({ place, label, note }, index) => {
    const said = note === "" ? label : `${label.padEnd(labels)} ${note}`;
    return `  ${index === 0 ? "-->" : "and"} ${place.padEnd(places)}   ${said}`;
  });
}

/** Further lines of a text stand under its first, so that the label keeps its column. */
function labelled(label: string, text: string): string[] {
  return text === "" ? [] : text.split("\n").map((line, index) => `  ${index === 0 ? label : "   "}  ${line}`);
}
