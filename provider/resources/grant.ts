import type { Label, Scope } from "../../schema/access.ts";
import type { AuthenticationRestriction } from "../../schema/authentication-restrictions.ts";
import { ACCESS_SETTINGS } from "../../schema/grant.ts";
import type { AuthorizationType } from "../../schema/identity-provider.ts";
import type { Privilege } from "../../schema/privileges.ts";
import { canonicalRole } from "../../schema/roles.ts";
import { isUnknown } from "../../schema/unknown.ts";
import type { Grantee, GrantSettings, LiveGrant } from "../control-planes/control-plane.ts";
import { onAtlas, onProjects } from "../control-planes/planes.ts";
import type { Kind } from "../rules/index.ts";
import type { Definition, Props } from "./definition.ts";
import { parseId } from "./ids.ts";
import { known } from "./known.ts";
import { lifecycle } from "./lifecycle/lifecycle.ts";
import type { Resource } from "./lifecycle/resource.ts";
import { changeFindings, creationFindings } from "./live-rules/grant.ts";
import { referenceFindings } from "./live-rules/reference.ts";
import { prefixOf, referenceBy, referenceOf } from "./reference.ts";
import type { Comparison } from "./state/compare.ts";
import { canonicalDate, isPast } from "./state/expiry.ts";
import { canonicalPrivilegesIn, canonicalRoles, rolesOf } from "./state/granted-roles.ts";
import { visible } from "./state/visible.ts";

/** The differences between the two kinds of grants. */
interface GrantKind {
  readonly kind: Extract<Kind, "OidcRole" | "FederatedUser">;
  readonly plural: string;
  /** The authorization type, and the input that names the recipient. */
  readonly by: AuthorizationType;
  readonly input: "group" | "principal";
}

interface GrantKey extends Grantee {
  readonly projectId: string;
}

