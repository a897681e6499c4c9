import type { Severity } from "../../schema/finding.ts";
import { accessCatalogue } from "./catalogue-access.ts";
import { clientCatalogue } from "./catalogue-clients.ts";
import { issuerCatalogue } from "./catalogue-issuers.ts";
import { neverMatchingCatalogue } from "./catalogue-matching.ts";
import { projectCatalogue } from "./catalogue-projects.ts";
import { tokenCatalogue } from "./catalogue-tokens.ts";
import { ATLAS_API, AUTOMATION_CONFIG_API, MONGOCLI_DOCS, WORKFORCE_DOCS, WORKLOAD_DOCS } from "./sources.ts";

/** What is the same for every finding of a code. `mongofed explain CODE` prints it. */
export interface CatalogueEntry {
  readonly slug: string;
  readonly severity: Severity;
  /** The rule, in one sentence. */
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  /** A program, or a part of one, that breaks the rule. */
  readonly example?: string;
  /** Where the rule comes from. */
  readonly source: string;
}

/**
 * Every code that mongofed speaks in. 1xx tokens, 2xx configuration, 3xx principals and groups, 4xx clients and
 * environment. A code keeps its meaning for ever and is never used again for another.
 */
export const catalogue = {
  ...tokenCatalogue,
  ...neverMatchingCatalogue,
  FED200: {
    slug: "invalid-input",
    severity: "error",
    title: "Every input has the type and form that the reference gives it.",
    why: "The control plane would refuse the value, or take it and mean something else.",
    fix: "Give the input the form that is named, or remove it if it is not an input of this resource.",
    example: 'new OrgConnection("platform", { orgId: "my-org", identityProvider: staff })',
    source: `${ATLAS_API}, schemas FederationOidcIdentityProviderUpdate, ConnectedOrgConfig, CloudDatabaseUser and UserCustomDBRole`,
  },
  FED202: {
    slug: "issuer-and-audience-unique",
    severity: "error",
    title: "No two identity providers of a federation, or of a project, share issuer and audience.",
    why: "A server finds the identity provider of a token by its issuer and audience: with two it could not tell which.",
    fix: "Remove one of them, or register a second application with an audience of its own.",
    source:
      "MongoDB server parameter oidcIdentityProviders: issuer and audience are unique together (issuer alone before 8.0)",
  },
  FED203: {
    slug: "one-workforce-provider",
    severity: "error",
    title: "One OIDC workforce identity provider serves an organization in Atlas, a project in Cloud Manager.",
    why: "One OIDC workforce identity provider serves an organization.",
    fix: "Remove one connection, or serve both groups of people by one identity provider and tell them apart by their groups.",
    example:
      'new OrgConnection("platform", { orgId, identityProvider: staff });\nnew OrgConnection("contractors", { orgId, identityProvider: contractors });',
    source: `${WORKFORCE_DOCS}: at most one OIDC and one SAML workforce provider are connected to an organization`,
  },
  FED204: {
    slug: "client-of-people-only",
    severity: "error",
    title: "A workforce identity provider has a client id; a workload one has none, nor scopes, nor domains.",
    why: "People log in through an application at the identity provider, which the client id names. Programs bring their token along, and the API knows no such fields for them.",
    fix: "Give a WORKFORCE provider its clientId; leave clientId, requestedScopes and associatedDomains out of a WORKLOAD provider.",
    source: `${ATLAS_API}, FederationOidcWorkforceIdentityProviderUpdate and FederationOidcWorkloadIdentityProviderUpdate`,
  },
  FED205: {
    slug: "groups-claim-ignored",
    severity: "warning",
    title: "A groups claim has a meaning only with authorizationType GROUP.",
    why: "With USER the server looks at the user claim alone.",
    fix: "Remove groupsClaim, or set authorizationType to GROUP.",
    source: "MongoDB server parameter oidcIdentityProviders, useAuthorizationClaim",
  },
  FED206: {
    slug: "wrong-plane",
    severity: "error",
    title: "A resource belongs to the control plane that the run speaks to.",
    why: "In Atlas an identity provider belongs to a federation, and organizations are connected to it; in Cloud Manager and Ops Manager it belongs to a project.",
    fix: 'Choose the control plane: "pulumi config set mongofed:plane atlas", or cloud-manager, or ops-manager; or pass an explicit Provider with that plane to the resource.',
    source: "mongofed",
  },
  FED208: {
    slug: "federation-or-project",
    severity: "error",
    title: "An identity provider belongs to a federation or to a project, to exactly one.",
    why: "federationSettingsId makes it one of Atlas, projectId one of Cloud Manager or Ops Manager.",
    fix: "Give it federationSettingsId for Atlas, or projectId for Cloud Manager and Ops Manager.",
    source: "mongofed",
  },
  FED210: {
    slug: "legacy-id",
    severity: "error",
    title: "Identity providers are known by their 24-digit id.",
    why: "The 20-character id is the one that Atlas used before 2023-11-15; today's API does not find anything by it.",
    fix: "Pass the IdentityProvider resource, or its `reference`; it brings the right id along.",
    source: `${ATLAS_API}, path parameter identityProviderId from version 2023-11-15 on`,
  },
  FED211: {
    slug: "configuration-name-length",
    severity: "error",
    title: "In Atlas a configuration name has 1 to 50 characters.",
    why: "Atlas takes no longer label.",
    fix: "Shorten configurationName; what it leaves unsaid has a place in description.",
    source: `${ATLAS_API}, FederationOidcIdentityProviderUpdate.displayName (minLength 1, maxLength 50)`,
  },
  FED212: {
    slug: "issuer-form",
    severity: "error",
    title: "An issuer is an https address, exactly as the tokens carry it.",
    why: "The server fetches {issuer}/.well-known/openid-configuration over https and demands that the document names the very same issuer.",
    fix: "Copy the value of `issuer` from the provider's metadata document, character by character.",
    example: 'issuerUri: "https://login.microsoftonline.com/common/v2.0"',
    source: "OpenID Connect Discovery 1.0, section 4.3; RFC 8414, section 3.3",
  },
  FED213: {
    slug: "domain-form",
    severity: "error",
    title: "An associated domain is a bare domain name, given once.",
    why: "Atlas matches it with what stands behind the @ of a person's mail address.",
    fix: "Write the domain alone: example.com, without @, scheme, path or wildcard, and without repeating it.",
    source: `${ATLAS_API}, FederationOidcWorkforceIdentityProviderUpdate.associatedDomains (unique)`,
  },
  FED214: {
    slug: "still-connected",
    severity: "error",
    title: "An identity provider is not deleted while an organization is connected to it.",
    why: "Everybody in those organizations who logs in through it would lose access, and this stack did not connect them.",
    fix: "Disconnect the organizations where they were connected, then run again.",
    source: `${WORKLOAD_DOCS}: disconnect every organization before deleting an identity provider`,
  },
  FED215: {
    slug: "org-not-in-federation",
    severity: "error",
    title: "An organization can only be connected to identity providers of its own federation.",
    why: "Connections are settings of an organization within one federation; the API cannot bring an organization in.",
    fix: "Check orgId and federationSettingsId, or have an Organization Owner add the organization in the Federation Management Console.",
    source: `${ATLAS_API}, connectedOrgConfigs (no POST)`,
  },
  FED216: {
    slug: "connected-twice",
    severity: "error",
    title: "One organization is connected to one identity provider by one OrgConnection.",
    why: "A connection is there or it is not: two resources would own the same one, and destroying either would cut the other off.",
    fix: "Remove one of the two.",
    source: `${ATLAS_API}, ConnectedOrgConfig.dataAccessIdentityProviderIds (unique)`,
  },
  FED217: {
    slug: "workload-user-claim",
    severity: "warning",
    title: "Programs are identified by `sub`.",
    why: "MongoDB's documentation says not to change the user claim of a workload provider: the clouds' built-in principals are told apart by `sub`.",
    fix: "Leave userClaim out, unless your tokens are your own and another claim identifies programs better.",
    source: WORKLOAD_DOCS,
  },
  FED218: {
    slug: "google-has-no-groups",
    severity: "warning",
    title: "Tokens of Google carry no groups.",
    why: "With GROUP nobody would be granted anything: the claim that the server looks for is not there.",
    fix: 'Use authorizationType "USER" and grant access to the unique ids of service accounts.',
    source: `${WORKLOAD_DOCS}, Google Cloud`,
  },
  FED219: {
    slug: "user-claim-can-change",
    severity: "warning",
    title: "A person is identified by a claim that nobody else can get.",
    why: "Mail addresses and login names change hands: whoever gets the name next gets the access too.",
    fix: "Use `sub`, or `oid` with Entra ID; the mail address still stands in the token for whoever reads logs.",
    source: "OpenID Connect Core 1.0, section 5.7: only `sub` with `iss` is stable and never reassigned",
  },
  FED220: {
    slug: "scope-is-a-claim",
    severity: "warning",
    title: "`groups` is a claim in Entra ID, not a scope.",
    why: "Entra ID refuses a login that asks for a scope that it does not know (AADSTS650053).",
    fix: "Remove the scope, and add the groups claim under Token configuration of the app registration.",
    source: "Microsoft identity platform, optional claims",
  },
  FED221: {
    slug: "already-exists",
    severity: "error",
    title: "What exists already is not created again, and not taken over unasked.",
    why: "Somebody else made it, or an earlier run whose state was lost.",
    fix: "Set adopt: true to take it over, or remove it there.",
    source: "The API accepts a second identity provider without a word, and tokens would find either of the two",
  },
  FED222: {
    slug: "replacement-needs-both",
    severity: "error",
    title: "An identity provider cannot be replaced by one with the same issuer and audience.",
    why: "A replacement is created first and swapped in, so that nobody is cut off; for that moment the federation would hold both.",
    fix: "Replace it in two steps: declare the new one under another name with an audience of its own, move the connections to it, then remove the old one.",
    source: "MongoDB server parameter oidcIdentityProviders: issuer and audience are unique together",
  },
  FED223: {
    slug: "provider-not-in-federation",
    severity: "error",
    title: "An organization is connected to an identity provider that exists in its federation.",
    why: "The federation does not hold an identity provider with this id.",
    fix: "Pass the IdentityProvider resource or a current `reference`; the one in hand may be from another federation, or deleted.",
    source: `${ATLAS_API}, error CONNECTED_ORG_CONFIG_IDP_NOT_IN_FEDERATION`,
  },
  FED224: {
    slug: "locked-out",
    severity: "error",
    title: "Nobody is locked out by accident.",
    why: "Access is granted to names that begin with the identity provider's id, in Cloud Manager with its configuration name. Tokens that carry them get in today, and after this they would not.",
    fix: "Move or remove their access first. If they shall be locked out, set allowLockout: true on this resource; for a deletion that takes an up of its own before, which records it.",
    source: `${ATLAS_API}, databaseUsers: username is {identity provider id}/{group or user}`,
  },
  FED225: {
    slug: "adoption-differs",
    severity: "error",
    title: "What is adopted is equal to what is declared.",
    why: "The object that is there differs: adopting it would change it, for everybody who relies on it.",
    fix: 'Declare what is live, or set adopt: "overwrite", which changes it to what is declared; the preview lists that again.',
    example: 'new IdentityProvider("staff", { ...settings, adopt: true })',
    source: "mongofed",
  },
  FED226: {
    slug: "adoption-ambiguous",
    severity: "error",
    title: "Exactly one object is adopted.",
    why: "Several match, and which of them is meant cannot be told.",
    fix: "Bring the right one in by its id with `pulumi import`, and remove the others.",
    source: "mongofed",
  },
  FED227: {
    slug: "other-control-plane",
    severity: "error",
    title: "A stack stays with the control plane that it was made on.",
    why: "What is missing on another control plane was not deleted: going on would make everything anew there.",
    fix: "Set the plane, the base URL and the credentials of the one that is recorded, or use another stack for the other.",
    source: "mongofed",
  },
  FED228: {
    slug: "federation-out-of-reach",
    severity: "error",
    title: "The credentials of a stack reach the federation that it manages.",
    why: "What cannot be read does not count as deleted: nothing was changed.",
    fix: "Use credentials of an Organization Owner of an organization that belongs to this federation.",
    source: `${ATLAS_API}, federationSettings: 404 for whoever is not an owner of one of its organizations`,
  },
  FED229: {
    slug: "all-gone-at-once",
    severity: "error",
    title: "Not everything vanishes at once.",
    why: "So many deletions at the same moment are rather another world than what somebody did on purpose.",
    fix: "Check the base URL, the credentials and the federation. If they were really deleted, take each out of the state with `pulumi state delete <urn>`, then run again.",
    source: "mongofed",
  },
  FED230: {
    slug: "drift-refused",
    severity: "error",
    title: "With mongofed:drift set to fail, nothing is changed outside the stack.",
    why: "The setting `mongofed:drift` of this stack is `fail`.",
    fix: "Declare what is live if it is right; or put it back with mongofed:drift set to correct.",
    source: "mongofed",
  },
  FED240: {
    slug: "lookup-not-found",
    severity: "error",
    title: "What a program looks up is there.",
    why: "Nothing fits what is asked.",
    fix: "Correct what is asked, character by character, or create it first; the credentials must reach where it is.",
    example: 'lookupIdentityProvider({ federationSettingsId, configurationName: "corp-entr" })',
    source: "mongofed",
  },
  FED241: {
    slug: "lookup-ambiguous",
    severity: "error",
    title: "What a program looks up is there once.",
    why: "Several fit, and which of them is meant cannot be told.",
    fix: "Ask for more: an id, a type, or whatever else tells them apart.",
    source: "mongofed",
  },
  ...accessCatalogue,
  ...projectCatalogue,
  ...clientCatalogue,
  ...issuerCatalogue,
  FED410: {
    slug: "missing-credentials",
    severity: "error",
    title: "Credentials come whole, from one source.",
    why: "Without credentials the control plane answers nothing.",
    fix: "Atlas: set MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET of a service account that is Organization Owner. Cloud Manager and Ops Manager: set MCLI_PUBLIC_API_KEY and MCLI_PRIVATE_API_KEY of an API key that is Project Owner, or Project Automation Admin.",
    source: `${ATLAS_API}, security schemes; ${MONGOCLI_DOCS}, environment variables`,
  },
  FED411: {
    slug: "credentials-refused",
    severity: "error",
    title: "The control plane knows the credentials.",
    why: "It answered 401: the key or secret is wrong, expired or revoked.",
    fix: "Check the credentials at the source that is named, or make new ones.",
    source: `${ATLAS_API}, response 401`,
  },
  FED412: {
    slug: "access-missing",
    severity: "error",
    title: "The credentials have the access that the operation needs.",
    why: "Federation settings need the role Organization Owner, users and roles of a project Project Owner (or Project Database Access Admin), reading them Project Read Only, the automation config of Cloud Manager and Ops Manager Project Owner (or Project Automation Admin); and the key's IP access list must hold this machine's address.",
    fix: "Give the key or service account the role that the message names, and add this address to its access list.",
    source: `${ATLAS_API}, tags Federated Authentication, Database Users and Custom Database Roles; ${AUTOMATION_CONFIG_API}`,
  },
  FED413: {
    slug: "unsafe-base-url",
    severity: "error",
    title: "Credentials travel over https only.",
    why: "Plain http would show them to everybody on the way.",
    fix: "Use https; plain http is for a control plane on this very machine.",
    source: "RFC 9110, section 4.2.2",
  },
  FED414: {
    slug: "no-base-url",
    severity: "error",
    title: "Ops Manager is where its base URL says.",
    why: "Everybody runs an Ops Manager of their own: there is no address that it has by default.",
    fix: "Set its base URL where the credentials are: MCLI_OPS_MANAGER_URL in the environment, mongofed:baseUrl in the stack configuration, baseUrl of a Provider.",
    source: `${MONGOCLI_DOCS}, environment variables`,
  },
  FED415: {
    slug: "credentials-by-name",
    severity: "error",
    title: "A program names credentials; it never holds them.",
    why: "What a Provider is given stands in the program and in the state. The name of environment variables may; a key or a secret may not.",
    fix: 'Put the credentials into environment variables that begin alike (OPS_EU_CLIENT_ID and OPS_EU_CLIENT_SECRET, or OPS_EU_PUBLIC_API_KEY and OPS_EU_PRIVATE_API_KEY), and name them: credentials: "env:OPS_EU".',
    example: 'new Provider("ops-eu", { credentials: "mdb_sa_sk_…" })',
    source: "mongofed",
  },
  FED420: {
    slug: "invalid-setting",
    severity: "error",
    title: "Every setting of the stack has a value that it knows.",
    why: "A setting that is misread would do something else than its author means.",
    fix: "Give the setting one of the values that are named, or remove it.",
    source: "mongofed",
  },
  FED421: {
    slug: "clusters-not-ready",
    severity: "error",
    title: "A change of users and roles reaches the clusters in time.",
    why: "Atlas answers before its clusters know of a change: until they have applied it, nobody can log in by it.",
    fix: "Look at the clusters in Atlas, then run again: it waits again. mongofed:wait sets how long (90s, 10m, 1h), or turns waiting off.",
    source: `${ATLAS_API}, ClusterStatus.changeStatus`,
  },
  FED490: {
    slug: "never-ready",
    severity: "error",
    title: "Every declaration becomes ready.",
    why: "A promise among its inputs never settles, or a circle of declarations wait for each other. An engine would take a declaration that never comes for one that was removed, and delete the resource.",
    fix: "Look for a promise that is never resolved, and for two declarations that use each other's outputs.",
    source: "Pulumi deletes what a program does not register",
  },
  FED492: {
    slug: "internal-error",
    severity: "error",
    title: "mongofed itself failed.",
    why: "This is a defect of mongofed, not of your program. Nothing was registered, so that nothing is deleted by mistake.",
    fix: "Run again with MONGOFED_DEBUG=1 and report what it prints; it holds no secrets.",
    source: "mongofed",
  },
} as const satisfies Record<string, CatalogueEntry>;

export type Code = keyof typeof catalogue;

export function isCode(text: string): text is Code {
  return Object.hasOwn(catalogue, text);
}
