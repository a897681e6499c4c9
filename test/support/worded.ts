import { pulumiTerms } from "../../provider/engines/pulumi/terms.ts";
import { worded } from "../../provider/findings.ts";
import type { Finding, WordedFinding } from "../../schema/finding.ts";
import { type Phrase, word } from "../../schema/phrase.ts";

/** A phrase in the words of Pulumi. */
export function textOf(text: Phrase): string {
  return word(text, pulumiTerms);
}

/** Findings in the words of Pulumi. */
export function wordedAll(findings: readonly Finding[]): WordedFinding[] {
  return findings.map((finding) => worded(finding, pulumiTerms));
}
