import { FLOWS, type GuidePart, type GuideTo, groupsPart, LIFETIME, type Limit, REDIRECT_URI } from "./guide.ts";

type Shared = "tenantId" | "applicationId";

const metadata: GuidePart<Shared> = {
  title: "Copy the values",
  steps: [
    {
      text: 'Open Overview. Copy "Application (client) ID", not "Object ID", and "Directory (tenant) ID".',
      gives: ["tenantId", "applicationId"],
    },
    'To check the issuer: Endpoints, "OpenID Connect metadata document", without /.well-known/openid-configuration. The preset builds the same issuer from the tenant id.',
  ],
};

const groupsClaim = (who: string) => [
  "Open Token configuration under Manage, and click Add groups claim.",
  `Select Security groups. If a member is in more than 200 groups, select Groups assigned to the application instead. Select another kind only if ${who} are in groups of that kind.`,
  "Under Customize token properties by type, Access: select Group ID and nothing else. Click Add.",
];

const overage: Limit = {
  problem:
    "A member of more than 200 groups gets a token without groups. Entra ID puts a pointer to Microsoft Graph in their place (_claim_names, hasgroups), which MongoDB does not follow. Only these members cannot log in.",
  fix: 'Select "Groups assigned to the application" in the groups claim, and assign the few groups that MongoDB needs under Enterprise applications, the application, Users and groups.',
};

const notByName: Limit = {
  problem:
    "Tokens carry the object ids of groups, not their names. A role that is named after a group's name is never granted.",
  fix: 'Give entraGroup() the "Object Id" of the group: Entra admin center, Groups, the group, Overview.',
};

const version: Limit = {
  problem:
    "MongoDB rejects tokens of version 1 (issuer https://sts.windows.net/…) although the manifest says 2, because a cache still holds old tokens.",
  fix: "Wait some minutes, log out and log in again.",
};

export const entraWorkforceGuide: GuideTo<"entraWorkforce"> = {
  preset: "entraWorkforce",
  summary:
    "People log in to MongoDB with mongosh and Compass through Microsoft Entra ID. Register an application for people only. Programs get an application of their own (mongofed idp guide entraWorkload).",
  parts: [
    {
      title: "Register an application",
      steps: [
        "In the Azure portal, search for Microsoft Entra ID and open it.",
        "Open App registrations under Manage, and click New registration.",
        "Name: a name that people recognize when they log in, such as MongoDB Database - Workforce.",
        "Supported account types: Accounts in this organizational directory only (single tenant).",
        `Redirect URI: platform Public client/native (mobile & desktop), ${REDIRECT_URI}. Register.`,
      ],
    },
    {
      title: "Ask for version 2 tokens",
      steps: [
        "Open Manifest under Manage.",
        "Set requestedAccessTokenVersion (accessTokenAcceptedVersion in the older form) from null to 2. Click Save. Null means version 1, which has another issuer and audience.",
      ],
    },
    { title: "Add the groups claim", steps: groupsClaim("your people") },
    {
      title: "Add a name for the logs",
      optional: true,
      steps: [
        "Token configuration, Add optional claim, token type Access.",
        "Select email or upn, and click Add. The claim names the person in MongoDB's logs. mongofed does not use it to identify anyone.",
        "Select the check box that turns on the Microsoft Graph permissions (email, profile). Click Add.",
      ],
    },
    {
      title: "Expose an API",
      optional: true,
      steps: [
        "Skip this step unless your policies require a named scope. The application requests a token for itself, with the scope {application id}/.default. For a named scope: Expose an API, Application ID URI, Add a scope. Then write requestedScopes after the preset.",
      ],
    },
    {
      title: "Set flows, refresh tokens and lifetime",
      steps: [
        FLOWS,
        "Device authorization needs Authentication, Advanced settings, Allow public client flows: Yes.",
        "Refresh tokens need no setting: the preset requests the scope offline_access.",
        `${LIFETIME}. Entra ID issues access tokens for 60 to 90 minutes. Assign a token lifetime policy (Microsoft Graph, tokenLifetimePolicies) to the application to change this.`,
      ],
    },
    metadata,
  ],
  userClaim:
    "oid: the object id of the person. It is the same in every application and never assigned again. A mail address or login name (email, upn) can pass to another person, who then gets the access. sub is as safe, but it differs between applications, and no portal shows it.",
  limits: [overage, notByName, version],
  access: { resource: "OidcRole", input: 'group: entraGroup("…")' },
};

export const entraWorkloadGuide: GuideTo<"entraWorkload"> = {
  preset: "entraWorkload",
  summary:
    "Programs log in to MongoDB with a driver, as managed identities or service principals of Microsoft Entra ID. Register an application for programs only, apart from the one that people log in with.",
  parts: [
    {
      title: "Register an application",
      steps: [
        "In the Azure portal, search for Microsoft Entra ID and open it.",
        "Open App registrations under Manage, and click New registration.",
        "Name: a name such as MongoDB Database - Workload.",
        "Supported account types: Accounts in this organizational directory only (single tenant).",
        "Redirect URI: platform Web, left empty, because no browser takes part. Click Register.",
      ],
    },
    {
      title: "Expose an API",
      steps: [
        "Open Expose an API, and click Add beside Application ID URI. Keep the proposed value, api://{application id}.",
        "Programs request a token for this URI or for the application id. It is TOKEN_RESOURCE in the driver's connection string, and the scope {URI}/.default of a callback.",
      ],
    },
    {
      title: "Ask for version 2 tokens",
      steps: [
        "Open Manifest under Manage.",
        "Set requestedAccessTokenVersion (accessTokenAcceptedVersion in the older form) from null to 2. Click Save. The audience of a version 2 token is the application id, even if the program requests the URI.",
      ],
    },
    {
      title: "Only with version 1 tokens",
      optional: true,
      steps: [
        {
          text: "Look at `ver` and `aud` of a token. Write tokenVersion: 1 for ver 1.0, and applicationIdUri if aud is another URI than api://{application id}.",
          gives: ["tokenVersion", "applicationIdUri"],
        },
      ],
    },
    groupsPart("Skip this part if each program has access by itself, which is usual.", ...groupsClaim("your programs")),
    metadata,
    {
      title: "Find the object id of each program",
      steps: [
        'Managed identity: pass "Object (principal) ID" on its Overview to entraManagedIdentity(). A system-assigned identity shows it under Identity, on the page of the virtual machine. If a machine has several identities, the driver needs the client id as user name.',
        'Service principal: pass "Object ID" under Enterprise applications to entraServicePrincipal(). App registrations shows another id.',
      ],
    },
  ],
  userClaim:
    "sub: the object id of the program's service principal. MongoDB's documentation says not to change the claim. Programs have no mail address.",
  limits: [
    {
      problem: "The driver's built-in authentication works only for managed identities on Azure virtual machines.",
      fix: "Elsewhere, and for service principals with a secret or certificate, write a callback that gets the token (MSAL).",
    },
    { ...overage, problem: `With authorizationType "GROUP": ${overage.problem}` },
    notByName,
    version,
  ],
  access: { resource: "FederatedUser", input: 'principal: entraManagedIdentity("…")' },
};
