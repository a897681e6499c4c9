import { databaseRoleId } from "../../schema/database-role.ts";
import type { Finding } from "../../schema/finding.ts";
import {
  DEFAULT_GROUPS_CLAIM,
  DEFAULT_USER_CLAIM,
  type IdentityProviderReference,
} from "../../schema/identity-provider.ts";
import { PLANE_KINDS } from "../../schema/plane.ts";
import type { Privilege } from "../../schema/privileges.ts";
import { referenceTo } from "../../schema/reference.ts";
import {
  canonicalRole,
  type GrantedRole,
  type GrantedRoleInput,
  parseRole,
  ROLES_DATABASE,
  roleText,
} from "../../schema/roles.ts";
import type {
  ControlPlane,
  LiveDatabaseRole,
  LiveGrant,
  LiveIdentityProvider,
} from "../control-planes/control-plane.ts";
import type { Labels } from "../lookups/labels.ts";
import type { OrganizationContents, Unreadable } from "../lookups/organization.ts";
import type { Context, Props } from "../resources/definition.ts";
import { definitions } from "../resources/definitions.ts";
import { RunMemory } from "../resources/memory.ts";
import { type Declaration, finding, type Kind, programFindings } from "../rules/index.ts";
import { type FittingPreset, fittingPreset } from "./fitting-preset.ts";
import { type Named, slugOr, uniqueNames } from "./names.ts";

/** Declarations for existing objects, for every language to write. */

/** The kinds that an import declares. */
type ImportedKind = Exclude<Kind, "ProjectTls" | "TokenCheck">;

export interface ImportedResource {
  readonly kind: ImportedKind;
  /** For messages. */
  readonly what: string;
  /** Lower case letters, digits and hyphens, beginning with a letter. Unique among all resources. */
  readonly name: string;
  /** The id of the resource: for `pulumi import` and `terraform import`. */
  readonly id: string;
  /** The inputs that the program writes. Those that equal their defaults are left out. References are plain values. */
  readonly inputs: Props;
  /** The resource behind the input `identityProvider`. Without one, the reference is written as a value. */
  readonly identityProvider?: ImportedResource | undefined;
  /** The connection that lets the grant's organization use the identity provider. */
  readonly connection?: ImportedResource | undefined;
  /** The resources that define roles which `roles` names, by the text of the role: `orders-reader@admin`. */
  readonly definedRoles: ReadonlyMap<string, ImportedResource>;
  readonly preset?: FittingPreset | undefined;
  /** The project or the organization that the object is in. */
  readonly place?: ImportedPlace | undefined;
  /** The name of the group or principal from the file of names. */
  readonly label?: string | undefined;
  /** Remarks on unusual things, one sentence each. */
  readonly comments: readonly string[];
  /** Inputs with defaults and outputs, as the state of an engine records them. */
  readonly state: { readonly inputs: Props; readonly outputs: Props };
}

/** A federation, an organization or a project, whose id programs take from their configuration. */
export interface ImportedPlace {
  readonly kind: "federation" | "organization" | "project";
  readonly id: string;
  /** As others have named it. */
  readonly title: string;
  /** Unique among the places: lower case letters, digits and hyphens. */
  readonly name: string;
  /** The organization of a project. */
  readonly orgId?: string | undefined;
}

/** Something that stays unmanaged. */
export interface NotImported {
  /** `user ada through 5f1e… in project app` */
  readonly what: string;
  /** A sentence without a full stop. */
  readonly why: string;
  readonly findings: readonly Finding[];
}

export interface ImportModel {
  readonly plane: OrganizationContents["plane"];
  readonly places: readonly ImportedPlace[];
  /** Each after the resources that it refers to. */
  readonly resources: readonly ImportedResource[];
  readonly notImported: readonly NotImported[];
  readonly unreadable: readonly Unreadable[];
  /** Warnings about what is imported. */
  readonly warnings: readonly { readonly what: string; readonly finding: Finding }[];
}

export interface ModelOptions {
  readonly labels?: Labels;
  /** The names that objects have already, by kind and id: `OidcRole {id}`. These objects are imported in any case. */
  readonly known?: ReadonlyMap<string, string>;
  readonly now?: number;
}

/** An object on its way to a resource. */
interface Draft extends Named {
  readonly kind: ImportedKind;
  /** The id of the resource. Ids of two kinds may be equal, so `id` identifies the draft. */
  readonly objectId: string;
  readonly inputs: Props;
  /** For messages. */
  readonly what: string;
  readonly provider?: LiveIdentityProvider;
  readonly placeId?: string | undefined;
  readonly label?: string | undefined;
  readonly comments: readonly string[];
}

