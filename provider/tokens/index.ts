export { type CheckVerdict, judgeCheck, type TokenMaterial, tokenLine } from "./check.ts";
export { compare, comparisonFindings } from "./expectations.ts";
export { explainToken } from "./explain.ts";
export type { Effect, TokenFinding } from "./finding.ts";
export { keySetIn } from "./given-keys.ts";
export { textOfBytes, tokenIn } from "./given-token.ts";
export {
  type Circumstances,
  isLetIn,
  type Judgement,
  judge,
} from "./judge.ts";
export { screenKeys } from "./keys.ts";
export type { Login } from "./predict.ts";
export { accessName, JUDGED_INPUTS, programConfig, type Scope } from "./program.ts";
export { excerpt } from "./quote.ts";

export { serverOf } from "./server.ts";
export { tokenTable } from "./table.ts";
