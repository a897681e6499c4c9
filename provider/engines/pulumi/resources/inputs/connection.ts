// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";

/** The options of `connection()`. */
export interface ConnectionArgs {
  /**
   * The place where the program runs. Required for a `WORKLOAD` identity provider, refused for a `WORKFORCE`
   * one. `kubernetes` is a cluster that you run yourself.
   *
   * @example "azure-vm"
   */
  readonly runsOn?:
    | pulumi.Input<
        | "compute-engine"
        | "app-engine-standard"
        | "app-engine-flexible"
        | "cloud-functions"
        | "cloud-run"
        | "gke"
        | "cloud-build"
        | "azure-vm"
        | "aks"
        | "eks"
        | "kubernetes"
        | "azure-app-service"
        | "azure-functions"
        | "azure-container-apps"
        | "github-actions"
        | "on-premises"
        | "elsewhere"
      >
    | undefined;
  /**
   * The DNS name of the deployment, as Atlas shows it. The URI starts with `mongodb+srv`, which implies TLS.
   *
   * @example "cluster0.abcde.mongodb.net"
   */
  readonly host?: pulumi.Input<string> | undefined;
  /**
   * The hosts of the deployment, each with or without a port, instead of `host`. The URI starts with
   * `mongodb`.
   *
   * @example ["db0.example.com:27017","db1.example.com:27017"]
   */
  readonly hosts?: pulumi.Input<readonly pulumi.Input<string>[]> | undefined;
  /**
   * The name of the replica set. Default: none.
   */
  readonly replicaSet?: pulumi.Input<string> | undefined;
  /**
   * The database that a client starts with. Default: the default of the client, `test`.
   */
  readonly database?: pulumi.Input<string> | undefined;
  /**
   * Whether the connection is encrypted. Without TLS, everyone on the network path can read the token.
   * Default: `true`.
   */
  readonly tls?: pulumi.Input<boolean> | undefined;
  /**
   * A PEM file on the client's machine with the certificate authority of the deployment. Private certificate
   * authorities are common with Cloud Manager and Ops Manager. Default: the certificate authorities that the
   * client trusts.
   *
   * @example "/etc/mongodb/ca.pem"
   */
  readonly tlsCaFile?: pulumi.Input<string> | undefined;
  /**
   * The audience of the identity provider. Required only with a `reference`, which does not contain it.
   */
  readonly audience?: pulumi.Input<string> | undefined;
  /**
   * The resource that the program requests a token for, where it is not the audience. Azure may know the
   * application by its Application ID URI (`api://…`), while tokens contain its id. Only for `azure-vm`.
   */
  readonly tokenResource?: pulumi.Input<string> | undefined;
  /**
   * The client id of the managed identity to use, where an Azure machine has several. The Azure portal shows
   * it on the Overview page of the managed identity.
   */
  readonly managedIdentityClientId?: pulumi.Input<string> | undefined;
  /**
   * The path of the projected service account token in the pod. Only for `aks`, `eks` and `kubernetes`.
   * Default: the path that the driver reads.
   */
  readonly tokenFile?: pulumi.Input<string> | undefined;
  /**
   * `callback`: the program fetches its tokens, even where the driver could. An example is a service principal
   * on an Azure machine.
   */
  readonly authentication?: pulumi.Input<"callback"> | undefined;
  /**
   * The address that the browser returns to after a login, as registered. Only for a `WORKFORCE` identity
   * provider. Default: `http://localhost:27097/redirect`.
   */
  readonly redirectUri?: pulumi.Input<string> | undefined;
  /**
   * Whether clients send the ID token, for identity providers whose access tokens are not JWTs (some setups of
   * Ping). Only for a `WORKFORCE` identity provider. Default: `false`.
   */
  readonly idTokenAsAccessToken?: pulumi.Input<boolean> | undefined;
}
