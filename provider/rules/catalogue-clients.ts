import type { CatalogueEntry } from "./catalogue.ts";
import { DRIVER_SPEC, WORKLOAD_DOCS } from "./sources.ts";

/** 40x: what clients are told, so that they can connect. */
export const clientCatalogue = {
  FED402: {
    slug: "token-resource",
    severity: "error",
    title: "On Azure and Google Cloud a driver is told for whom to ask a token, and nowhere else.",
    why: "TOKEN_RESOURCE is required with ENVIRONMENT azure and gcp, and drivers refuse it with any other: a file has one audience, and a callback asks by itself.",
    fix: "Give the audience of the identity provider; tokenResource only where Azure knows the application by another name than its tokens do.",
    example: 'billing.connection({ runsOn: "eks", tokenResource: "mongodb", host })',
    source: `${DRIVER_SPEC}, TOKEN_RESOURCE`,
  },
  FED403: {
    slug: "client-of-other-type",
    severity: "error",
    title:
      "Programs connect by a driver through a WORKLOAD provider, people by mongosh or Compass through a WORKFORCE one.",
    why: "mongosh and Compass log people in and know no workload identities; a driver on a machine has nobody to log in.",
    fix: "Use an identity provider of the other type. MongoDB recommends a registration of its own for each.",
    example: 'connection(staff, { runsOn: "azure-vm", host })',
    source: `${WORKLOAD_DOCS}: other tools like mongosh and Compass do not support it`,
  },
  FED404: {
    slug: "managed-identity-client-id",
    severity: "error",
    title: "Where a virtual machine has several managed identities, a client id says which one.",
    why: "The driver hands the username to Azure's metadata service as client_id: it must be the client id of the managed identity, and nothing else uses it.",
    fix: "Copy the Client ID from the overview of the managed identity, not its Object (principal) ID, and not that of the app registration; leave it out where there is only one identity.",
    example: 'billing.connection({ runsOn: "gke", managedIdentityClientId, host })',
    source: `${DRIVER_SPEC}, built-in provider integrations, Azure`,
  },
  FED405: {
    slug: "token-file",
    severity: "error",
    title: "A token file is an absolute path in a pod.",
    why: "With ENVIRONMENT k8s a driver sends the token in the file that AZURE_FEDERATED_TOKEN_FILE names, else AWS_WEB_IDENTITY_TOKEN_FILE, else the one of the service account. Elsewhere no driver reads a file.",
    fix: 'Give tokenFile the path at which a projected service account token is mounted, with runsOn "kubernetes", "aks" or "eks".',
    example: 'billing.connection({ runsOn: "kubernetes", tokenFile: "token", host })',
    source: `${DRIVER_SPEC}, built-in provider integrations, Kubernetes`,
  },
  FED407: {
    slug: "issuer-of-another-place",
    severity: "error",
    title: "The tokens that a place hands out are those that the identity provider stands for.",
    why: "With built-in authentication the driver asks the cloud that it runs on, whose tokens carry that cloud's issuer: no server would find this identity provider by them.",
    fix: 'Use an identity provider with the issuer of that cloud, or authentication: "callback" and fetch the token where the provider issues it.',
    example: 'connection(entraApps, { runsOn: "cloud-run", host })',
    source: `${WORKLOAD_DOCS}, built-in authentication`,
  },
  FED408: {
    slug: "address-form",
    severity: "error",
    title: "A deployment is reached by one DNS name, or by a list of its hosts.",
    why: "A driver looks up the members of the deployment behind the name (mongodb+srv), which has no port; a list (mongodb) names each of them.",
    fix: 'Give host: "cluster0.abcde.mongodb.net", or hosts: ["db0.example.com:27017", "db1.example.com:27017"]; without scheme, path or credentials.',
    example: 'connection(staff, { host: "mongodb+srv://cluster0.abcde.mongodb.net" })',
    source: "MongoDB connection string specification; initial DNS seedlist discovery specification",
  },
} as const satisfies Record<string, CatalogueEntry>;
