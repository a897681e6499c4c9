import type { Kind } from "../../rules/index.ts";

/** A kind of resource as Pulumi knows it; `Program` is registered only to end an inline program that was found wrong. */
export type EntryKind = Kind | "Program";

/**
 * The text that stands in `__provider` of every resource, and so in every state. **Frozen**: it is what `destroy` and
 * `refresh` run, years later, with whatever version is installed. It never carries code, so an upgrade makes no diff.
 */
export function entryText(kind: EntryKind): string {
  return `exports.handler=()=>require("mongofed/provider").${kind.charAt(0).toLowerCase()}${kind.slice(1)}();`;
}

/** The resource type in Pulumi's state. Frozen like the text. */
export function typeToken(kind: EntryKind): string {
  return `pulumi-nodejs:dynamic/mongofed:${kind}`;
}
