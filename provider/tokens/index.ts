export type { Effect, TokenFinding } from "./finding.ts";
export { type Circumstances, type Judgement, judge, type Moment, type Outcome, type TokenSource } from "./judge.ts";
export { type KeySet, screenKeys } from "./keys.ts";
export type { Login } from "./predict.ts";
export type { EffectiveRole } from "./roles.ts";
export { serverOf } from "./server.ts";
