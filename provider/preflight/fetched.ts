import type { DocumentProblem, FetchedDocument } from "../http/index.ts";
import { type PreflightFinding, says } from "./finding.ts";

/** The two things that a server fetches, as paths of findings; in texts each with its name. */
const NAMES = { metadata: "the metadata document", keys: "the key set" } as const;
export type Fetched = keyof typeof NAMES;

/**
 * Returns the fetched text, if any, and findings on redirects, status and content type as a server would judge them.
 */
export function textOf(
  path: Fetched,
  { hops, outcome }: FetchedDocument,
): { text: string | undefined; findings: PreflightFinding[] } {
  const findings: PreflightFinding[] = [];
  if (hops.length > 0) {
    findings.push(
      says("refuses", "FED431", { path, message: `${NAMES[path]} redirects to ${hops.join(", then to ")}` }),
    );
  }
  if ("problem" in outcome) {
    return { text: undefined, findings: [...findings, problemFinding(path, outcome.problem)] };
  }
  const { status, contentType, json, body } = outcome.answer;
  if (status !== 200) {
    // Other statuses stay what they are; these pass.
    const effect = status >= 500 || status === 429 ? "unknown" : "refuses";
    const message = `${NAMES[path]} was asked for, and the answer is ${status}`;
    return { text: undefined, findings: [...findings, says(effect, "FED430", { path, message })] };
  }
  if (!json) {
    const found = contentType === undefined ? "missing" : JSON.stringify(contentType.slice(0, 80));
    const message = `the content type of ${NAMES[path]} is ${found}, application/json was expected`;
    findings.push(
      says("advises", "FED433", { path, message, why: "The server reads it all the same, other software does not." }),
    );
  }
  return { text: utf8(body), findings };
}

function problemFinding(path: Fetched, { kind, what }: DocumentProblem): PreflightFinding {
  const message = `${NAMES[path]} was not read: ${what}`;
  switch (kind) {
    case "address":
      return says("refuses", "FED433", { path, message });
    case "redirects":
      return says("refuses", "FED431", { path, message });
    case "too-large":
      return says("refuses", "FED136", { path, message });
    case "private":
      return says("unknown", "FED432", { path, message });
    case "timeout":
    case "failure":
      return says("unknown", "FED430", { path, message });
  }
}

/** Decodes UTF-8. Invalid bytes become replacement characters, which valid JSON has only inside strings. */
function utf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
