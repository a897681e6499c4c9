/** The configurations of the model-based test, and how they are edited. */

import fc from "fast-check";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";

export type Plane = "atlas" | "cloud-manager";

/** One resource. Objects are few, so that addresses meet: roles `r1` to `r3`, principals `u1` to `u4`. */
interface Block {
  readonly kind: "role" | "user";
  readonly key: number;
  readonly writes: boolean;
  readonly adopt?: "true" | "overwrite";
  readonly prevent?: boolean;
  readonly createFirst?: boolean;
}

export interface Configuration {
  readonly blocks: Readonly<Record<string, Block>>;
  /** Principals under `count`. */
  readonly list: readonly number[];
  /** Principals under `for_each`. */
  readonly map: Readonly<Record<string, number>>;
  readonly listAdopts: boolean;
}

/** Objects to begin with, so that edits meet some. */
const block = (kind: Block["kind"], key: number): Block => ({ kind, key, writes: false });
export const FIRST: Configuration = {
  blocks: { a: block("role", 1), b: block("user", 1) },
  list: [2, 3],
  map: { x: 4 },
  listAdopts: false,
};

export type Edit =
  | { readonly edit: "put"; readonly name: string; readonly block: Block }
  | { readonly edit: "remove"; readonly name: string }
  | { readonly edit: "rename"; readonly name: string; readonly to: string; readonly adopt: boolean }
  | { readonly edit: "swap"; readonly name: string; readonly with: string }
  | { readonly edit: "change"; readonly name: string; readonly to: Partial<Block> }
  | { readonly edit: "list"; readonly list: readonly number[]; readonly adopt: boolean }
  | { readonly edit: "shift"; readonly key: number }
  | { readonly edit: "map"; readonly map: Readonly<Record<string, number>> }
  | { readonly edit: "revert" };

const NAMES = ["a", "b", "c"];
const name = fc.constantFrom(...NAMES);
const key = fc.integer({ min: 1, max: 4 });
const option = fc.record({
  writes: fc.boolean(),
  adopt: fc.option(fc.constantFrom("true" as const, "overwrite" as const), { nil: undefined, freq: 2 }),
  prevent: fc.option(fc.constant(true), { nil: undefined, freq: 6 }),
  createFirst: fc.option(fc.constant(true), { nil: undefined, freq: 3 }),
});
const blocks = fc
  .tuple(fc.constantFrom("role" as const, "user" as const), key, option)
  .map(([kind, number, rest]): Block => ({ kind, key: number, ...withoutUndefined(rest) }));
const change = fc.oneof(
  fc.record({ key }),
  option.map(({ writes }) => ({ writes })),
  option.map(({ adopt }) => ({ adopt })),
  option.map(({ prevent }) => ({ prevent })),
);

const adopt = fc.boolean();
export const edits: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ edit: fc.constant("put" as const), name, block: blocks }) },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant("remove" as const), name }) },
  { weight: 5, arbitrary: fc.record({ edit: fc.constant("rename" as const), name, to: name, adopt }) },
  { weight: 2, arbitrary: fc.record({ edit: fc.constant("swap" as const), name, with: name }) },
  { weight: 2, arbitrary: fc.record({ edit: fc.constant("change" as const), name, to: change }) as fc.Arbitrary<Edit> },
  {
    weight: 1,
    arbitrary: fc.record({
      edit: fc.constant("list" as const),
      list: fc.uniqueArray(key, { maxLength: 3 }),
      adopt,
    }),
  },
  { weight: 3, arbitrary: fc.record({ edit: fc.constant("shift" as const), key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      edit: fc.constant("map" as const),
      map: fc.dictionary(fc.constantFrom("x", "y"), key, { maxKeys: 2, noNullPrototype: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ edit: fc.constant("revert" as const) }) },
);

function withoutUndefined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}

