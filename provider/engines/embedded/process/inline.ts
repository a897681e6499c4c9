/**
 * Runs a program that is a function of this process, by the machinery that Pulumi's Automation API uses for its inline
 * programs. The SDK keeps the settings of each run in AsyncLocalStorage, so several may go on at once.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import server from "@pulumi/pulumi/automation/server.js";
import languageMessages from "@pulumi/pulumi/proto/language_pb.js";
import debuggable from "@pulumi/pulumi/runtime/debuggable.js";
import { currentRun, inRun, PROCESS_SCOPE, type RunScope } from "../../../run-scope.ts";
import type { InlineProject } from "../project.ts";
import { ORGANIZATION, type ProgramOptions, type ProgramResult, type RunningProgram } from "./program-process.ts";

/** Internal members that Pulumi's type declarations omit. */
interface LanguageServer {
  run(call: { request: object }, callback: (error: Error | null | undefined) => void): Promise<void>;
}
const { LanguageServer } = server as unknown as {
  LanguageServer: new (program: InlineProject["program"]) => LanguageServer;
};
const { leakedPromises } = debuggable as unknown as { leakedPromises(): [ReadonlySet<unknown>, string] };

/** A function cannot be ended, so a longer wait only delays the caller. */
const GRACE_MS = 100;

function runRequest(project: InlineProject, options: ProgramOptions): object {
  const request = new languageMessages.RunRequest();
  request.setProject(project.name);
  request.setStack(options.stack);
  request.setOrganization(ORGANIZATION);
  request.setParallel(options.parallel);
  request.setDryrun(options.dryRun);
  request.setMonitorAddress(options.address);
  request.setArgsList([options.address]);
  request.setConfigsecretkeysList(options.config.secretKeys);
  for (const [key, value] of Object.entries(options.config.plain)) {
    request.getConfigMap().set(key, value);
  }
  return request;
}

/** Resources whose inputs never settle are never registered, and would be deleted for it: that is an error. */
function leak(inContext: (<R>(check: () => R) => R) | undefined): ProgramResult {
  const [leaks, message] = inContext?.(() => leakedPromises()) ?? [new Set(), ""];
  return leaks.size === 0 ? { ok: true, error: "" } : { ok: false, error: message };
}

const ERROR_EVENTS = ["uncaughtException", "unhandledRejection"] as const;
type Listener = (error: unknown) => void;

/**
 * The SDK has each run listen to the errors of the whole process, so that one failing run makes those beside it fail
 * too. Here each hears only what happened in its own context (or in none). The answer ends the listening.
 */
function isolateListeners(run: RunScope, start: () => void): () => void {
  const ends: (() => void)[] = [];
  const before = ERROR_EVENTS.map((event) => new Set(process.listeners(event as "uncaughtException")));
  start();
  for (const [index, event] of ERROR_EVENTS.entries()) {
    const added = process
      .listeners(event as "uncaughtException")
      .filter((listener) => before[index]?.has(listener) === false);
    for (const listener of added as unknown as Listener[]) {
      const own: Listener = (error) => {
        const origin = currentRun();
        if (origin === PROCESS_SCOPE || origin === run) {
          listener(error);
        }
      };
      process.off(event, listener);
      process.on(event, own);
      ends.push(() => process.off(event, own));
    }
  }
  return () => {
    for (const end of ends) {
      end();
    }
  };
}

export function startInline(project: InlineProject, options: ProgramOptions): RunningProgram {
  let inContext: (<R>(check: () => R) => R) | undefined;
  const language = new LanguageServer(async () => {
    inContext = AsyncLocalStorage.snapshot();
    return project.program();
  });
  const { promise, resolve } = Promise.withResolvers<ProgramResult>();
  const { env, onOutput } = options;
  const stops: (() => Promise<void>)[] = [];
  const run: RunScope = {
    env,
    workDir: project.workDir,
    print: (text) => onOutput("info#err", text),
    onStop: (stop) => void stops.push(stop),
    state: new Map(),
  };
  const endListening = isolateListeners(run, () => {
    inRun(run, () => {
      // On an error it calls back twice, first with the error; only the first answer counts.
      language.run({ request: runRequest(project, options) }, (error) => {
        resolve(error === null || error === undefined ? leak(inContext) : { ok: false, error: error.message });
      });
    });
  });
  return {
    finished: promise.finally(endListening),
    graceMs: GRACE_MS,
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
}
