import type { AccessEffect } from "../../schema/access-change.ts";
import type { AccessRow } from "../../schema/access-report.ts";
import type { PlaneName } from "../../schema/plane.ts";
import { privilegeSchema } from "../../schema/privileges.ts";
import type { Kind } from "../../schema/resources.ts";
import { ROLES_DATABASE } from "../../schema/roles.ts";
import { containsUnknown, isUnknown } from "../../schema/unknown.ts";
import type { LiveDatabaseRole, LiveGrant } from "../control-planes/control-plane.ts";
import type { Declaration, Program } from "../rules/program.ts";
import { readRole } from "../rules/relations.ts";
import { changesOf } from "./change.ts";
import { grantObject, managedObject } from "./managed-object.ts";
import { type AccessContents, accessRows } from "./rows.ts";

/** A resource of a program, plan or state: its inputs, with the outputs where they are known. */
export interface AccessResource {
  readonly kind: Kind;
  /** The name in the program. */
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The resource behind the input `identityProvider`, where the program passes a resource. */
  readonly identityProvider?: AccessResource;
  /** The engine's addresses under which a state may hold the resource. */
  readonly addresses?: readonly string[];
  /** The resource takes over an existing object, which a state does not hold yet. */
  readonly isAdopted?: boolean;
}

/** The declarations of a program as resources. */
export function programResources(
  { declarations }: Program,
  addressesOf: (declaration: Declaration) => readonly string[] = () => [],
): AccessResource[] {
  const resources = new Map<Declaration, AccessResource>();
  const read = (declaration: Declaration): AccessResource => {
    const known = resources.get(declaration);
    if (known !== undefined) return known;
    const { kind, name, inputs, identityProvider } = declaration;
    const resource: AccessResource = {
      kind,
      name,
      values: inputs,
      addresses: addressesOf(declaration),
      isAdopted: Boolean(inputs.adopt),
      ...(identityProvider === undefined ? {} : { identityProvider: read(identityProvider) }),
    };
    resources.set(declaration, resource);
    return resource;
  };
  return declarations.map(read);
}

/** Returns the access that resources grant. */
export function resourceRows(
  resources: readonly AccessResource[],
  { names = new Map() }: EffectOptions = {},
): AccessRow[] {
  const model = new Model(resources, providerIds(resources));
  return model.rows(names, new Set());
}

/**
 * Returns the grants of resources as `managedObject`, and those that are unknown until apply. An identity provider of Atlas
 * whose id is unknown goes by its configuration name.
 */
export function grantsOf(resources: readonly AccessResource[]): {
  readonly grants: readonly string[];
  readonly unknown: readonly string[];
} {
  const { grants, unknownGrants } = new Model(resources, providerIds(resources));
  return {
    grants: grants.map(({ grant }) => {
      const { kind, id } = grantObject(grant);
      return managedObject(kind, id);
    }),
    unknown: unknownGrants,
  };
}

interface EffectOptions {
  /** Names of groups, principals and projects, by their ids. */
  readonly names?: ReadonlyMap<string, string>;
}

/** Returns the access that each group and principal gains and loses, if the resources `before` become those `after`. */
export function accessEffect(
  before: readonly AccessResource[],
  after: readonly AccessResource[],
  { names = new Map() }: EffectOptions = {},
): AccessEffect {
  const known = new Set(before.map(objectOf));
  // An adopted object equals its declaration, or the report of its adoption lists the differences.
  const adopted = after.filter((resource) => resource.isAdopted && !known.has(objectOf(resource)));
  const ids = providerIds([...before, ...after]);
  const now = new Model(after, ids);
  // A resource whose values are unknown may be the same as before.
  const isOpen = ({ addresses = [] }: AccessResource) => addresses.some((address) => now.open.has(address));
  const old = new Model([...before.filter((resource) => !isOpen(resource)), ...adopted], ids);
  // An identity provider that another stack connects has no connection before or after.
  const connectable = new Set([...old.connected.keys(), ...now.connected.keys()]);
  const rows = changesOf(old.rows(names, connectable), now.rows(names, connectable));
  return { rows, unknown: [...now.unknown, ...connectionsAside(old, now)] };
}

