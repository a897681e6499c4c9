import { AsyncLocalStorage } from "node:async_hooks";

/**
 * One run as the code that serves it sees it. A process that an engine starts serves one run, so there the run is the
 * process. The embedded engine serves several runs in one process and gives each a scope of its own.
 */
export interface RunScope {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly workDir: string;
  /** Where a provider process reaches the engine that has started it. */
  readonly engineAddress?: string | undefined;
  /** Prints a block of text in one write, so that the lines of others do not mix with it. */
  readonly print: (text: string) => void;
  /** Registers how the run ends. Absent in a process: there, signals end the run. */
  readonly onStop?: (stop: () => Promise<void>) => void;
  /** State of the run, by the function that makes it. */
  readonly state: Map<() => unknown, unknown>;
}

/** Two copies of this package in one process share the scopes: the engine's copy opens them, the program's reads them. */
const scopes = sharedStorage();

function sharedStorage(): AsyncLocalStorage<RunScope> {
  const global = globalThis as { [key: symbol]: AsyncLocalStorage<RunScope> | undefined };
  const key = Symbol.for("mongofed.run-scope.1");
  global[key] ??= new AsyncLocalStorage<RunScope>();
  return global[key];
}

/** The scope of code that belongs to no other run. */
export const PROCESS_SCOPE: RunScope = {
  get env() {
    return process.env;
  },
  get workDir() {
    return process.cwd();
  },
  /** Engines append it to the arguments of a provider process. */
  get engineAddress() {
    const last = process.argv.at(-1) ?? "";
    return /:\d+$/.test(last) ? last : undefined;
  },
  print: (text) => void process.stderr.write(`${text}\n`),
  state: new Map(),
};

export function currentRun(): RunScope {
  return scopes.getStore() ?? PROCESS_SCOPE;
}

/** Calls `task` as part of the run, and with it everything that the task starts. */
export function inRun<T>(scope: RunScope, task: () => T): T {
  return scopes.run(scope, task);
}

/** State that each run makes for itself when it first asks. In place of a variable of the module. */
export function perRun<T>(make: () => T): () => T {
  return () => {
    const { state } = currentRun();
    if (!state.has(make)) state.set(make, make());
    return state.get(make) as T;
  };
}
