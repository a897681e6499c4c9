/**
 * Generates the argument types and the output properties of the Pulumi classes from the field tables, with TSDoc on
 * every field.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { githubRepositoryOptions } from "../../provider/presets/github-actions.ts";
import { presets } from "../../provider/presets/index.ts";
import { kubernetesServiceAccountOptions } from "../../provider/presets/kubernetes.ts";
import { connectionFields } from "../../schema/connection.ts";
import { conditionsOf, type Field, type Fields, isRequired, textOf } from "../../schema/fields.ts";
import { grantFields } from "../../schema/grant.ts";
import { privilegeSchema } from "../../schema/privileges.ts";
import { providerFields } from "../../schema/provider.ts";
import { fields as tables } from "../../schema/resources.ts";
import { grantedRoleSchema } from "../../schema/roles.ts";
import { sampleTokenFields } from "../../schema/token-check.ts";
import { tokenExpectationFields } from "../../schema/token-expectation.ts";

const FOLDER = "provider/engines/pulumi/resources/inputs";
const root = fileURLToPath(new URL("../../", import.meta.url));

/** One interface, made of some fields of a table. */
interface Interface {
  readonly name: string;
  readonly doc: string;
  readonly bases?: readonly string[];
  /** Only this file uses it. */
  readonly internal?: true;
  readonly fields: Fields;
  /** Types that the schema does not say: resources, and parameters of the interface. */
  readonly types?: Readonly<Record<string, string>>;
  /** Fields that this interface does not have. */
  readonly absent?: (field: Field, key: string) => boolean;
  readonly required?: readonly string[];
}

interface File {
  readonly path: string;
  readonly imports: readonly string[];
  readonly interfaces: readonly Interface[];
  /** It declares the types of values that several inputs contain. */
  readonly types?: true;
  /** The class that declares the outputs. */
  readonly outputs?: { readonly name: string; readonly base: string; readonly text: string };
}

/** Values that several inputs contain. */
const VALUES = new Map<z.ZodType, { readonly name: string; readonly doc: string }>([
  [grantedRoleSchema, { name: "GrantedRoleInput", doc: "A role to grant: as text, or in parts." }],
  [privilegeSchema, { name: "PrivilegeInput", doc: "A resource, and the actions that are allowed on it." }],
]);

const REFERENCE = 'import type { IdentityProviderReference } from "../../../../../schema/identity-provider.ts";';
const GATED = 'import { GatedResource } from "../gated-resource.ts";';
const INPUT = 'import type { IdentityProviderInput } from "../identity-provider-input.ts";';

/** Presets of one identity provider, whose options are partly the same. */
const TOGETHER = { Entra: /^entra/, Okta: /^okta/, Ping: /^ping/, Oidc: /^oidc/ };

/** The inputs of a grant whose types are not the same in both kinds. */
const GRANT_OWN = ["identityProvider", "privileges"];

const PLACES = { atlas: "Atlas", project: "Project" } as const;
const TYPES = { WORKFORCE: "Workforce", WORKLOAD: "Workload" } as const;
const FEDERATION = "F extends pulumi.Input<string> = pulumi.Input<string>";
const AUTHORIZATION = "A extends AuthorizationType = AuthorizationType";

