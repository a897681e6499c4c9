import { type AutomationAuth, OIDC_MECHANISM } from "../../../schema/automation-config.ts";
import { catalogue } from "../../rules/index.ts";
import type { Refusal } from "../control-plane.ts";

/**
 * Why a project cannot have an identity provider yet; `undefined` if it can. The Agent cannot log in by OIDC, so that
 * without another way in it would be locked out. Nothing of it is switched on behind anybody's back.
 */
export function notReadyForOidc(auth: AutomationAuth | null | undefined): Refusal | undefined {
  if (auth?.disabled === true) {
    return { message: "authentication is switched off in this project", fix: catalogue.FED250.fix };
  }
  if (!hasOther(auth?.autoAuthMechanisms)) {
    return {
      message: "the MongoDB Agent has no authentication mechanism in this project, and cannot log in with OIDC",
      fix: catalogue.FED250.fix,
    };
  }
  if (hasOther(auth?.deploymentAuthMechanisms)) return undefined;
  return { message: "OIDC would be the only authentication mechanism of this project", fix: catalogue.FED250.fix };
}

/** Why the last identity provider of a project cannot go, and OIDC with it; `undefined` if it can. */
export function notReadyWithoutOidc(auth: AutomationAuth | null | undefined): Refusal | undefined {
  if (hasOther(auth?.deploymentAuthMechanisms)) return undefined;
  return {
    message: "it is the last identity provider, and without OIDC this project would have no authentication mechanism",
    fix: catalogue.FED257.fix,
  };
}

function hasOther(mechanisms: readonly string[] | null | undefined): boolean {
  return (mechanisms ?? []).some((mechanism) => mechanism !== OIDC_MECHANISM);
}