/**
 * Makes declarations of everything that was read. An object that violates a rule, or that no declaration can express, is
 * left out and listed. Reads only listings of `plane`, which the reader has asked for before.
 */
export async function importModel(
  plane: ControlPlane,
  contents: OrganizationContents,
  { labels = new Map(), known = new Map(), now = Date.now() }: ModelOptions = {},
): Promise<ImportModel> {
  const left: NotImported[] = [];
  const leave = (what: string, why: string, findings: readonly Finding[] = []) => left.push({ what, why, findings });
  const placeNames = uniqueNames(placesToName(contents, labels));
  const drafts = draftsOf(contents, labels, placeNames, known, leave).map((draft) => {
    const name = known.get(draft.id);
    return name === undefined ? draft : { ...draft, names: [name, ...draft.names] };
  });
  const { keeps, warnings } = judged(plane, drafts, now, leave);
  const names = uniqueNames(keeps);
  const places = placesOf(contents, placeNames);
  const context = recordingContext(plane);
  const resources: ImportedResource[] = [];
  const byId = new Map<string, ImportedResource>();
  for (const draft of ordered(keeps)) {
    const { kind, id, objectId, inputs, what, provider, placeId, label, comments } = draft;
    if (hasForeignPrivilege(inputs)) {
      leave(what, "it has a privilege on a kind of resource that mongofed cannot declare");
      continue;
    }
    const checked = await definitions[kind].check(context, { imported: true }, inputs);
    const recorded =
      checked.findings.length > 0 ? undefined : await definitions[kind].record?.(context, objectId, checked.inputs);
    if (recorded === undefined || recorded.differs.length > 0) {
      const why =
        recorded === undefined
          ? "mongofed cannot declare it"
          : `mongofed cannot declare its ${recorded.differs.join(", ")}`;
      leave(what, why, checked.findings);
      continue;
    }
    const resource: ImportedResource = {
      kind,
      what,
      name: names.get(id) ?? id,
      id: objectId,
      inputs,
      identityProvider: provider && byId.get(keyOf("IdentityProvider", providerId(provider))),
      connection: connectionOf(draft, contents, byId),
      definedRoles: definedRoles(inputs, byId),
      preset: kind === "IdentityProvider" && provider !== undefined ? fittingPreset(provider) : undefined,
      place: places.find((place) => place.id === placeId),
      label,
      comments,
      state: { inputs: checked.inputs, outputs: recorded.outputs },
    };
    resources.push(resource);
    byId.set(id, resource);
  }
  return {
    plane: contents.plane,
    places,
    resources,
    notImported: left,
    unreadable: contents.unreadable,
    warnings: [...managedProjects(contents), ...warnings],
  };
}

/** The port returns a resource of an unknown kind as JSON, in place of a database. No database has a brace in its name. */
function hasForeignPrivilege({ privileges }: Props): boolean {
  return ((privileges ?? []) as readonly Privilege[]).some(
    ({ resource }) => "database" in resource && resource.database.startsWith("{"),
  );
}

/** A context for handlers that read listings and report nothing. */
function recordingContext(plane: ControlPlane): Context {
  return {
    plane: () => plane,
    offline: undefined,
    drift: "correct",
    report: () => {},
    memory: new RunMemory(),
    declared: {},
    waitMs: 0,
  };
}

/** FED273, for each project that another system manages from outside the console. */
function managedProjects({ managedBy, projects }: OrganizationContents): ImportModel["warnings"] {
  return [...managedBy].map(([projectId, system]) => ({
    what: `project ${projects.find((one) => one.projectId === projectId)?.name ?? projectId}`,
    finding: finding("FED273", { message: `project ${projectId} is managed by ${system}` }),
  }));
}

// From live objects to inputs

type Leave = (what: string, why: string, findings?: readonly Finding[]) => void;

