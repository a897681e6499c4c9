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
   * The TLS mode of every process that is not disabled, each of which needs a certificate and a CA file. From
   * `disabled` to `requireTLS`, each mode accepts fewer connections without TLS. One run raises the mode step
   * by step, at most to `preferTLS`, and waits for the MongoDB Agents after each step. `requireTLS` needs
   * another run, and then clients without TLS lose access. A deletion, and removing the input, never lower the
   * mode. Default: the value that the project has.
   *
   * @example "preferTLS"
   */
  readonly mode?: pulumi.Input<"disabled" | "allowTLS" | "preferTLS" | "requireTLS"> | undefined;
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
   * The path of a separate certificate authority file, by which every process that is not disabled verifies
   * the certificates of clients. Needs a CA file beside it. `""` removes the setting. Default: the value that
   * the project has.
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
   * Allows `REQUIRE`, which locks out every client without a certificate, and a lower `mode`. A deletion that
   * restores `REQUIRE` uses the value that the last run recorded. Default: `false`.
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
   * The TLS mode of every process that is not disabled, each of which needs a certificate and a CA file. From
   * `disabled` to `requireTLS`, each mode accepts fewer connections without TLS. One run raises the mode step
   * by step, at most to `preferTLS`, and waits for the MongoDB Agents after each step. `requireTLS` needs
   * another run, and then clients without TLS lose access. A deletion, and removing the input, never lower the
   * mode. Default: the value that the project has.
   *
   * @example "preferTLS"
   */
  declare readonly mode: pulumi.Output<"disabled" | "allowTLS" | "preferTLS" | "requireTLS" | undefined>;
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
   * The path of a separate certificate authority file, by which every process that is not disabled verifies
   * the certificates of clients. Needs a CA file beside it. `""` removes the setting. Default: the value that
   * the project has.
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
  "mode",
  "caFilePath",
  "caFilePathWindows",
  "clusterCaFilePath",
  "clientCertificateMode",
] as const;
