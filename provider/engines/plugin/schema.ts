import { type Fields, type Field as InputField, textOf } from "../../../schema/fields.ts";
import { fields, type Kind } from "../../../schema/resources.ts";
import { servedLookups } from "../shared/lookups.ts";
import { type ServedResource, servedResources } from "../shared/resources.ts";
import { TOKEN_MATERIALS } from "../shared/sample-tokens.ts";
import { type Field, objectShape, type Shape } from "../shared/shape.ts";
import { exampleOf } from "./examples.ts";
import { functionToken, PACKAGE, resourceToken } from "./names.ts";
import { SECRET_SETTINGS, settingFields, settingsSchema } from "./settings.ts";

/** Pulumi's schema of the package, from which it generates the SDKs. All of it follows from the field tables. */

type Spec = Readonly<Record<string, unknown>>;

const RESOURCES: Readonly<Record<Kind, string>> = {
  IdentityProvider:
    "An OIDC identity provider: for people (`WORKFORCE`) or for programs (`WORKLOAD`). Export its `reference` for the stacks of other teams.",
  OrgConnection: "An identity provider that is enabled in an Atlas organization: one membership.",
  OidcRole:
    "The access of the members of a group in a project. On Atlas, connect the organization first: list the `OrgConnection` in `dependsOn`.",
  FederatedUser:
    "The access of one person or program in a project. On Atlas, connect the organization first: list the `OrgConnection` in `dependsOn`.",
  DatabaseRole: "A user-defined role of a project, for an `OidcRole` or `FederatedUser` to grant.",
  ProjectTls: "The TLS settings of a Cloud Manager or Ops Manager project. A deletion restores the former settings.",
  TokenCheck:
    "Sample tokens with their expected results. An unexpected result fails the preview. mongofed checks the tokens against the declarations before this one: list them in `dependsOn`. It calls no server.",
};

/** Outputs that every object of a resource has. */
const ALWAYS_KNOWN: ReadonlySet<string> = new Set(["reference", "username"]);

/**
 * Properties that are passed from one resource or stack to another as a whole. They are maps of texts: in Java and C#, an output of
 * a named type is neither an input nor a stack output.
 */
const REFERENCES: ReadonlySet<string> = new Set(["reference", "identityProvider"]);

/** Names of types, where the name of the input does not say enough. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  resource: "PrivilegeResource",
  tokens: "SampleToken",
  expect: "TokenExpectation",
  plane: "ControlPlane",
  drift: "DriftMode",
  type: "ScopeType",
  mode: "TlsMode",
};

export function packageSchema(version: string): Spec {
  const types = new Types();
  const resources = servedResources.map((one) => [resourceToken(one.kind), resourceSpec(one, types)] as const);
  const functions = servedLookups.map((one) => {
    const query = types.block(one.query);
    const found = types.block(one.found.map(optional));
    const id = { type: "string", description: "The id, by which `pulumi import` finds the object." };
    const outputs = { ...query.properties, ...found.properties, id };
    const alwaysFound = one.found.filter(({ key }) => ALWAYS_KNOWN.has(key) || key === "identityProvider");
    const required = [...query.required, ...alwaysFound.map(({ key }) => key), "id"];
    return [
      functionToken(one.kind),
      {
        description: one.description,
        inputs: { type: "object", ...query },
        outputs: { type: "object", properties: outputs, required },
      },
    ] as const;
  });
  const settings = settingSpecs(types);
  return {
    name: PACKAGE,
    version,
    displayName: "mongofed",
    publisher: "mongofed",
    description: "Workforce and Workload Identity Federation of MongoDB over OIDC, with the rules enforced at preview.",
    keywords: ["pulumi", "mongodb", "oidc", "category/identity", "kind/native"],
    license: "Apache-2.0",
    meta: { moduleFormat: "(.*)" },
    config: { variables: settings },
    provider: {
      description: "A control plane and the credentials for it.",
      inputProperties: settings,
    },
    resources: Object.fromEntries(resources),
    functions: Object.fromEntries(functions),
    types: types.specs(),
    language: {
      nodejs: { respectSchemaVersion: true },
      python: { respectSchemaVersion: true, pyproject: { enabled: true } },
      go: { generateResourceContainerTypes: true, respectSchemaVersion: true },
      csharp: { respectSchemaVersion: true },
    },
  };
}

function resourceSpec({ kind, inputs, outputs }: ServedResource, types: Types): Spec {
  const given = types.block(inputs, fields[kind]);
  const added = types.block(outputs.map(optional));
  const always = outputs.filter(({ key }) => ALWAYS_KNOWN.has(key) || kind === "OrgConnection");
  return {
    description: `${RESOURCES[kind]}\n\n${exampleOf(kind)}`,
    inputProperties: given.properties,
    requiredInputs: given.required,
    properties: { ...given.properties, ...added.properties },
    required: [...given.required, ...always.map(({ key }) => key)],
  };
}

function settingSpecs(types: Types): Spec {
  const { properties } = types.block(objectShape(settingsSchema).fields, settingFields);
  const entries = Object.entries(properties).map(([key, spec]) => [
    key,
    SECRET_SETTINGS.has(key) ? { ...spec, secret: true } : spec,
  ]);
  return Object.fromEntries(entries);
}

function optional(field: Field): Field {
  return { ...field, required: false };
}

/** Collects the types of objects and enumerations. */
class Types {
  readonly #specs = new Map<string, Spec>();