/** An identity provider has four forms: of each type, on each kind of control plane. */
function identityProviderForms(): Interface[] {
  const fields = Object.entries(tables.IdentityProvider as Fields);
  const some = (is: (field: Field) => boolean) => Object.fromEntries(fields.filter(([, field]) => is(field)));
  const typeOf = ({ when }: Field) => when?.idpType;
  const places = (["atlas", "project"] as const).map(
    (plane): Interface => ({
      name: `${PLACES[plane]}Args${plane === "atlas" ? `<${FEDERATION}>` : ""}`,
      doc: `The inputs that depend on the control plane, ${where(plane)}.`,
      internal: true,
      fields: some((field) => field.plane !== undefined && typeOf(field) === undefined),
      types: { federationSettingsId: "F" },
      absent: (field) => field.plane !== plane,
    }),
  );
  const types = (["WORKFORCE", "WORKLOAD"] as const).map(
    (idpType): Interface => ({
      name: `${TYPES[idpType]}Args`,
      doc: `The inputs that depend on the type, of an identity provider for ${audience(idpType)}.`,
      internal: true,
      fields: some((field) => field.plane === undefined && typeOf(field) !== undefined),
      absent: (field) => typeOf(field) !== idpType,
    }),
  );
  const { idpType: type } = tables.IdentityProvider;
  const forms = (["atlas", "project"] as const).flatMap((plane) =>
    (["WORKFORCE", "WORKLOAD"] as const).map(
      (idpType): Interface => ({
        name: `${PLACES[plane]}${TYPES[idpType]}Args<${AUTHORIZATION}${plane === "atlas" ? `, ${FEDERATION}` : ""}>`,
        doc: `The inputs of an identity provider for ${audience(idpType)} ${where(plane)}.`,
        bases: ["CommonArgs<A>", `${PLACES[plane]}Args${plane === "atlas" ? "<F>" : ""}`, `${TYPES[idpType]}Args`],
        fields: some((field) => field === type || (field.plane !== undefined && typeOf(field) !== undefined)),
        types: { idpType: `"${idpType}"` },
        absent: (field) => (field.plane ?? plane) !== plane || (typeOf(field) ?? idpType) !== idpType,
      }),
    ),
  );
  const common: Interface = {
    name: `CommonArgs<${AUTHORIZATION}>`,
    doc: "The inputs of every identity provider.",
    internal: true,
    fields: some((field) => field.plane === undefined && typeOf(field) === undefined && field !== type),
    types: { authorizationType: "pulumi.Input<A>" },
  };
  return [common, ...places, ...types, ...forms];
}

function where(plane: keyof typeof PLACES): string {
  return plane === "atlas" ? "in Atlas" : "in a project of Cloud Manager or Ops Manager";
}

function audience(idpType: keyof typeof TYPES): string {
  return idpType === "WORKFORCE" ? "people" : "programs";
}

const files: readonly File[] = [
  {
    path: "identity-provider",
    imports: ['import type { AuthorizationType, IdpType } from "../../../../../schema/identity-provider.ts";', GATED],
    interfaces: identityProviderForms(),
    outputs: outputs(
      "IdentityProvider",
      "GatedResource",
      { idpType: "IdpType", authorizationType: "AuthorizationType" },
      ["federationSettingsId", "projectId"],
    ),
  },
  {
    path: "org-connection",
    imports: [REFERENCE, INPUT, GATED],
    interfaces: [
      {
        name: "OrgConnectionArgs",
        doc: "The inputs of an `OrgConnection`.",
        fields: tables.OrgConnection,
        types: { identityProvider: "IdentityProviderInput" },
      },
    ],
    outputs: outputs("OrgConnection", "GatedResource", { identityProvider: "IdentityProviderReference" }),
  },
  { path: "values", imports: [], interfaces: [], types: true },
  grantBase(),
  grant("oidc-role", "OidcRole", "GROUP"),
  grant("federated-user", "FederatedUser", "USER"),
  simple("database-role", "DatabaseRole"),
  simple("project-tls", "ProjectTls"),
  {
    path: "provider",
    imports: ['import type { CredentialsName } from "../../../../../schema/credentials.ts";'],
    interfaces: [
      {
        name: "ProviderArgs",
        doc: "The settings of a `Provider`. They are known before the program runs, and none of them is a secret.",
        fields: providerFields,
        types: { credentials: "CredentialsName", baseUrl: "string" },
      },
    ],
  },
  {
    path: "connection",
    imports: [],
    interfaces: [{ name: "ConnectionArgs", doc: "The options of `connection()`.", fields: connectionFields }],
  },
  {
    path: "presets",
    imports: ['import type { AuthorizationType } from "../../../../../schema/identity-provider.ts";'],
    interfaces: presetOptions(),
  },
  {
    path: "principals",
    imports: [],
    interfaces: Object.entries({
      GithubRepository: githubRepositoryOptions,
      KubernetesServiceAccount: kubernetesServiceAccountOptions,
    }).map(([name, options]) => ({
      name: `${name}Args`,
      doc: `The arguments of \`${name.replace(/^./, (letter) => letter.toLowerCase())}()\`.`,
      fields: optionFields(options),
    })),
  },
  {
    path: "token-check",
    imports: [
      'import type { TextSource } from "../../token-sources.ts";',
      INPUT,
      'import type { FederatedUser } from "../federated-user.ts";',
      'import type { OidcRole } from "../oidc-role.ts";',
    ],
    interfaces: [
      {
        name: "TokenExpectationArgs",
        doc: "The expected result of a token. mongofed checks only what is given.",
        fields: tokenExpectationFields,
        types: { accepted: "true | string | IdentityProviderInput" },
      },
      {
        name: "SignedTokenArgs",
        doc: "A signed token.",
        fields: sampleTokenFields,
        types: {
          token: "TextSource | pulumi.Input<string>",
          keys: "TextSource | pulumi.Input<object>",
          expect: "TokenExpectationArgs",
        },
        absent: (_, key) => key === "claims" || key === "identityProvider",
        required: ["token"],
      },
      {
        name: "ClaimsArgs",
        doc: "The claims of a token without a signature: nothing is signed or kept, and nothing expires.",
        fields: sampleTokenFields,
        types: {
          claims: "TextSource | Readonly<Record<string, unknown>> | pulumi.Output<Record<string, unknown>>",
          identityProvider: "string | IdentityProviderInput",
          expect: "TokenExpectationArgs",
        },
        absent: (_, key) => key === "token" || key === "keys",
        required: ["claims"],
      },
      {
        name: "TokenCheckArgs",
        doc: "The inputs of a `TokenCheck`.",
        fields: tables.TokenCheck,
        types: {
          tokens: "Readonly<Record<string, SignedTokenArgs | ClaimsArgs>>",
          identityProviders: "readonly IdentityProviderInput[]",
          access: "readonly (OidcRole | FederatedUser)[]",
        },
      },
    ],
  },
];

