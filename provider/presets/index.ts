import { entraWorkforce } from "./entra-workforce.ts";
import { entraWorkload } from "./entra-workload.ts";
import { githubActions } from "./github-actions.ts";
import { googleCloud } from "./google-cloud.ts";
import { kubernetes } from "./kubernetes.ts";
import { oidc, oidcWorkload } from "./oidc.ts";
import { okta, oktaWorkload } from "./okta.ts";
import { ping, pingWorkload } from "./ping.ts";

/** Every preset, by the name of its function. */
export const presets = {
  entraWorkforce,
  entraWorkload,
  googleCloud,
  okta,
  oktaWorkload,
  ping,
  pingWorkload,
  githubActions,
  kubernetes,
  oidc,
  oidcWorkload,
} as const;
export type PresetName = keyof typeof presets;
