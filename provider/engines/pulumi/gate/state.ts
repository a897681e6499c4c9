import * as pulumi from "@pulumi/pulumi";
import pulumiState from "@pulumi/pulumi/runtime/state.js";
import type { Declaration, Kind, RelatedDeclarations } from "../../../rules/index.ts";
import { Channel } from "../channel.ts";
import { OverwriteQuery } from "../overwrite-check/ask.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import { readStackState, type StackState } from "./stack-state.ts";
import type { SampleTokens } from "./token-checks.ts";
import type { Watched } from "./watch.ts";

/**
 * Who runs the program. `process`: an engine runs it in a process of its own (the Pulumi CLI, the embedded engine with
 * a project folder). `inline`: it is a function in a process that goes on living (Automation API, `mongofed/testing`).
 * `none`: no engine, as under `pulumi.runtime.setMocks`. The gate stays open there, because its findings would break
 * tests of other things.
 */
export type Host = "process" | "inline" | "none";

/** One declaration of the program. */
export interface Held {
  readonly kind: Kind;
  readonly name: string;
  readonly location: Declaration["location"];
  readonly inputs: Watched;
  /** The same inputs as the program gave them. */
  readonly given: Readonly<Record<string, unknown>>;
  /** The resource whose output or instance was given as `identityProvider`. */
  readonly uses: unknown;
  /** Whether the program gives the option `import`. */
  readonly isImport: boolean;
  /** The sample tokens of a `TokenCheck`. */
  readonly tokens?: SampleTokens & { readonly watched: Watched };
  resource?: pulumi.CustomResource;
  /** The URNs under which the state may hold it; its own one first. */
  urns?: () => string[];
  registered: boolean;
  readonly release: (released: Released) => void;
  readonly refuse: (error: Error) => void;
}

/** The values that a declaration gets from the gate when it opens. */
export interface Released {
  readonly dependsOn: pulumi.Resource[];
  readonly related: RelatedDeclarations;
  /** The option `protect`, inherited ones included. */
  readonly isProtected: boolean;
  readonly urn: string;
  /** Lets the handler of a `TokenCheck` judge it; `undefined` where the gate has judged it. */
  readonly tokens: object | undefined;
}

/** One run of one program. */
export interface Run {
  readonly host: Host;
  readonly stack: object;
  readonly all: Held[];
  waiting: Held[];
  /** The error that ended the run. */
  ended?: Error;
  timer?: NodeJS.Timeout;
  /** An inline program that has not returned yet. */
  programRuns: boolean;
  readonly overwrites: OverwriteQuery;
  /** The state before the run. */
  readonly stackState: Promise<StackState>;
  /** The channel to the provider processes. */
  channel?: Channel;
  /** The settings of the explicit providers that the program has made so far. */
  readonly providers: ProviderSettings[];
  /** The preview has not reported the change of access, or the program has declared more since. */
  isAccessDue: boolean;
  /** A registration has failed, and with it the run. */
  failed?: boolean;
  /** Lets an inline program end. */
  letEnd?: (() => void) | undefined;
  /** Each warning that the user has read in this run. */
  readonly reported: Set<string>;
}

interface Shared {
  /** By the stack resource that a run belongs to; inline programs come and go in one process. */
  readonly runs: WeakMap<object, Run>;
  /** The runs of a program that has the process to itself: one, or two if it declares before its stack exists. */
  readonly processRuns: Run[];
  /** Stacks of inline programs whose function has not returned yet. */
  readonly inlinePrograms: WeakSet<object>;
  /** The declaration behind each resource and each alias of one. */
  readonly held: WeakMap<object, Held>;
  /** The input that each output of a held resource repeats. */
  readonly echoes: WeakMap<object, Watched>;
  /** One copy of this package watches the hosts. */
  watchesHosts: boolean;
  /** The event loop was empty once: the whole program has run, and later declarations come in small batches. */
  wasIdle: boolean;
  programFailed: boolean;
  /** The gate has ended a program that has the process to itself. */
  ended: boolean;
}

const KEY = Symbol.for("mongofed.gate.7");
const global = globalThis as { [KEY]?: Shared };

// Two copies of this package in one program (its own, and a component library's) must share one gate: a rule that sees
// half a program is wrong about it.
global[KEY] ??= {
  runs: new WeakMap(),
  processRuns: [],
  inlinePrograms: new WeakSet(),
  held: new WeakMap(),
  echoes: new WeakMap(),
  watchesHosts: false,
  wasIdle: false,
  programFailed: false,
  ended: false,
};
export const shared: Shared = global[KEY];

/** Returns the run of the stack that declares now. */
export function currentRun(host: Host): Run {
  const stack: object = pulumi.runtime.getStackResource() ?? shared;
  let run = shared.runs.get(stack);
  if (run === undefined) {
    const overwrites = new OverwriteQuery(pulumi.runtime.isDryRun());
    const programRuns = shared.inlinePrograms.has(stack);
    const made = {
      overwrites,
      stackState: readStackState(),
      providers: [],
      isAccessDue: false,
      reported: new Set<string>(),
    };
    run = { host, stack, all: [], waiting: [], programRuns, ...made };
    shared.runs.set(stack, run);
    if (host === "process") shared.processRuns.push(run);
  }
  return run;
}

export function unregistered({ all }: Run): Held[] {
  return all.filter(({ registered }) => !registered);
}

/** Returns the inputs of a declaration as they are known by now. */
export function inputsOf(held: Held): Record<string, unknown> {
  return held.inputs.current() as Record<string, unknown>;
}

/** How many calls the engine has in flight at most; 0 where it does not say. The CLI passes it in the environment. */
export function parallelOfEngine(): number {
  return Number(process.env.PULUMI_NODEJS_PARALLEL) || 0;
}

/** Returns the channel from the program to the provider processes of its run. */
export function channelOf(run: Run): Channel {
  const { getStore } = pulumiState as unknown as { getStore(): { settings: { options: { engineAddr: string } } } };
  run.channel ??= Channel.open(getStore().settings.options.engineAddr, "program");
  return run.channel;
}
