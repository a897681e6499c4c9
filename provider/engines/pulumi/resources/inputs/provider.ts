// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type { CredentialsName } from "../../../../../schema/credentials.ts";

/** The settings of a `Provider`. They are known before the program runs, and none of them is a secret. */
export interface ProviderArgs {
  /**
   * The *name* of the credentials, never the credentials. `env:OPS_EU` reads `OPS_EU_CLIENT_ID` and
   * `OPS_EU_CLIENT_SECRET` of a service account, or `OPS_EU_PUBLIC_API_KEY` and `OPS_EU_PRIVATE_API_KEY` of an
   * API key. Ops Manager has no service accounts. No other source is read.
   *
   * @example "env:OPS_EU"
   */
  readonly credentials: CredentialsName;
  /**
   * The control plane: `atlas`, `cloud-manager` or `ops-manager`. Default: `atlas`.
   *
   * @example "ops-manager"
   */
  readonly plane?: "atlas" | "cloud-manager" | "ops-manager" | undefined;
  /**
   * The address of the control plane: scheme, host and port. Ops Manager has no default. Default: the variable
   * beside the credentials, such as `OPS_EU_BASE_URL`, else `https://cloud.mongodb.com`.
   *
   * @example "https://ops.eu.example.com:8443"
   */
  readonly baseUrl?: string | undefined;
  /**
   * A file of PEM certificates to trust in addition to those of Node.js, for an Ops Manager with a private
   * certificate authority. The path is relative to the working directory. Default: the variable beside the
   * credentials, such as `OPS_EU_CA_FILE`.
   *
   * @example "ca.pem"
   */
  readonly caFile?: string | undefined;
}
