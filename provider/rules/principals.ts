import { PRINCIPAL_NAME_MAX } from "../../schema/access.ts";
import { DEFAULT_GROUPS_CLAIM, DEFAULT_USER_CLAIM } from "../../schema/identity-provider.ts";
import { aResource, input, phrase, program, stack } from "../../schema/phrase.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { count, groupBy } from "./group-by.ts";
import { isEks, isEntra, isGoogle, ofJobs } from "./issuers.ts";
import { planeOf } from "./plane.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";
import { connectionsOf, projectIn, providerOf } from "./relations.ts";
import { about, type Codes, family, type ProgramRule, rulesOf, type Verdict } from "./rule.ts";
import { ATLAS_USERS, WORKFORCE_DOCS, WORKLOAD_DOCS } from "./sources.ts";
import { usedProvider } from "./used-provider.ts";

const codes = {
  FED301: {
    slug: "entra-group-name",
    severity: "warning",
    title: "Name an Entra ID group by its object id.",
    why: "Entra ID tokens list groups by object id, so a name matches no token.",
    fix: "Set group to the object id of the group: Entra admin center, Groups, the group, Overview.",
    example: 'new OidcRole("dba", { projectId, identityProvider: staff, group: "DBA Team", roles })',
    source: `${WORKFORCE_DOCS}, Microsoft Entra ID: groups claim with Group ID only`,
  },
  FED304: {
    slug: "entra-application-id",
    severity: "warning",
    title: "Name an Entra ID program by its object id.",
    why: "The token's `sub` is the object id of the managed identity or service principal, not an application id.",
    fix: "Use the object (principal) id of the managed identity, or of the service principal under Enterprise applications.",
    source: `${WORKLOAD_DOCS}, Microsoft Azure`,
  },
  FED305: {
    slug: "google-mail-address",
    severity: "warning",
    title: "Name a Google service account by its unique id.",
    why: "The token's `sub` is the numeric unique id. The server does not read the claim with the mail address.",
    fix: "Use the unique id of the service account (IAM & Admin, Service Accounts, Details), a number of about 21 digits.",
    source: `${WORKLOAD_DOCS}, Google Cloud`,
  },
  FED306: {
    slug: "pattern-as-name",
    severity: "warning",
    title: "Write group and principal names exactly as tokens carry them.",
    why: "The server compares the whole name character by character. It knows no wildcards and no patterns.",
    fix: "Grant access to each name that tokens carry. To admit all of them, use a claim that they share, such as `repository` of GitHub.",
    example: 'principal: "repo:acme/app:*"',
    source: `${ATLAS_USERS}: username; MongoDB server, lookup of the user by name`,
  },
  FED308: {
    slug: "leading-slash",
    severity: "warning",
    title: "Omit the leading slash of a group.",
    why: "The server joins prefix and group with one slash. For the group /dba in a token it looks for {prefix}/dba.",
    fix: "Remove the leading slash. Or turn off the full group path in the mapper of the identity provider, for example Keycloak.",
    source: "Percona Server for MongoDB, OIDC mechanism; of MongoDB's own server nothing else is known",
  },
  FED309: {
    slug: "role-arn-in-eks",
    severity: "warning",
    title: "Name a pod of EKS by its Kubernetes service account.",
    why: "Tokens of an EKS issuer carry the service account as `sub`. They never carry the ARN of an IAM role.",
    fix: "Use system:serviceaccount:{namespace}:{service account}.",
    example: 'principal: "arn:aws:iam::123456789012:role/orders"',
    source:
      "Kubernetes documentation, service account tokens; Amazon EKS documentation, IAM roles for service accounts",
  },
  FED310: {
    slug: "user-of-group-provider",
    severity: "error",
    title: "Grant individual access only through a provider with authorizationType USER.",
    why: "With GROUP, the server reads only groups from the token and never looks for a user.",
    fix: phrase`Use ${aResource("OidcRole")} for one of their groups, or set ${input("authorizationType")} to USER.`,
    example: 'new FederatedUser("ada", { projectId, identityProvider: staff, principal: "ada", roles: ["read@app"] })',
    source: `${ATLAS_USERS}: oidcAuthType; MongoDB server parameter oidcIdentityProviders, useAuthorizationClaim`,
  },
  FED311: {
    slug: "group-of-user-provider",
    severity: "error",
    title: "Grant group access only through a provider with authorizationType GROUP.",
    why: "With USER, the server reads only the user claim from the token and never looks for groups.",
    fix: phrase`Use ${aResource("FederatedUser")} for each of them, or set ${input("authorizationType")} to GROUP.`,
    example: 'new OidcRole("dba", { projectId, identityProvider: apps, group: "dba", roles: ["readWrite@app"] })',
    source: `${ATLAS_USERS}: oidcAuthType; MongoDB server parameter oidcIdentityProviders, useAuthorizationClaim`,
  },
  FED312: {
    slug: "access-declared-twice",
    severity: "error",
    title: "Declare the access of a group or principal once per project.",
    why: "The server holds one user or role of that name. Two resources would own it, and each would revert the other.",
    fix: "Move the roles of both into one resource and remove the other.",
    source: `${ATLAS_USERS}: username and databaseName are unique in a project (USER_ALREADY_EXISTS)`,
  },
  FED314: {
    slug: "unconnected-provider",
    severity: "warning",
    title: "Connect a new identity provider before you grant access through it.",
    why: "A new identity provider is connected to no organization, so Atlas refuses access through it.",
    fix: phrase`Declare ${aResource("OrgConnection")}, unless another ${stack} connects the provider by its reference.`,
    example:
      'const staff = new IdentityProvider("staff", settings);\nnew OidcRole("dba", { projectId, identityProvider: staff, group, roles });',
    source: `${WORKLOAD_DOCS}: connect an organization, then add users`,
  },
  FED316: {
    slug: "invalid-principal",
    severity: "error",
    title: "Name a group or principal exactly as the token does.",
    why: "mongofed adds the provider's prefix itself. A repeated prefix or a space matches no token. Atlas limits the name to 1,024 characters and has it in a URL.",
    fix: "Write only the value of the token's claim.",
    example: 'group: "5f1e2d3c4b5a69788796a5b4/dba"',
    source: `${ATLAS_USERS}: username is {identity provider id}/{group or user}, at most 1,024 characters`,
  },
  FED335: {
    slug: "repeated-configuration-name",
    severity: "warning",
    title: "Omit the configuration name from groups and principals.",
    why: "mongofed adds the prefix itself. With a repeated prefix, only tokens with the prefix in their claim match.",
    fix: "Write only the value of the token's claim. Ignore this if the claim really begins with the prefix.",
    example: 'group: "corp-entra/dba"',
    source: `${ATLAS_USERS}: username is {identity provider id}/{group or user}`,
  },
  FED334: {
    slug: "subject-of-one-job",
    severity: "warning",
    title: "Name a pipeline by a claim that stays the same from job to job.",
    why: "The `sub` of this vendor names one step or one commit, so the next job would be another principal.",
    fix: phrase`Set ${input("userClaim")} to a claim that stays the same, and the principal to its value.`,
    example: 'principal: "organization:acme:pipeline:app:ref:refs/heads/main:commit:9f31820:step:build"',
    source: "Atlassian Support, Bitbucket Pipelines with OIDC; Buildkite documentation, OIDC claims",
  },
} as const satisfies Codes;

