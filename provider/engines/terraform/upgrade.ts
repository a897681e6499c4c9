import type { Field, Shape } from "../shared/shape.ts";
import type { MoveRequest, ObjectValue, UpgradeRequest, Value } from "./protocol.ts";
import { stateOfId } from "./read.ts";
import { resourceOf } from "./resources.ts";

/**
 * A state as it was written, by whatever version: what has come since is null, what has gone is dropped. Nothing else
 * has changed so far; an input that is renamed one day is renamed here.
 */
export function upgradedState({ typeName, rawState }: UpgradeRequest): ObjectValue {
  const { inputs, outputs } = resourceOf(typeName);
  const raw = rawState as ObjectValue;
  return { ...objectOf(raw, [...inputs, ...outputs]), id: raw.id ?? null };
}

function objectOf(raw: ObjectValue, fields: readonly Field[]): ObjectValue {
  return Object.fromEntries(fields.map(({ name, shape }) => [name, attributeOf(raw[name], shape)]));
}

function attributeOf(raw: Value | undefined, shape: Shape): Value {
  if (raw === undefined || raw === null || typeof raw !== "object") return raw ?? null;
  switch (shape.kind) {
    case "object":
      return objectOf(raw as ObjectValue, shape.fields);
    case "set":
      return (raw as readonly Value[]).map((item) => attributeOf(item, shape.item));
    case "map":
      return Object.fromEntries(Object.entries(raw).map(([key, item]) => [key, attributeOf(item, shape.item)]));
    default:
      return raw;
  }
}

/**
 * Resource types of MongoDB's provider that a `moved` block can convert, and the derivation of our id from their
 * attributes.
 */
const MOVES: Readonly<Record<string, { readonly from: string; id(attributes: Attributes): string | undefined }>> = {
  mongofed_identity_provider: {
    from: "mongodbatlas_federated_settings_identity_provider",
    id: ({ federation_settings_id, idp_id, protocol }) =>
      protocol === "SAML" ? undefined : path(federation_settings_id, idp_id),
  },
  mongofed_oidc_role: {
    from: "mongodbatlas_database_user",
    id: ({ project_id, username, oidc_auth_type }) =>
      oidc_auth_type === "IDP_GROUP" ? path(project_id, username) : undefined,
  },
  mongofed_federated_user: {
    from: "mongodbatlas_database_user",
    id: ({ project_id, username, oidc_auth_type }) =>
      oidc_auth_type === "USER" ? path(project_id, username) : undefined,
  },
  mongofed_database_role: {
    from: "mongodbatlas_custom_db_role",
    id: ({ project_id, role_name }) => path(project_id, role_name),
  },
};

/** The resource that a `moved` block can make of one of MongoDB's own provider. */
export function movedId(
  sourceTypeName: string,
  attributes: Attributes,
): { readonly typeName: string; readonly id: string } | undefined {
  for (const [typeName, { from, id }] of Object.entries(MOVES)) {
    const found = from === sourceTypeName ? id(attributes) : undefined;
    if (found !== undefined) return { typeName, id: found };
  }
  return undefined;
}

type Attributes = Readonly<Record<string, unknown>>;

function path(...parts: readonly unknown[]): string | undefined {
  return parts.every((part) => typeof part === "string" && part !== "") ? parts.join("/") : undefined;
}

/**
 * The state of a resource that MongoDB's provider has managed so far: its id, from which reading fills in the rest.
 *
 * @throws Error for what cannot become this resource
 */
export function movedState({ sourceTypeName, sourceState, targetTypeName }: MoveRequest): ObjectValue {
  const move = MOVES[targetTypeName];
  if (move === undefined || move.from !== sourceTypeName) {
    const can = Object.entries(MOVES).map(([to, { from }]) => `${from} to ${to}`);
    throw new Error(
      `a ${sourceTypeName} cannot become a ${targetTypeName}\nMoves that can be made: ${can.join(", ")}.`,
    );
  }
  const id = move.id(sourceState as Attributes);
  if (id === undefined) {
    throw new Error(
      `this ${sourceTypeName} cannot become a ${targetTypeName}\nAn identity provider must be one for OIDC; a user with oidc_auth_type "IDP_GROUP" becomes a mongofed_oidc_role, one with "USER" a mongofed_federated_user.`,
    );
  }
  return stateOfId(targetTypeName, id);
}
