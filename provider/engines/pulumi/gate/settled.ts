import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "../../../../schema/unknown.ts";

/**
 * A value that is being watched: promises and outputs in it are looked at when they settle, and never waited for. At
 * any moment `settled()` says what is known by then. What is pending, unknown, rejected or secret is `UNKNOWN`: a
 * secret is never kept, not even for a moment, since findings are printed.
 */
export interface Watched {
  settled(): unknown;
}

/** Knows outputs that would never settle by themselves: those of resources that the gate itself holds back. */
export type Echo = (output: pulumi.Output<unknown>) => Watched | undefined;

/** Watches a value as it stands in a program's arguments. */
export function watch(value: unknown, echo: Echo, above: ReadonlySet<object> = new Set()): Watched {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return constant(value);
  if (typeof value === "function" || pulumi.Resource.isInstance(value) || above.has(value)) return constant(UNKNOWN);
  const inside = new Set(above).add(value);
  if (pulumi.Output.isInstance(value)) return echo(value) ?? watchOutput(value, echo, inside);
  if (value instanceof Promise) return later(value.then((settled) => watch(settled, echo, inside)));
  if (Array.isArray(value)) {
    const items = value.map((item) => watch(item, echo, inside));
    return { settled: () => items.map((item) => item.settled()) };
  }
  const entries = Object.entries(value).map(([key, item]) => [key, watch(item, echo, inside)] as const);
  return { settled: () => Object.fromEntries(entries.map(([key, item]) => [key, item.settled()])) };
}

function constant(value: unknown): Watched {
  return { settled: () => value };
}

function later(promise: Promise<Watched>): Watched {
  let now: Watched = constant(UNKNOWN);
  promise.then(
    (settled) => {
      now = settled;
    },
    // Whoever made the promise hears of its rejection from Pulumi, which uses it too.
    () => {},
  );
  return { settled: () => now.settled() };
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
