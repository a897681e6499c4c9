import { TOKEN_MATERIALS } from "../shared/sample-tokens.ts";
import type { Field, Shape } from "../shared/shape.ts";
import { type DataSource, dataSources } from "./data-sources.ts";
import type { Attribute, Attributes, AttributeType, ProviderSchema, Schema } from "./protocol.ts";
import { blockFields } from "./provider-block.ts";
import { documentation, NEVER_LIVE, type Resource, resources } from "./resources.ts";

/** Derives the schema of the provider for Terraform. */
export function providerSchema(): ProviderSchema {
  return {
    provider: schema("MongoDB identity federation over OIDC.", attributes(blockFields)),
    resources: Object.fromEntries(resources.map((one) => [one.typeName, resourceSchema(one)])),
    dataSources: Object.fromEntries(dataSources.map((one) => [one.typeName, dataSourceSchema(one)])),
  };
}

function schema(description: string, all: Attributes): Schema {
  return { version: 0, block: { description, attributes: all } };
}

function resourceSchema({ definition, description, inputs, outputs }: Resource): Schema {
  const id = { type: "string", computed: true, description: "By which `terraform import` finds it." } as const;
  return schema(description, {
    ...Object.fromEntries(inputs.map((field) => [field.name, input(field, definition.kind !== "TokenCheck")])),
    ...Object.fromEntries(outputs.map((field) => [field.name, computed(field)])),
    id,
  });
}

/** Search values that the configuration omits are computed. */
function dataSourceSchema({ description, query, found }: DataSource): Schema {
  const asked = query.map((field) => [field.name, { ...given(field), ...(field.required ? {} : { computed: true }) }]);
  return schema(description, {
    ...Object.fromEntries(asked),
    ...Object.fromEntries(found.map((field) => [field.name, computed(field)])),
    id: { type: "string", computed: true, description: "By which `terraform import` finds it." },
  });
}

/**
 * One that may be left out is `computed` too, if a server has it: what it is then, a default or nothing, the handlers
 * say. Terraform lets a provider fill in no other.
 */
function input(field: Field, live: boolean): Attribute {
  const attribute = given(field);
  return field.required || !live || NEVER_LIVE.has(field.key) ? attribute : { ...attribute, computed: true };
}

function attributes(fields: readonly Field[]): Attributes {
  return Object.fromEntries(fields.map((field) => [field.name, given(field)]));
}

function given({ key, required, description, shape }: Field): Attribute {
  return {
    ...typed(shape),
    ...(required ? { required } : { optional: true }),
    ...(description === "" ? {} : { description: documentation(description) }),
    ...(TOKEN_MATERIALS.has(key) ? { writeOnly: true, sensitive: true } : {}),
  };
}

function computed({ shape, description }: Field): Attribute {
  return { type: typeOf(shape), computed: true, description: documentation(description) };
}

/** Objects as nested attributes, which may be left out one by one. */
function typed(shape: Shape): Pick<Attribute, "type" | "nested"> {
  if (shape.kind === "object") return { nested: { attributes: attributes(shape.fields), nesting: "single" } };
  if ((shape.kind === "set" || shape.kind === "map") && shape.item.kind === "object") {
    return { nested: { attributes: attributes(shape.item.fields), nesting: shape.kind } };
  }
  return { type: typeOf(shape) };
}

function typeOf(shape: Shape): AttributeType {
  switch (shape.kind) {
    case "bool":
    case "number":
      return shape.kind;
    case "set":
    case "map":
      return [shape.kind, typeOf(shape.item)];
    case "object":
      return ["object", Object.fromEntries(shape.fields.map((field) => [field.name, typeOf(field.shape)]))];
    default:
      return "string";
  }
}
