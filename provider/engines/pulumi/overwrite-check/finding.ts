import type { Finding } from "../../../../schema/finding.ts";
import { finding } from "../../../rules/index.ts";

/** FED265: what was written in this run, and is not there any more. */
export function writtenOver(overwritten: readonly string[]): Finding {
  const changes = overwritten.length === 1 ? "one change" : `${overwritten.length} changes`;
  const message = `${changes} of this run, done and verified, somebody has written over since: ${overwritten.join(", ")}`;
  return finding("FED265", { message });
}