/** Organizations that are connected or disconnected, while the identity provider serves others before and after. */
function connectionsAside(old: Model, now: Model): string[] {
  return [...old.connected].flatMap(([key, orgs]) => {
    const later = now.connected.get(key);
    if (later === undefined) return [];
    const changed = [...new Set([...orgs, ...later])].filter((org) => !orgs.has(org) || !later.has(org));
    return changed.map(
      (org) => `grants in projects of organization ${org}, whose connection to ${now.nameOf(key)} changes`,
    );
  });
}

/** Identity providers of one side, by the key that both sides share. */
class Model {
  readonly #ids: ReadonlyMap<string, string>;
  readonly #providers = new Map<string, UsedProvider>();
  readonly grants: { readonly grant: LiveGrant; readonly provider: UsedProvider }[] = [];
  readonly #roles: LiveDatabaseRole[] = [];
  /** The organizations of each identity provider of Atlas that is connected to any. */
  readonly connected = new Map<string, Set<string>>();
  readonly unknownGrants: string[] = [];
  readonly #unknownRoles: string[] = [];
  /** The addresses of grants that are unknown. */
  readonly open = new Set<string>();

  constructor(resources: readonly AccessResource[], ids: ReadonlyMap<string, string>) {
    this.#ids = ids;
    for (const resource of resources) {
      if (resource.kind === "OidcRole" || resource.kind === "FederatedUser") this.#addGrant(resource);
      else if (resource.kind === "DatabaseRole") this.#addRole(resource);
      else if (resource.kind === "OrgConnection") this.#addConnection(resource);
    }
  }

  get unknown(): readonly string[] {
    return [...this.unknownGrants, ...this.#unknownRoles];
  }

  rows(names: ReadonlyMap<string, string>, connectable: ReadonlySet<string>): AccessRow[] {
    const byPlane = Map.groupBy(this.grants, ({ provider }) => provider.plane);
    return [...byPlane].flatMap(([plane, grants]) => {
      const projects = new Set(grants.map(({ grant }) => grant.projectId));
      const contents: AccessContents = {
        plane,
        // A stack does not tell the organizations of projects. A provider without any connection reaches none.
        projects: [...projects].map((projectId) => ({
          projectId,
          name: names.get(projectId) ?? projectId,
          orgId: ANY,
        })),
        grants: grants.map(({ grant }) => grant),
        identityProviders: [...this.#providers.values()].map((provider) => ({
          ...provider,
          connectedOrgIds: connectable.has(provider.prefix) && !this.connected.has(provider.prefix) ? [] : [ANY],
        })),
        databaseRoles: this.#roles,
        unreadable: [],
      };
      return accessRows(contents, { names, now: 0 });
    });
  }

  nameOf(prefix: string): string {
    return this.#providers.get(prefix)?.configurationName ?? prefix;
  }

  #addGrant(resource: AccessResource): void {
    const { kind, name, values, addresses = [] } = resource;
    const by = kind === "OidcRole" ? "GROUP" : "USER";
    const who = values[by === "GROUP" ? "group" : "principal"];
    const provider = this.#provider(resource);
    const projectId = values.projectId ?? (provider?.scope.kind === "project" ? provider.scope.id : undefined);
    if (provider === undefined || !isKnownText(who) || !isKnownText(projectId)) {
      this.unknownGrants.push(`${kind} "${name}"`);
      for (const address of addresses) this.open.add(address);
      return;
    }
    const roles = listOf(values.roles).flatMap((role) => readRole(role) ?? []);
    const privileges = listOf(values.privileges).flatMap(
      (privilege) => privilegeSchema.safeParse(privilege).data ?? [],
    );
    if (containsUnknown([values.roles, values.privileges])) this.#unknownRoles.push(`roles of ${kind} "${name}"`);
    const grant = {
      projectId,
      prefix: provider.prefix,
      by,
      who,
      roles,
      privileges,
      authenticationRestrictions: withoutUnknown(values.authenticationRestrictions),
      scopes: withoutUnknown(values.scopes),
      labels: [],
      description: undefined,
      deleteAfterDate: isKnownText(values.deleteAfterDate) ? values.deleteAfterDate : undefined,
    } as LiveGrant;
    this.grants.push({ grant, provider });
  }

  #addRole({ values }: AccessResource): void {
    const { projectId, roleName, database = ROLES_DATABASE } = values;
    if (!isKnownText(projectId) || !isKnownText(roleName) || !isKnownText(database)) return;
    this.#roles.push({
      projectId,
      roleName,
      database,
      privileges: listOf(values.privileges).flatMap((privilege) => privilegeSchema.safeParse(privilege).data ?? []),
      roles: listOf(values.roles).flatMap((role) => readRole(role) ?? []),
    });
  }

  #addConnection(resource: AccessResource): void {
    const provider = this.#provider(resource);
    const { orgId } = resource.values;
    if (provider === undefined || !isKnownText(orgId)) return;
    const orgs = this.connected.get(provider.prefix) ?? new Set();
    this.connected.set(provider.prefix, orgs.add(orgId));
  }

  #provider(resource: AccessResource): UsedProvider | undefined {
    const provider = usedProvider(resource, this.#ids);
    if (provider !== undefined) this.#providers.set(provider.prefix, provider);
    return provider;
  }
}

