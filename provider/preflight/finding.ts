import type { Finding } from "../../schema/finding.ts";
import type { Code } from "../rules/index.ts";
import { finding } from "../rules/index.ts";
import type { Verdict } from "../rules/rule.ts";
import type { Effect } from "../tokens/index.ts";

/** `no-login`: the server takes the issuer's tokens, but people have no way to get one with mongosh or Compass. */
export interface PreflightFinding extends Finding {
  readonly effect: Effect | "no-login";
}

/** Makes a finding. Uncertain and harmless effects become warnings. */
export function says(effect: PreflightFinding["effect"], code: Code, verdict: Omit<Verdict, "at">): PreflightFinding {
  const severity = effect === "refuses" || effect === "no-login" ? "error" : "warning";
  return { ...finding(code, verdict), severity, effect };
}
