import type * as pulumi from "@pulumi/pulumi";
import { PROJECT_TLS_OUTPUTS, type ProjectTlsArgs, ProjectTlsProperties } from "./inputs/project-tls.ts";

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
export class ProjectTls extends ProjectTlsProperties {
  constructor(name: string, args: ProjectTlsArgs, options?: pulumi.CustomResourceOptions) {
    super({ kind: "ProjectTls", name, args: { ...args }, inputs: { ...args }, outputs: PROJECT_TLS_OUTPUTS }, options);
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
