import { requireOrgOwner } from "./access.ts";
import { notFound } from "./errors.ts";
import { type AtlasRoute, ok, V2023_01_01 } from "./route.ts";
import { federationOfOrg, findConnectedOrg } from "./world.ts";

export const federationSettingsRoutes: readonly AtlasRoute[] = [
  {
    method: "GET",
    path: "/orgs/:orgId/federationSettings",
    versions: [V2023_01_01],
    rateLimit: "org-federation",
    handle(call) {
      const organization = requireOrgOwner(call, call.params.orgId ?? "");
      const federation = federationOfOrg(call.world, organization.id);
      const connection = federation && findConnectedOrg(federation, organization.id);
      if (federation === undefined || connection === undefined) {
        // A guess: what an organization without a federation answers is not recorded.
        const detail = `Cannot find resource ${call.pathname}.`;
        throw notFound("RESOURCE_NOT_FOUND", detail, call.pathname);
      }
      // Only SAML shows here: an organization with nothing but OIDC identity providers was recorded as inactive.
      const samlId = connection.identityProviderId ?? null;
      const saml = federation.identityProviders.find(({ oktaIdpId }) => samlId !== null && oktaIdpId === samlId);
      return ok({
        federatedDomains: federation.federatedDomains,
        hasRoleMappings: (connection.roleMappings ?? []).length > 0,
        id: federation.id,
        identityProviderId: samlId,
        identityProviderStatus: saml?.status === "ACTIVE" ? "ACTIVE" : "INACTIVE",
      });
    },
  },
];
