import type * as pulumi from "@pulumi/pulumi";
import { PROJECT_TLS_OUTPUTS, type ProjectTlsArgs, ProjectTlsProperties } from "./inputs/project-tls.ts";

/**
 * The TLS settings of a project of Cloud Manager or Ops Manager. Every project has one set of them. The resource takes
 * over the settings that it names, and leaves the others as they are. A deletion restores the earlier values, unless
 * another client has changed them since. So does removing an input. The mode is never restored.
 *
 * @example
 * ```ts
 * new ProjectTls("tls", { projectId, mode: "preferTLS", caFilePath: "/etc/mongodb/ca.pem" });
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
