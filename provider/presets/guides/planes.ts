import { DEFAULT_BASE_URLS } from "../../../schema/credentials.ts";
import { type PlaneName, PRODUCTS, REVOKE_JWKS_BUTTON } from "../../../schema/plane.ts";
import { MINIMUM_SERVERS, SMALLEST_TIER, versionText } from "../../../schema/requirements.ts";
import type { GuidePart } from "./guide.ts";

const RECOMMENDED_SERVER = versionText(MINIMUM_SERVERS.recommended);

/** The steps in the console of a control plane, before and after the first update. The same for every preset. */
export function consoleParts(plane: PlaneName): readonly GuidePart[] {
  return plane === "atlas" ? [inAtlas, laterInAtlas] : [inProject(plane), laterInProject(PRODUCTS[plane])];
}

const inAtlas: GuidePart = {
  title: "In Atlas, once for the organization",
  steps: [
    `Check the clusters: they must be dedicated (${SMALLEST_TIER} or larger) and run MongoDB ${RECOMMENDED_SERVER} or later.`,
    "Open the Federation Management Console: select your organization in the Organizations menu, click Federation under Identity & Access, then Open Federation Management App. Atlas creates the federation when you open the console for the first time.",
    "Copy federationSettingsId from the address of the console, and orgId from the address of the organization: 24 hexadecimal digits each.",
    "Create a service account or an API key with the role Organization Owner, and add the address of the machine that runs the program to its access list. Set MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY.",
    "Leave Identity Providers and Connect Organizations in the console as they are. IdentityProvider makes the first. OrgConnection does what Connect Organizations, Configure Access, Connect Identity Provider does.",
    "A stack that only grants access needs a key of the project: Project Owner, or Project Database Access Admin.",
  ],
};

const laterInAtlas: GuidePart = {
  title: "In Atlas, after the first update",
  optional: true,
  steps: [
    "To see the connection: Organizations in the console, the organization, Configure Access. To see a grant: Database Access of the project, Federated Auth.",
    "To revoke cached signing keys after a key was compromised, change revokeJwksTrigger of the IdentityProvider. MongoDB fetches rotated keys by itself.",
    "To disconnect an organization or delete the identity provider, remove the OrgConnection or the IdentityProvider from the program. mongofed disconnects before it deletes.",
  ],
};

function inProject(plane: Exclude<PlaneName, "atlas">): GuidePart {
  const product = PRODUCTS[plane];
  return {
    title: `In ${product}, once for the project`,
    steps: [
      `The deployments must run MongoDB Enterprise ${RECOMMENDED_SERVER} or later on Linux. Other builds do not support OIDC.`,
      "Open Deployment, Security, Settings: click Get Started, or Edit if authentication is set up already. Give the MongoDB Agent a mechanism other than OIDC, such as username and password (SCRAM-SHA-256), because the Agent cannot log in by OIDC. mongofed adds OIDC for people and programs, and changes nothing for the Agent.",
      "Put a certificate and the CA file on every host, and set certificateKeyFile of every process: Deployment, Modify, Advanced Options. ProjectTls then turns on TLS, by its inputs mode and caFilePath. Without TLS, everyone on the network path can read the tokens.",
      "To check the paths of ProjectTls, click Validate in Deployment, Security, Settings. Only the console can look for the files on the hosts. mongofed checks whether each path fits the operating systems of the hosts.",
      `If ${product} does not manage Monitoring or Backup, configure them by hand to log in with the Agent's mechanism.`,
      `Create an API key that is Project Owner or Project Automation Admin of the project (Access Manager, API Keys). Add the address of the machine that runs the program to its access list. Set MCLI_PUBLIC_API_KEY, MCLI_PRIVATE_API_KEY${
        DEFAULT_BASE_URLS[plane] === undefined
          ? ", MCLI_OPS_MANAGER_URL, and MCLI_OPS_MANAGER_CA_CERTIFICATE if the certificate is of a CA of your own"
          : ""
      }.`,
      `Select ${product} in the stack: pulumi config set mongofed:plane ${plane}.`,
      "Copy projectId from the address of the project's pages: 24 hexadecimal digits.",
    ],
  };
}

function laterInProject(product: string): GuidePart {
  return {
    title: `In ${product}, after the first update`,
    optional: true,
    steps: [
      `To revoke cached signing keys after a key was compromised: ${REVOKE_JWKS_BUTTON}. The API has no call for it. MongoDB fetches rotated keys by itself.`,
      "To reset authentication and TLS settings: unmanage the deployments first, in Deployment.",
    ],
  };
}
