import { z } from "zod";
import { baseUrlSchema, credentialsNameSchema } from "./credentials.ts";
import { defineFields, shapeOf } from "./fields.ts";
import { DEFAULT_PLANE, planeSchema } from "./plane.ts";

/** The settings of an explicit provider. Plain values only: none of them may be a secret. */
export const providerFields = defineFields({
  credentials: {
    schema: credentialsNameSchema,
    description:
      "The *name* of the credentials, never the credentials. `env:OPS_EU` reads `OPS_EU_CLIENT_ID` and `OPS_EU_CLIENT_SECRET` of a service account, or `OPS_EU_PUBLIC_API_KEY` and `OPS_EU_PRIVATE_API_KEY` of an API key. Ops Manager has no service accounts.",
    inPrograms: "No other source is read.",
    example: "env:OPS_EU",
    plain: true,
  },
  plane: {
    schema: planeSchema.default(DEFAULT_PLANE),
    description: "The control plane: `atlas`, `cloud-manager` or `ops-manager`.",
    example: "ops-manager",
    plain: true,
  },
  baseUrl: {
    schema: baseUrlSchema.optional(),
    description: "The address of the control plane: scheme, host and port. Ops Manager has no default.",
    example: "https://ops.eu.example.com:8443",
    default: "the variable beside the credentials, such as `OPS_EU_BASE_URL`, else `https://cloud.mongodb.com`",
    plain: true,
  },
  caFile: {
    schema: z.string().min(1).optional(),
    description:
      "A file of PEM certificates to trust in addition to those of Node.js, for an Ops Manager with a private certificate authority. The path is relative to the working directory.",
    example: "ca.pem",
    default: "the variable beside the credentials, such as `OPS_EU_CA_FILE`",
    plain: true,
  },
});
export const providerSchema = shapeOf(providerFields);