function draftsOf(
  contents: OrganizationContents,
  labels: Labels,
  placeNames: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, string>,
  leave: Leave,
): Draft[] {
  const { identityProviders, connections, grants, databaseRoles, samlProviders, otherUsers } = contents;
  const providers = new Map(identityProviders.map((live) => [providerKey(live.scope.id, live.prefix), live]));
  const projects = new Map(contents.projects.map((project) => [project.projectId, project]));
  const projectName = (id: string) => projects.get(id)?.name ?? id;
  const orgName = (id: string) => contents.organizations.find(({ orgId }) => orgId === id)?.name ?? id;
  for (const { name, id } of samlProviders)
    leave(`SAML identity provider ${name} (${id})`, "mongofed manages OIDC identity providers only");
  for (const { name, authentication, projectId } of otherUsers)
    leave(
      `user ${name} in project ${projectName(projectId)}`,
      `the user logs in with ${authentication}, not through an identity provider`,
    );
  const isOne = projects.size === 1 && contents.plane !== "atlas";
  const inPlace = (id: string, name: string) => `${placeNames.get(id)}-${name}`;
  const inProject = (projectId: string, name: string) => (isOne ? name : inPlace(projectId, name));
  const providerNames = ({ prefix, configurationName, scope }: LiveIdentityProvider) => {
    const name = slugOr(labels.get(prefix) ?? configurationName, "identity-provider");
    return [name, inPlace(scope.id, name)];
  };
  const byPrefix = Map.groupBy(identityProviders, ({ prefix }) => prefix);
  const drafts: Draft[] = identityProviders.map((live) => ({
    ...identified("IdentityProvider", providerId(live)),
    what: `identity provider ${live.configurationName} (${live.prefix})`,
    names: providerNames(live),
    inputs: providerInputs(live),
    provider: live,
    placeId: live.scope.id,
    comments: [],
  }));
  for (const { federationSettingsId, orgId, identityProviderIds } of connections) {
    for (const prefix of new Set(identityProviderIds)) {
      const provider = providers.get(providerKey(federationSettingsId, prefix));
      const what = `connection of organization ${orgName(orgId)} to identity provider ${prefix}`;
      if (provider === undefined) {
        leave(what, "the federation does not list this identity provider");
        continue;
      }
      drafts.push({
        ...identified("OrgConnection", `${federationSettingsId}/${orgId}/${prefix}`),
        what,
        names: providerNames(provider).map((name) => inPlace(orgId, name)),
        inputs: { orgId, identityProvider: referenceTo(provider) },
        provider,
        placeId: orgId,
        comments: [],
      });
    }
  }
  for (const role of databaseRoles) drafts.push(roleDraft(role, inProject, projectName));
  for (const grant of grants) {
    const kind = grant.by === "GROUP" ? "OidcRole" : "FederatedUser";
    const subject = grant.by === "GROUP" ? "group" : grant.by === "USER" ? "user" : "principal";
    const what = `${subject} ${grant.who} through identity provider ${grant.prefix} in project ${projectName(grant.projectId)}`;
    const scope = contents.plane === "atlas" ? undefined : grant.projectId;
    const provider =
      scope === undefined ? byPrefix.get(grant.prefix)?.[0] : providers.get(providerKey(scope, grant.prefix));
    if (provider === undefined) {
      const unread = contents.unreadable.some(({ what: thing }) => /federation/.test(thing));
      leave(what, unread ? "mongofed cannot read its identity provider" : "its identity provider does not exist");
      continue;
    }
    const owner = grant.labels.find(({ key }) => OWNER_LABEL.test(key));
    if (owner !== undefined && !known.has(keyOf(kind, `${grant.projectId}/${grant.prefix}/${grant.who}`))) {
      leave(what, `its label "${owner.key}" says that another tool manages it: ${owner.value}`);
      continue;
    }
    const label = labels.get(grant.who);
    const who = slugOr(label ?? grant.who, subject);
    const short = slugOr(label ?? grant.who.replace(SERVICE_ACCOUNT, ""), subject);
    const through = slugOr(provider.configurationName, "identity-provider");
    drafts.push({
      ...identified(kind, `${grant.projectId}/${grant.prefix}/${grant.who}`),
      what,
      names: [
        inProject(grant.projectId, short),
        inProject(grant.projectId, who),
        inProject(grant.projectId, `${who}-${through}`),
        inProject(grant.projectId, `${who}-${through}-${subject}`),
      ],
      inputs: grantInputs(grant, referenceTo(provider), contents.plane === "atlas"),
      provider,
      placeId: grant.projectId,
      label,
      comments: grantComments(grant),
    });
  }
  return drafts;
}

/** The beginning of the subject of every service account of Kubernetes. */
const SERVICE_ACCOUNT = /^system:serviceaccount:/;

function identified(kind: ImportedKind, objectId: string) {
  return { kind, objectId, id: keyOf(kind, objectId) };
}

function keyOf(kind: ImportedKind, objectId: string): string {
  return `${kind} ${objectId}`;
}

/** Labels by which tools mark the users that they manage. */
const OWNER_LABEL = /^(infrastructure tool|managed[-_ ]?by|app\.kubernetes\.io\/managed-by)$/i;

function providerKey(scope: string, prefix: string): string {
  return `${scope}/${prefix}`;
}

