import type * as pulumi from "@pulumi/pulumi";

/** A value that a program may give plainly, as a promise or as an output. */
type Given<T> = pulumi.Input<T extends readonly (infer Item)[] ? readonly pulumi.Input<Item>[] : T>;

/** The inputs of a schema as a program gives them. `Plain` are those that the type of the others depends on. */
export type Inputs<T, Plain extends keyof T = never> = {
  readonly [K in Exclude<keyof T, Plain>]: Given<Exclude<T[K], undefined>> | Extract<T[K], undefined>;
} & { readonly [K in Plain]: T[K] };
