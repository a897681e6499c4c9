import { input, phrase } from "../../schema/phrase.ts";
import { type Codes, family } from "./rule.ts";
import { DRIVER_SPEC, WORKLOAD_DOCS } from "./sources.ts";

/** The rules over clients, which provider/connection judges. */

const codes = {
  FED402: {
    slug: "misplaced-token-resource",
    severity: "error",
    title: "Set the token resource only on Azure and Google Cloud.",
    why: "Drivers require TOKEN_RESOURCE with ENVIRONMENT azure and gcp, and refuse it with others.",
    fix: phrase`Set the ${input("audience")} of the identity provider. Set tokenResource only if Azure knows the application by another name than its tokens.`,
    example: 'billing.connection({ runsOn: "eks", tokenResource: "mongodb", host })',
    source: `${DRIVER_SPEC}, TOKEN_RESOURCE`,
  },
  FED403: {
    slug: "client-of-other-type",
    severity: "error",
    title: "Connect programs through a WORKLOAD provider, and people through a WORKFORCE provider.",
    why: "Drivers authenticate workload identities, while mongosh and Compass log in people.",
    fix: "Use an identity provider of the other type. MongoDB recommends a separate registration for each.",
    example: 'connection(staff, { runsOn: "azure-vm", host })',
    source: `${WORKLOAD_DOCS}: other tools like mongosh and Compass do not support it`,
  },
  FED404: {
    slug: "invalid-managed-identity",
    severity: "error",
    title: "Name a managed identity by its client id.",
    why: "The driver sends the user name to Azure's metadata service as client_id. Only the client id of the managed identity works.",
    fix: "Copy the Client ID from the overview of the managed identity. Remove it if the machine has only one identity.",
    example: 'billing.connection({ runsOn: "gke", managedIdentityClientId, host })',
    source: `${DRIVER_SPEC}, built-in provider integrations, Azure`,
  },
  FED405: {
    slug: "invalid-token-file",
    severity: "error",
    title: "Set a token file only in a pod, as an absolute path.",
    why: "With ENVIRONMENT k8s, drivers read AZURE_FEDERATED_TOKEN_FILE, then AWS_WEB_IDENTITY_TOKEN_FILE, then the service account's token. Elsewhere they read no file.",
    fix: 'Set tokenFile to the path of a projected service account token, with runsOn "kubernetes", "aks" or "eks".',
    example: 'billing.connection({ runsOn: "kubernetes", tokenFile: "token", host })',
    source: `${DRIVER_SPEC}, built-in provider integrations, Kubernetes`,
  },
  FED407: {
    slug: "issuer-of-another-place",
    severity: "error",
    title: "Use an identity provider whose issuer matches the platform.",
    why: "Built-in authentication requests tokens from the platform's own cloud. With another issuer the server finds no identity provider.",
    fix: 'Use an identity provider with the issuer of that cloud. Otherwise set authentication: "callback" and fetch the token from the issuer.',
    example: 'connection(entraApps, { runsOn: "cloud-run", host })',
    source: `${WORKLOAD_DOCS}, built-in authentication`,
  },
  FED408: {
    slug: "invalid-address",
    severity: "error",
    title: "Give one DNS name, or a list of hosts.",
    why: "With one name (mongodb+srv) the driver looks up the members, so it has no port. A list (mongodb) names each member.",
    fix: 'Set host: "cluster0.abcde.mongodb.net", or hosts: ["db0.example.com:27017", "db1.example.com:27017"], without scheme, path or credentials.',
    example: 'connection(staff, { host: "mongodb+srv://cluster0.abcde.mongodb.net" })',
    source: "MongoDB connection string specification; initial DNS seedlist discovery specification",
  },
} as const satisfies Codes;

export const clientsRules = family({ codes });
