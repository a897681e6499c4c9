export { type CheckVerdict, judgeCheck, type TokenMaterial, tokenLine } from "./check.ts";
export { type Comparison, compare, comparisonFindings } from "./expectations.ts";
export { type ExplainedField, explainToken } from "./explain.ts";
export type { Effect, TokenFinding } from "./finding.ts";
export { keySetIn } from "./given-keys.ts";
export { type GivenToken, textOfBytes, tokenIn } from "./given-token.ts";
export {
  type Circumstances,
  isLetIn,
  type Judgement,
  judge,
  type Moment,
  type Outcome,
  type TokenSource,
} from "./judge.ts";
export { type KeySet, screenKeys } from "./keys.ts";
export type { Login } from "./predict.ts";
export { accessName, JUDGED_INPUTS, type ProgramConfig, programConfig, type Scope } from "./program.ts";
export { excerpt } from "./quote.ts";
export type { EffectiveRole } from "./roles.ts";
export { DEFAULT_SERVER, serverOf } from "./server.ts";
export { type CheckedToken, outcomeText, tokenTable } from "./table.ts";
