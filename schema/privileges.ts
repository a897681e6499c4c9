import { z } from "zod";
import { privilegeActionSchema } from "./atlas.ts";

/**
 * The scope of a privilege: a collection, a whole database (`collection: ""`), all databases (both `""`), or the
 * cluster.
 */
const privilegeResourceSchema = z.union(
  [z.strictObject({ cluster: z.literal(true) }), z.strictObject({ database: z.string(), collection: z.string() })],
  "expected { database, collection } or { cluster: true }",
);
export type PrivilegeResource = z.infer<typeof privilegeResourceSchema>;

/** Actions under MongoDB's own names: `find`, `collMod`. */
export const privilegeSchema = z.strictObject({
  resource: privilegeResourceSchema,
  actions: z.array(z.string().min(1)).min(1),
});
export type Privilege = z.infer<typeof privilegeSchema>;

/**
 * Returns the canonical form of privileges: each resource once (the cluster first, then by name), with sorted unique
 * actions. Declared and live privileges mean the same exactly if their canonical forms are equal.
 */
export function canonicalPrivileges(privileges: readonly Privilege[]): Privilege[] {
  const merged = new Map<string, { resource: PrivilegeResource; actions: Set<string> }>();
  for (const { resource, actions } of privileges) {
    const key = resourceKey(resource);
    const one = merged.get(key) ?? { resource: inOrder(resource), actions: new Set() };
    for (const action of actions) one.actions.add(action);
    merged.set(key, one);
  }
  return [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { resource, actions }]) => ({ resource, actions: [...actions].sort() }));
}

/** Engines sort the keys of what they hand on, and texts of the same must be the same. */
function inOrder(resource: PrivilegeResource): PrivilegeResource {
  if ("cluster" in resource) return { cluster: resource.cluster };
  return { database: resource.database, collection: resource.collection };
}

/** Tells resources apart, and sorts the cluster first. No name of a database or collection can hold a NUL. */
function resourceKey(resource: PrivilegeResource): string {
  return "cluster" in resource ? "" : `\0${resource.database}\0${resource.collection}`;
}

/** Where MongoDB's name (`action_type.idl` of the server) is not simply the API's in camel case. */
const RENAMED: Readonly<Partial<Record<z.infer<typeof privilegeActionSchema>, string>>> = {
  USE_UUID: "useUUID",
  KILL_OP: "killop",
  BYPASS_DEFAULT_MAX_TIME_MS: "bypassDefaultMaxTimeMS",
  RENAME_COLLECTION_SAME_DB: "renameCollectionSameDB",
  SET_USER_WRITE_BLOCK: "setUserWriteBlockMode",
  BYPASS_USER_WRITE_BLOCK: "bypassWriteBlockingMode",
  IN_PROG: "inprog",
  NET_STAT: "netstat",
  OUT_TO_GCS: "outToGCS",
  CREATE_SEARCH_INDEX: "createSearchIndexes",
};

const WIRE_TO_OURS: ReadonlyMap<string, string> = new Map(
  privilegeActionSchema.options.map((wire) => [wire, RENAMED[wire] ?? camelCase(wire)]),
);
const OURS_TO_WIRE: ReadonlyMap<string, string> = new Map([...WIRE_TO_OURS].map(([wire, ours]) => [ours, wire]));

/** The actions that a user-defined role of Atlas can allow, under MongoDB's names. */
export const ATLAS_ACTIONS: ReadonlySet<string> = new Set(OURS_TO_WIRE.keys());

/** `collMod` to `COLL_MOD`. One that this version does not know goes by the rule, so that Atlas may judge it. */
export function toAtlasAction(action: string): string {
  return OURS_TO_WIRE.get(action) ?? screamingSnakeCase(action);
}

/** `COLL_MOD` to `collMod`. One that this version does not know stays as it is where the rule would not lead back. */
export function fromAtlasAction(wire: string): string {
  const ours = WIRE_TO_OURS.get(wire) ?? camelCase(wire);
  return toAtlasAction(ours) === wire ? ours : wire;
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Names without lower-case letters already have the API's spelling. */
function screamingSnakeCase(name: string): string {
  return /[a-z]/.test(name) ? name.replace(/[A-Z]/g, "_$&").toUpperCase() : name;
}
