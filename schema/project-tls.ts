import { z } from "zod";
import { TLS_MODES } from "./automation-config.ts";
import { controls } from "./controls.ts";
import { defineFields, settingsOf, shapeOf } from "./fields.ts";
import { objectIdSchema } from "./ids.ts";

/** Whether clients must present a certificate to a deployment that uses TLS. */
const clientCertificateModeSchema = z.enum(["OPTIONAL", "REQUIRE"]);

const tlsModeSchema = z.enum(TLS_MODES);
export type TlsMode = z.infer<typeof tlsModeSchema>;

const UNCHANGED = "the value that the project has";

export const projectTlsFields = defineFields({
  projectId: {
    schema: objectIdSchema,
    description: "The project of Cloud Manager or Ops Manager: 24 hexadecimal digits.",
    where: "The console shows the id under Project Settings.",
    example: "5f1e2d3c4b5a69788796a5b4",
    replaces: true,
  },
  mode: {
    schema: tlsModeSchema.optional(),
    description:
      "The TLS mode of every process that is not disabled, each of which needs a certificate and a CA file. From `disabled` to `requireTLS`, each mode accepts fewer connections without TLS. One run raises the mode step by step, at most to `preferTLS`, and waits for the MongoDB Agents after each step. `requireTLS` needs another run, and then clients without TLS lose access. A deletion, and removing the input, never lower the mode.",
    example: "preferTLS",
    default: UNCHANGED,
  },
  caFilePath: {
    schema: z.string().optional(),
    description: 'The absolute path of the certificate authority file on every Linux host. `""` removes the setting.',
    example: "/etc/mongodb/ca.pem",
    default: UNCHANGED,
    wire: { project: "CAFilePath" },
  },
  caFilePathWindows: {
    schema: z.string().optional(),
    description:
      "The path of the certificate authority file on every Windows host. It may start with a variable such as `%SystemDrive%`.",
    example: "C:\\mongodb\\ca.pem",
    default: UNCHANGED,
    wire: { project: "CAFilePathWindows" },
  },
  clusterCaFilePath: {
    schema: z.string().optional(),
    description:
      'The path of a separate certificate authority file, by which every process that is not disabled verifies the certificates of clients. Needs a CA file beside it. `""` removes the setting.',
    example: "/etc/mongodb/cluster-ca.pem",
    default: UNCHANGED,
  },
  clientCertificateMode: {
    schema: clientCertificateModeSchema.optional(),
    description: "Whether clients must present a certificate: `OPTIONAL` or `REQUIRE`.",
    example: "OPTIONAL",
    default: UNCHANGED,
  },
  allowLockout: {
    ...controls.allowLockout,
    description:
      "Allows `REQUIRE`, which locks out every client without a certificate, and a lower `mode`. A deletion that restores `REQUIRE` uses the value that the last run recorded.",
  },
});
export const projectTlsShape = shapeOf(projectTlsFields);

/** Settings that the server holds and that change in place. */
export const PROJECT_TLS_SETTINGS = settingsOf(projectTlsFields);
