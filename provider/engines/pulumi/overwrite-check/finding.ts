import type { Finding } from "../../../../schema/finding.ts";
import { finding } from "../../../rules/index.ts";

/** FED265: changes of this run that another client has overwritten. */
export function overwrittenFinding(overwritten: readonly string[]): Finding {
  const changes = overwritten.length === 1 ? "one change" : `${overwritten.length} changes`;
  const message = `${changes} of this run, done and verified, that another client has overwritten since: ${overwritten.join(", ")}`;
  return finding("FED265", { message });
}
