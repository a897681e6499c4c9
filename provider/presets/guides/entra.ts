import { FLOWS, type GuidePart, type GuideTo, LIFETIME, type Limit, REDIRECT_URI } from "./guide.ts";

type Shared = "tenantId" | "applicationId";

const metadata: GuidePart<Shared> = {
  title: "Take the values with you",
  steps: [
    {
      text: 'Open Overview. Copy "Application (client) ID", not "Object ID", and "Directory (tenant) ID".',
      gives: ["tenantId", "applicationId"],
    },
    {
      text: 'To check the issuer: Endpoints, "OpenID Connect metadata document", without /.well-known/openid-configuration. The preset makes the same of the tenant id.',
    },
  ],
};

const groupsClaim = (who: string) => [
  { text: "Open Token configuration under Manage, and Add groups claim." },
  {
    text: `Select Security groups; or Groups assigned to the application, if anybody is in more than 200 groups. Another kind only if ${who} are in groups of that kind.`,
  },
  { text: "Under Customize token properties by type, Access: select Group ID and nothing else. Add." },
];

const overage: Limit = {
  problem:
    "Whoever is in more than 200 groups gets a token without groups: Entra ID leaves a pointer to Microsoft Graph in their place (_claim_names, hasgroups), which MongoDB does not follow. The login fails for these people only.",
  fix: 'Select "Groups assigned to the application" in the groups claim, and assign the few groups that matter under Enterprise applications, the application, Users and groups.',
};

const notByName: Limit = {
  problem: "Tokens carry the object ids of groups, not their names: a role for a name is never granted.",
  fix: 'Give entraGroup() the "Object Id" of the group: Entra admin center, Groups, the group, Overview.',
};

const version: Limit = {
  problem:
    "Tokens of version 1 (issuer https://sts.windows.net/…) are refused although the manifest says 2: old tokens are still in a cache.",
  fix: "Wait some minutes, log out and in again.",
};

export const entraWorkforceGuide: GuideTo<"entraWorkforce"> = {
  preset: "entraWorkforce",
  summary:
    "People log into MongoDB with mongosh and Compass through Microsoft Entra ID. Register an application for people alone: programs get one of their own (mongofed idp guide entraWorkload).",
  parts: [
    {
      title: "Register an application",
      steps: [
        { text: "In the Azure portal, search for Microsoft Entra ID and open it." },
        { text: "Open App registrations under Manage, and click New registration." },
        { text: "Name: one that people recognize when they log in, such as MongoDB Database - Workforce." },
        { text: "Supported account types: Accounts in this organizational directory only (single tenant)." },
        { text: `Redirect URI: platform Public client/native (mobile & desktop), ${REDIRECT_URI}. Register.` },
      ],
    },
    {
      title: "Ask for version 2 tokens",
      steps: [
        { text: "Open Manifest under Manage." },
        {
          text: "Set requestedAccessTokenVersion (accessTokenAcceptedVersion in the older form) from null to 2. Save. Null means version 1, whose issuer and audience are others.",
        },
      ],
    },
    { title: "Put groups into the token, by their ids", steps: groupsClaim("your people") },
    {
      title: "Put a name for the logs into the token",
      optional: true,
      steps: [
        { text: "Token configuration, Add optional claim, token type Access." },
        { text: "Select email or upn: it tells who somebody is in MongoDB's logs, and identifies nobody. Add." },
        { text: "When asked, check the box that turns on the Microsoft Graph permissions (email, profile). Add." },
      ],
    },
    {
      title: "Expose an API",
      optional: true,
      steps: [
        {
          text: "Not needed: the application asks for a token for itself, by the scope {application id}/.default. Only if your policies want a named scope: Expose an API, Application ID URI, Add a scope; then give requestedScopes yourself, behind the preset.",
        },
      ],
    },
    {
      title: "Flows, refresh and lifetime",
      steps: [
        { text: FLOWS },
        { text: "Device authorization needs Authentication, Advanced settings, Allow public client flows: Yes." },
        { text: "Refresh tokens need nothing here: the preset asks for the scope offline_access." },
        {
          text: `${LIFETIME}. Entra ID issues access tokens for 60 to 90 minutes; a token lifetime policy (Microsoft Graph, tokenLifetimePolicies) assigned to the application changes that.`,
        },
      ],
    },
    metadata,
  ],
  userClaim:
    "oid: the object id of the person, the same in every application, never given to anybody else. A mail address or login name (email, upn) changes with a marriage and passes to whoever gets it next, access included. sub is as safe, but another one for every application, so that no portal shows it.",
  limits: [overage, notByName, version],
  access: { resource: "OidcRole", input: 'group: entraGroup("…")' },
};

