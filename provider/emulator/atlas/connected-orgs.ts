import { type ConnectedOrgConfigUpdate, connectedOrgConfigUpdateSchema } from "../../../schema/atlas.ts";
import { requireFederation, requireOrgOwner } from "./access.ts";
import { validationError, validBody } from "./body.ts";
import { badRequest, notFound } from "./errors.ts";
import { page } from "./pagination.ts";
import { type AtlasCall, type AtlasRoute, inKeyOrder, noContent, ok, V2023_01_01 } from "./route.ts";
import {
  changeFederation,
  type Federation,
  findConnectedOrg,
  findIdentityProvider,
  sameId,
  type WorldConnectedOrg,
} from "./world.ts";

const list = "/federationSettings/:federationSettingsId/connectedOrgConfigs";
const one = `${list}/:orgId`;
const versions = [V2023_01_01];

/** The organizations of a federation. There is no POST: an organization joins in the console. */
export const connectedOrgRoutes: readonly AtlasRoute[] = [
  {
    method: "GET",
    path: list,
    versions,
    rateLimit: "identity-providers",
    handle(call) {
      const federation = requireFederation(call);
      return page(
        call,
        federation.connectedOrgs.map((org) => inKeyOrder(org)),
      );
    },
  },
  {
    method: "GET",
    path: one,
    versions,
    rateLimit: "org-federation",
    handle: (call) => ok(inKeyOrder(requireConnectedOrg(call, requireFederation(call)))),
  },
  { method: "PATCH", path: one, versions, rateLimit: "org-federation", takesBody: true, handle: update },
  { method: "DELETE", path: one, versions, rateLimit: "org-federation", handle: remove },
];

/**
 * The semantics differ by key, as documented or recorded. The list of OIDC ids is replaced. Without
 * `identityProviderId`, SAML is disconnected. Without `domainRestrictionEnabled`, it becomes false. All other absent
 * keys are kept. No recording shows a PATCH without the OIDC ids. By the documented words "ids missing are
 * disconnected", all of them are disconnected.
 */
function update(call: AtlasCall) {
  const federation = requireFederation(call);
  const old = requireConnectedOrg(call, federation);
  const body = call.body as Record<string, unknown>;
  if (body.identityProviderId === "") throw validationError("identityProviderId", "must not be empty");
  const asked = validBody(connectedOrgConfigUpdateSchema, body);
  if (asked.orgId !== undefined && !sameId(asked.orgId, old.orgId)) {
    throw validationError("orgId", "is not the organization of the path");
  }
  const { orgId: _, userConflicts: __, ...changes } = asked;
  const changed: WorldConnectedOrg = {
    ...old,
    ...changes,
    dataAccessIdentityProviderIds: (asked.dataAccessIdentityProviderIds ?? []).map((id) => id.toLowerCase()),
    domainRestrictionEnabled: asked.domainRestrictionEnabled ?? false,
    identityProviderId: asked.identityProviderId ?? null,
  };
  requireUnique("dataAccessIdentityProviderIds", changed.dataAccessIdentityProviderIds ?? []);
  requireUnique("domainAllowList", changed.domainAllowList ?? []);
  requireIdentityProviders(federation, changed);
  requireSamlForRoles(old, changed, asked);
  call.commit((world) =>
    changeFederation(world, federation.id, (before) => ({
      ...before,
      connectedOrgs: before.connectedOrgs.map((org) => (sameId(org.orgId, old.orgId) ? changed : org)),
    })),
  );
  return ok(inKeyOrder(changed));
}

/** Takes the organization out of the federation, and with it what it was connected to. */
function remove(call: AtlasCall) {
  const federation = requireFederation(call);
  const org = requireConnectedOrg(call, federation);
  if (federation.connectedOrgs.length === 1) {
    // That it fails is documented, with what code is not.
    throw badRequest("CANNOT_REMOVE_LAST_CONNECTED_ORG", "A federation keeps its last organization.", org.orgId);
  }
  call.commit((world) =>
    changeFederation(world, federation.id, (old) => ({
      ...old,
      connectedOrgs: old.connectedOrgs.filter(({ orgId }) => !sameId(orgId, org.orgId)),
    })),
  );
  return noContent;
}

/** The connection of the path, for owners of that very organization: being an owner elsewhere in the federation is not enough. */
function requireConnectedOrg(call: AtlasCall, federation: Federation): WorldConnectedOrg {
  const orgId = requireOrgOwner(call, call.params.orgId ?? "").id;
  const org = findConnectedOrg(federation, orgId);
  if (org === undefined) {
    // A guess: the code for an organization that exists, but not in this federation, is not published.
    throw notFound("RESOURCE_NOT_FOUND", `Cannot find resource ${call.pathname}.`, call.pathname);
  }
  return org;
}

function requireIdentityProviders(federation: Federation, org: WorldConnectedOrg): void {
  const notInFederation = (id: string) =>
    badRequest(
      "CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION",
      `Identity provider ${id} is not in federation ${federation.id}.`,
      id,
    );
  const providers = (org.dataAccessIdentityProviderIds ?? []).map((id) => {
    const provider = findIdentityProvider(federation, id);
    if (provider?.protocol !== "OIDC") throw notInFederation(id);
    return provider;
  });
  if (providers.filter(({ idpType }) => idpType === "WORKFORCE").length > 1) {
    // One OIDC workforce identity provider an organization is documented; status and code of the refusal are guesses.
    throw badRequest(
      "MULTIPLE_OIDC_WORKFORCE_IDENTITY_PROVIDERS",
      `Organization ${org.orgId} can be connected to one OIDC workforce identity provider.`,
      org.orgId,
    );
  }
  const samlId = org.identityProviderId;
  if (samlId && !federation.identityProviders.some(({ oktaIdpId }) => oktaIdpId === samlId))
    throw notInFederation(samlId);
}

/**
 * Role mappings and default roles need an identity provider for logins to the console. Sending an empty list of
 * mappings is refused as well, which clients have met; default roles may be sent back unchanged, which was recorded.
 */
function requireSamlForRoles(
  old: WorldConnectedOrg,
  changed: WorldConnectedOrg,
  asked: ConnectedOrgConfigUpdate,
): void {
  if (changed.identityProviderId) return;
  if (asked.roleMappings !== undefined) {
    throw validationError("roleMappings", "cannot be set without an identity provider");
  }
  const grants = asked.postAuthRoleGrants;
  if (grants !== undefined && JSON.stringify(grants) !== JSON.stringify(old.postAuthRoleGrants)) {
    throw validationError("postAuthRoleGrants", "cannot be changed without an identity provider");
  }
}

function requireUnique(attribute: string, values: readonly string[]): void {
  if (new Set(values).size < values.length) throw validationError(attribute, "must not repeat a value");
}
