import { z } from "zod";
import { controls } from "./controls.ts";
import { objectIdSchema } from "./ids.ts";

/** Whether clients must present a certificate to a deployment that uses TLS. */
export const clientCertificateModeSchema = z.enum(["OPTIONAL", "REQUIRE"]);
export type ClientCertificateMode = z.infer<typeof clientCertificateModeSchema>;

/** What all of them have in common: a project has its settings already, and who does not name one does not mean it. */
const LEFT_OUT = "Left out, it stays as it is.";

export const projectTlsShape = z.strictObject({
  projectId: objectIdSchema.meta({
    description: "The project of Cloud Manager or Ops Manager. Changing it replaces the resource.",
    examples: ["5f1e2d3c4b5a69788796a5b4"],
  }),
  caFilePath: z
    .string()
    .optional()
    .meta({
      description: `The file of the certificate authority on every Linux host, an absolute path; \`""\` takes it away. ${LEFT_OUT}`,
      examples: ["/etc/mongodb/ca.pem"],
    }),
  caFilePathWindows: z
    .string()
    .optional()
    .meta({
      description: `The same on every Windows host, where a path may begin with a variable like \`%SystemDrive%\`. ${LEFT_OUT}`,
      examples: ["C:\\mongodb\\ca.pem"],
    }),
  clusterCaFilePath: z
    .string()
    .optional()
    .meta({
      description: `The certificate authority by which processes check the certificates of clients and of each other, where it is another one; \`""\` takes it away. ${LEFT_OUT}`,
      examples: ["/etc/mongodb/cluster-ca.pem"],
    }),
  clientCertificateMode: clientCertificateModeSchema.optional().meta({
    description: `Whether clients must present a certificate: \`OPTIONAL\` or \`REQUIRE\`. ${LEFT_OUT}`,
  }),
  allowLockout: controls.allowLockout.meta({
    description:
      "Allow `REQUIRE`, which shuts out whoever connects without a certificate; also where a deletion would put it back, which goes by what was recorded by the last up. Default: `false`.",
  }),
});
export type CheckedProjectTls = z.output<typeof projectTlsShape>;

/** Settings that the server holds and that change in place. */
export const PROJECT_TLS_SETTINGS = [
  "caFilePath",
  "caFilePathWindows",
  "clusterCaFilePath",
  "clientCertificateMode",
] as const satisfies readonly (keyof CheckedProjectTls)[];
