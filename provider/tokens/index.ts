export { type Comparison, compare, comparisonFindings } from "./expectations.ts";
export type { Effect, TokenFinding } from "./finding.ts";
export { type Circumstances, type Judgement, judge, type Moment, type Outcome, type TokenSource } from "./judge.ts";
export { type KeySet, screenKeys } from "./keys.ts";
export type { Login } from "./predict.ts";
export type { EffectiveRole } from "./roles.ts";
export { serverOf } from "./server.ts";
export { type CheckedToken, outcomeText, tokenTable } from "./table.ts";
