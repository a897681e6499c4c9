import * as pulumi from "@pulumi/pulumi";
import { overwrittenFinding } from "../overwrite-check/finding.ts";
import { failWhilePending, refuse } from "./end.ts";
import { say } from "./report.ts";
import { type Run, unregistered } from "./state.ts";

/** FED265: ends the run as failed if another client has overwritten changes of this run. */
export async function checkOverwrites(run: Run): Promise<void> {
  const answers = await run.overwrites.ask();
  const troubles = answers.flatMap((answer) => ("trouble" in answer ? [answer.trouble] : []));
  for (const trouble of troubles) await say(`not looked again whether all is there: ${trouble}`, "warning");
  const overwritten = answers.flatMap((answer) => ("overwritten" in answer ? answer.overwritten : []));
  if (overwritten.length === 0) return failWhilePending(run);
  const summary = "all was registered, but not all of it is there any more. More: mongofed explain FED265";
  await refuse(run, [overwrittenFinding(overwritten)], { summary });
}

/** Keeps an inline program alive for its overwrite check: Pulumi takes a program for complete when nothing is pending. */
export function keepForOverwriteCheck(run: Run): void {
  if (run.host !== "inline" || run.overwrites.folder === undefined || run.failed || run.letEnd !== undefined) return;
  const done = pulumi.runtime.rpcKeepAlive();
  run.letEnd = () => {
    run.letEnd = undefined;
    done();
  };
}

/** Once an inline program is complete: checks for overwritten changes, and lets the program end. */
export function checkOverwritesAtEnd(run: Run): void {
  const complete = () => !run.programRuns && unregistered(run).length === 0;
  if (run.host !== "inline" || !complete()) return;
  // A program may declare more as soon as it has the outputs of registered resources.
  setImmediate(async () => {
    if (!complete()) return;
    await checkOverwrites(run);
    if (run.ended === undefined && complete()) run.letEnd?.();
  });
}
