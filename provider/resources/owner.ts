import type { Kind } from "../rules/index.ts";

/** A resource in the state that owns an object, and the fate of that object in this run. */
export interface Owner {
  readonly name: string;
  /** The address of the declaration that continues the resource. */
  readonly continuedBy?: string | undefined;
  /** Whether the resource gives the object up. `unknown` if that depends on values that only apply knows. */
  readonly fate: "stays" | "leaves" | "unknown";
  /** The address of another declaration that takes the object over. */
  readonly heir?: string | undefined;
  /** The recorded outputs, without secrets. Only the binding to a control plane if the object stays. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The owners of existing objects. */
export interface Owners {
  /** Why the state could not be read. */
  readonly trouble?: string | undefined;
  of(kind: Kind, id: string): readonly Owner[];
}