function simple(path: string, kind: keyof typeof tables): File {
  return {
    path,
    imports: [GATED],
    interfaces: [{ name: `${kind}Args`, doc: `The inputs of a \`${kind}\`.`, fields: tables[kind] }],
    outputs: outputs(kind, "GatedResource"),
  };
}

/** The identity provider and the project depend on each other, roles and privileges too: the class adds that. */
function grant(path: string, kind: "OidcRole" | "FederatedUser", by: "GROUP" | "USER"): File {
  const own = Object.fromEntries(
    Object.entries(tables[kind]).filter(
      ([key, field]) => GRANT_OWN.includes(key) || (grantFields as Fields)[key] !== field,
    ),
  );
  const { identityProvider: _, ...shown } = own;
  return {
    path,
    imports: [INPUT, 'import { type GrantInputs, GrantProperties } from "./grant.ts";'],
    interfaces: [
      {
        name: `${kind}Inputs`,
        doc: `The inputs of ${kind === "OidcRole" ? "an" : "a"} \`${kind}\`, each by itself.`,
        bases: ["GrantInputs"],
        fields: { ...own, ...(kind === "FederatedUser" ? { roles: grantFields.roles } : {}) },
        types: { identityProvider: `IdentityProviderInput<"${by}">`, roles: 'NonNullable<GrantInputs["roles"]>' },
        ...(kind === "FederatedUser" ? { required: ["roles"] } : {}),
      },
    ],
    outputs: outputs(
      kind,
      "GrantProperties",
      {},
      Object.keys(tables[kind]).filter((key) => !(key in shown)),
    ),
  };
}

/** The inputs that all grants have, and their outputs. */
function grantBase(): File {
  const { identityProvider, privileges: _, ...fields } = grantFields;
  const types = { identityProvider: "IdentityProviderReference" };
  return {
    path: "grant",
    imports: [REFERENCE, 'import { AccessResource } from "../access.ts";'],
    interfaces: [{ name: "GrantInputs", doc: "The inputs of an `OidcRole` and of a `FederatedUser`.", fields }],
    outputs: {
      name: "GrantProperties",
      base: "AccessResource",
      text: classText(
        "GrantProperties",
        "AccessResource",
        "an `OidcRole` and of a `FederatedUser`",
        { identityProvider, ...fields },
        types,
        ["projectId"],
      ),
    },
  };
}

