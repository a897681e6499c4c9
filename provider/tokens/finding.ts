import type { Finding } from "../../schema/finding.ts";
import { type Code, finding } from "../rules/index.ts";
import type { Verdict } from "../rules/rule.ts";

/**
 * What a finding does. `refuses`: the server would not let the token in. `unknown`: some release or edition might not,
 * and no source says which. `advises`: the server takes it, yet it is a mistake.
 */
export type Effect = "refuses" | "unknown" | "advises";

export interface TokenFinding extends Finding {
  readonly effect: Effect;
}

/** Only what stops a token is an error. `path` is a claim (`claims.aud`), a header field or a key. */
export function says(effect: Effect, code: Code, verdict: Omit<Verdict, "at">): TokenFinding {
  return { ...finding(code, verdict), severity: effect === "refuses" ? "error" : "warning", effect };
}

export const refuses = says.bind(undefined, "refuses");
export const isUnknown = says.bind(undefined, "unknown");
export const advises = says.bind(undefined, "advises");
