import {
  type AuthorizationType,
  identityProviderProtocolSchema,
  identityProviderTypeSchema,
  type OidcIdentityProviderUpdate,
  oidcWorkforceUpdateSchema,
  oidcWorkloadUpdateSchema,
} from "../../../schema/atlas.ts";
import { timestamp } from "../clock.ts";
import { requireFederation } from "./access.ts";
import { missingAttribute, refuseReadOnly, validationError, validBody } from "./body.ts";
import { AtlasError, badRequest, notFound } from "./errors.ts";
import { identityProviderBody, newIdentityProvider } from "./identity-provider.ts";
import { page } from "./pagination.ts";
import { type AtlasCall, type AtlasRoute, noContent, ok, V2023_01_01, V2023_11_15 } from "./route.ts";
import {
  changeFederation,
  type Federation,
  findIdentityProvider,
  orgsConnectedTo,
  sameId,
  type WorldIdentityProvider,
} from "./world.ts";

const list = "/federationSettings/:federationSettingsId/identityProviders";
const one = `${list}/:identityProviderId`;
const rateLimit = "identity-providers";

/** Before 2023-11-15 an identity provider was SAML and had the legacy id; that version is sunset. */
const versionsOfOne = [{ ...V2023_01_01, sunset: true } as const, V2023_11_15];

export const identityProviderRoutes: readonly AtlasRoute[] = [
  { method: "GET", path: list, versions: [V2023_01_01], rateLimit, handle: listIdentityProviders },
  { method: "POST", path: list, versions: [V2023_11_15], rateLimit, takesBody: true, handle: create },
  {
    method: "GET",
    path: one,
    versions: versionsOfOne,
    rateLimit,
    handle(call) {
      const federation = requireFederation(call);
      return ok(identityProviderBody(federation, requireIdentityProvider(call, federation)));
    },
  },
  { method: "PATCH", path: one, versions: versionsOfOne, rateLimit, takesBody: true, handle: update },
  { method: "DELETE", path: one, versions: versionsOfOne, rateLimit, handle: remove },
  { method: "DELETE", path: `${one}/jwks`, versions: [V2023_11_15], rateLimit, handle: revokeJwks },
];

/** The trap of this list: without `protocol` and `idpType` it shows SAML and workforce only, so no OIDC at all. */
function listIdentityProviders(call: AtlasCall) {
  const federation = requireFederation(call);
  const protocols = filter(call, "protocol", identityProviderProtocolSchema.options, "SAML");
  const types = filter(call, "idpType", identityProviderTypeSchema.options, "WORKFORCE");
  const shown = federation.identityProviders.filter(
    ({ protocol, idpType }) => protocols.includes(protocol) && types.includes(idpType),
  );
  return page(
    call,
    shown.map((provider) => identityProviderBody(federation, provider)),
    [
      ...types.map((type): [string, string] => ["idpType", type]),
      ...protocols.map((protocol): [string, string] => ["protocol", protocol]),
    ],
  );
}

function filter(call: AtlasCall, name: string, allowed: readonly string[], otherwise: string): string[] {
  const values = call.query.getAll(name);
  const wrong = values.find((value) => !allowed.includes(value));
  if (wrong !== undefined) {
    throw badRequest("INVALID_ENUM_VALUE", `An invalid enumeration value ${wrong} was specified.`, name);
  }
  return values.length === 0 ? [otherwise] : values;
}

/**
 * The API's schema has no required fields. The response to a missing issuer is unknown, so the emulator requires every
 * field that a login needs: a strict guess.
 */
function create(call: AtlasCall) {
  const federation = requireFederation(call);
  const body = checkedBody(call.body);
  for (const attribute of ["displayName", "issuerUri", "audience", "authorizationType", "userClaim"] as const) {
    if (!body[attribute]) throw missingAttribute(attribute);
  }
  const created = settled(newIdentityProvider(body, call.now));
  if (created.idpType === "WORKFORCE" && !created.clientId) throw missingAttribute("clientId");
  refuseDuplicate(call, federation, created);
  call.commit((world) =>
    changeFederation(world, federation.id, (old) => ({
      ...old,
      identityProviders: [...old.identityProviders, created],
    })),
  );
  return ok(identityProviderBody(federation, created));
}

/** A merge: what is left out is kept. */
function update(call: AtlasCall) {
  const federation = requireFederation(call);
  const old = requireIdentityProvider(call, federation);
  if (old.protocol !== "OIDC") {
    throw badRequest("EMULATOR_UNSUPPORTED", "The emulator changes no SAML identity provider through the API.");
  }
  const body = checkedBody(call.body);
  if ((body.idpType ?? "WORKFORCE") !== old.idpType) {
    // A guess: a change of type is documented nowhere. Leaving the type out means WORKFORCE, so it hits workloads too.
    throw validationError("idpType", `cannot be changed from ${old.idpType}`);
  }
  const { idpType, protocol } = old;
  const changed = settled({ ...old, ...body, idpType, protocol, updatedAt: timestamp(call.now) });
  refuseDuplicate(call, federation, changed);
  call.commit((world) =>
    changeFederation(world, federation.id, (before) => ({
      ...before,
      identityProviders: before.identityProviders.map((provider) => (provider.id === old.id ? changed : provider)),
    })),
  );
  return ok(identityProviderBody(federation, changed));
}

