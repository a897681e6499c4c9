import * as pulumi from "@pulumi/pulumi";
import type { AuthorizationType, IdentityProviderReference } from "../../../../schema/identity-provider.ts";
import type { PlaneKind } from "../../../../schema/plane.ts";
import type { IdentityProvider } from "./identity-provider.ts";

/** A value that a program may give plainly, as a promise or as an output, and so may be every part of it. */
type Given<T> = pulumi.Input<
  T extends readonly (infer Item)[]
    ? readonly Given<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: undefined extends T[K] ? Given<Exclude<T[K], undefined>> | undefined : Given<T[K]> }
      : T
>;

/** An identity provider, unless its type says that it authorizes otherwise or is on another control plane. */
interface ProviderResource<A extends AuthorizationType, P extends PlaneKind>
  extends Omit<IdentityProvider, "~authorizes" | "~plane"> {
  readonly "~authorizes"?: A | undefined;
  readonly "~plane"?: P | undefined;
}

/** The reference of an identity provider. Never the resource, which has all that a reference has. */
type Reference = Given<IdentityProviderReference> & { readonly urn?: never };

/** An identity provider as another resource takes it: the resource, or its reference. */
export type IdentityProviderInput<A extends AuthorizationType = AuthorizationType> =
  | ProviderResource<A, PlaneKind>
  | Reference;

/** The identity provider and the project, which is optional unless the identity provider is on Atlas. */
export type Through<A extends AuthorizationType> =
  | {
      readonly identityProvider: ProviderResource<A, PlaneKind>;
      readonly projectId: pulumi.Input<string>;
    }
  | {
      readonly identityProvider: ProviderResource<A, "project"> | Reference;
      readonly projectId?: pulumi.Input<string> | undefined;
    };

/** Recognizes an identity provider by its shape: a program may load two copies of this package. */
export function isIdentityProvider(
  given: IdentityProviderInput,
): given is ProviderResource<AuthorizationType, PlaneKind> {
  return pulumi.Resource.isInstance(given) && "reference" in given;
}

/** The reference that a resource takes for the identity provider that the program gave. */
export function referenceOf(given: IdentityProviderInput): unknown {
  return isIdentityProvider(given) ? given.reference : given;
}
