import * as pulumi from "@pulumi/pulumi";
import type { ConnectionOptions } from "../../../schema/connection.ts";
import type { IdpType } from "../../../schema/identity-provider.ts";
import {
  type ConnectionProvider,
  type ConnectionSettings,
  connectionFor,
  type Deployment,
} from "../../connection/index.ts";
import { whereCalled } from "./gate/location.ts";
import { asRunError } from "./lift-output.ts";
import { type IdentityProviderInput, isIdentityProvider } from "./resources/identity-provider-input.ts";
import type { ConnectionArgs } from "./resources/inputs/connection.ts";

/** The settings of a client, piece by piece. A piece that does not apply is `undefined`, such as `mongosh` for a program. */
export type Connection = {
  readonly [K in keyof ConnectionSettings]-?: pulumi.Output<ConnectionSettings[K]>;
};

/** All pieces; the type says that none is missing. */
const PIECES = {
  authentication: true,
  uri: true,
  uriSuffices: true,
  options: true,
  env: true,
  minimumDrivers: true,
  callback: true,
  mongosh: true,
  compass: true,
  notes: true,
} as const satisfies Record<keyof ConnectionSettings, true>;

/**
 * Returns the settings of a client of an identity provider: for a program (`WORKLOAD`) the connection string and its
 * options, for people (`WORKFORCE`) the commands of mongosh and the fields of Compass. Nothing secret is in it.
 *
 * The provider is the resource, or its `reference`, which does not hold the audience: where a token is asked for it,
 * `audience` says it. Every problem ends the program as a finding with file and line: FED200, FED402 to FED408.
 *
 * @example
 * ```ts
 * export const uri = connection(apps, { runsOn: "azure-vm", host: "cluster0.abcde.mongodb.net" }).uri;
 * export const shell = connection(staff, { host: "cluster0.abcde.mongodb.net" }).mongosh;
 * ```
 */
export function connection(provider: IdentityProviderInput, args: ConnectionArgs): Connection {
  const location = whereCalled("connection", ["OidcRole", "FederatedUser"]);
  const settings = pulumi
    .output({ provider: known(provider), options: pulumi.output(args) })
    .apply(({ provider: plain, options }) => {
      try {
        return connectionFor(plain, options as ConnectionOptions);
      } catch (error) {
        // A connection is not a resource, so its findings end the program.
        throw asRunError(error, location);
      }
    });
  const pieces = Object.keys(PIECES) as (keyof ConnectionSettings)[];
  return Object.fromEntries(pieces.map((piece) => [piece, settings.apply((all) => all[piece])])) as Connection;
}

/** Only what is used: the id of a provider that does not exist yet would make all of it unknown in a preview. */
function known(provider: IdentityProviderInput): pulumi.Output<ConnectionProvider> {
  if (isIdentityProvider(provider)) {
    const { idpType, issuerUri, audience, reference } = provider;
    return pulumi.output({ idpType, issuerUri, audience, deployment: deploymentOf(reference) });
  }
  const ofReference = (reference: { readonly idpType: pulumi.Input<IdpType> }) =>
    pulumi.output({ idpType: reference.idpType, deployment: deploymentOf(reference) });
  const later = pulumi.Output.isInstance(provider) || provider instanceof Promise;
  return later ? pulumi.output(provider).apply(ofReference) : ofReference(provider);
}

/** Of a resource that is read by its id only what is read tells where it belongs; any other says it by what it has. */
function deploymentOf(reference: object): pulumi.Input<Deployment> {
  const { federationSettingsId, projectId } = reference as Partial<Record<string, unknown>>;
  if (projectId === undefined) return "atlas";
  if (federationSettingsId === undefined) return "project";
  return pulumi.output(projectId).apply((id) => (id === undefined ? "atlas" : "project"));
}
