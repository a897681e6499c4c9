import { aResource, input, phrase } from "../../schema/phrase.ts";
import { type Codes, family } from "./rule.ts";
import { CLOUD_MANAGER_DOCS, OPERATOR, WORKLOAD_DOCS } from "./sources.ts";

/** The requirements on clusters, processes and their settings. The live rules judge them. */

const codes = {
  FED250: {
    slug: "no-agent-mechanism",
    severity: "error",
    title: "Configure an authentication mechanism for the MongoDB Agent before an identity provider.",
    why: "The MongoDB Agent cannot log in with OIDC. Without another mechanism it loses access to its deployments.",
    fix: "In the console under Deployment, Security, Settings, choose a mechanism for the MongoDB Agent, such as SCRAM-SHA-256, and deploy. mongofed does not turn it on.",
    source: `${CLOUD_MANAGER_DOCS}, prerequisites of Workforce Identity Federation`,
  },
  FED255: {
    slug: "shared-issuer",
    severity: "warning",
    title: "Use each issuer once per project before MongoDB 8.0.",
    why: "MongoDB 8.0 and later distinguish providers with one issuer by audience. For 7.0 the sources disagree: MongoDB's Kubernetes operator refuses it.",
    fix: "Upgrade the named processes to 8.0, or test on them that tokens of both providers are accepted.",
    source: `MongoDB server parameter oidcIdentityProviders; ${OPERATOR}`,
  },
  FED257: {
    slug: "last-mechanism",
    severity: "error",
    title: "Keep another authentication mechanism when you delete the last identity provider.",
    why: "mongofed would remove OIDC too, and every login would fail.",
    fix: "In the console under Deployment, Security, Settings, first choose another mechanism, such as SCRAM-SHA-256, and deploy. To reset all settings there, unmanage the deployments first.",
    source: `${CLOUD_MANAGER_DOCS}, prerequisites of Workforce Identity Federation; note on resetting Authentication and TLS settings`,
  },
  FED258: {
    slug: "no-oidc-process",
    severity: "error",
    title: "Run at least one process that supports OIDC.",
    why: "OIDC needs MongoDB Enterprise 7.0 or newer, and 7.0.5 for authorizationType USER. No process of the project qualifies.",
    fix: "Upgrade the processes, or declare the identity provider in another project.",
    source: `${CLOUD_MANAGER_DOCS}: MongoDB 7.0 or later; MongoDB server parameter oidcIdentityProviders: Enterprise, useAuthorizationClaim from 7.0.5 on; ${OPERATOR}`,
  },
  FED259: {
    slug: "process-without-oidc",
    severity: "warning",
    title: "Run only processes that support OIDC.",
    why: "OIDC needs MongoDB Enterprise 7.0 or newer, and 7.0.5 for authorizationType USER. MongoDB recommends 7.0.11.",
    fix: "Upgrade the named processes to Enterprise 7.0.11 or 8.0.",
    source: `${CLOUD_MANAGER_DOCS}: MongoDB 7.0 or later; ${OPERATOR}: 7.0.11 or 8.0.0, Enterprise`,
  },
  FED263: {
    slug: "no-tls-ca-file",
    severity: "warning",
    title: "Set a TLS CA file if a project has several authentication mechanisms.",
    why: "MongoDB's Kubernetes operator always sets it. Without it Cloud Manager may refuse the settings.",
    fix: phrase`Put the file on every host that runs a MongoDB process. Declare its path in ${aResource("ProjectTls")}, or set TLS CA File Path in the console.`,
    source: `${CLOUD_MANAGER_DOCS}, TLS settings; MongoDB Controllers for Kubernetes, X.509`,
  },
  FED273: {
    slug: "operator-owned-project",
    severity: "warning",
    title: "Let one tool manage the authentication of a project.",
    why: "MongoDB's Kubernetes operator overwrites the identity providers, roles and authentication mechanisms of its project. Changes of mongofed last until its next write.",
    fix: "Declare the settings in the operator's MongoDB resource, or use a project that the operator does not manage.",
    source: `${OPERATOR}: controllers/operator/authentication/oidc.go; Ops Manager API, Feature Control Policies`,
  },
  FED264: {
    slug: "unmanaged-agents",
    severity: "warning",
    title: "Configure Monitoring and Backup by hand if Cloud Manager does not manage them.",
    why: "They cannot log in with OIDC, and follow the project's settings only if Cloud Manager manages them.",
    fix: "Configure those that you run yourself to use the Agent's other mechanism. Otherwise ignore this.",
    source: `${CLOUD_MANAGER_DOCS}, prerequisites of Workforce Identity Federation`,
  },
  FED322: {
    slug: "no-oidc-cluster",
    severity: "error",
    title: "Grant access in a project with a cluster that supports OIDC.",
    why: "Identity federation needs a dedicated cluster (M10 or larger) with MongoDB 7.0.11 or newer. The project has none.",
    fix: "Upgrade a cluster of the project, or grant the access in a project with such a cluster.",
    source: `${WORKLOAD_DOCS}: M10 or larger, MongoDB 7.0.11 or newer`,
  },
  FED323: {
    slug: "cluster-without-oidc",
    severity: "warning",
    title: "Scope access to clusters that support OIDC.",
    why: "Identity federation needs a dedicated cluster (M10 or larger) with MongoDB 7.0.11 or newer. Other clusters refuse the tokens.",
    fix: phrase`Upgrade the named clusters, or exclude them with ${input("scopes")}.`,
    source: `${WORKLOAD_DOCS}: M10 or larger, MongoDB 7.0.11 or newer`,
  },
} as const satisfies Codes;

export const serverRequirementsRules = family({ codes });
