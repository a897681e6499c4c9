import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "../../../../schema/unknown.ts";
import type { Declaration, Kind, RelatedDeclarations } from "../../../rules/index.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import { endInlineRun } from "./at-end.ts";
import { checkHosts } from "./credential-hosts.ts";
import { failWhilePending, refuse } from "./end.ts";
import { currentHost, openWhenQuiet } from "./hosts.ts";
import { whereDeclared } from "./location.ts";
import { currentRun, type Held, inputsOf, type Released, type Run, shared } from "./state.ts";
import type { SampleTokens } from "./token-checks.ts";
import { watchUrns } from "./urn.ts";
import { type Watched, watch } from "./watch.ts";

/**
 * The program gate. Engines check resource by resource, stop at the first failure, and begin while the program still
 * runs. So the gate holds every registration back, by promises in `__provider` and `dependsOn`, until the program is
 * quiet. Then the rules run over all declarations together. Either all are released, or the program ends.
 *
 * Engines delete every resource that a program does not register. So a run has exactly two ends, also when the gate
 * itself fails: every declaration is registered, or the program ends with a failing exit code before the engine can take
 * it for complete.
 *
 * hold.ts holds declarations back. hosts.ts decides when the gate opens. judge.ts runs the rules and releases.
 * end.ts ends the program. at-end.ts reports the change of access in a preview, and finds changes that other clients have overwritten.
 */

/** Promises that the gate settles, for a class to register its resource with. */
export interface Ticket {
  /** Resolves to `text` when the gate opens. */
  text(text: string): pulumi.Input<string>;
  readonly dependsOn: Promise<pulumi.Resource[]>;
  /** The folder where the program asks at its end for overwritten changes; `undefined` in a preview. */
  readonly overwriteFolder: string | undefined;
  /** The other declarations that matter to its handlers. */
  readonly related: Promise<RelatedDeclarations>;
  readonly isProtected: Promise<boolean>;
  readonly urn: Promise<string>;
  /** A hidden input of a `TokenCheck`; `undefined` where the gate has judged it. */
  readonly tokens: Promise<object | undefined>;
  /** Attaches the constructed resource to its declaration. */
  made(resource: pulumi.CustomResource): void;
}

export interface Request {
  readonly kind: Kind;
  readonly name: string;
  readonly type: abstract new (...args: never[]) => unknown;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly isImport: boolean;
  readonly tokens?: SampleTokens;
}

/** Holds a declaration back; `undefined` where there is no gate, and the resource registers by itself. */
export function hold(request: Request): Ticket | undefined {
  const host = currentHost();
  if (host === "none") return undefined;
  const run = currentRun(host);
  const { promise, resolve, reject } = Promise.withResolvers<Released>();
  const held: Held = {
    kind: request.kind,
    name: request.name,
    location: whereDeclared(request.type, `${request.kind} "${request.name}"`),
    inputs: watch(request.inputs, echoOf),
    given: request.inputs,
    uses: request.inputs.identityProvider,
    isImport: request.isImport,
    ...(request.tokens && { tokens: { ...request.tokens, watched: watch(request.tokens.materials, echoOf) } }),
    registered: false,
    release: resolve,
    refuse: reject,
  };
  if (run.ended === undefined) {
    run.all.push(held);
    run.waiting.push(held);
    run.isAccessDue = pulumi.runtime.isDryRun();
    failWhilePending(run);
    openWhenQuiet(run);
  } else {
    held.refuse(run.ended);
  }
  /** Each promise that Pulumi uses rejects with the refusal; none may count as unhandled. */
  const whenReleased = <T>(pick: (released: Released) => T): Promise<T> => {
    const picked = promise.then(pick);
    picked.catch(() => {});
    return picked;
  };
  return {
    text: (text) => whenReleased(() => text),
    dependsOn: whenReleased(({ dependsOn }) => dependsOn),
    overwriteFolder: run.overwrites.folder,
    related: whenReleased(({ related }) => related),
    isProtected: whenReleased(({ isProtected }) => isProtected),
    urn: whenReleased(({ urn }) => urn),
    tokens: whenReleased(({ tokens }) => tokens),
    made: (resource) => attach(run, held, resource),
  };
}

/** Notes the settings of a provider, so that its host is checked before a resource is registered or read with it. */
export function noteProvider(settings: ProviderSettings): void {
  const host = currentHost();
  if (host !== "none") currentRun(host).providers.push(settings);
}

/**
 * For what a program reads before the gate opens: checks the hosts of the providers so far, and ends the program if one
 * is refused. `undefined` where there is nothing to check.
 */
export function hostsChecked(): Promise<void> | undefined {
  const host = currentHost();
  const run = host === "none" ? undefined : currentRun(host);
  if (run === undefined || run.providers.length === 0) return undefined;
  const check = async () => {
    const { findings } = await checkHosts(run, [...run.providers]);
    if (findings.length > 0) await refuse(run, findings);
    if (run.ended !== undefined) throw run.ended;
  };
  return check();
}

/** Returns the declaration behind a resource, or behind an alias of it. */
export function declarationOf(given: object): Pick<Declaration, "kind" | "name"> | undefined {
  return shared.held.get(given);
}

/** Makes an object stand for a resource when another takes it as an input. */
export function aliasOf(resource: object, alias: object): void {
  const held = shared.held.get(resource);
  if (held !== undefined) shared.held.set(alias, held);
}

function echoOf(output: pulumi.Output<unknown>): Watched | undefined {
  return shared.echoes.get(output);
}

function attach(run: Run, held: Held, resource: pulumi.CustomResource): void {
  held.resource = resource;
  held.urns = watchUrns(resource);
  shared.held.set(resource, held);
  // An output of a held resource settles only after the gate. One that repeats an input is read from that input.
  for (const [key, value] of Object.entries(resource)) {
    if (pulumi.Output.isInstance(value)) shared.echoes.set(value, { current: () => inputsOf(held)[key] ?? UNKNOWN });
  }
  (resource.urn as unknown as { promise(): Promise<string> }).promise().then(
    () => {
      held.registered = true;
      run.overwrites.askAgain();
      failWhilePending(run);
      endInlineRun(run);
    },
    // Pulumi reports that the run fails; an overwrite check would add nothing.
    () => {
      run.failed = true;
      run.letEnd?.();
    },
  );
}
