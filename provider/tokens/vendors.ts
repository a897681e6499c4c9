import { ENTRA_HOSTS } from "../../schema/issuers.ts";
import { type Phrase, phrase } from "../../schema/phrase.ts";

/** Where, at a known identity provider, what a finding is about is set. */
export type Topic =
  | "jwt"
  | "issuer"
  | "audience"
  | "version"
  | "type"
  | "algorithm"
  | "keys"
  | "claims"
  | "groups"
  | "user";

export type Vendor = "entra" | "okta" | "ping" | "google" | "keycloak" | "auth0" | "github" | "kubernetes" | "cognito";

const ENTRA_V1_HOST = "sts.windows.net";

const HOSTS: readonly [Vendor, RegExp][] = [
  ["okta", /\.(okta|oktapreview|okta-emea|okta-gov)\.com$/],
  ["ping", /^auth\.pingone\.[a-z.]+$|\.pingidentity\.com$/],
  ["google", /^accounts\.google\.com$/],
  ["auth0", /\.auth0\.com$/],
  ["cognito", /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/],
  ["github", /^token\.actions\.githubusercontent\.com$/],
  ["kubernetes", /^(oidc\.eks\.[a-z0-9-]+\.amazonaws\.com|container\.googleapis\.com|.+\.oic\.prod-aks\.azure\.com)$/],
];

/** Those of tokens of version 2, and the one of version 1. */
export function isEntraHost(hostname: string): boolean {
  return hostname === ENTRA_V1_HOST || Object.values<string>(ENTRA_HOSTS).includes(hostname);
}

/** Whose issuer this is, as far as the address tells. */
export function vendorOf(issuer: unknown): Vendor | undefined {
  if (typeof issuer !== "string") return undefined;
  if (last?.issuer !== issuer) last = { issuer, vendor: vendorAt(issuer) };
  return last.vendor;
}

/** One issuer is asked for several times a token, and tokens of one issuer come in a row. */
let last: { readonly issuer: string; readonly vendor: Vendor | undefined } | undefined;

function vendorAt(issuer: string): Vendor | undefined {
  if (!URL.canParse(issuer)) return undefined;
  const { hostname, pathname } = new URL(issuer);
  if (/\/realms\/[^/]+\/?$/.test(pathname)) return "keycloak";
  if (isEntraHost(hostname)) return "entra";
  return HOSTS.find(([, host]) => host.test(hostname))?.[0];
}

const ENTRA_APP = "Microsoft Entra admin center > App registrations > (the application)";
const OKTA_SERVER = "Okta Admin Console > Security > API > Authorization Servers > (the server)";
const PING_APP = "PingOne > Applications > (the application)";
const KEYCLOAK_CLIENT = "Keycloak Admin Console > Clients > (the client)";
const AUTH0_API = "Auth0 Dashboard > Applications > APIs > (the API)";

const SCREENS: Readonly<Record<Vendor, Partial<Record<Topic, string>>>> = {
  entra: {
    jwt: `${ENTRA_APP} > Expose an API > Scopes defined by this API`,
    issuer: `${ENTRA_APP} > Overview > Endpoints > OpenID Connect metadata document`,
    audience: `${ENTRA_APP} > Overview > Application (client) ID; Expose an API > Application ID URI`,
    version: `${ENTRA_APP} > Manifest > requestedAccessTokenVersion`,
    claims: `${ENTRA_APP} > Token configuration > Add optional claim > Access`,
    groups: `${ENTRA_APP} > Token configuration > Add groups claim`,
    user: "Microsoft Entra admin center > Enterprise applications > (the application) > Object ID",
  },
  okta: {
    jwt: "Okta Admin Console > Security > API > Authorization Servers",
    issuer: `${OKTA_SERVER} > Settings > Issuer`,
    audience: `${OKTA_SERVER} > Settings > Audience`,
    keys: `${OKTA_SERVER} > Settings > Signing Keys`,
    claims: `${OKTA_SERVER} > Claims > Access Token`,
    groups: `${OKTA_SERVER} > Claims > Access Token > groups > Filter`,
  },
  ping: {
    jwt: "PingOne > Applications > Resources > Add Resource",
    issuer: `${PING_APP} > Configuration > URLs > Issuer`,
    audience: "PingOne > Applications > Resources > (the resource) > Audience",
    type: "PingOne > Applications > Resources > (the resource)",
    claims: "PingOne > Applications > Resources > (the resource) > Attributes",
    groups: "PingOne > Applications > Resources > (the resource) > Attributes",
  },
  google: {
    jwt: "the program: an identity token (metadata server, .../service-accounts/default/identity?audience=...), no access token",
    audience: "the audience that the program asks for (TOKEN_RESOURCE in the connection string)",
    user: "Google Cloud console > IAM & Admin > Service Accounts > (the account) > Details > Unique ID",
  },
  keycloak: {
    issuer: "Keycloak Admin Console > Realm settings > General > Endpoints",
    audience: `${KEYCLOAK_CLIENT} > Client scopes > (client)-dedicated > Mappers > Audience`,
    type: `${KEYCLOAK_CLIENT} > Advanced > Use "at+jwt" as access token header type`,
    algorithm: `${KEYCLOAK_CLIENT} > Advanced > Access token signature algorithm`,
    keys: "Keycloak Admin Console > Realm settings > Keys",
    claims: `${KEYCLOAK_CLIENT} > Client scopes > (client)-dedicated > Mappers`,
    groups: `${KEYCLOAK_CLIENT} > Client scopes > (client)-dedicated > Mappers > Group Membership > Full group path`,
  },
  auth0: {
    jwt: `${AUTH0_API} > Settings > Identifier, which the application asks for as audience`,
    issuer: "Auth0 Dashboard > Applications > (the application) > Settings > Domain (with a slash at its end)",
    audience: `${AUTH0_API} > Settings > Identifier`,
    type: `${AUTH0_API} > Settings > JSON Web Token (JWT) Profile`,
    algorithm: `${AUTH0_API} > Settings > JSON Web Token (JWT) Signing Algorithm`,
    claims: "Auth0 Dashboard > Actions > Triggers > post-login",
    groups: "Auth0 Dashboard > Actions > Triggers > post-login",
  },
  cognito: {
    issuer: "Amazon Cognito console > User pools > (the pool) > Overview > Token signing key URL, without its end",
    claims: "Amazon Cognito console > User pools > (the pool) > Extensions > Lambda triggers > Pre token generation",
  },
  github: { audience: "the workflow file: the audience that the step asks for (getIDToken, or &audience=)" },
  kubernetes: { audience: "the pod's manifest: volumes > projected > serviceAccountToken > audience" },
};

/** The fix of a finding with the screen where it is done, if the identity provider is one that is known. */
export function fixAt(fix: Phrase, issuer: unknown, topic: Topic): Phrase {
  return fixOf(fix, vendorOf(issuer), topic);
}

/** The same, where it is known otherwise whose token it is. */
export function fixOf(fix: Phrase, vendor: Vendor | undefined, topic: Topic): Phrase {
  const screen = vendor === undefined ? undefined : SCREENS[vendor][topic];
  return screen === undefined ? fix : phrase`${fix}\nWhere: ${screen}`;
}
