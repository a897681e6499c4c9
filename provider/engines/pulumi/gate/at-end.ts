import * as pulumi from "@pulumi/pulumi";
import { moreAbout } from "../../../findings.ts";
import { overwrittenFinding } from "../overwrite-check/finding.ts";
import { reportAccess } from "./access.ts";
import { failWhilePending, refuse } from "./end.ts";
import { say } from "./report.ts";
import { type Run, unregistered } from "./state.ts";

/** Whether something is left to do when all declarations of a run are registered. */
export function isEndDue(run: Run): boolean {
  return run.overwrites.due || run.isAccessDue;
}

/**
 * The last part of a run, when all declarations are registered. A preview reports the change of access. `up` ends as
 * failed with FED265 if another client has overwritten changes of this run.
 */
export async function endRun(run: Run): Promise<void> {
  if (run.isAccessDue) await reportAccess(run);
  if (!run.overwrites.due) return;
  const answers = await run.overwrites.ask();
  const troubles = answers.flatMap((answer) => ("trouble" in answer ? [answer.trouble] : []));
  for (const trouble of troubles) await say(`not looked again whether all is there: ${trouble}`, "warning");
  const overwritten = answers.flatMap((answer) => ("overwritten" in answer ? answer.overwritten : []));
  if (overwritten.length === 0) return failWhilePending(run);
  const summary = `everything was applied, but another client has overwritten some changes. More: ${moreAbout("FED265")}`;
  await refuse(run, [overwrittenFinding(overwritten)], { summary });
}

/** Keeps an inline program alive for its last part: Pulumi takes a program for complete when nothing is pending. */
export function keepForEnd(run: Run): void {
  const isNeeded = run.overwrites.folder !== undefined || run.isAccessDue;
  if (run.host !== "inline" || !isNeeded || run.failed || run.letEnd !== undefined) return;
  const done = pulumi.runtime.rpcKeepAlive();
  run.letEnd = () => {
    run.letEnd = undefined;
    done();
  };
}

/** Runs the last part of an inline program once it is complete, and lets it end. */
export function endInlineRun(run: Run): void {
  const complete = () => !run.programRuns && unregistered(run).length === 0;
  if (run.host !== "inline" || !complete()) return;
  // A program may declare more as soon as it has the outputs of registered resources.
  setImmediate(async () => {
    if (!complete()) return;
    await endRun(run);
    if (run.ended === undefined && complete()) run.letEnd?.();
  });
}
