import * as pulumi from "@pulumi/pulumi";
import pulumiState from "@pulumi/pulumi/runtime/state.js";
import { finding } from "../../../rules/index.ts";
import { endInlineRun, endRun, isEndDue } from "./at-end.ts";
import { refuse } from "./end.ts";
import { openGate } from "./judge.ts";
import { type Host, type Run, shared, unregistered } from "./state.ts";

/** A program that keeps its event loop alive (a server, a timer) counts as quiet after this time without a declaration. */
const QUIET_MS = 3_000;

export function currentHost(): Host {
  const store = (globalThis as { asyncLocalStorage?: { getStore(): unknown } }).asyncLocalStorage?.getStore();
  if (store !== undefined) return "inline";
  return process.env.PULUMI_NODEJS_MONITOR !== undefined && pulumi.runtime.hasEngine() ? "process" : "none";
}

/** Opens the gate as soon as the program is quiet; call it after each declaration. */
export function openWhenQuiet(run: Run): void {
  clearTimeout(run.timer);
  const quiet = run.host === "process" ? shared.wasIdle : !run.programRuns;
  if (quiet) {
    // Only setImmediate is safe from here on: Pulumi tells the engine to finish as soon as the loop is empty again.
    setImmediate(() => openGate(run));
    return;
  }
  run.timer = setTimeout(() => openGate(run), QUIET_MS);
  run.timer.unref();
}

/** In a process: opens the gate at the first empty event loop, and finds stuck declarations at every later one. */
function watchProcess(): void {
  const failed = () => {
    shared.programFailed = true;
  };
  process.on("uncaughtException", failed);
  process.on("unhandledRejection", failed);
  process.on("exit", (code) => {
    // `process.exit(0)` in the middle of a program: without this the engine would believe that nothing is missing.
    const pending = shared.processRuns.some((run) => unregistered(run).length > 0);
    if (code !== 0 || !pending || shared.programFailed) return;
    process.stderr.write(
      "error: the program ended itself before its resources were registered. Nothing was changed.\n",
    );
    process.exitCode = 1;
  });
  process.on("beforeExit", () => {
    if (shared.ended || shared.programFailed || engineEndedRun()) return;
    if (!shared.wasIdle) {
      shared.wasIdle = true;
      if (shared.processRuns.some(({ waiting }) => waiting.length > 0)) {
        shared.processRuns.forEach(openGate);
        return;
      }
    }
    // Nothing is pending any more: a declaration that is not registered by now never will be.
    for (const run of shared.processRuns) {
      if (unregistered(run).length > 0) void refuseStuck(run);
      else if (isEndDue(run)) void endRun(run);
    }
  });
}

/** Whether a failed check has ended the run. Pulumi has reported it, and registers nothing more. */
function engineEndedRun(): boolean {
  const { getStore } = pulumiState as unknown as { getStore(): { terminated?: boolean } };
  return getStore().terminated === true;
}

function refuseStuck(run: Run): Promise<void> {
  const stuck = unregistered(run);
  const message = `${stuck.length} of ${run.all.length} declarations never became ready`;
  return refuse(run, [{ ...finding("FED490", { message }), locations: stuck.map(({ location }) => location) }]);
}

/** Inline programs: opens the gate when the program's function ends. Pulumi has no hook there, so this wraps its stack. */
function watchInlinePrograms(): void {
  const prototype = pulumi.runtime.Stack.prototype as unknown as {
    initialize(args: { init: () => Promise<unknown> }): Promise<unknown>;
  };
  const initialize = prototype.initialize;
  prototype.initialize = function (this: object, args) {
    const init = async () => {
      shared.inlinePrograms.add(this);
      try {
        return await args.init();
      } finally {
        shared.inlinePrograms.delete(this);
        const run = shared.runs.get(this);
        if (run !== undefined) {
          run.programRuns = false;
          if (run.host === "inline") openGate(run);
          endInlineRun(run);
        }
      }
    };
    return initialize.call(this, { ...args, init });
  };
}

if (!shared.watchesHosts) {
  shared.watchesHosts = true;
  if (process.env.PULUMI_NODEJS_MONITOR !== undefined) watchProcess();
  watchInlinePrograms();
}
