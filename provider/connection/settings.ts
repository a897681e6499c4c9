import type { ConnectionOptions } from "../../schema/connection.ts";
import type { IdpType } from "../../schema/identity-provider.ts";
import type { Address } from "./address.ts";
import type { CallbackFlow, Environment } from "./places.ts";
import { AUTH_SOURCE, MECHANISM } from "./uri.ts";
import type { Deployment, MinimumDriver } from "./versions.ts";

/** The properties of the identity provider that a connection depends on. */
export interface ConnectionProvider {
  readonly idpType: IdpType;
  /** Not known from a `reference`. With it, tokens of the wrong cloud are found out here instead of at login. */
  readonly issuerUri?: string | undefined;
  /** Not known from a `reference`: then `options.audience` says it. */
  readonly audience?: string | undefined;
  /** Who runs the deployments that it lets into: it decides which shell and Compass are new enough. Default: `atlas`. */
  readonly deployment?: Deployment | undefined;
}

/** The settings that a client needs to connect. They contain no secret. */
export interface ConnectionSettings {
  /**
   * `built-in`: the driver gets tokens by itself. `callback`: the program brings a function that does. `interactive`:
   * a person logs in through a browser.
   */
  readonly authentication: "built-in" | "callback" | "interactive";
  /** The connection string. */
  readonly uri: string;
  /** Whether the connection string is all that the client needs. If not, `notes` say what is missing. */
  readonly uriSuffices: boolean;
  /**
   * The same as an object, in the names of the Node.js driver; may be passed beside `uri`. Without the username: that
   * driver takes none without a password, except in the connection string.
   */
  readonly options: DriverOptions;
  /** Environment variables of the program; empty where it needs none of us. */
  readonly env: Readonly<Record<string, string>>;
  /** The drivers that can do it; empty for people. */
  readonly minimumDrivers: readonly MinimumDriver[];
  /** The token request of the callback; with `callback` only. */
  readonly callback?: CallbackSettings;
  /** Commands for people, for a POSIX shell; for people only. */
  readonly mongosh?: MongoshSettings;
  /** The fields of Compass; for people only. */
  readonly compass?: CompassSettings;
  /** Further advice, in sentences. */
  readonly notes: readonly string[];
}

export interface DriverOptions {
  readonly authMechanism: typeof MECHANISM;
  readonly authSource: typeof AUTH_SOURCE;
  readonly authMechanismProperties: { readonly ENVIRONMENT?: Environment; readonly TOKEN_RESOURCE?: string };
  readonly tls: boolean;
  readonly tlsCAFile?: string;
}

/** Which of the functions in `examples/node-callback` fits, and what it asks for: one of the three. */
export interface CallbackSettings {
  readonly flow: CallbackFlow;
  /** Of a managed identity, for MSAL. */
  readonly resource?: string;
  /** Of the client credentials grant of Entra ID. */
  readonly scope?: string;
  /** Of any other server; by which parameter it wants to be asked is in its documentation. */
  readonly audience?: string;
  /** Which managed identity, where there are several. */
  readonly managedIdentityClientId?: string;
}

export interface MongoshSettings {
  /** The login in a browser on the same machine: authorization code flow with PKCE, which is the default. */
  readonly authorizationCode: string;
  /** For machines without a browser: prints an address and a code. Less safe, since the code can be phished. */
  readonly deviceAuthorization: string;
  readonly minimumVersion: string;
}

export interface CompassSettings {
  /** New Connection, Advanced Connection Options: field by field, as they are called there. */
  readonly fields: readonly { readonly tab: string; readonly field: string; readonly value: string }[];
  /** Absent where none is published. */
  readonly minimumVersion?: string;
}

/** The parameters of a connection string that all clients share. */
export function commonParameters(
  { scheme }: Address,
  { replicaSet, tls = true }: Pick<ConnectionOptions, "replicaSet" | "tls">,
): (readonly [string, string])[] {
  // A name that is looked up in DNS implies TLS; a list of hosts implies none.
  const encrypted: (readonly [string, string])[] = tls === (scheme === "mongodb+srv") ? [] : [["tls", String(tls)]];
  return [...encrypted, ...(replicaSet === undefined ? [] : [["replicaSet", replicaSet] as const])];
}

export const MECHANISM_PARAMETERS: readonly (readonly [string, string])[] = [
  ["authMechanism", MECHANISM],
  ["authSource", AUTH_SOURCE],
];

/** Parameters for a private certificate authority; none without one. */
export function trustParameters({ tlsCaFile }: ConnectionOptions): (readonly [string, string])[] {
  return tlsCaFile === undefined ? [] : [["tlsCAFile", tlsCaFile]];
}

/** How the client encrypts, in the names of the Node.js driver. */
export function tlsOptions({ tls = true, tlsCaFile }: ConnectionOptions): Pick<DriverOptions, "tls" | "tlsCAFile"> {
  return { tls, ...(tlsCaFile === undefined ? {} : { tlsCAFile: tlsCaFile }) };
}

/** Returns a note if encryption is off. */
export function aboutTls(tls: boolean | undefined): string[] {
  return tls === false ? ["Without TLS, everyone on the network path can read the token and log in with it."] : [];
}
