import type { PresetName } from "../index.ts";
import { entraWorkforceGuide, entraWorkloadGuide } from "./entra.ts";
import { githubActionsGuide } from "./github-actions.ts";
import { googleCloudGuide } from "./google-cloud.ts";
import type { Guide, GuideTo } from "./guide.ts";
import { kubernetesGuide } from "./kubernetes.ts";
import { oidcGuide, oidcWorkloadGuide } from "./oidc.ts";
import { oktaGuide, oktaWorkloadGuide } from "./okta.ts";
import { pingGuide, pingWorkloadGuide } from "./ping.ts";

/** One for each preset. */
export const guides: { readonly [Name in PresetName]: GuideTo<Name> } & Readonly<Record<PresetName, Guide>> = {
  entraWorkforce: entraWorkforceGuide,
  entraWorkload: entraWorkloadGuide,
  googleCloud: googleCloudGuide,
  okta: oktaGuide,
  oktaWorkload: oktaWorkloadGuide,
  ping: pingGuide,
  pingWorkload: pingWorkloadGuide,
  githubActions: githubActionsGuide,
  kubernetes: kubernetesGuide,
  oidc: oidcGuide,
  oidcWorkload: oidcWorkloadGuide,
};