function providerId({ scope, prefix }: LiveIdentityProvider): string {
  return `${scope.id}/${prefix}`;
}

/** Without what equals its default, and without what does not apply. */
function providerInputs(live: LiveIdentityProvider): Props {
  const { scope, idpType, configurationName, description, issuerUri, audience, clientId } = live;
  const { requestedScopes, associatedDomains, authorizationType, userClaim, groupsClaim } = live;
  return present({
    ...(scope.kind === "federation" ? { federationSettingsId: scope.id } : { projectId: scope.id }),
    configurationName,
    description,
    idpType,
    authorizationType,
    issuerUri,
    audience,
    clientId,
    requestedScopes,
    associatedDomains,
    userClaim: userClaim === DEFAULT_USER_CLAIM ? undefined : userClaim,
    groupsClaim: authorizationType === "USER" || groupsClaim === DEFAULT_GROUPS_CLAIM ? undefined : groupsClaim,
  });
}

function grantInputs(grant: LiveGrant, identityProvider: IdentityProviderReference, inAtlas: boolean): Props {
  const {
    projectId,
    by,
    who,
    roles,
    privileges,
    authenticationRestrictions,
    scopes,
    labels,
    description,
    deleteAfterDate,
  } = grant;
  return present({
    projectId: inAtlas ? projectId : undefined,
    identityProvider,
    [by === "GROUP" ? "group" : "principal"]: who,
    roles: roles.map(canonicalRole),
    privileges,
    authenticationRestrictions,
    scopes: scopes.map(({ name, type }) => (type === "CLUSTER" ? { name } : { name, type })),
    labels,
    description,
    deleteAfterDate,
  });
}

function grantComments({ deleteAfterDate }: LiveGrant): string[] {
  return deleteAfterDate === undefined ? [] : [`Atlas removes this access at ${deleteAfterDate}.`];
}

function roleDraft(
  role: LiveDatabaseRole,
  inProject: (projectId: string, name: string) => string,
  projectName: (id: string) => string,
): Draft {
  const { projectId, roleName, database, privileges, roles } = role;
  const name = slugOr(roleName, "role");
  return {
    ...identified("DatabaseRole", databaseRoleId(role)),
    what: `role ${roleName}@${database} of project ${projectName(projectId)}`,
    names: [
      inProject(projectId, name),
      inProject(projectId, `${name}-role`),
      inProject(projectId, `${name}-${slugOr(database, "database")}-role`),
    ],
    inputs: present({
      projectId,
      roleName,
      database: database === ROLES_DATABASE ? undefined : database,
      privileges,
      roles: roles.map(canonicalRole),
    }),
    placeId: projectId,
    comments: [],
  };
}

