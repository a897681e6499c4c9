/** `mongofed explain [CODE]`: what a finding means, offline. */

import { Argument, type Command } from "commander";
import { type Phrase, word } from "../../../schema/phrase.ts";
import { pageOf } from "../../findings.ts";
import { printableJson } from "../../printable.ts";
import { catalogue } from "../../rules/catalogue.ts";
import { nearest } from "../../rules/nearest.ts";
import type { CatalogueEntry } from "../../rules/rule.ts";
import type { ColorChoice, Style } from "../../terminal/color.ts";
import { outputOf, widthOf } from "../../terminal/output.ts";
import { plainTable } from "../../terminal/plain-table.ts";
import { neutralTerms } from "../../terms.ts";
import type { Report } from "../exit-codes.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import type { Io } from "../io.ts";

interface ExplainOptions {
  readonly json?: true;
  readonly color: ColorChoice;
}

/** An entry in words. */
type Explained = Omit<CatalogueEntry, "title" | "why" | "fix"> &
  Readonly<Record<"code" | "title" | "why" | "fix", string>>;

const STYLES: Record<CatalogueEntry["severity"], Style> = {
  error: "error",
  warning: "warning",
  info: "info",
};

export function registerExplain(program: Command, io: Io, report: Report): void {
  program
    .command("explain")
    .description("explain a finding by its code, or list all codes")
    .addArgument(new Argument("[code]", "FED203, or its name: second-workforce-provider"))
    .option("--json", "print as JSON")
    .action((code: string | undefined, options: ExplainOptions) => {
      io.stdout.write(code === undefined ? listed(options, io) : explained(find(code), options, io));
      report(EXIT.ok);
    });
}

function all(): Explained[] {
  const entries = Object.entries(catalogue) as [string, CatalogueEntry][];
  const text = (phrase: Phrase) => word(phrase, neutralTerms);
  return entries
    .map(([code, { title, why, fix, ...entry }]) => ({
      code,
      ...entry,
      title: text(title),
      why: text(why),
      fix: text(fix),
    }))
    .sort((a, b) => a.code.localeCompare(b.code));
}

function find(text: string): Explained {
  const wanted = text.toLowerCase();
  const entries = all();
  const found = entries.find(({ code, slug }) => code.toLowerCase() === wanted || slug === wanted);
  if (found) return found;
  const near = nearest(wanted, entries, ({ code, slug }) => [code.toLowerCase(), slug]);
  const list = near.map(({ code, slug }) => `${code} ${slug}`).join(", ");
  throw new UsageError(`no finding is called "${text}". The nearest: ${list}. mongofed explain lists them all.`);
}

function listed(options: ExplainOptions, io: Io): string {
  const entries = all();
  if (options.json) return `${printableJson(entries)}\n`;
  const { paint } = outputOf(io.stdout, options.color, io.env);
  const rows = entries.map(({ code, severity, slug, title }) => [code, paint(STYLES[severity], severity), slug, title]);
  const heading = ["Code", "Severity", "Name", "Rule"].map((word) => paint("resource", word));
  return `${plainTable([heading, ...rows], { width: widthOf(io.stdout, io.env) })}\nMore about one: mongofed explain CODE\n`;
}

function explained(entry: Explained, options: ExplainOptions, io: Io): string {
  if (options.json) return `${printableJson(entry)}\n`;
  const { paint } = outputOf(io.stdout, options.color, io.env);
  const rows = [
    ["rule", entry.title],
    ["why", entry.why],
    ["fix", entry.fix],
    ...(entry.example === undefined ? [] : [["example", entry.example]]),
    ["source", entry.source],
    ["page", pageOf(entry.code)],
  ].map(([name = "", text = ""]) => [paint("resource", name), text]);
  const title = `${paint("bold", entry.code)} ${entry.slug} (${paint(STYLES[entry.severity], entry.severity)})`;
  return `${title}\n\n${plainTable(rows, { width: widthOf(io.stdout, io.env), indent: 2 })}`;
}
