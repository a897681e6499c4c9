/** `--sarif` and `--junit`: files with the findings of a run. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type WordedFinding, wordedFindingSchema } from "../../schema/finding.ts";
import { word } from "../../schema/phrase.ts";
import { readRecords } from "../engines/embedded/records.ts";
import { moreAbout } from "../findings.ts";
import { junit } from "../formats/junit.ts";
import { DRIFT_RULES, type Problem } from "../formats/problem.ts";
import { sarif } from "../formats/sarif.ts";
import { type Code, catalogue, isCode } from "../rules/catalogue.ts";
import { neutralTerms } from "../terms.ts";
import type { Io } from "./io.ts";
import { packageVersion } from "./version.ts";

export interface FormatFiles {
  readonly sarif?: string;
  readonly junit?: string;
}

/** Runs a task with a folder for its records, and removes the folder. */
export async function withRecords<T>(task: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "mongofed-records-"));
  try {
    return await task(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The findings in a file of records, each once: a preview inside `up` has the same. */
export async function findingsIn(file: string): Promise<WordedFinding[]> {
  const findings = await readRecords(file, wordedFindingSchema);
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** @param incomplete why the problems may not be all */
export async function writeProblems(
  problems: readonly Problem[],
  files: FormatFiles,
  io: Io,
  suite: string,
  incomplete?: string,
): Promise<void> {
  const complete = incomplete === undefined;
  const texts = [
    [files.sarif, () => sarif(problems, { version: packageVersion(), rules: ruleTexts(problems), complete })],
    [files.junit, () => junit(problems, { suite, incomplete })],
  ] as const;
  for (const [file, text] of texts) if (file !== undefined) await writeFile(resolve(io.cwd, file), text());
}

function ruleTexts(problems: readonly Problem[]): Record<string, { title: string; help?: string }> {
  const codes = problems.map(({ ruleId }) => ruleId).filter(isCode);
  return {
    ...Object.fromEntries(Object.entries(DRIFT_RULES).map(([id, title]) => [id, { title }])),
    ...Object.fromEntries(codes.map((code) => [code, ruleText(code)])),
  };
}

function ruleText(code: Code): { title: string; help: string } {
  const { title, why, fix } = catalogue[code];
  const [rule, reason, remedy] = [title, why, fix].map((text) => word(text, neutralTerms)) as [string, string, string];
  return { title: rule, help: `${reason}\n\n${remedy}\n\nMore: ${moreAbout(code)}` };
}
