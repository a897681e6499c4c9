import type { ImportedResource } from "./model.ts";

/** Grants that differ in their group or principal, and perhaps in their roles. */
export interface GrantMap {
  /** Lower case letters, digits and hyphens. Unique among the maps. */
  readonly name: string;
  readonly kind: "OidcRole" | "FederatedUser";
  /** The input that differs. */
  readonly input: "group" | "principal";
  readonly grants: readonly ImportedResource[];
  /** Whether all have the same roles. */
  readonly sharesRoles: boolean;
}

/** One resource, or a map of grants. */
export type Block = ImportedResource | GrantMap;

/** Fewer grants are clearer one by one. */
const MAP_MIN = 3;

/** The resources as a person would group them: alike grants of one project and identity provider become one map. */
export function blocksOf(
  resources: readonly ImportedResource[],
  isAlone: (resource: ImportedResource) => boolean = () => false,
): readonly Block[] {
  const plain = resources.filter((resource) => isPlainGrant(resource) && !isAlone(resource));
  const alike = Map.groupBy(plain, likeness);
  const maps = new Map<ImportedResource, GrantMap>();
  const names = new Set<string>();
  for (const grants of alike.values()) {
    const [first] = grants;
    if (first === undefined || grants.length < MAP_MIN) continue;
    const map = mapOf(first, grants, names);
    names.add(map.name);
    for (const grant of grants) maps.set(grant, map);
  }
  return [...new Set(resources.map((resource) => maps.get(resource) ?? resource))];
}

function mapOf(first: ImportedResource, grants: readonly ImportedResource[], taken: ReadonlySet<string>): GrantMap {
  const isGroup = first.kind === "OidcRole";
  const noun = isGroup ? "groups" : "users";
  const place = first.place === undefined ? "" : `${first.place.name}-`;
  const names = [`${place}${noun}`, `${place}${first.identityProvider?.name ?? "other"}-${noun}`];
  const roles = JSON.stringify(first.inputs.roles);
  return {
    name: names.find((name) => !taken.has(name)) ?? `${names[1]}-${taken.size}`,
    kind: isGroup ? "OidcRole" : "FederatedUser",
    input: isGroup ? "group" : "principal",
    grants,
    sharesRoles: grants.every(({ inputs }) => JSON.stringify(inputs.roles) === roles),
  };
}

const PLAIN: ReadonlySet<string> = new Set(["projectId", "identityProvider", "group", "principal", "roles"]);

/** Without settings that deserve a place of their own. */
function isPlainGrant({ kind, inputs, comments }: ImportedResource): boolean {
  const isGrant = kind === "OidcRole" || kind === "FederatedUser";
  return isGrant && comments.length === 0 && Object.keys(inputs).every((input) => PLAIN.has(input));
}

function likeness({ kind, place, inputs }: ImportedResource): string {
  return JSON.stringify([kind, place?.id, inputs.identityProvider]);
}

export function isMap(block: Block): block is GrantMap {
  return "grants" in block;
}
