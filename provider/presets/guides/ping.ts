import { FLOWS, type GuidePart, type GuideTo, groupsPart, LIFETIME, REDIRECT_URI } from "./guide.ts";

const environment: GuidePart<"environmentId" | "domain"> = {
  title: "Find the environment",
  steps: [
    {
      text: 'PingOne admin console, Settings, Environment Properties: "Environment ID".',
      gives: ["environmentId"],
    },
  ],
};

const elsewhere: GuidePart<"domain" | "issuerUri"> = {
  title: "Only outside North America, or with PingFederate, PingAM or a domain of your own",
  optional: true,
  steps: [
    {
      text: "Another region: copy the host of the Issuer, such as auth.pingone.eu, under Applications, the application, Configuration.",
      gives: ["domain"],
    },
    {
      text: "PingFederate, PingAM or your own domain: open the metadata document ({base}/.well-known/openid-configuration) and copy `issuer`, character by character. Omit environmentId.",
      gives: ["issuerUri"],
    },
    "PingFederate: configure the access token manager to issue JSON Web Tokens, signed with RS256, with a key id, the audience and the claims below. Opaque (reference) tokens do not work.",
  ],
};

const resource: Pick<GuidePart, "title"> = { title: "Create a custom resource" };

const OWN_AUDIENCE = {
  problem: "Tokens for the resources OpenID Connect and PingOne API cannot be customized, and MongoDB cannot use them.",
  fix: "Request a scope of the custom resource.",
};

export const pingGuide: GuideTo<"ping"> = {
  preset: "ping",
  summary:
    "People log in to MongoDB with mongosh and Compass through Ping Identity. Programs get an application and an audience of their own (mongofed idp guide pingWorkload).",
  parts: [
    environment,
    {
      ...resource,
      steps: [
        {
          text: "Applications, Resources, add a custom resource. Audience: a value such as mongodb.",
          gives: ["audience"],
        },
        { text: "Scopes: add a scope, such as mongodb:login.", gives: ["scope"] },
        "Attributes: add groups, mapped to Group IDs of the user. Group Names work too, but a renamed group loses its access. Keep sub mapped to the User ID.",
        `Overview: set the access token lifetime. ${LIFETIME}.`,
      ],
    },
    {
      title: "Register an application",
      steps: [
        "Applications, Applications: add an application of type Native.",
        `Configuration: grant type Authorization Code with PKCE enforcement S256_REQUIRED, and Refresh Token. Add Device Authorization only where you need it. ${FLOWS}`,
        `Redirect URIs: ${REDIRECT_URI}. Token endpoint authentication: None.`,
        "Resources: allow the scope of the custom resource. Access: select the groups that may log in. Enable the application.",
        { text: 'Copy "Client ID".', gives: ["clientId"] },
      ],
    },
    elsewhere,
  ],
  userClaim:
    "sub: the user id, which never changes. A mail address or user name can pass to another person, who then gets the access.",
  limits: [
    OWN_AUDIENCE,
    {
      problem: "The access token is opaque, and only the ID token is a JWT.",
      fix: "Set the format of the access token to JWT, as above. mongosh 2.3.0 and newer can also send the ID token (--oidcIdTokenAsAccessToken), whose audience is the client id.",
    },
  ],
  access: { resource: "OidcRole", input: 'group: "…"' },
};

export const pingWorkloadGuide: GuideTo<"pingWorkload"> = {
  preset: "pingWorkload",
  summary:
    "Programs log in to MongoDB with a driver and a callback, as applications of Ping Identity. Create a resource for programs, apart from the one for people.",
  parts: [
    environment,
    {
      ...resource,
      steps: [
        {
          text: "Applications, Resources, add a custom resource. Audience: a value such as mongodb-programs.",
          gives: ["audience"],
        },
        "Scopes: add a scope, such as mongodb:connect.",
        "Attributes: map sub to an advanced expression that returns the application's id. PingOne omits sub from tokens by client credentials, and MongoDB rejects a token without it.",
      ],
    },
    {
      title: "Register each program",
      steps: [
        "Applications: add an application of type OIDC Web App or Worker, grant type Client Credentials. Allow the scope.",
        "Request a token once and look at it. Its sub is the principal of the FederatedUser.",
        "The program's callback requests a token from {issuer}/token by client credentials, with the scope.",
      ],
    },
    elsewhere,
    groupsPart("Add groups under Attributes, as you added sub."),
  ],
  userClaim: "sub, which you map in the resource. MongoDB's documentation says not to use another claim for programs.",
  limits: [OWN_AUDIENCE],
  access: { resource: "FederatedUser", input: 'principal: "…"' },
};