/** Defines the resource of a grant: the access of a group or principal of an identity provider in a project. */
export function grant({ kind, plural, by, input }: GrantKind): Definition {
  const object: Resource<GrantKey, LiveGrant> = {
    kind,
    plural,
    label(props) {
      const through = known(referenceOf(props).configurationName) ?? prefixOf(referenceOf(props));
      return `${input} ${known(props[input]) ?? "?"} through ${through ?? "?"}`;
    },

    unchecked: { live: "the live settings", existing: "whether it exists already, and whether its project accepts it" },

    // Identity: the project, the identity provider (its id in Atlas, else its name), and the group or principal.
    parse(id) {
      const { projectId, identityProvider, who } = parseId(kind, id, ["projectId", "identityProvider", "who"]);
      return { projectId, prefix: identityProvider, by, who };
    },
    idOf: ({ projectId, prefix, who }) => `${projectId}/${prefix}/${who}`,
    keyOf(inputs) {
      const projectId = known(inputs.projectId);
      const prefix = prefixOf(referenceOf(inputs));
      const who = known(inputs[input]);
      if (projectId === undefined || prefix === undefined || who === undefined) return undefined;
      return { projectId, prefix, by, who };
    },
    keyOfLive: ({ projectId, prefix, who }) => ({ projectId, prefix, by, who }),
    scopeOf: ({ projectId }) => `project ${projectId}`,
    identity: ["projectId", input, "identityProvider"],
    mark: "projectId",
    identityOf: ({ projectId, prefix, who }, outputs) => ({
      projectId,
      [input]: who,
      // A read by id alone returns only the parts of the id. The federation holds the rest, and may be unreadable.
      identityProvider: outputs.identityProvider ?? {
        ...referenceBy(projectId, prefix),
        authorizationType: by,
      },
    }),
    moved: (key, inputs) => [
      ...(isOther(inputs.projectId, key.projectId) ? ["projectId"] : []),
      // An id that is not known is that of a provider which is replaced: what carries the old one is replaced with it.
      ...(prefixOf(referenceOf(inputs)) === key.prefix ? [] : ["identityProvider"]),
      ...(isOther(inputs[input], key.who) ? [input] : []),
    ],
    named: input,

    // Inputs and outputs
    settings: ACCESS_SETTINGS,
    withDefaults: ({ roles, privileges, scopes, labels, description, deleteAfterDate, ...rest }) =>
      visible({
        ...rest,
        projectId: rest.projectId ?? referenceOf(rest).projectId,
        roles: canonicalRoles(roles ?? []),
        privileges: canonicalPrivilegesIn(privileges),
        scopes: Array.isArray(scopes) ? scopes.map(withType) : (scopes ?? []),
        labels: labels ?? [],
        description: description === "" ? undefined : description,
        deleteAfterDate: canonicalDate(deleteAfterDate),
      }),
    settingsOf: ({ roles, privileges, authenticationRestrictions, scopes, labels, description, deleteAfterDate }) =>
      visible({
        roles: roles.map(canonicalRole),
        privileges: someOf(privileges),
        authenticationRestrictions: someOf(authenticationRestrictions),
        scopes,
        labels,
        description,
        deleteAfterDate: canonicalDate(deleteAfterDate),
      }),

    // Changes: all in place, but a permanent grant does not become temporary.
    waitsIn: ({ projectId }) => projectId,
    remakes: (changes) => changes.filter(isOnlyForNew).map(({ property }) => property),
    expired: ({ deleteAfterDate }) => isPast(deleteAfterDate),

    // Rules
    referenceFindings,
    creationFindings,
    changeFindings,

    // A configuration that gets another name: all that is named after it is replaced, and stands in one document.
    goesWith: ({ memory }, { projectId, prefix }) =>
      memory.ownership.isReplaced(`${projectId}/${prefix}`) ? memory.ownership.replaced(`${projectId}/${prefix}/`) : [],

    // Server
    fits(plane, inputs) {
      const { federationSettingsId, projectId } = referenceOf(inputs);
      if (federationSettingsId !== undefined) onAtlas(plane, "an identity provider of a federation");
      if (projectId !== undefined) onProjects(plane, "an identity provider of a project");
    },
    list: ({ access }, { projectId }) => access.list(projectId),
    isLive: (live, key) => live.prefix === key.prefix && live.by === by && live.who === key.who,
    get: ({ access }, { projectId, ...grantee }) => access.get(projectId, grantee),
    // A write sends the changed settings alone, and no rule forbids a deletion.
    listingSuffices: true,
    create({ access }, inputs) {
      const { projectId, ...grantee } = object.keyOf(inputs) as GrantKey;
      return access.create(projectId, grantee, settingsIn(inputs));
    },
    update({ access }, { projectId, ...grantee }, inputs, changes) {
      const wanted = Object.entries(settingsIn(inputs)).filter(([key]) => key in changes);
      return access.update(projectId, grantee, Object.fromEntries(wanted));
    },
    resembles: (live, key) => live.by === by && live.who === key.who,
    delete: ({ access }, { projectId, ...grantee }) => access.delete(projectId, grantee),
  };
  return lifecycle(object);
}

function isOther(wanted: unknown, recorded: string): boolean {
  return !isUnknown(wanted) && wanted !== undefined && wanted !== recorded;
}

/** `PERMANENT_ENTITY_CANNOT_BE_MADE_TEMPORARY` */
function isOnlyForNew({ property, live, wanted }: Comparison): boolean {
  return property === "deleteAfterDate" && live === undefined && wanted !== undefined;
}

/** Atlas has none of these: what is empty is left out there. */
function someOf<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function withType(scope: unknown): unknown {
  if (typeof scope !== "object" || scope === null) return scope;
  return { ...scope, type: (scope as Partial<Scope>).type ?? "CLUSTER" };
}

function settingsIn(inputs: Props): GrantSettings {
  return {
    roles: rolesOf(inputs),
    privileges: (inputs.privileges ?? []) as readonly Privilege[],
    authenticationRestrictions: (inputs.authenticationRestrictions ?? []) as readonly AuthenticationRestriction[],
    scopes: inputs.scopes as readonly Scope[],
    labels: inputs.labels as readonly Label[],
    description: inputs.description as string | undefined,
    deleteAfterDate: inputs.deleteAfterDate as string | undefined,
  };
}
