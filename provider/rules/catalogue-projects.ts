import type { CatalogueEntry } from "./catalogue.ts";
import { CLOUD_MANAGER_DOCS } from "./sources.ts";

/** What is particular to projects of Cloud Manager and Ops Manager. */
export const projectCatalogue = {
  FED250: {
    slug: "oidc-beside-another-mechanism",
    severity: "error",
    title: "A project has an authentication mechanism for the MongoDB Agent before it has an identity provider.",
    why: "The MongoDB Agent cannot log in by OIDC: without another mechanism it would lock itself out of the deployments that it manages.",
    fix: "In the console under Deployment, Security, Settings, choose a mechanism for the MongoDB Agent, such as SCRAM-SHA-256, and deploy. mongofed does not switch it on by itself.",
    source: `${CLOUD_MANAGER_DOCS}, prerequisites of Workforce Identity Federation`,
  },
} as const satisfies Record<string, CatalogueEntry>;