function presetOptions(): Interface[] {
  const all = Object.entries(presets).map(([name, { options, authorizationType }]) => ({
    name,
    fields: optionFields(options),
    authorizationType,
  }));
  const same = (one: Field | undefined, other: Field | undefined) =>
    one !== undefined && one.description === other?.description;
  const shared = Object.entries(TOGETHER).map(([name, members]): Interface => {
    const [first = {}, ...others] = all.filter((one) => members.test(one.name)).map(({ fields }) => fields);
    const fields = Object.entries(first).filter(([key, field]) => others.every((other) => same(field, other[key])));
    return {
      name: `${name}Options`,
      doc: "The options that the presets for people and for programs share.",
      internal: true,
      fields: Object.fromEntries(fields),
    };
  });
  const own = all.map(({ name, fields, authorizationType }): Interface => {
    const base = shared.find((one) => TOGETHER[one.name.replace("Options", "") as keyof typeof TOGETHER].test(name));
    const parameter = "authorizationType" in fields ? `<A extends AuthorizationType = "${authorizationType}">` : "";
    return {
      name: `${name.replace(/^./, (letter) => letter.toUpperCase())}Args${parameter}`,
      doc: `The options of the preset \`${name}\`.`,
      ...(base === undefined ? {} : { bases: [base.name] }),
      fields: Object.fromEntries(Object.entries(fields).filter(([key, field]) => !same(field, base?.fields[key]))),
      types: { authorizationType: "A" },
    };
  });
  return [...shared, ...own];
}

/** Descriptions of options name their defaults themselves. */
function optionFields(options: z.ZodType): Fields {
  const { shape } = options as z.ZodObject<Record<string, z.ZodType>>;
  const fields = Object.entries(shape).map(([key, schema]) => {
    const description = schema.description ?? "";
    return [key, { schema: withoutDefault(schema), description }] as const;
  });
  return Object.fromEntries(fields);
}

function withoutDefault(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType).optional() : schema;
}

/** All files by their paths, formatted. */
export function argumentTypes(): ReadonlyMap<string, string> {
  return new Map(files.map((file) => [`${FOLDER}/${file.path}.ts`, formatted(textOfFile(file))]));
}

function textOfFile({ imports, interfaces, types, outputs }: File): string {
  const named = types
    ? [...VALUES].map(([schema, { name, doc }]) => `/** ${doc} */\nexport type ${name} = ${valueText(schema)};`)
    : [];
  const body = [...named, ...interfaces.map(textOfInterface), ...(outputs === undefined ? [] : [outputs.text])].join(
    "\n\n",
  );
  const pulumi = body.includes("pulumi.") ? ['import type * as pulumi from "@pulumi/pulumi";'] : [];
  const names = [...VALUES.values()].map(({ name }) => name).filter((name) => body.includes(name));
  const values = types || names.length === 0 ? [] : [`import type { ${names.join(", ")} } from "./values.ts";`];
  const head = "// Generated from the field tables in schema/ by `npm run docs`. Do not edit.";
  return [head, [...pulumi, ...imports, ...values].join("\n"), body, ""].join("\n\n");
}

function textOfInterface({
  name,
  doc,
  bases = [],
  internal,
  fields,
  types = {},
  absent = () => false,
  required = [],
}: Interface): string {
  const members = Object.entries(fields).map(([key, field]) => {
    const conditions = conditionsOf(field).join(" ");
    if (absent(field, key))
      return `${conditions ? `/** ${conditions} */` : docOf(field)}\nreadonly ${key}?: undefined;`;
    const type = types[key] ?? inputType(field);
    const needed = required.includes(key) || isRequired(field.schema);
    return `${docOf(field)}\nreadonly ${key}${needed ? "" : "?"}: ${type}${needed ? "" : " | undefined"};`;
  });
  const heritage = bases.length === 0 ? "" : ` extends ${bases.join(", ")}`;
  return `/** ${doc} */\n${internal ? "" : "export "}interface ${name}${heritage} {\n${members.join("\n")}\n}`;
}

