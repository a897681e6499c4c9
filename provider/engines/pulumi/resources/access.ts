import type * as pulumi from "@pulumi/pulumi";
import { type Connection, connection } from "../connection.ts";
import { GatedResource } from "./gated-resource.ts";
import { type IdentityProviderInput, referenceOf } from "./identity-provider-input.ts";
import type { ConnectionArgs } from "./inputs/connection.ts";

/** The access of a group, or of one person or program. */
export abstract class AccessResource extends GatedResource {
  declare readonly projectId: pulumi.Output<string>;

  /** `{prefix}/{who}`: the name of the database user, or of the role. The prefix is the identity provider's id in Atlas, else its name. Known also while an update is previewed. */
  readonly username: pulumi.Output<string>;

  protected constructor({ args, ...declared }: Grant, options: pulumi.CustomResourceOptions | undefined) {
    const inputs = { ...args, identityProvider: referenceOf(args.identityProvider) };
    super({ ...declared, args: inputs, inputs }, options);
    // All of the id after the project.
    this.username = this.id.apply((id) => id.slice(id.indexOf("/") + 1));
    providers.set(this, args.identityProvider);
  }

  /**
   * Returns the settings that clients need to connect: a driver's connection string for a program, mongosh commands and
   * Compass fields for people. It contains no secret.
   */
  connection(args: ConnectionArgs): Connection {
    return connection(providers.get(this) as IdentityProviderInput, args);
  }
}

/** Not a private field: two copies of this package would have different types. */
const providers = new WeakMap<AccessResource, IdentityProviderInput>();

interface Grant {
  readonly kind: "OidcRole" | "FederatedUser";
  readonly name: string;
  readonly args: {
    readonly identityProvider: IdentityProviderInput;
    readonly adopt?: boolean | "overwrite" | undefined;
  };
  readonly outputs: readonly string[];
}
