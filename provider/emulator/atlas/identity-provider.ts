import { randomBytes } from "node:crypto";
import { timestamp } from "../clock.ts";
import { newObjectId } from "../secrets.ts";
import { inKeyOrder } from "./route.ts";
import { type Federation, orgsConnectedTo, type WorldIdentityProvider } from "./world.ts";

type Fields = Record<string, unknown>;

/** The keys that only a workforce identity provider has, with their defaults. */
const workforceOnly = { associatedDomains: [], clientId: null, requestedScopes: [] };

/**
 * Returns an identity provider with every key of the API. `fields` override the defaults, and unknown keys are kept.
 */
export function newIdentityProvider(fields: Fields, now: number): WorldIdentityProvider {
  return (fields.protocol === "SAML" ? newSaml(fields, now) : newOidc(fields, now)) as WorldIdentityProvider;
}

function newOidc(fields: Fields, now: number): Fields {
  const idpType = fields.idpType ?? "WORKFORCE";
  return {
    ...(idpType === "WORKFORCE" ? workforceOnly : {}),
    audience: null,
    authorizationType: "GROUP",
    createdAt: timestamp(now),
    description: null,
    displayName: "OIDC",
    groupsClaim: null,
    id: newObjectId(now),
    idpType,
    issuerUri: "",
    oktaIdpId: null,
    protocol: "OIDC",
    updatedAt: null,
    userClaim: "sub",
    ...fields,
  };
}

/** Only the console creates SAML providers, so a client of the API never owns one. */
function newSaml(fields: Fields, now: number): Fields {
  const legacyId = fields.oktaIdpId ?? `0oa${randomBytes(9).toString("hex").slice(0, 17)}`;
  return {
    acsUrl: `https://auth.mongodb.com/sso/saml2/${legacyId}`,
    associatedDomains: [],
    audienceUri: "https://www.okta.com/saml2/service-provider/sp",
    createdAt: timestamp(now),
    description: "",
    displayName: "SAML",
    id: newObjectId(now),
    idpType: "WORKFORCE",
    issuerUri: "urn:idp:default",
    oktaIdpId: legacyId,
    pemFileInfo: { certificates: [], fileName: null },
    protocol: "SAML",
    requestBinding: "HTTP-POST",
    responseSignatureAlgorithm: "SHA-256",
    slug: "",
    ssoDebugEnabled: true,
    ssoUrl: "http://localhost",
    status: "ACTIVE",
    updatedAt: null,
    ...fields,
  };
}

/** As the API answers it: with the organizations that it is connected to. */
export function identityProviderBody(federation: Federation, provider: WorldIdentityProvider) {
  return inKeyOrder({
    ...provider,
    associatedOrgs: orgsConnectedTo(federation, provider).map((org) => inKeyOrder(org)),
  });
}
