import { FLOWS, type GuidePart, type GuideTo, LIFETIME, REDIRECT_URI } from "./guide.ts";

const domain: GuidePart<"domain"> = {
  title: "Note your domain",
  steps: [
    {
      text: "In the Admin Console, open the menu under your name at the top right: example.okta.com, without -admin.",
      gives: ["domain"],
    },
  ],
};

const ORG_SERVER = {
  problem:
    "The org authorization server (issuer https://{domain}) makes access tokens that nobody but Okta can verify, and that carry no groups.",
  fix: "Use a custom authorization server; in production it needs the product API Access Management.",
};

export const oktaGuide: GuideTo<"okta"> = {
  preset: "okta",
  summary:
    "People log into MongoDB with mongosh and Compass through Okta. Programs get an application and an audience of their own (mongofed idp guide oktaWorkload).",
  parts: [
    domain,
    {
      title: "Register an application",
      steps: [
        { text: "Admin Console, Applications, Applications, Create App Integration." },
        { text: "Sign-in method: OIDC - OpenID Connect. Application type: Native Application. Next." },
        {
          text: `Grant types: Authorization Code and Refresh Token; Device Authorization only where it is needed. ${FLOWS}`,
        },
        { text: `Sign-in redirect URIs: ${REDIRECT_URI}, and no other. Sign-out redirect URIs: none.` },
        { text: "Assignments: the groups that may log in. Save." },
        {
          text: 'General: check that Require PKCE as additional verification is on, and copy "Client ID".',
          gives: ["clientId"],
        },
      ],
    },
    {
      title: "Make an authorization server",
      steps: [
        {
          text: "Security, API, Authorization Servers, Add Authorization Server. Audience: the client id of the application, which the preset takes for granted; with another audience, or another server than default, give it.",
          gives: ["audience"],
        },
        {
          text: 'Copy the last part of its "Issuer URI", behind /oauth2/: default, or aus….',
          gives: ["authorizationServer"],
        },
        {
          text: "Access Policies: add a policy for the application, and a rule that allows Authorization Code (and Device Authorization), with the scopes openid and offline_access.",
        },
        {
          text: `In the same rule, access token lifetime. ${LIFETIME}. Refresh tokens: the preset asks for offline_access; their lifetime stands in the rule too.`,
        },
      ],
    },
    {
      title: "Put groups into the token",
      steps: [
        {
          text: "In the authorization server: Claims, Add Claim. Name: groups. Include in token type: Access Token, Always.",
        },
        {
          text: "Value type: Groups. Filter: as narrow as can be, such as Starts with mongodb-. Include in: Any scope. Create.",
        },
        { text: "Token Preview, with the application and a person, shows the token as it will be." },
      ],
    },
  ],
  userClaim:
    "uid: the id of the person in Okta, for ever. sub of Okta's access tokens is the login, usually a mail address, which changes and passes to whoever gets it next, access included.",
  limits: [
    ORG_SERVER,
    {
      problem: "Okta puts 100 groups into a claim at most, and leaves the others out in silence.",
      fix: "Narrow the filter of the claim to the groups that MongoDB knows.",
    },
    {
      problem: "Groups are carried by name: a group that is renamed in Okta loses its access.",
      fix: "Change the group of the OidcRole at the same time.",
    },
  ],
  access: { resource: "OidcRole", input: 'group: "mongodb-dba"' },
};

export const oktaWorkloadGuide: GuideTo<"oktaWorkload"> = {
  preset: "oktaWorkload",
  summary:
    "Programs log into MongoDB with a driver and a callback, as applications of Okta. Make an authorization server for programs, apart from that of people.",
  parts: [
    domain,
    {
      title: "Make an authorization server",
      steps: [
        {
          text: "Security, API, Authorization Servers, Add Authorization Server. Audience: a value of your own, such as mongodb-programs.",
          gives: ["audience"],
        },
        {
          text: 'Copy the last part of its "Issuer URI", behind /oauth2/.',
          gives: ["authorizationServer"],
        },
        {
          text: "Scopes: add one, such as mongodb. Okta issues no token by client credentials without a scope of your own.",
        },
      ],
    },
    {
      title: "Register each program",
      steps: [
        { text: "Applications, Create App Integration, API Services. Copy its Client ID: it is the principal." },
        {
          text: "Access Policies of the authorization server: a policy for these applications, with a rule that allows Client Credentials and the scope. The rule also sets how long a token lives.",
        },
        { text: "The program's callback asks {issuer}/v1/token by client credentials, with the scope." },
      ],
    },
    {
      title: 'Put groups into the token, only with authorizationType "GROUP"',
      optional: true,
      steps: [
        {
          text: "Applications are in no group of Okta. Add a claim named groups, type Access Token, of value type Expression, that says what you want by app.clientId.",
          gives: ["authorizationType"],
        },
      ],
    },
  ],
  userClaim: "sub: the client id of the application. MongoDB's documentation says not to change it for programs.",
  limits: [ORG_SERVER],
  access: { resource: "FederatedUser", input: 'principal: "0oa…"' },
};
