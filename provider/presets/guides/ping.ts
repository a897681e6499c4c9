import { FLOWS, type GuidePart, type GuideTo, LIFETIME, REDIRECT_URI } from "./guide.ts";

const environment: GuidePart<"environmentId" | "domain"> = {
  title: "Note the environment",
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
      text: "Another region: the host in the Issuer, under Applications, the application, Configuration: auth.pingone.eu.",
      gives: ["domain"],
    },
    {
      text: "Everything else: open the metadata document ({base}/.well-known/openid-configuration) and copy `issuer`, character by character; leave environmentId out.",
      gives: ["issuerUri"],
    },
    {
      text: "PingFederate: the access token manager must make JSON Web Tokens, signed by RS256, with a key id, the audience and the claims that follow. Opaque (reference) tokens do not work.",
    },
  ],
};

const resource: Pick<GuidePart, "title"> = { title: "Make a custom resource" };

const OWN_AUDIENCE = {
  problem: "Tokens for the resources OpenID Connect and PingOne API cannot be customized, and are not for MongoDB.",
  fix: "Ask for a scope of the custom resource.",
};

export const pingGuide: GuideTo<"ping"> = {
  preset: "ping",
  summary:
    "People log into MongoDB with mongosh and Compass through Ping Identity. Programs get an application and an audience of their own (mongofed idp guide pingWorkload).",
  parts: [
    environment,
    {
      ...resource,
      steps: [
        { text: "Applications, Resources, add a custom resource. Audience: such as mongodb.", gives: ["audience"] },
        { text: "Scopes: add one, such as mongodb:login.", gives: ["scope"] },
        {
          text: "Attributes: add groups, mapped to Group Names or, safer against renaming, Group IDs of the user. sub stays the User ID.",
        },
        { text: `Overview: access token lifetime. ${LIFETIME}.` },
      ],
    },
    {
      title: "Register an application",
      steps: [
        { text: "Applications, Applications, add one of type Native." },
        {
          text: `Configuration: grant type Authorization Code with PKCE enforcement S256_REQUIRED, and Refresh Token; Device Authorization only where it is needed. ${FLOWS}`,
        },
        { text: `Redirect URIs: ${REDIRECT_URI}. Token endpoint authentication: None.` },
        { text: "Resources: allow the scope of the custom resource. Access: the groups that may log in. Enable it." },
        { text: 'Copy "Client ID".', gives: ["clientId"] },
      ],
    },
    elsewhere,
  ],
  userClaim:
    "sub: the user id, for ever. A mail address or user name changes and passes to whoever gets it next, access included.",
  limits: [
    OWN_AUDIENCE,
    {
      problem: "The access token is opaque, and only the ID token is a JWT.",
      fix: "Make the access token a JWT as above. Else mongosh can send the ID token (--oidcIdTokenAsAccessToken, 2.3.0 and newer): the audience then is the client id.",
    },
  ],
  access: { resource: "OidcRole", input: 'group: "…"' },
};

export const pingWorkloadGuide: GuideTo<"pingWorkload"> = {
  preset: "pingWorkload",
  summary:
    "Programs log into MongoDB with a driver and a callback, as applications of Ping Identity. Make a resource for programs, apart from that of people.",
  parts: [
    environment,
    {
      ...resource,
      steps: [
        {
          text: "Applications, Resources, add a custom resource. Audience: such as mongodb-programs.",
          gives: ["audience"],
        },
        { text: "Scopes: add one, such as mongodb:connect." },
        {
          text: "Attributes: give sub an advanced expression that yields the application's id. PingOne leaves sub out of tokens by client credentials, and MongoDB refuses a token without it.",
        },
      ],
    },
    {
      title: "Register each program",
      steps: [
        {
          text: "Applications, add one of type OIDC Web App or Worker, grant type Client Credentials. Allow the scope.",
        },
        { text: "What sub says of it is the principal: look at a token once." },
        { text: "The program's callback asks {issuer}/token by client credentials, with the scope." },
      ],
    },
    elsewhere,
    {
      title: 'Put groups into the token, only with authorizationType "GROUP"',
      optional: true,
      steps: [{ text: "Add groups under Attributes in the same way as sub.", gives: ["authorizationType"] }],
    },
  ],
  userClaim:
    "sub, which the resource must be told to set. MongoDB's documentation says not to take another for programs.",
  limits: [OWN_AUDIENCE],
  access: { resource: "FederatedUser", input: 'principal: "…"' },
};
