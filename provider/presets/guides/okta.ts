import { FLOWS, type GuidePart, type GuideTo, groupsPart, LIFETIME, REDIRECT_URI } from "./guide.ts";

const domain: GuidePart<"domain"> = {
  title: "Note your domain",
  steps: [
    {
      text: "In the Admin Console, open the menu under your name at the top right. Copy the domain without -admin: example.okta.com.",
      gives: ["domain"],
    },
  ],
};

const ORG_SERVER = {
  problem:
    "The org authorization server (issuer https://{domain}) issues access tokens that only Okta can verify, and that carry no groups.",
  fix: "Use a custom authorization server. In production it needs the product API Access Management.",
};

export const oktaGuide: GuideTo<"okta"> = {
  preset: "okta",
  summary:
    "People log in to MongoDB with mongosh and Compass through Okta. Programs get an application and an audience of their own (mongofed idp guide oktaWorkload).",
  parts: [
    domain,
    {
      title: "Register an application",
      steps: [
        "Admin Console, Applications, Applications, Create App Integration.",
        "Sign-in method: OIDC - OpenID Connect. Application type: Native Application. Next.",
        `Grant types: Authorization Code and Refresh Token. Add Device Authorization only where you need it. ${FLOWS}`,
        `Sign-in redirect URIs: ${REDIRECT_URI}, and no other. Sign-out redirect URIs: none.`,
        "Assignments: the groups that may log in. Click Save.",
        {
          text: 'General: check that Require PKCE as additional verification is on, and copy "Client ID".',
          gives: ["clientId"],
        },
      ],
    },
    {
      title: "Create an authorization server",
      steps: [
        {
          text: "Security, API, Authorization Servers, Add Authorization Server. Audience: the client id of the application, which is the preset's default. Write audience if you use another value.",
          gives: ["audience"],
        },
        {
          text: 'Copy the last part of its "Issuer URI", behind /oauth2/: default, or aus….',
          gives: ["authorizationServer"],
        },
        "Access Policies: add a policy for the application, and a rule that allows Authorization Code (and Device Authorization), with the scopes openid and offline_access.",
        `Set the access token lifetime in the same rule. ${LIFETIME}. The preset requests offline_access for refresh tokens, whose lifetime is in the rule too.`,
      ],
    },
    {
      title: "Add the groups claim",
      steps: [
        "In the authorization server: Claims, Add Claim. Name: groups. Include in token type: Access Token, Always.",
        "Value type: Groups. Filter: as narrow as possible, such as Starts with mongodb-. Include in: Any scope. Click Create.",
        "Token Preview shows the token of a person in the application.",
      ],
    },
  ],
  userClaim:
    "uid: the id of the person in Okta, which never changes. sub of Okta's access tokens is the login, usually a mail address. It can pass to another person, who then gets the access.",
  limits: [
    ORG_SERVER,
    {
      problem: "Okta puts at most 100 groups into a claim, and omits the others without an error.",
      fix: "Narrow the filter of the claim to the groups that MongoDB needs.",
    },
    {
      problem: "Tokens carry groups by name. A group that you rename in Okta loses its access.",
      fix: "Change the group of the OidcRole at the same time.",
    },
  ],
  access: { resource: "OidcRole", input: 'group: "mongodb-dba"' },
};

export const oktaWorkloadGuide: GuideTo<"oktaWorkload"> = {
  preset: "oktaWorkload",
  summary:
    "Programs log in to MongoDB with a driver and a callback, as applications of Okta. Create an authorization server for programs, apart from the one for people.",
  parts: [
    domain,
    {
      title: "Create an authorization server",
      steps: [
        {
          text: "Security, API, Authorization Servers, Add Authorization Server. Audience: a value of your own, such as mongodb-programs.",
          gives: ["audience"],
        },
        {
          text: 'Copy the last part of its "Issuer URI", behind /oauth2/.',
          gives: ["authorizationServer"],
        },
        "Scopes: add a scope, such as mongodb. Okta issues no token by client credentials without a custom scope.",
      ],
    },
    {
      title: "Register each program",
      steps: [
        "Applications, Create App Integration, API Services. Copy its Client ID, which is the principal.",
        "Access Policies of the authorization server: a policy for these applications, with a rule that allows Client Credentials and the scope. The rule also sets the token lifetime.",
        "The program's callback requests a token from {issuer}/v1/token by client credentials, with the scope.",
      ],
    },
    groupsPart(
      "Applications are not members of groups in Okta. Add a claim named groups, type Access Token, value type Expression, that returns groups by app.clientId.",
    ),
  ],
  userClaim: "sub: the client id of the application. MongoDB's documentation says not to change it for programs.",
  limits: [ORG_SERVER],
  access: { resource: "FederatedUser", input: 'principal: "0oa…"' },
};