/** The rules over whom something is granted, and through which identity provider. */

const groupRule = rulesOf("OidcRole");
const userRule = rulesOf("FederatedUser");
const accessRule = rulesOf("OidcRole", "FederatedUser");

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Claims of Entra ID that carry the object id of a program. */
const OBJECT_ID_CLAIMS: ReadonlySet<unknown> = new Set([DEFAULT_USER_CLAIM, "oid"]);
/** The identity provider's id and the slash, which stand before every name. */
const PREFIX_LENGTH = 25;

/** The input that says who: `group` or `principal`. */
function whoInput(declaration: Declaration): "group" | "principal" {
  return declaration.kind === "OidcRole" ? "group" : "principal";
}

const userNeedsUserProvider = userRule("FED310", (declaration) => {
  const { authorizationType, idpType, name } = usedProvider(declaration);
  if (authorizationType !== "GROUP") return [];
  const who = { WORKFORCE: "a person", WORKLOAD: "a program" }[idpType ?? ""] ?? "a person or program";
  return [
    about(declaration, "identityProvider", {
      message: `${who} cannot be granted access one by one through ${name}`,
      why: phrase`${name} authorizes by group (${input("authorizationType")} GROUP), so the server never looks for a user.`,
    }),
  ];
});

const roleNeedsGroupProvider = groupRule("FED311", (declaration) => {
  const { authorizationType, name } = usedProvider(declaration);
  if (authorizationType !== "USER") return [];
  return [
    about(declaration, "identityProvider", {
      message: `a group cannot be granted access through ${name}`,
      why: phrase`${name} authorizes individually (${input("authorizationType")} USER), so the server never looks for groups.`,
    }),
  ];
});