/** Stands for the organizations of a stack: state holds connections, but not the organization of each project. */
const ANY = "any";

type UsedProvider = Omit<AccessContents["identityProviders"][number], "connectedOrgIds"> & {
  readonly plane: PlaneName;
};

/** The identity provider of a grant or connection. `undefined` while it is unknown. */
function usedProvider(resource: AccessResource, ids: ReadonlyMap<string, string>): UsedProvider | undefined {
  const values = providerValues(resource);
  const { configurationName: name, idpType = "WORKFORCE", federationSettingsId: federation, projectId } = values;
  if (idpType !== "WORKFORCE" && idpType !== "WORKLOAD") return undefined;
  if (isKnownText(projectId)) {
    if (!isKnownText(name)) return undefined;
    const scope = { kind: "project", id: projectId } as const;
    return { plane: "cloud-manager", prefix: name, scope, configurationName: name, idpType };
  }
  // A new identity provider has no id yet. Its name stands for it.
  const id = knownText(values.identityProviderId) ?? ids.get(nameKey(values) ?? "") ?? knownText(name);
  if (id === undefined) return undefined;
  const scope = { kind: "federation", id: knownText(federation) ?? "" } as const;
  return { plane: "atlas", prefix: id, scope, configurationName: knownText(name) ?? id, idpType };
}

function providerValues({ values, identityProvider }: AccessResource): Readonly<Record<string, unknown>> {
  if (identityProvider !== undefined) return identityProvider.values;
  const reference = values.identityProvider;
  return typeof reference === "object" && reference !== null ? { ...reference } : {};
}

/** The ids of identity providers that any resource contains, by federation and name. */
function providerIds(resources: readonly AccessResource[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const resource of resources) {
    const values = resource.kind === "IdentityProvider" ? resource.values : providerValues(resource);
    const [key, id] = [nameKey(values), knownText(values.identityProviderId)];
    if (key !== undefined && id !== undefined) ids.set(key, id);
  }
  return ids;
}

function nameKey({ federationSettingsId, configurationName }: Readonly<Record<string, unknown>>): string | undefined {
  const isKnown = isKnownText(federationSettingsId) && isKnownText(configurationName);
  return isKnown ? JSON.stringify([federationSettingsId, configurationName]) : undefined;
}

/** The object that a resource stands for, under the names that the server holds unique. */
function objectOf(resource: AccessResource): string {
  const { kind, values } = resource;
  const { projectId, roleName, database = ROLES_DATABASE, group, principal } = values;
  const { configurationName } = kind === "IdentityProvider" ? values : providerValues(resource);
  return JSON.stringify([kind, projectId, roleName, database, group, principal, configurationName]);
}

function isKnownText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !isUnknown(value);
}

function knownText(value: unknown): string | undefined {
  return isKnownText(value) ? value : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function withoutUnknown(value: unknown): readonly unknown[] {
  return listOf(value).filter((item) => !containsUnknown(item));
}
