import { DEFAULT_BASE_URLS } from "../../../schema/credentials.ts";
import { type PlaneName, PRODUCTS } from "../../../schema/plane.ts";
import type { GuidePart } from "./guide.ts";

/** What no API does at a control plane, and so is left to a person. */
export function consoleParts(plane: PlaneName): readonly GuidePart[] {
  return plane === "atlas" ? [] : [beforehand(plane), later(PRODUCTS[plane])];
}

function beforehand(plane: Exclude<PlaneName, "atlas">): GuidePart {
  const product = PRODUCTS[plane];
  return {
    title: `In ${product}, once for the project`,
    steps: [
      {
        text: "The deployments must run MongoDB Enterprise 7.0.11 or later on Linux: no other build knows OIDC.",
      },
      {
        text: "Open Deployment, Security, Settings: Get Started, or Edit if authentication is set up already. Give the MongoDB Agent a mechanism other than OIDC, by which it cannot log in: username and password (SCRAM-SHA-256) will do. mongofed adds OIDC for your people and programs, and switches nothing on for the Agent.",
      },
      {
        text: "In the same dialog TLS is switched on, with the path of the CA file on every host (Validate looks whether it is there); the paths may also stand in the program, as a ProjectTls. Without TLS everybody on the way can read the tokens.",
      },
      {
        text: `Monitoring or Backup that ${product} does not manage must be told by hand to log in by the Agent's mechanism.`,
      },
      {
        text: `Make an API key that is Project Owner, or Project Automation Admin, of the project (Access Manager, API Keys), and put the address of the machine that runs the program on its access list. The environment gets it: MCLI_PUBLIC_API_KEY, MCLI_PRIVATE_API_KEY${
          DEFAULT_BASE_URLS[plane] === undefined
            ? ", MCLI_OPS_MANAGER_URL, and MCLI_OPS_MANAGER_CA_CERTIFICATE if the certificate is of a CA of your own"
            : ""
        }.`,
      },
      { text: `Say in the stack that it is for ${product}: pulumi config set mongofed:plane ${plane}.` },
      { text: "projectId is in the address of the project's pages: 24 hexadecimal digits." },
    ],
  };
}

function later(product: string): GuidePart {
  return {
    title: `In ${product}, when something happens`,
    optional: true,
    steps: [
      {
        text: "A signing key of the identity provider is compromised: Deployment, Security, Revoke JWKS. The API has no call for it. A rotation of keys needs nothing.",
      },
      {
        text: "Authentication and TLS are to be reset: unmanage the deployments first, in Deployment.",
      },
    ],
  };
}