  specs(): Spec {
    return Object.fromEntries([...this.#specs].sort(([a], [b]) => a.localeCompare(b)));
  }

  block(all: readonly Field[], table: Fields = {}) {
    return {
      properties: Object.fromEntries(
        all.map((field) => [field.key, this.#property(field, table[field.key])]),
      ) as Record<string, Spec>,
      required: all.filter(({ required }) => required).map(({ key }) => key),
    };
  }

  #property({ key, shape, description }: Field, input: InputField | undefined): Spec {
    const isMaterial = TOKEN_MATERIALS.has(key);
    const text = input === undefined ? description : textOf(input);
    return {
      ...(isMaterial && key !== "token" ? { $ref: "pulumi.json#/Any" } : this.#type(shape, key)),
      ...(text === "" ? {} : { description: text }),
      ...(isMaterial ? { secret: true } : {}),
      ...(input?.replaces === true ? { willReplaceOnChanges: true } : {}),
      ...(input === undefined ? {} : defaultOf(input)),
    };
  }

  #type(shape: Shape, key: string): Spec {
    switch (shape.kind) {
      case "string":
        return shape.values === undefined ? { type: "string" } : this.#enumeration(shape.values, key);
      case "number":
        return { type: "number" };
      case "bool":
        return { type: "boolean" };
      case "words":
        return { oneOf: [{ type: "boolean" }, { type: "string" }] };
      case "role":
        return { oneOf: [{ type: "string" }, this.#named("GrantedRole", GRANTED_ROLE)] };
      case "set":
        return { type: "array", items: this.#type(shape.item, key) };
      case "map":
        return { type: "object", additionalProperties: this.#type(shape.item, key) };
      case "object":
        if (REFERENCES.has(key)) return { type: "object", additionalProperties: { type: "string" } };
        return this.#named(typeName(key), { type: "object", ...this.block(shape.fields) });
    }
  }

  #enumeration(values: readonly string[], key: string): Spec {
    return this.#named(typeName(key), { type: "string", enum: values.map((value) => ({ value })) });
  }

  /** @throws Error for two types of one name: a mistake in a field table, which any test finds */
  #named(name: string, spec: Spec): Spec {
    const token = `${PACKAGE}:index:${name}`;
    const known = this.#specs.get(token);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(spec)) throw new Error(`two types ${name}`);
    this.#specs.set(token, spec);
    return { $ref: `#/types/${token}` };
  }
}

const GRANTED_ROLE: Spec = {
  type: "object",
  description: "A granted role as an object, for names that the text form cannot hold.",
  properties: {
    role: { type: "string", description: "The name of the role." },
    database: { type: "string", description: "The database that the role is defined on." },
    collection: { type: "string", description: "On Atlas, the collection that the role is limited to." },
  },
  required: ["role", "database"],
};

/** `authenticationRestrictions` to `AuthenticationRestriction`. */
function typeName(key: string): string {
  const singular = key.replace(/ies$/, "y").replace(/(?<!s)s$/, "");
  return TYPE_NAMES[key] ?? `${singular.charAt(0).toUpperCase()}${singular.slice(1)}`;
}

/** SDKs fill in a default by themselves, so an input that may not apply has none. */
function defaultOf({ schema, plane, when }: InputField): Spec {
  if (plane !== undefined || when !== undefined) return {};
  const { type, defaultValue } = schema.def as { readonly type: string; readonly defaultValue?: unknown };
  return type === "default" && typeof defaultValue === "string" ? { default: defaultValue } : {};
}