/** The inputs that say something. */
function present(inputs: Props): Props {
  return Object.fromEntries(
    Object.entries(inputs).filter(
      ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

// Rules

/** Leaves out what violates a rule, until the rest violates none: a program with an error registers nothing. */
function judged(
  plane: ControlPlane,
  drafts: readonly Draft[],
  now: number,
  leave: Leave,
): { readonly keeps: readonly Draft[]; readonly warnings: ImportModel["warnings"] } {
  let keeps = [...drafts];
  for (;;) {
    const declared = declarationsOf(plane, keeps);
    const findings = programFindings({ declarations: [...declared.values()], now });
    const errors = findings.filter(({ severity }) => severity === "error");
    if (errors.length === 0) {
      const whatOf = new Map(keeps.map(({ id, what }) => [id, what]));
      const warnings = findings.map((one) => ({
        what: whatOf.get(one.locations[0]?.label ?? "") ?? "",
        finding: placeless(one),
      }));
      return { keeps, warnings };
    }
    const byLabel = Map.groupBy(errors, ({ locations }) => locations[0]?.label ?? "");
    const bad = new Set(keeps.filter(({ id }) => byLabel.has(id)));
    if (bad.size === 0) {
      for (const draft of keeps) leave(draft.what, "a program with it violates a rule", errors.map(placeless));
      return { keeps: [], warnings: [] };
    }
    for (const draft of bad) leave(draft.what, "it violates a rule", (byLabel.get(draft.id) ?? []).map(placeless));
    keeps = keeps.filter((draft) => !bad.has(draft));
  }
}

/** A finding about a live object has no place in a program. */
function placeless(finding: Finding): Finding {
  return { ...finding, locations: [] };
}

/** The declarations as the program would have them. The label is the id, which identifies them in findings. */
function declarationsOf(plane: ControlPlane, drafts: readonly Draft[]): ReadonlyMap<string, Declaration> {
  const declared = new Map<string, Declaration>();
  for (const { kind, id, inputs, provider } of ordered(drafts)) {
    const made =
      provider === undefined || kind === "IdentityProvider"
        ? undefined
        : declared.get(keyOf("IdentityProvider", providerId(provider)));
    const location = { file: PLANE_KINDS[plane.name], line: declared.size + 1, column: 1, label: id };
    declared.set(id, { kind, name: id, location, inputs, ...(made === undefined ? {} : { identityProvider: made }) });
  }
  return declared;
}

// Order, places and references

const ORDER: readonly ImportedKind[] = [
  "IdentityProvider",
  "OrgConnection",
  "DatabaseRole",
  "OidcRole",
  "FederatedUser",
];

/** Providers, connections, roles with the inherited ones first, and grants. The listings' order does not count. */
function ordered(drafts: readonly Draft[]): readonly Draft[] {
  const sorted = drafts.toSorted(
    (a, b) =>
      ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
      compareTexts(a.placeId ?? "", b.placeId ?? "") ||
      compareTexts(a.id, b.id),
  );
  const roles = new Map(sorted.filter(({ kind }) => kind === "DatabaseRole").map((draft) => [draft.id, draft]));
  const done = new Set<Draft>();
  const walk = (draft: Draft): void => {
    if (done.has(draft)) return;
    done.add(draft);
    for (const id of grantedIds(draft.inputs)) {
      const inherited = roles.get(id);
      if (inherited !== undefined) walk(inherited);
    }
    placed.push(draft);
  };
  const placed: Draft[] = [];
  for (const draft of sorted) walk(draft);
  return placed;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The ids that the user-defined roles among `roles` would have. */
function grantedIds(inputs: Props): string[] {
  return rolesIn(inputs).map(({ role, database }) =>
    keyOf("DatabaseRole", databaseRoleId({ projectId: projectOf(inputs), roleName: role, database })),
  );
}

function projectOf({ projectId, identityProvider }: Props): string {
  return String(projectId ?? (identityProvider as IdentityProviderReference | undefined)?.projectId);
}

function rolesIn({ roles }: Props): GrantedRole[] {
  return ((roles ?? []) as readonly GrantedRoleInput[]).flatMap((role) => parseRole(role) ?? []);
}

function connectionOf(
  { kind, provider, placeId }: Draft,
  { projects }: OrganizationContents,
  byId: ReadonlyMap<string, ImportedResource>,
): ImportedResource | undefined {
  if (provider === undefined || (kind !== "OidcRole" && kind !== "FederatedUser")) return undefined;
  const orgId = projects.find(({ projectId }) => projectId === placeId)?.orgId;
  return byId.get(keyOf("OrgConnection", `${provider.scope.id}/${orgId}/${provider.prefix}`));
}

function definedRoles(
  inputs: Props,
  byId: ReadonlyMap<string, ImportedResource>,
): ReadonlyMap<string, ImportedResource> {
  const ids = grantedIds(inputs);
  return new Map(
    rolesIn(inputs).flatMap((role, index) => {
      const found = byId.get(ids[index] ?? "");
      return found === undefined || role.collection !== undefined ? [] : [[roleText(role), found] as const];
    }),
  );
}

/** Projects of several organizations often have one name. */
function placesToName(
  { federationSettingsIds, organizations, projects }: OrganizationContents,
  labels: Labels,
): Named[] {
  const orgs = new Map(
    organizations.map(({ orgId, name }) => [orgId, slugOr(labels.get(orgId) ?? name, "organization")]),
  );
  return [
    ...federationSettingsIds.map((id) => ({ id, names: ["federation"] })),
    ...[...orgs].map(([id, name]) => ({ id, names: [name, `${name}-organization`] })),
    ...projects.map(({ projectId: id, name: title, orgId }) => {
      const name = slugOr(labels.get(id) ?? title, "project");
      const org = orgs.get(orgId);
      return { id, names: org === undefined ? [name] : [name, `${org}-${name}`] };
    }),
  ];
}

function placesOf(contents: OrganizationContents, names: ReadonlyMap<string, string>): ImportedPlace[] {
  const { federationSettingsIds, organizations, projects } = contents;
  const name = (id: string) => names.get(id) ?? id;
  return [
    ...federationSettingsIds.map((id) => ({ kind: "federation" as const, id, title: "federation", name: name(id) })),
    ...organizations.map(({ orgId: id, name: title }) => ({
      kind: "organization" as const,
      id,
      title,
      name: name(id),
    })),
    ...projects.map(({ projectId: id, name: title, orgId }) => ({
      kind: "project" as const,
      id,
      title,
      name: name(id),
      orgId,
    })),
  ];
}
