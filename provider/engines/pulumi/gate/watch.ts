import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "../../../../schema/unknown.ts";

/**
 * A value whose promises and outputs may still be pending; nothing waits for them. `current()` returns the value with
 * `UNKNOWN` for every part that is pending, unknown, rejected or secret. Secrets are never kept, because findings are
 * printed.
 */
export interface Watched {
  current(): unknown;
}

/** Returns the values of outputs that do not settle before the gate opens: those of resources that it holds back. */
export type Echo = (output: pulumi.Output<unknown>) => Watched | undefined;

/** Watches a value from the arguments of a program. */
export function watch(value: unknown, echo: Echo, above: ReadonlySet<object> = new Set()): Watched {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return constant(value);
  if (typeof value === "function" || pulumi.Resource.isInstance(value) || above.has(value)) return constant(UNKNOWN);
  const inside = new Set(above).add(value);
  if (pulumi.Output.isInstance(value)) return echo(value) ?? watchOutput(value, echo, inside);
  if (value instanceof Promise) return later(value.then((settled) => watch(settled, echo, inside)));
  if (Array.isArray(value)) {
    const items = value.map((item) => watch(item, echo, inside));
    return { current: () => items.map((item) => item.current()) };
  }
  const entries = Object.entries(value).map(([key, item]) => [key, watch(item, echo, inside)] as const);
  return { current: () => Object.fromEntries(entries.map(([key, item]) => [key, item.current()])) };
}

function constant(value: unknown): Watched {
  return { current: () => value };
}

function later(promise: Promise<Watched>): Watched {
  let now: Watched = constant(UNKNOWN);
  promise.then(
    (settled) => {
      now = settled;
    },
    // Pulumi uses the promise too, and reports its rejection.
    () => {},
  );
  return { current: () => now.current() };
}

/** The parts of an Output that Pulumi's own serialization reads; `promise(true)` answers with unknowns inside. */
interface OutputParts {
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
  promise(withUnknowns: boolean): Promise<unknown>;
}

function watchOutput(output: pulumi.Output<unknown>, echo: Echo, above: ReadonlySet<object>): Watched {
  const parts = output as unknown as OutputParts;
  return later(
    Promise.all([parts.isKnown, parts.isSecret, parts.promise(true)]).then(([isKnown, isSecret, value]) =>
      isSecret || !isKnown || pulumi.containsUnknowns(value) ? constant(UNKNOWN) : watch(value, echo, above),
    ),
  );
}
