import type { Resource } from "./built-in-roles.ts";

/** An expected permission: actions of MongoDB on a collection, a whole database, or the cluster. */
export interface Wish {
  readonly actions: readonly string[];
  readonly target: Target;
}
/** Without `collection`: all of the database. `anywhere`: on whatever resource. */
export type Target =
  | { readonly kind: "collection"; readonly database: string; readonly collection: string }
  | { readonly kind: "database"; readonly database: string }
  | { readonly kind: "cluster" }
  | { readonly kind: "anywhere" };

/** Words for what takes several actions. */
const GROUPS: Readonly<Record<string, readonly string[]>> = { read: ["find"], write: ["insert", "update", "remove"] };

/**
 * Reads `find app.orders`, `insert app`, `serverStatus cluster`, `write`. `read` and `write` stand for the actions
 * on documents. `undefined` where the text is none of these.
 */
export function parseWish(text: string): Wish | undefined {
  const match = /^(?<action>[A-Za-z]+)(?: +(?:on +)?(?<where>\S.*?))? *$/s.exec(text);
  const { action, where } = match?.groups ?? {};
  if (action === undefined) return undefined;
  return { actions: Object.hasOwn(GROUPS, action) ? (GROUPS[action] ?? []) : [action], target: targetOf(where) };
}

/** A database name has no dot: all after the first one is the collection. */
function targetOf(where: string | undefined): Target {
  if (where === undefined) return { kind: "anywhere" };
  if (where === "cluster") return { kind: "cluster" };
  const dot = where.indexOf(".");
  if (dot === -1) return { kind: "database", database: where };
  return { kind: "collection", database: where.slice(0, dot), collection: where.slice(dot + 1) };
}

/** Whether a privilege on `resource` reaches all of the target. */
export function covers(resource: Resource, target: Target): boolean {
  if (target.kind === "anywhere") return resource === "*";
  if (resource === "*") return true;
  if ("cluster" in resource) return target.kind === "cluster";
  if (target.kind === "cluster" || !coversDatabase(resource, target.database)) return false;
  if (target.kind === "database") return resource.collection === "";
  return resource.collection === "" ? !isSystem(target.collection) : resource.collection === target.collection;
}

/** Whether a privilege on `resource` reaches anything of the target. */
export function touches(resource: Resource, target: Target): boolean {
  if (target.kind === "anywhere" || resource === "*") return true;
  if (target.kind !== "database" || "cluster" in resource) return covers(resource, target);
  return coversDatabase(resource, target.database);
}

/** "All databases" are all but `local` and `config`; a collection named in all databases is meant in these, too. */
function coversDatabase(resource: { database: string; collection: string }, database: string): boolean {
  if (resource.database !== "") return resource.database === database;
  return resource.collection !== "" || (database !== "local" && database !== "config");
}

/** A privilege on a whole database leaves its system collections out. */
function isSystem(collection: string): boolean {
  return collection.startsWith("system.");
}
