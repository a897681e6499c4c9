import { movedId } from "../engines/terraform/upgrade.ts";
import { hclText } from "./hcl.ts";
import { slug } from "./names.ts";

/** Objects in a state of Terraform that MongoDB's own provider manages. */

/** The file is no state of Terraform. */
export class TerraformStateError extends Error {
  override readonly name = "TerraformStateError";
}

type Json = Readonly<Record<string, unknown>>;

interface Managed {
  readonly type: string;
  /** `module.x.mongodbatlas_database_user.dba["a"]` */
  readonly address: string;
  /** The same without the key of the instance. */
  readonly block: string;
  readonly attributes: Json;
}

/** A resource that `moved` takes over. */
export interface Move {
  readonly from: string;
  /** The name of the block, and the key of the instance. Made as all names of an import. */
  readonly name: string;
  readonly isInstance: boolean;
}

export interface TerraformState {
  /** By `{type of mongofed} {id}`. */
  readonly moves: ReadonlyMap<string, Move>;
  /** The blocks whose destroy would disconnect an organization. They cannot move. */
  readonly connections: readonly string[];
  readonly orgIds: readonly string[];
  readonly projectIds: readonly string[];
}

const ORG_CONFIG = "mongodbatlas_federated_settings_org_config";

/** Reads a state file, or the output of `terraform show -json`. @throws TerraformStateError */
export function readTerraformState(text: string): TerraformState {
  const objects = objectsIn(text).filter(({ type }) => type.startsWith("mongodbatlas_"));
  const moves = objects.flatMap(({ type, address, block, attributes }) => {
    const target = movedId(type, attributes);
    const key = address.slice(block.length);
    const name = slug(`${block.split(".").at(-1)} ${key}`);
    const move = { from: address, name, isInstance: key !== "" };
    return target === undefined ? [] : [[`${target.typeName} ${target.id}`, move] as const];
  });
  const ids = (key: string) => [
    ...new Set(objects.flatMap(({ attributes }) => (typeof attributes[key] === "string" ? [attributes[key]] : []))),
  ];
  return {
    moves: new Map(moves),
    connections: [...new Set(objects.flatMap(({ type, block }) => (type === ORG_CONFIG ? [block] : [])))],
    orgIds: ids("org_id"),
    projectIds: ids("project_id"),
  };
}

function objectsIn(text: string): Managed[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new TerraformStateError(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { values, resources } = recordOf(parsed);
  if (values !== undefined) return shown(recordOf(recordOf(values).root_module));
  if (resources !== undefined) return listOf(resources).flatMap(stored);
  throw new TerraformStateError("is no state of Terraform: it has neither resources nor values");
}

/** One resource of a state file. */
function stored(resource: Json): Managed[] {
  const { mode, type, name, module } = resource;
  if (mode !== "managed" || !isName(type) || !isName(name)) return [];
  const block = `${typeof module === "string" ? `${module}.` : ""}${type}.${name}`;
  if (!isAddress(block)) return [];
  return listOf(resource.instances).map((instance) => {
    const address = `${block}${instanceKey(instance.index_key)}`;
    return { type, block, address, attributes: recordOf(instance.attributes) };
  });
}

/** A module of `terraform show -json`, with those below. */
function shown(module: Json): Managed[] {
  const own = listOf(module.resources).flatMap(({ mode, type, name, address, index, values }) => {
    if (mode !== "managed" || !isName(type) || !isName(name) || typeof address !== "string") return [];
    const block = address.slice(0, address.lastIndexOf(`${type}.${name}`) + `${type}.${name}`.length);
    if (!isAddress(block)) return [];
    return [{ type, block, address: `${block}${instanceKey(index)}`, attributes: recordOf(values) }];
  });
  return [...own, ...listOf(module.child_modules).flatMap(shown)];
}

/** The key of a user may hold a template, which it must not be in a configuration. */
function instanceKey(key: unknown): string {
  if (key === undefined || key === null) return "";
  return typeof key === "number" ? `[${key}]` : `[${hclText(String(key))}]`;
}

/** An address is written as an expression, so it holds nothing that ends one. */
function isAddress(text: string): boolean {
  return /^[\w.[\]"/:@ -]+$/.test(text);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]+$/.test(value);
}

function recordOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}
