import { appendFileSync } from "node:fs";
import type { Finding } from "../../../schema/finding.ts";
import { worded } from "../../findings.ts";
import { currentRun } from "../../run-scope.ts";
import { pulumiTerms } from "./terms.ts";

/** Writes findings as JSON to the file that `mongofed/testing` reads, where there is one. */
export function recordFindings(findings: readonly Finding[], mask: (text: string) => string = (text) => text): void {
  const file = currentRun().env.MONGOFED_FINDINGS_FILE;
  if (file === undefined || file === "") return;
  for (const finding of findings) appendFileSync(file, `${mask(JSON.stringify(worded(finding, pulumiTerms)))}\n`);
}
