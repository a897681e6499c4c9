import {
  aResource,
  createFirst,
  identityProviderReference,
  input,
  phrase,
  planBefore,
  renamed,
  resource,
  setInput,
  stack,
} from "../../schema/phrase.ts";
import { count, groupBy } from "./group-by.ts";
import { inProjects } from "./plane-rules.ts";
import { type Declaration, known, ofKind, type Program } from "./program.ts";
import { providerOf } from "./relations.ts";
import type { ProgramRule, Verdict } from "./rule.ts";
import { type Codes, family } from "./rule.ts";
import { ATLAS_API, WORKFORCE_DOCS, WORKLOAD_DOCS } from "./sources.ts";
import { usedProvider } from "./used-provider.ts";

const codes = {
  FED202: {
    slug: "shared-issuer-and-audience",
    severity: "error",
    title: "Give every identity provider its own combination of issuer and audience.",
    why: "A server finds the identity provider of a token by issuer and audience, and cannot choose between two.",
    fix: "Remove one of them, or register a second application with its own audience.",
    source:
      "MongoDB server parameter oidcIdentityProviders: issuer and audience are unique together (issuer alone before 8.0)",
  },
  FED203: {
    slug: "second-workforce-provider",
    severity: "error",
    title: "Use only one workforce identity provider per Atlas organization and Cloud Manager project.",
    why: "MongoDB routes all people of an organization or project to one OIDC provider.",
    fix: phrase`Keep one provider and distinguish people by their groups. To take over the existing one, declare it with ${setInput("adopt", true)}. To switch an organization, change ${input("identityProvider")} of its ${resource("OrgConnection")}.${renamed}`,
    example:
      'new OrgConnection("platform", { orgId, identityProvider: staff });\nnew OrgConnection("contractors", { orgId, identityProvider: contractors });',
    source: `${WORKFORCE_DOCS}: at most one OIDC and one SAML workforce provider are connected to an organization`,
  },
  FED214: {
    slug: "still-connected",
    severity: "error",
    title: "Disconnect all organizations before you delete an identity provider.",
    why: phrase`Users of these organizations would lose access, and this ${stack} did not connect them.`,
    fix: phrase`Disconnect the organizations where they were connected, then run again.${createFirst}`,
    source: `${WORKLOAD_DOCS}: disconnect every organization before deleting an identity provider`,
  },
  FED215: {
    slug: "org-not-in-federation",
    severity: "error",
    title: "Connect an organization only within its own federation.",
    why: "A connection is a setting of an organization in one federation. The API cannot add an organization.",
    fix: phrase`Check ${input("orgId")} and ${input("federationSettingsId")}, or ask an Organization Owner to add the organization in the Federation Management Console.`,
    source: `${ATLAS_API}, connectedOrgConfigs (no POST)`,
  },
  FED216: {
    slug: "connected-twice",
    severity: "error",
    title: "Declare each connection of an organization and an identity provider once.",
    why: "Two resources would own the same connection. Deleting either would remove it for both.",
    fix: "Remove one of the two.",
    source: `${ATLAS_API}, ConnectedOrgConfig.dataAccessIdentityProviderIds (unique)`,
  },
  FED223: {
    slug: "provider-not-in-federation",
    severity: "error",
    title: "Connect an organization to an identity provider of its federation.",
    why: "The federation holds no identity provider with this id.",
    fix: phrase`Use ${identityProviderReference}. The current value may belong to another federation, or to a deleted provider.`,
    source: `${ATLAS_API}, error CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION`,
  },
  FED313: {
    slug: "not-connected",
    severity: "error",
    title: "Connect the identity provider to the organization before you grant access.",
    why: "Clusters accept only tokens of identity providers that are connected to their organization.",
    fix: phrase`Declare ${aResource("OrgConnection")} for the two, or connect them where the organization is managed. Then run again.${planBefore}`,
    source: `${WORKLOAD_DOCS}: connect an organization, then add users`,
  },
  FED348: {
    slug: "reference-differs",
    severity: "error",
    title: "Use a reference that describes the live identity provider.",
    why: "Another stack exports the reference. A stale or forged one grants access through another identity provider than you expect.",
    fix: "Update the stack that exports the reference, or correct the reference.",
    source: "mongofed",
  },
} as const satisfies Codes;

/** FED203: two workforce identity providers in one organization, or in one project. */
const oneWorkforceProvider: ProgramRule<"FED203"> = {
  code: "FED203",
  judge: (program) => [...twoInOrganization(program), ...twoInProject(program)],
};

function twoInOrganization(program: Program): Verdict[] {
  return byOrg(program).flatMap(([orgId, connections]) => {
    const people = connections.filter(
      (connection) => providerOf(program, connection) !== undefined && usedProvider(connection).idpType === "WORKFORCE",
    );
    if (new Set(people.map((connection) => providerOf(program, connection))).size < 2) return [];
    return [
      {
        message: `organization ${orgId} would be connected to ${count(people.length)} workforce identity providers`,
        at: people.map((declaration) => ({ declaration, note: `to ${usedProvider(declaration).name}` })),
      },
    ];
  });
}

function twoInProject(program: Program): Verdict[] {
  return inProjects(program).flatMap(([projectId, providers]) => {
    const people = providers.filter((provider) => known(provider, "idpType") === "WORKFORCE");
    if (people.length < 2) return [];
    return [
      {
        path: "idpType",
        message: `project ${projectId} would have ${count(people.length)} workforce identity providers`,
        at: people.map((declaration) => ({ declaration, note: known(declaration, "configurationName") ?? "" })),
      },
    ];
  });
}

/** FED216: one membership declared twice. */
const connectedTwice: ProgramRule<"FED216"> = {
  code: "FED216",
  judge: (program) =>
    byOrg(program).flatMap(([orgId, connections]) =>
      groupBy(connections, (connection) => providerOf(program, connection))
        .filter(([, same]) => same.length > 1)
        .map(
          ([, same]): Verdict => ({
            message: `organization ${orgId} is connected to ${usedProvider(same[0]!).name} by ${count(same.length)} resources`,
            at: same.map((declaration) => ({ declaration })),
          }),
        ),
    ),
};

function byOrg(program: Program): [string, Declaration[]][] {
  return groupBy(ofKind(program, "OrgConnection"), (connection) => known(connection, "orgId"));
}

/** FED202: two identity providers that a server could not tell apart. */
const issuerAndAudienceUnique: ProgramRule<"FED202"> = {
  code: "FED202",
  judge: (program) =>
    groupBy(ofKind(program, "IdentityProvider"), (provider) => {
      const scope = known(provider, "federationSettingsId") ?? known(provider, "projectId");
      const parts = [scope, known(provider, "issuerUri"), known(provider, "audience")];
      return parts.includes(undefined) ? undefined : JSON.stringify(parts);
    })
      .filter(([, same]) => same.length > 1)
      .map(([, same]) => ({
        path: "audience",
        message: `${count(same.length)} identity providers have issuer ${known(same[0]!, "issuerUri")} and audience ${known(same[0]!, "audience")}`,
        at: same.map((declaration) => ({ declaration })),
      })),
};

export const connectionsRules = family({
  codes,
  declarations: [],
  programs: [oneWorkforceProvider, connectedTwice, issuerAndAudienceUnique],
});