/** Connected to anything, it stays: of the two wordings of this rule the stricter one. Its code is a guess. */
function remove(call: AtlasCall) {
  const federation = requireFederation(call);
  const provider = requireIdentityProvider(call, federation);
  const connected = orgsConnectedTo(federation, provider);
  if (connected.length > 0) {
    throw badRequest(
      "IDENTITY_PROVIDER_HAS_CONNECTED_ORGS",
      `Identity provider ${provider.id} is connected to ${connected.length} organization(s).`,
      provider.id,
    );
  }
  call.commit((world) =>
    changeFederation(world, federation.id, (old) => ({
      ...old,
      identityProviders: old.identityProviders.filter(({ id }) => id !== provider.id),
    })),
  );
  return noContent;
}

/** In Atlas, every cluster fetches the keys again and ends all sessions. The emulator counts the calls. */
function revokeJwks(call: AtlasCall) {
  const federation = requireFederation(call);
  const provider = requireIdentityProvider(call, federation);
  if (provider.protocol !== "OIDC") throw validationError("protocol", "only OIDC identity providers have a JWKS");
  call.commit((world) =>
    changeFederation(world, federation.id, (old) => ({
      ...old,
      jwksRevocations: { ...old.jwksRevocations, [provider.id]: (old.jwksRevocations[provider.id] ?? 0) + 1 },
    })),
  );
  return noContent;
}

function requireIdentityProvider(call: AtlasCall, federation: Federation): WorldIdentityProvider {
  const id = call.params.identityProviderId ?? "";
  const provider = findIdentityProvider(federation, id);
  if (provider === undefined) {
    throw notFound("IDENTITY_PROVIDER_DOES_NOT_EXIST", `No identity provider with ID ${id} exists.`, id);
  }
  return provider;
}

const READ_ONLY = ["id", "oktaIdpId", "associatedOrgs", "createdAt", "updatedAt"];

/** The shape of the body goes by its `idpType`; `protocol` must be said, and be OIDC. */
function checkedBody(body: unknown): OidcIdentityProviderUpdate {
  refuseReadOnly(body, READ_ONLY);
  const fields = withoutEmptyLists(body as Record<string, unknown>);
  const checked: OidcIdentityProviderUpdate =
    fields.idpType === "WORKLOAD"
      ? validBody(oidcWorkloadUpdateSchema, fields)
      : validBody(oidcWorkforceUpdateSchema, fields);
  if (checked.protocol === undefined) throw missingAttribute("protocol");
  if (checked.protocol !== "OIDC") throw validationError("protocol", "SAML cannot be configured through the API");
  return checked;
}

/** MongoDB's own Terraform provider sends these lists to every provider, empty where they do not apply. */
function withoutEmptyLists(body: Record<string, unknown>): Record<string, unknown> {
  if (body.idpType !== "WORKLOAD") return body;
  const isEmpty = (name: string) => Array.isArray(body[name]) && body[name].length === 0;
  const left = ["associatedDomains", "requestedScopes"].filter(isEmpty);
  return Object.fromEntries(Object.entries(body).filter(([name]) => !left.includes(name)));
}

/**
 * Normalizes an identity provider like the server: USER drops the groups claim (seen indirectly), and GROUP requires
 * one.
 */
function settled(provider: WorldIdentityProvider): WorldIdentityProvider {
  const type = provider.authorizationType as AuthorizationType;
  if (type === "USER") return { ...provider, groupsClaim: null };
  if (!provider.groupsClaim) throw missingAttribute("groupsClaim");
  return provider;
}

function refuseDuplicate(call: AtlasCall, federation: Federation, provider: WorldIdentityProvider): void {
  if (call.behaviour.duplicateIdentityProviders === "allow") return;
  const twin = federation.identityProviders.find(
    (other) =>
      !sameId(other.id, provider.id) &&
      other.protocol === "OIDC" &&
      other.issuerUri === provider.issuerUri &&
      other.audience === provider.audience,
  );
  if (twin !== undefined) {
    // A guess, drawn from what the server itself refuses: POST documents no 409, hence 400.
    throw new AtlasError(
      400,
      "DUPLICATE_IDENTITY_PROVIDER",
      `Identity provider ${twin.id} has the same issuer and audience.`,
      { parameters: [twin.id] },
    );
  }
}
