// Generated from the field tables in schema/ by `npm run docs`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";
import { GatedResource } from "../gated-resource.ts";

/** The inputs of a `ProjectTls`. */
export interface ProjectTlsArgs {
  /**
   * The project of Cloud Manager or Ops Manager: 24 hexadecimal digits. The console shows the id under Project
   * Settings. Changing it replaces the resource.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  readonly projectId: pulumi.Input<string>;
  /**
   * The absolute path of the certificate authority file on every Linux host. `""` removes the setting.
   * Default: the value that the project has.
   *
   * @example "/etc/mongodb/ca.pem"
   */
  readonly caFilePath?: pulumi.Input<string> | undefined;
  /**
   * The path of the certificate authority file on every Windows host. It may start with a variable such as
   * `%SystemDrive%`. Default: the value that the project has.
   *
   * @example "C:\\mongodb\\ca.pem"
   */
  readonly caFilePathWindows?: pulumi.Input<string> | undefined;
  /**
   * The path of a separate certificate authority file, which processes use to verify the certificates of
   * clients and of each other. `""` removes the setting. Default: the value that the project has.
   *
   * @example "/etc/mongodb/cluster-ca.pem"
   */
  readonly clusterCaFilePath?: pulumi.Input<string> | undefined;
  /**
   * Whether clients must present a certificate: `OPTIONAL` or `REQUIRE`. Default: the value that the project
   * has.
   *
   * @example "OPTIONAL"
   */
  readonly clientCertificateMode?: pulumi.Input<"OPTIONAL" | "REQUIRE"> | undefined;
  /**
   * Allows `REQUIRE`, which locks out every client without a certificate. A deletion that restores `REQUIRE`
   * uses the value that the last run recorded. Default: `false`.
   */
  readonly allowLockout?: boolean | undefined;
}

/** The outputs of a `ProjectTls` that are also inputs. */
export abstract class ProjectTlsProperties extends GatedResource {
  /**
   * The project of Cloud Manager or Ops Manager: 24 hexadecimal digits. The console shows the id under Project
   * Settings. Changing it replaces the resource.
   *
   * @example "5f1e2d3c4b5a69788796a5b4"
   */
  declare readonly projectId: pulumi.Output<string>;
  /**
   * The absolute path of the certificate authority file on every Linux host. `""` removes the setting.
   * Default: the value that the project has.
   *
   * @example "/etc/mongodb/ca.pem"
   */
  declare readonly caFilePath: pulumi.Output<string | undefined>;
  /**
   * The path of the certificate authority file on every Windows host. It may start with a variable such as
   * `%SystemDrive%`. Default: the value that the project has.
   *
   * @example "C:\\mongodb\\ca.pem"
   */
  declare readonly caFilePathWindows: pulumi.Output<string | undefined>;
  /**
   * The path of a separate certificate authority file, which processes use to verify the certificates of
   * clients and of each other. `""` removes the setting. Default: the value that the project has.
   *
   * @example "/etc/mongodb/cluster-ca.pem"
   */
  declare readonly clusterCaFilePath: pulumi.Output<string | undefined>;
  /**
   * Whether clients must present a certificate: `OPTIONAL` or `REQUIRE`. Default: the value that the project
   * has.
   *
   * @example "OPTIONAL"
   */
  declare readonly clientCertificateMode: pulumi.Output<"OPTIONAL" | "REQUIRE" | undefined>;
}

export const PROJECT_TLS_OUTPUTS = [
  "projectId",
  "caFilePath",
  "caFilePathWindows",
  "clusterCaFilePath",
  "clientCertificateMode",
] as const;
