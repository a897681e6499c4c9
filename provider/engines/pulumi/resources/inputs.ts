import type * as pulumi from "@pulumi/pulumi";

/** A value that a program may give plainly, as a promise or as an output, and so may be every part of it. */
export type Given<T> = pulumi.Input<
  T extends readonly (infer Item)[]
    ? readonly Given<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: undefined extends T[K] ? Given<Exclude<T[K], undefined>> | undefined : Given<T[K]> }
      : T
>;

/** The inputs of a schema as a program gives them. `Plain` are those that the type of the others depends on. */
export type Inputs<T, Plain extends keyof T = never> = {
  readonly [K in keyof T as Exclude<K, Plain>]: undefined extends T[K]
    ? Given<Exclude<T[K], undefined>> | undefined
    : Given<T[K]>;
} & { readonly [K in Plain]: T[K] };
