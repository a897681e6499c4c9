import type { Finding } from "../../schema/finding.ts";
import { type Code, finding } from "../rules/index.ts";
import type { Verdict } from "../rules/rule.ts";

/**
 * The effect of a finding. `refuses`: the server refuses the token. `unknown`: some release or edition may refuse it,
 * and no source says which. `advises`: the server accepts it, but it is a mistake.
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
