import { z } from "zod";

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

/** Where mongosh and Compass wait for the browser to come back, unless they are told otherwise. */
export const DEFAULT_REDIRECT_URI = "http://localhost:27097/redirect";

/** What is asked about a connection. Which of them go together is told by findings, not by the shape. */
export const connectionOptionsSchema = z.strictObject({
  runsOn: runsOnSchema.optional().meta({
    description:
      "Where the program runs: required for a `WORKLOAD` provider, unknown to a `WORKFORCE` one. `kubernetes` is a cluster that you run yourself.",
  }),
  host: z
    .string()
    .optional()
    .meta({
      description: "The DNS name of the deployment, as Atlas shows it: becomes `mongodb+srv`, which implies TLS.",
      examples: ["cluster0.abcde.mongodb.net"],
    }),
  hosts: z
    .array(z.string())
    .optional()
    .meta({
      description: "The hosts of the deployment, each with or without a port: becomes `mongodb`. In place of `host`.",
      examples: [["db0.example.com:27017", "db1.example.com:27017"]],
    }),
  replicaSet: z.string().min(1).optional().meta({ description: "The name of the replica set. Default: none." }),
  database: z
    .string()
    .regex(/^[^/\\. "$*<>:|?\0]{1,63}$/u, "expected the name of a database")
    .optional()
    .meta({ description: "The database that a client starts with. Default: the client's own, `test`." }),
  tls: z.boolean().optional().meta({
    description:
      "Whether the connection is encrypted. Default: `true`. The token is all that it takes to log in: without TLS everybody on the way can read it.",
  }),
  tlsCaFile: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "A PEM file on the client's machine with the certificate authority of the deployment, where that is one of your own, as often with Cloud Manager and Ops Manager. Default: none beside those that the client trusts.",
      examples: ["/etc/mongodb/ca.pem"],
    }),
  audience: z.string().min(1).optional().meta({
    description:
      "The audience of the identity provider. Needed only where a `reference` of another stack is given, which does not hold it.",
  }),
  tokenResource: z.string().min(1).optional().meta({
    description:
      "For what the cloud is asked a token, where that is not the audience: Azure may know the application by its Application ID URI (`api://…`), while the tokens carry its id. Only for `azure-vm`.",
  }),
  managedIdentityClientId: z.string().min(1).optional().meta({
    description:
      "The client id of the managed identity to use, where an Azure machine has several. In the portal: the managed identity, Overview, Client ID.",
  }),
  tokenFile: z.string().min(1).optional().meta({
    description:
      "Where a projected service account token is mounted in the pod, if not where the driver looks by itself. Only for `aks`, `eks` and `kubernetes`.",
  }),
  authentication: z.literal("callback").optional().meta({
    description:
      "`callback`: the program fetches its tokens also where the driver could, for instance as a service principal on an Azure machine.",
  }),
  redirectUri: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description: `Where the browser returns to after a login, if the registration names another place than \`${DEFAULT_REDIRECT_URI}\`. Only for a \`WORKFORCE\` provider.`,
    }),
  idTokenAsAccessToken: z.boolean().optional().meta({
    description:
      "Send the ID token, for identity providers whose access tokens are no JWT (some setups of Ping). Only for a `WORKFORCE` provider. Default: `false`.",
  }),
});
export type ConnectionOptions = z.input<typeof connectionOptionsSchema>;
