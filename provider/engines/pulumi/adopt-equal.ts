import { FindingError } from "../../findings.ts";
import { finding } from "../../rules/index.ts";

const ADOPT = "MONGOFED_ADOPT";
const EQUAL = "equal";

/** The command by which one run takes over all existing objects that equal their declarations. */
export const ADOPTING_UP = `${ADOPT}=${EQUAL} pulumi up`;

/** Whether this is such a run. */
export function adoptsAllEqual({ [ADOPT]: value = "" }: Readonly<Record<string, string | undefined>>): boolean {
  if (value === "" || value === EQUAL) return value === EQUAL;
  const message = `${ADOPT} is ${JSON.stringify(value)}`;
  throw new FindingError([finding("FED420", { message, fix: `Set it to ${EQUAL}, or remove it.` })]);
}