export const entraWorkloadGuide: GuideTo<"entraWorkload"> = {
  preset: "entraWorkload",
  summary:
    "Programs log into MongoDB with a driver, as managed identities or service principals of Microsoft Entra ID. Register an application for programs alone, apart from the one that people log in with.",
  parts: [
    {
      title: "Register an application",
      steps: [
        { text: "In the Azure portal, search for Microsoft Entra ID and open it." },
        { text: "Open App registrations under Manage, and click New registration." },
        { text: "Name: such as MongoDB Database - Workload." },
        { text: "Supported account types: Accounts in this organizational directory only (single tenant)." },
        { text: "Redirect URI: platform Web, left empty: no browser takes part. Register." },
      ],
    },
    {
      title: "Expose an API",
      steps: [
        {
          text: "Open Expose an API, and click Add beside Application ID URI. Keep what Entra ID proposes, api://{application id}.",
        },
        {
          text: "Programs ask for a token for this URI or for the application id: it is TOKEN_RESOURCE in the driver's connection string, and the scope {URI}/.default of a callback.",
        },
      ],
    },
    {
      title: "Ask for version 2 tokens",
      steps: [
        { text: "Open Manifest under Manage." },
        {
          text: "Set requestedAccessTokenVersion (accessTokenAcceptedVersion in the older form) from null to 2. Save. The audience of a version 2 token is the application id, whatever URI was asked for.",
        },
      ],
    },
    {
      title: "Only where it stays at version 1, or tokens carry the Application ID URI",
      optional: true,
      steps: [
        {
          text: "Look at a token: `ver`, `iss` and `aud`. Give tokenVersion: 1 for ver 1.0; applicationIdUri if aud is another URI than the preset's.",
          gives: ["tokenVersion", "applicationIdUri"],
        },
      ],
    },
    {
      title: 'Put groups into the token, only with authorizationType "GROUP"',
      optional: true,
      steps: [
        {
          text: "Usual is access for each program by itself; then skip this. Else:",
          gives: ["authorizationType"],
        },
        ...groupsClaim("your programs"),
      ],
    },
    metadata,
    {
      title: "Find each program's object id",
      steps: [
        {
          text: 'A managed identity: "Object (principal) ID" on its Overview; a system-assigned one: Identity, on the page of the virtual machine. For entraManagedIdentity(). Its client id is for the driver (user name), where a machine has several.',
        },
        {
          text: 'A service principal: "Object ID" under Enterprise applications, not under App registrations. For entraServicePrincipal().',
        },
      ],
    },
  ],
  userClaim:
    "sub: for a program it is the object id of its service principal. MongoDB's documentation says not to change it. Programs have no mail address.",
  limits: [
    {
      problem: "The driver's built-in authentication is for managed identities on Azure virtual machines.",
      fix: "Elsewhere, and for service principals with a secret or certificate, give the driver a callback that gets the token (MSAL).",
    },
    { ...overage, problem: `With authorizationType "GROUP": ${overage.problem}` },
    notByName,
    version,
  ],
  access: { resource: "FederatedUser", input: 'principal: entraManagedIdentity("…")' },
};
