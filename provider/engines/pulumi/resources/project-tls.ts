import type * as pulumi from "@pulumi/pulumi";
import type { ClientCertificateMode } from "../../../../schema/project-tls.ts";
import { HeldResource } from "./held-resource.ts";

export interface ProjectTlsArgs {
  /** The project of Cloud Manager or Ops Manager: 24 hexadecimal digits. Changing it replaces the resource. */
  readonly projectId: pulumi.Input<string>;
  /** The file of the certificate authority on every Linux host, an absolute path; `""` takes it away. Left out, it stays as it is. */
  readonly caFilePath?: pulumi.Input<string> | undefined;
  /**
   * The same on every Windows host, where a path may begin with a variable like `%SystemDrive%`. Left out, it stays as
   * it is.
   */
  readonly caFilePathWindows?: pulumi.Input<string> | undefined;
  /**
   * The certificate authority by which processes check the certificates of clients and of each other, where it is
   * another one; `""` takes it away. Left out, it stays as it is.
   */
  readonly clusterCaFilePath?: pulumi.Input<string> | undefined;
  /** Whether clients must present a certificate: `OPTIONAL` or `REQUIRE`. Left out, it stays as it is. */
  readonly clientCertificateMode?: pulumi.Input<ClientCertificateMode> | undefined;
  /**
   * Allow `REQUIRE`, which shuts out whoever connects without a certificate; also where a deletion would put it back,
   * which goes by what was recorded by the last up. Default: `false`.
   */
  readonly allowLockout?: boolean | undefined;
}

/**
 * The TLS settings of a project of Cloud Manager or Ops Manager, which has exactly one set of them. They are there
 * already: the resource takes over those that it names and leaves the others as they are. One that it names no more,
 * and all of them when it is destroyed, go back to what they were before, unless somebody else has changed them since.
 *
 * Whether TLS is on is a setting of each process, which this does not change: a preview says where it is off.
 *
 * @example
 * ```ts
 * new ProjectTls("tls", { projectId, caFilePath: "/etc/mongodb/ca.pem", clientCertificateMode: "OPTIONAL" });
 * ```
 */
export class ProjectTls extends HeldResource {
  declare readonly projectId: pulumi.Output<string>;
  declare readonly caFilePath: pulumi.Output<string | undefined>;
  declare readonly caFilePathWindows: pulumi.Output<string | undefined>;
  declare readonly clusterCaFilePath: pulumi.Output<string | undefined>;
  declare readonly clientCertificateMode: pulumi.Output<ClientCertificateMode | undefined>;

  constructor(name: string, args: ProjectTlsArgs, options?: pulumi.CustomResourceOptions) {
    super({ kind: "ProjectTls", name, args: { ...args }, inputs: { ...args }, outputs: OUTPUTS }, options);
  }

  /**
   * Reads the TLS settings of a project that this stack does not manage, in a preview too.
   *
   * @param id `{projectId}`
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): ProjectTls {
    return new ProjectTls(name, {} as ProjectTlsArgs, { ...options, id });
  }
}

const OUTPUTS = [
  "projectId",
  "caFilePath",
  "caFilePathWindows",
  "clusterCaFilePath",
  "clientCertificateMode",
] as const satisfies readonly (keyof ProjectTls)[];
