import { FLOWS, type GuidePart, type GuideTo, groupsPart, LIFETIME, type Limit, REDIRECT_URI } from "./guide.ts";

const metadata = (preflight: string): GuidePart<"issuerUri"> => ({
  title: "Find the issuer",
  steps: [
    {
      text: "Open the metadata document, {issuer}/.well-known/openid-configuration. Copy `issuer` character by character.",
      gives: ["issuerUri"],
    },
    `Run ${preflight}. It fetches the document and the signing keys as MongoDB does, and reports every problem.`,
  ],
});

const SIGNED =
  "Set the format of access tokens to JWT, signed with RS256. MongoDB rejects opaque tokens, symmetric signatures (HS256), tokens without a key id (kid) and the token type at+jwt.";

const opaque: Limit = {
  problem: "The provider issues opaque access tokens. MongoDB supports JSON Web Tokens only.",
  fix: "Change the format of access tokens at the provider.",
};

const ID_TOKEN =
  "mongosh 2.3.0 and newer can send the ID token instead: idTokenAsAccessToken of connection(), or --oidcIdTokenAsAccessToken. The audience then is the client id, and the claims must be in the ID token";

const severalAudiences: Limit = {
  problem: "The token lists several audiences. MongoDB 7.0.7 and newer rejects it, even if one audience matches.",
  fix: "Remove the other audiences at the provider.",
};

const nestedClaims: Limit = {
  problem: "The groups are nested in another claim, such as realm_access.roles. MongoDB reads top-level claims only.",
  fix: "Map the groups to a top-level claim whose value is a list of strings.",
};

export const oidcGuide: GuideTo<"oidc"> = {
  preset: "oidc",
  summary:
    "People log in to MongoDB with mongosh and Compass through any provider with standard metadata: Keycloak, Auth0, ForgeRock, ADFS and others. Programs get an application and an audience of their own (mongofed idp guide oidcWorkload).",
  parts: [
    metadata("mongofed idp preflight ISSUER --workforce"),
    {
      title: "Register an application",
      steps: [
        "Create a public client. Some providers call it a native application. It has no secret.",
        `Redirect URI: ${REDIRECT_URI}.`,
        `Grant types: Authorization Code with PKCE (S256), and Refresh Token. Add Device Authorization only where you need it. ${FLOWS}`,
        "Limit the application to the groups that may log in.",
        { text: "Copy the client id.", gives: ["clientId"] },
      ],
    },
    {
      title: "Set the audience and the format of access tokens",
      steps: [
        {
          text: "Give the application's access tokens one audience of your own, such as mongodb. Some providers use the client id. Do not share the audience with another service.",
          gives: ["audience"],
        },
        SIGNED,
      ],
    },
    {
      title: "Only if a scope selects the audience or the groups",
      optional: true,
      steps: [{ text: "Create the scope, allow it for the application, and pass it.", gives: ["requestedScopes"] }],
    },
    {
      title: "Set the claims",
      steps: [
        "Groups: add a top-level claim named groups to the access token, a list of group ids or names. If the claim has another name, write groupsClaim after the preset.",
        "People: check that sub is in the access token, and is an id that the provider never assigns again. To use another claim, write userClaim after the preset.",
        "Look at a token: mongofed token explain prints it and names the screen for every problem.",
      ],
    },
    {
      title: "Set refresh tokens and lifetimes",
      steps: [
        "Allow refresh tokens, by the scope offline_access or by the provider's own setting. mongosh and Compass request offline_access where the metadata document lists it.",
        `Set the access token lifetime. ${LIFETIME}.`,
      ],
    },
    {
      title: "Only with Keycloak",
      optional: true,
      steps: [
        "Issuer: https://{host}/realms/{realm}. Realm settings, General, Endpoints links the document.",
        "Clients, Create client, OpenID Connect. Client authentication: Off. Turn on Standard flow, and OAuth 2.0 Device Authorization Grant only where you need it. Advanced: PKCE method S256.",
        "Client scopes, the dedicated scope, Add mapper, By configuration: Audience (Included Custom Audience) and Group Membership (Token Claim Name groups, Full group path Off). Turn on Add to access token in both.",
        "Keycloak adds the audience account to tokens. In the dedicated scope, Scope, turn Full scope allowed off. If account remains, remove the client scope roles from the client. Client scopes, Evaluate shows the token.",
        "Keep the client scope basic: it puts sub into the token. Realm settings, Tokens, sets the lifetimes. Refresh tokens need no scope; offline_access makes sessions that outlive a logout.",
      ],
    },
    {
      title: "Only with Auth0",
      optional: true,
      steps: [
        "Issuer: https://{tenant}.{region}.auth0.com/, with the slash at its end.",
        `Auth0 adds its userinfo address to the audience whenever a client requests openid, as mongosh does. MongoDB rejects such access tokens. ${ID_TOKEN}.`,
        "Applications, Create Application, Native. Advanced Settings, Grant Types: as above.",
        "Actions, Triggers, post-login: set a claim with a namespace, such as https://example.com/groups, by api.idToken.setCustomClaim. Auth0 reserves the name groups. Write its full name as groupsClaim after the preset.",
      ],
    },
    {
      title: "Only with ForgeRock",
      optional: true,
      steps: [
        "The issuer depends on the realm: copy it from the document that lies under the issuer itself, not under another path of the realm.",
        "OAuth2 Provider service, Core: Use Client-Based Access & Refresh Tokens. Advanced: OAuth2 Token Signing Algorithm RS256.",
        "An access token modification script adds groups. Check that sub and aud are single texts.",
      ],
    },
    {
      title: "Only with ADFS, Windows Server 2019 or newer",
      optional: true,
      steps: [
        "Compare issuer with access_token_issuer in the metadata document. Access tokens carry the second, usually http://{host}/adfs/services/trust. MongoDB finds no metadata document there.",
        `${ID_TOKEN}. Compass has the option Use ID token instead of Access Token. Programs cannot use ADFS this way.`,
        "Application Groups: a native application with a Web API. Issuance Transform Rules add the groups as a claim. Permit the scopes openid and allatclaims, and pass allatclaims, so that the claims reach the ID token.",
      ],
    },
  ],
  userClaim:
    "sub: the id of the person at most providers. A mail address or login name (email, preferred_username, upn) can pass to another person, who then gets the access.",
  limits: [opaque, severalAudiences, nestedClaims],
  access: { resource: "OidcRole", input: 'group: "…"' },
};