/** @param applied what `revert` goes back to */
export function edited(now: Configuration, edit: Edit, applied: Configuration): Configuration {
  const { blocks } = now;
  const { [String("name" in edit ? edit.name : "")]: named, ...others } = blocks;
  switch (edit.edit) {
    case "put":
      return { ...now, blocks: { ...blocks, [edit.name]: edit.block } };
    case "remove":
      return { ...now, blocks: others };
    case "rename":
      if (named === undefined || edit.name === edit.to) return now;
      return { ...now, blocks: { ...others, [edit.to]: edit.adopt ? { ...named, adopt: "true" } : named } };
    case "swap": {
      const other = blocks[edit.with];
      if (named === undefined || other === undefined) return now;
      return { ...now, blocks: { ...blocks, [edit.name]: other, [edit.with]: named } };
    }
    case "change":
      if (named === undefined) return now;
      return { ...now, blocks: { ...blocks, [edit.name]: withoutUndefined({ ...named, ...edit.to }) as Block } };
    case "list":
      return { ...now, list: edit.list, listAdopts: edit.adopt };
    case "shift":
      return { ...now, list: now.list.includes(edit.key) ? now.list.slice(1) : [edit.key, ...now.list].slice(0, 4) };
    case "map":
      return { ...now, map: edit.map };
    case "revert":
      return applied;
  }
}

export interface Declared {
  readonly address: string;
  /** `role r1` or `user u1`. */
  readonly object: string;
  readonly block: Block;
}

const TYPES = { role: "mongofed_database_role", user: "mongofed_federated_user" };

export function declaredIn({ blocks, list, map, listAdopts }: Configuration): Declared[] {
  const user = (number: number): Block => ({ kind: "user", key: number, writes: false });
  const elements = { ...(listAdopts ? { adopt: "true" as const } : {}) };
  const found: [string, Block][] = [
    ...Object.entries(blocks).map(([name, one]): [string, Block] => [`${TYPES[one.kind]}.${name}`, one]),
    ...list.map((number, index): [string, Block] => [`${TYPES.user}.list[${index}]`, { ...user(number), ...elements }]),
    ...Object.entries(map).map(([at, number]): [string, Block] => [`${TYPES.user}.map["${at}"]`, user(number)]),
  ];
  return found.map(([address, one]) => ({ address, object: objectOf(one), block: one }));
}

function objectOf({ kind, key: number }: Block): string {
  return kind === "role" ? `role r${number}` : `user u${number}`;
}

/** The identity provider and its connection never change. */
export function textOf(configuration: Configuration, plane: Plane): string {
  const { blocks, list, map, listAdopts } = configuration;
  const reference =
    plane === "atlas" ? "mongofed_org_connection.corp.identity_provider" : "mongofed_identity_provider.corp.reference";
  const granted = (writes: boolean) => `roles = ["${writes ? "readWrite" : "read"}@app"]`;
  const user = (principal: string, writes: boolean, more = "") => `
  project_id        = "${PROJECT}"
  identity_provider = ${reference}
  principal         = ${principal}
  ${granted(writes)}
  ${more}`;
  const role = (number: number, writes: boolean) => `
  project_id = "${PROJECT}"
  role_name  = "r${number}"
  ${granted(writes)}`;
  const resources = Object.entries(blocks).map(([name, one]) => {
    const body = one.kind === "role" ? role(one.key, one.writes) : user(`"u${one.key}"`, one.writes);
    const adopts = one.adopt === undefined ? "" : `\n  adopt = "${one.adopt}"`;
    const lifecycle = `\n  lifecycle {\n    prevent_destroy = ${one.prevent === true}\n    create_before_destroy = ${one.createFirst === true}\n  }\n`;
    return `resource "${TYPES[one.kind]}" "${name}" {${body}${adopts}${lifecycle}}\n`;
  });
  const values = list.map((number) => `"u${number}"`).join(", ");
  const entries = Object.entries(map).map(([at, number]) => `${at} = "u${number}"`);
  return [
    base(plane),
    ...resources,
    `resource "${TYPES.user}" "list" {\n  count = ${list.length}${user(`[${values}][count.index]`, false, listAdopts ? 'adopt = "true"' : "")}\n}\n`,
    `resource "${TYPES.user}" "map" {\n  for_each = { ${entries.join(", ")} }${user("each.value", false)}\n}\n`,
  ].join("\n");
}

function base(plane: Plane): string {
  const place = plane === "atlas" ? `federation_settings_id = "${FEDERATION}"` : `project_id = "${PROJECT}"`;
  const connection = `resource "mongofed_org_connection" "corp" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.corp.reference
  allow_lockout     = true
}
`;
  return `resource "mongofed_identity_provider" "corp" {
  ${place}
  idp_type           = "WORKLOAD"
  configuration_name = "corp"
  issuer_uri         = "https://idp.example.com"
  audience           = "mongodb"
  authorization_type = "USER"
  allow_lockout      = true
}
${plane === "atlas" ? connection : ""}`;
}
