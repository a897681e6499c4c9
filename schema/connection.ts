import { z } from "zod";
import { defineFields, shapeOf } from "./fields.ts";

/**
 * Where a program runs. Up to `kubernetes` a driver gets its tokens by itself (built-in authentication); behind it the
 * program brings a callback that fetches them.
 */
export const runsOnSchema = z.enum([
  "compute-engine",
  "app-engine-standard",
  "app-engine-flexible",
  "cloud-functions",
  "cloud-run",
  "gke",
  "cloud-build",
  "azure-vm",
  "aks",
  "eks",
  "kubernetes",
  "azure-app-service",
  "azure-functions",
  "azure-container-apps",
  "github-actions",
  "on-premises",
  "elsewhere",
]);
export type RunsOn = z.infer<typeof runsOnSchema>;

/** The default address where mongosh and Compass wait for the browser. */
export const DEFAULT_REDIRECT_URI = "http://localhost:27097/redirect";

/** The options of `connection()`. Findings report options that do not go together: the schema checks each by itself. */
export const connectionFields = defineFields({
  runsOn: {
    schema: runsOnSchema.optional(),
    description:
      "The place where the program runs. Required for a `WORKLOAD` identity provider, refused for a `WORKFORCE` one. `kubernetes` is a cluster that you run yourself.",
    example: "azure-vm",
  },
  host: {
    schema: z.string().optional(),
    description:
      "The DNS name of the deployment, as Atlas shows it. The URI starts with `mongodb+srv`, which implies TLS.",
    example: "cluster0.abcde.mongodb.net",
  },
  hosts: {
    schema: z.array(z.string()).optional(),
    description:
      "The hosts of the deployment, each with or without a port, instead of `host`. The URI starts with `mongodb`.",
    example: ["db0.example.com:27017", "db1.example.com:27017"],
  },
  replicaSet: { schema: z.string().min(1).optional(), description: "The name of the replica set.", default: "none" },
  database: {
    schema: z
      .string()
      .regex(/^[^/\\. "$*<>:|?\0]{1,63}$/u, "expected the name of a database")
      .optional(),
    description: "The database that a client starts with.",
    default: "the default of the client, `test`",
  },
  tls: {
    schema: z.boolean().optional(),
    description: "Whether the connection is encrypted. Without TLS, everyone on the network path can read the token.",
    default: "`true`",
  },
  tlsCaFile: {
    schema: z.string().min(1).optional(),
    description:
      "A PEM file on the client's machine with the certificate authority of the deployment. Private certificate authorities are common with Cloud Manager and Ops Manager.",
    example: "/etc/mongodb/ca.pem",
    default: "the certificate authorities that the client trusts",
  },
  audience: {
    schema: z.string().min(1).optional(),
    description: "The audience of the identity provider. Required only with a `reference`, which does not contain it.",
  },
  tokenResource: {
    schema: z.string().min(1).optional(),
    description:
      "The resource that the program requests a token for, where it is not the audience. Azure may know the application by its Application ID URI (`api://…`), while tokens contain its id. Only for `azure-vm`.",
  },
  managedIdentityClientId: {
    schema: z.string().min(1).optional(),
    description: "The client id of the managed identity to use, where an Azure machine has several.",
    where: "The Azure portal shows it on the Overview page of the managed identity.",
  },
  tokenFile: {
    schema: z.string().min(1).optional(),
    description: "The path of the projected service account token in the pod. Only for `aks`, `eks` and `kubernetes`.",
    default: "the path that the driver reads",
  },
  authentication: {
    schema: z.literal("callback").optional(),
    description:
      "`callback`: the program fetches its tokens, even where the driver could. An example is a service principal on an Azure machine.",
  },
  redirectUri: {
    schema: z.url({ protocol: /^https?$/ }).optional(),
    description:
      "The address that the browser returns to after a login, as registered. Only for a `WORKFORCE` identity provider.",
    default: `\`${DEFAULT_REDIRECT_URI}\``,
  },
  idTokenAsAccessToken: {
    schema: z.boolean().optional(),
    description:
      "Whether clients send the ID token, for identity providers whose access tokens are not JWTs (some setups of Ping). Only for a `WORKFORCE` identity provider.",
    default: "`false`",
  },
});
export const connectionOptionsSchema = shapeOf(connectionFields);
export type ConnectionOptions = z.input<typeof connectionOptionsSchema>;