function hasDotSegment(name: string): boolean {
  return name.split(/[/\\]/).some((part) => part === "." || part === "..");
}

const principalForm = accessRule("FED316", (declaration, { plane }) => {
  const input = whoInput(declaration);
  const who = known(declaration, input);
  if (who === undefined) return [];
  const { identityProviderId, name } = usedProvider(declaration);
  const say = (message: string, fix?: string) =>
    about(declaration, input, { message, ...(fix === undefined ? {} : { fix }) });
  const length = PREFIX_LENGTH + [...who].length;
  return [
    who !== who.trim() ? say(`the ${input} has white space around it`) : undefined,
    identityProviderId !== undefined && who.toLowerCase().startsWith(`${identityProviderId}/`)
      ? say(`the ${input} begins with the id of ${name}`, `Write "${who.slice(identityProviderId.length + 1)}".`)
      : undefined,
    /^\$external([./]|$)/.test(who) ? say(`the ${input} begins with the authentication database $external`) : undefined,
    who.includes("\0") ? say(`the ${input} contains a NUL, which no name can`) : undefined,
    // The name is part of the address of its database user.
    plane !== "project" && hasDotSegment(who)
      ? say(`the ${input} contains "." or ".." between slashes, which servers resolve as a path`)
      : undefined,
    plane !== "project" && length > PRINCIPAL_NAME_MAX
      ? say(`with its prefix the ${input} has ${length} characters, ${PRINCIPAL_NAME_MAX} at most are allowed`)
      : undefined,
  ];
});

const configurationNameAsPrefix = accessRule("FED335", (declaration) => {
  const input = whoInput(declaration);
  const { configurationName } = usedProvider(declaration);
  if (configurationName === undefined || !known(declaration, input)?.startsWith(`${configurationName}/`)) return [];
  return [
    about(declaration, input, {
      message: `the ${input} begins with the configuration name of its identity provider, ${configurationName}/`,
    }),
  ];
});

const patternAsName = accessRule("FED306", (declaration) => {
  const input = whoInput(declaration);
  const who = known(declaration, input);
  if (who === undefined || !(who.includes("*") || (who.startsWith("^") && who.endsWith("$")))) return [];
  return [
    about(declaration, input, {
      message: `the ${input} "${who}" looks like a pattern, and the server takes it literally`,
    }),
  ];
});

const roleArnInEks = userRule("FED309", (declaration) => {
  const principal = known(declaration, "principal");
  const { identityProvider: provider } = declaration;
  if (provider === undefined || !principal?.startsWith("arn:") || !isEks(known(provider, "issuerUri"))) return [];
  return [
    about(declaration, "principal", {
      message: `the principal "${principal}" is an ARN, which no token of EKS carries`,
    }),
  ];
});

const subjectOfOneJob = userRule("FED334", (declaration) => {
  const { identityProvider: provider } = declaration;
  if (provider === undefined || userClaim(provider) !== DEFAULT_USER_CLAIM) return [];
  const vendor = ofJobs(known(provider, "issuerUri"));
  const principal = known(declaration, "principal");
  if (vendor === undefined || principal === undefined || !vendor.isOfOneJob(principal)) return [];
  return [
    about(declaration, "principal", {
      message: `the principal is the \`sub\` of one job of ${vendor.name}`,
      fix: phrase`Set ${input("userClaim")} to ${vendor.claim}, and the principal to its value. ${vendor.how}`,
    }),
  ];
});

const groupBeginsWithSlash = groupRule("FED308", (declaration) => {
  const group = known(declaration, "group");
  if (group?.startsWith("/") !== true) return [];
  return [
    about(declaration, "group", {
      message: "the group begins with a slash, which the server does not look for",
    }),
  ];
});

const entraGroupByObjectId = groupRule("FED301", (declaration, { plane }) => {
  const { identityProvider: provider } = declaration;
  const group = known(declaration, "group");
  if (provider === undefined || group === undefined || UUID.test(group)) return [];
  const claim = provider.inputs.groupsClaim ?? DEFAULT_GROUPS_CLAIM;
  if (!isEntra(known(provider, "issuerUri")) || claim !== DEFAULT_GROUPS_CLAIM) return [];
  return [
    about(declaration, "group", {
      message: "the group is not an object id, by which Entra ID lists groups",
      // Only Atlas has a description.
      ...(plane === "atlas"
        ? { fix: phrase`${codes.FED301.fix} You can keep its name in ${input("description")}.` }
        : {}),
    }),
  ];
});

