import type { IdentityProviderReference } from "./identity-provider.ts";

/** Where an identity provider belongs: a federation in Atlas, a project in Cloud Manager and Ops Manager. */
export interface ProviderScope {
  readonly kind: "federation" | "project";
  readonly id: string;
}

type Referred = Pick<IdentityProviderReference, "configurationName" | "idpType" | "authorizationType"> & {
  readonly scope: ProviderScope;
  readonly prefix: string;
};

/** How other resources refer to an identity provider: by its id, or where it has none by its project and name. */
export function referenceTo(live: Referred): IdentityProviderReference {
  const { scope, prefix, configurationName, idpType, authorizationType } = live;
  const place =
    scope.kind === "federation"
      ? { federationSettingsId: scope.id, identityProviderId: prefix }
      : { projectId: scope.id };
  return { ...place, configurationName, idpType, authorizationType };
}