export const oidcWorkloadGuide: GuideTo<"oidcWorkload"> = {
  preset: "oidcWorkload",
  summary:
    "Programs log in to MongoDB with a driver and a callback, through any provider with standard metadata: Keycloak, Auth0, ForgeRock and others. Register them apart from the application that people log in with.",
  parts: [
    metadata("mongofed idp preflight ISSUER"),
    {
      title: "Set the audience and the format of access tokens",
      steps: [
        {
          text: "Give the access tokens of programs one audience of your own, such as mongodb-programs.",
          gives: ["audience"],
        },
        SIGNED,
      ],
    },
    {
      title: "Register each program",
      steps: [
        "Create a confidential client with the grant type Client Credentials.",
        "Request a token once and look at it. Its sub is the principal of the FederatedUser.",
        "Keycloak: turn on Client authentication and Service accounts roles; sub is the id of the service account's user. Auth0: a Machine to Machine application, authorized for the API; sub is {client id}@clients.",
        "The program's callback requests a token at token_endpoint of the metadata document.",
      ],
    },
    groupsPart(
      "Add a top-level claim named groups to the access token, a list of strings. If the claim has another name, write groupsClaim after the preset.",
    ),
  ],
  userClaim:
    "sub: the client id, or the id of the service account. MongoDB's documentation says not to use another claim for programs.",
  limits: [
    opaque,
    severalAudiences,
    nestedClaims,
    {
      problem:
        "Access tokens of ADFS carry access_token_issuer as their issuer, where MongoDB finds no metadata document.",
      fix: "Register programs at another provider.",
    },
  ],
  access: { resource: "FederatedUser", input: 'principal: "…"' },
};