/** Inputs that stay in the program are no outputs. Those in `own` have a type of their own in the class. */
function outputs(
  kind: keyof typeof tables,
  base: string,
  types: Readonly<Record<string, string>> = {},
  own: readonly string[] = [],
): NonNullable<File["outputs"]> {
  const name = `${kind}Properties`;
  const shown = Object.entries(tables[kind]).filter(([, field]) => !field.local);
  const keys = shown.map(([key]) => `"${key}"`).join(", ");
  const text = `${classText(name, base, `${/^[IO]/.test(kind) ? "an" : "a"} \`${kind}\``, tables[kind], types, own)}

export const ${constantCase(kind)}_OUTPUTS = [${keys}] as const;`;
  return { name, base, text };
}

function classText(
  name: string,
  base: string,
  of: string,
  fields: Fields,
  types: Readonly<Record<string, string>>,
  own: readonly string[],
): string {
  const members = Object.entries(fields)
    .filter(([key, field]) => !field.local && !own.includes(key))
    .map(
      ([key, field]) => `${docOf(field)}\ndeclare readonly ${key}: pulumi.Output<${types[key] ?? outputType(field)}>;`,
    );
  return `/** The outputs of ${of} that are also inputs. */
export abstract class ${name} extends ${base} {\n${members.join("\n")}\n}`;
}

function constantCase(kind: string): string {
  return kind.replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase();
}

function docOf(field: Field): string {
  const example = field.example === undefined ? [] : ["", `@example ${JSON.stringify(field.example)}`];
  const lines = [...wrapped(textOf(field, "programs")), ...example].map((line) => ` * ${line}`.trimEnd());
  return ["/**", ...lines, " */"].join("\n").replaceAll("*/ ", "* / ");
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 105) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function inputType({ schema, plain }: Field): string {
  return plain ? plainType(schema) : givenType(schema);
}

/** A value that a program may give plainly, as a promise or as an output, and so may be every part of it. */
function givenType(schema: z.ZodType): string {
  return `pulumi.Input<${typeText(schema, givenType)}>`;
}

function plainType(schema: z.ZodType): string {
  return typeText(schema, plainType);
}

function outputType({ schema }: Field): string {
  const text = plainType(schema).replaceAll("readonly ", "");
  // A default that is an empty list means none, and is not stored.
  const always = isRequired(schema) || (schema instanceof z.ZodDefault && !Array.isArray(schema.def.defaultValue));
  return always ? text : `${text} | undefined`;
}

/** The type of a value that has a name, without the name. */
function valueText(schema: z.ZodType): string {
  return unnamedText(schema, givenType);
}

function typeText(schema: z.ZodType, part: (schema: z.ZodType) => string): string {
  const named = part === givenType ? VALUES.get(schema) : undefined;
  return named?.name ?? unnamedText(schema, part);
}

function unnamedText(schema: z.ZodType, part: (schema: z.ZodType) => string): string {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return typeText(schema.unwrap() as z.ZodType, part);
  if (schema instanceof z.ZodPipe) return typeText(schema.in as z.ZodType, part);
  if (schema.def.type === "string") return "string";
  if (schema instanceof z.ZodBoolean) return "boolean";
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => JSON.stringify(option)).join(" | ");
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((value) => JSON.stringify(value)).join(" | ");
  if (schema instanceof z.ZodArray) return `readonly ${bracketed(part(schema.element as z.ZodType))}[]`;
  if (schema instanceof z.ZodUnion) {
    return schema.options.map((option) => typeText(option as z.ZodType, part)).join(" | ");
  }
  if (schema instanceof z.ZodObject) {
    const members = Object.entries(schema.shape as Record<string, z.ZodType>).map(([key, member]) => {
      const required = isRequired(member);
      return `readonly ${key}${required ? "" : "?"}: ${part(member)}${required ? "" : " | undefined"}`;
    });
    return `{ ${members.join("; ")} }`;
  }
  throw new Error(`no type for a schema of type ${schema.def.type}`);
}

function bracketed(type: string): string {
  return type.includes(" | ") && !type.startsWith("pulumi.") ? `(${type})` : type;
}

function formatted(text: string): string {
  const biome = fileURLToPath(new URL("node_modules/.bin/biome", `file://${root}`));
  return execFileSync(biome, ["check", "--write", "--stdin-file-path=inputs.ts"], {
    input: text,
    cwd: root,
  }).toString();
}
