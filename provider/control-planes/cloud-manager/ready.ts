import { type AutomationAuth, OIDC_MECHANISM } from "../../../schema/automation-config.ts";
import type { Refusal } from "../control-plane.ts";

const CHOOSE =
  "In the console under Deployment, Security, Settings, choose a mechanism for the MongoDB Agent, such as SCRAM-SHA-256, and deploy";

/**
 * Why a project cannot have an identity provider yet; `undefined` if it can. The Agent cannot log in by OIDC, so that
 * without another way in it would be locked out. Nothing of it is switched on behind anybody's back.
 */
export function notReadyForOidc(auth: AutomationAuth | null | undefined): Refusal | undefined {
  if (auth?.disabled === true) {
    const fix = `${CHOOSE}; mongofed does not switch it on by itself.`;
    return { message: "authentication is switched off in this project", fix };
  }
  if (!hasOther(auth?.autoAuthMechanisms)) {
    return {
      message: "the MongoDB Agent has no authentication mechanism in this project, and cannot log in by OIDC",
      fix: `${CHOOSE}.`,
    };
  }
  if (hasOther(auth?.deploymentAuthMechanisms)) return undefined;
  return { message: "OIDC would be the only authentication mechanism of this project", fix: `${CHOOSE}.` };
}

/** Why the last identity provider of a project cannot go, and OIDC with it; `undefined` if it can. */
export function notReadyWithoutOidc(auth: AutomationAuth | null | undefined): Refusal | undefined {
  if (hasOther(auth?.deploymentAuthMechanisms)) return undefined;
  return {
    message: "it is the last one, and without OIDC this project would have no authentication mechanism at all",
    fix: "In the console under Deployment, Security, Settings, choose another mechanism first, such as SCRAM-SHA-256, and deploy.",
  };
}

function hasOther(mechanisms: readonly string[] | null | undefined): boolean {
  return (mechanisms ?? []).some((mechanism) => mechanism !== OIDC_MECHANISM);
}