const entraPrincipalByObjectId = userRule("FED304", (declaration) => {
  const { identityProvider: provider } = declaration;
  const principal = known(declaration, "principal");
  if (provider === undefined || principal === undefined || !isEntra(known(provider, "issuerUri"))) return [];
  if (!OBJECT_ID_CLAIMS.has(userClaim(provider))) return [];
  const audience = known(provider, "audience");
  const applications = [audience, audience?.replace(/^api:\/\//, ""), known(provider, "clientId")];
  if (!applications.includes(principal)) return [];
  return [
    about(declaration, "principal", {
      message: "the principal is the application that tokens are for, not the one that brings them",
    }),
  ];
});

const googlePrincipalByUniqueId = userRule("FED305", (declaration) => {
  const { identityProvider: provider } = declaration;
  const principal = known(declaration, "principal");
  if (provider === undefined || principal === undefined || /^\d+$/.test(principal)) return [];
  if (!isGoogle(known(provider, "issuerUri")) || userClaim(provider) !== DEFAULT_USER_CLAIM) return [];
  return [about(declaration, "principal", { message: "the principal is not the unique id of a service account" })];
});

function userClaim(provider: Declaration): unknown {
  return provider.inputs.userClaim ?? DEFAULT_USER_CLAIM;
}

/** FED312: one group, or one principal, of one identity provider twice in one project. */
const accessDeclaredTwice: ProgramRule<"FED312"> = {
  code: "FED312",
  judge: (program) =>
    (["OidcRole", "FederatedUser"] as const).flatMap((kind) =>
      groupBy(ofKind(program, kind), (declaration) => providerOf(program, declaration)).flatMap(([, access]) =>
        groupBy(access, sameName)
          .filter(([, same]) => same.length > 1)
          .map(([, same]) => declaredTwice(same)),
      ),
    ),
};

function sameName(declaration: Declaration): string | undefined {
  const project = projectIn(declaration);
  const who = known(declaration, whoInput(declaration));
  return project === UNKNOWN || who === undefined ? undefined : JSON.stringify([project, who]);
}

function declaredTwice(same: readonly Declaration[]): Verdict {
  const [first] = same as [Declaration];
  const input = whoInput(first);
  const { name } = usedProvider(first);
  return {
    path: input,
    message: `the ${input} ${known(first, input)} of ${name} is granted access in project ${projectIn(first)} by ${count(same.length)} resources`,
    at: same.map((declaration) => ({ declaration })),
  };
}

/**
 * FED314: the program makes an identity provider and grants access through it, but connects it nowhere. One that it
 * adopts may be connected long since, and one of a project needs no connection; one finding is enough, however many use
 * it.
 */
const connectedNowhereHere: ProgramRule<"FED314"> = {
  code: "FED314",
  judge: (program) =>
    [...Map.groupBy(accessOf(program), (declaration) => providerOf(program, declaration))].flatMap(
      ([provider, access]) => {
        if (typeof provider !== "object" || provider.inputs.adopt || planeOf(provider) === "project") return [];
        const { certain, maybe } = connectionsOf(program, provider);
        return certain.length + maybe.length > 0 ? [] : [unconnected(provider, access)];
      },
    ),
};

function accessOf(program: Program): readonly Declaration[] {
  return program.declarations.filter(({ kind }) => kind === "OidcRole" || kind === "FederatedUser");
}

function unconnected(provider: Declaration, access: readonly Declaration[]): Verdict {
  const name = known(provider, "configurationName") ?? provider.name;
  const [first] = access as [Declaration];
  const more = access.length - 1;
  return {
    message: phrase`access is granted through ${name}, which this ${program} connects to no organization`,
    at: [{ declaration: provider }, { declaration: first, ...(more > 0 ? { note: `and ${more} more` } : {}) }],
  };
}

export const principalsRules = family({
  codes,
  declarations: [
    userNeedsUserProvider,
    roleNeedsGroupProvider,
    principalForm,
    configurationNameAsPrefix,
    patternAsName,
    groupBeginsWithSlash,
    entraGroupByObjectId,
    entraPrincipalByObjectId,
    googlePrincipalByUniqueId,
    roleArnInEks,
    subjectOfOneJob,
  ],
  programs: [accessDeclaredTwice, connectedNowhereHere],
});
