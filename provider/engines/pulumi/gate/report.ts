import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import engineProto from "@pulumi/pulumi/proto/engine_pb.js";
import type { Finding } from "../../../../schema/finding.ts";
import { formatFinding } from "../../../findings.ts";
import { printableLines } from "../../../printable.ts";
import { type Program, writeProgram } from "../../../rules/index.ts";
import { currentRun, perRun } from "../../../run-scope.ts";
import { recordFindings } from "../findings-file.ts";
import { pulumiTerms } from "../terms.ts";

/** How long an engine may take to acknowledge a message before the gate goes on without. */
const ACKNOWLEDGE_MS = 5_000;

/** After one unanswered message, the gate sends the others without waiting. */
const engineOfRun = perRun(() => ({ isSilent: false }));

const SEVERITIES = {
  error: engineProto.LogSeverity.ERROR,
  warning: engineProto.LogSeverity.WARNING,
  info: engineProto.LogSeverity.INFO,
};
type Severity = keyof typeof SEVERITIES;

/**
 * Writes the declarations to the file of a command that checks tokens itself, if `MONGOFED_PROGRAM_FILE` names one.
 * Only a preview does: no variable can switch off the token checks of `up`.
 *
 * @returns whether there is such a file
 */
export function recordProgram(program: Program): boolean {
  const file = currentRun().env.MONGOFED_PROGRAM_FILE;
  if (file === undefined || file === "" || !pulumi.runtime.isDryRun()) return false;
  writeFileSync(file, writeProgram(program));
  return true;
}

/** Reports a finding to the user, and records it. */
export async function reportFinding(finding: Finding): Promise<void> {
  recordFindings([finding]);
  await say(formatFinding(finding, pulumiTerms), finding.severity === "error" ? "error" : "warning");
}

/**
 * Sends a message straight to the engine, and waits for a bounded time until it is acknowledged. `pulumi.log` would
 * queue it behind messages about held resources, which block the queue for ever.
 */
export async function say(message: string, severity: Severity): Promise<void> {
  const text = printableLines(message);
  const engine = pulumi.runtime.getEngine() as
    | { log(request: engineProto.LogRequest, done: (error: unknown) => void): void }
    | undefined;
  if (engine === undefined) {
    currentRun().print(`${severity}: ${text}`);
    return;
  }
  const request = new engineProto.LogRequest();
  request.setSeverity(SEVERITIES[severity]);
  request.setMessage(text);
  const acknowledged = new Promise<boolean>((resolve) => engine.log(request, (error) => resolve(!error)));
  if (!(await withinTime(acknowledged))) {
    engineOfRun().isSilent = true;
    currentRun().print(`${severity}: ${text}`);
  }
}

async function withinTime(done: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), engineOfRun().isSilent ? 0 : ACKNOWLEDGE_MS);
  });
  try {
    return await Promise.race([done, expired]);
  } finally {
    clearTimeout(timer);
  }
}
