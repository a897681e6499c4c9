/**
 * Generates the argument types and the output properties of the Pulumi classes from the field tables, with TSDoc on
 * every field.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { connectionFields } from "../../schema/connection.ts";
import { type Field, type Fields, isRequired, textOf } from "../../schema/fields.ts";
import { providerFields } from "../../schema/provider.ts";
import { fields as tables } from "../../schema/resources.ts";
import { sampleTokenFields } from "../../schema/token-check.ts";
import { tokenExpectationFields } from "../../schema/token-expectation.ts";

const FOLDER = "provider/engines/pulumi/resources/inputs";
const root = fileURLToPath(new URL("../../", import.meta.url));

/** One interface, made of some fields of a table. */
interface Interface {
  readonly name: string;
  readonly doc: string;
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
  /** The class that declares the outputs. */
  readonly outputs?: { readonly name: string; readonly base: string; readonly text: string };
}

const REFERENCE = 'import type { IdentityProviderReference } from "../../../../../schema/identity-provider.ts";';
const GATED = 'import { GatedResource } from "../gated-resource.ts";';
const INPUT = 'import type { IdentityProviderInput } from "../identity-provider-input.ts";';

/** An identity provider has four forms: of each type, on each kind of control plane. */
const identityProviderForms = (["atlas", "project"] as const).flatMap((plane) =>
  (["WORKFORCE", "WORKLOAD"] as const).map((idpType): Interface => {
    const type = idpType === "WORKFORCE" ? "Workforce" : "Workload";
    const place = plane === "atlas" ? "in Atlas" : "in a project of Cloud Manager or Ops Manager";
    return {
      name: `${plane === "atlas" ? "Atlas" : "Project"}${type}Args<A extends AuthorizationType = AuthorizationType${plane === "atlas" ? ", F extends pulumi.Input<string> = pulumi.Input<string>" : ""}>`,
      doc: `The inputs of an identity provider for ${type === "Workforce" ? "people" : "programs"} ${place}.`,
      fields: tables.IdentityProvider,
      types: {
        idpType: `"${idpType}"`,
        authorizationType: "pulumi.Input<A>",
        ...(plane === "atlas" ? { federationSettingsId: "F" } : {}),
      },
      absent: (field) =>
        (field.plane ?? plane) !== plane || (field.when?.idpType !== undefined && field.when.idpType !== idpType),
    };
  }),
);

const files: readonly File[] = [
  {
    path: "identity-provider",
    imports: ['import type { AuthorizationType, IdpType } from "../../../../../schema/identity-provider.ts";', GATED],
    interfaces: identityProviderForms,
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
function grant(path: string, kind: keyof typeof tables, by: "GROUP" | "USER"): File {
  const types = { identityProvider: `IdentityProviderInput<"${by}">` };
  return {
    path,
    imports: [REFERENCE, 'import { AccessResource } from "../access.ts";', INPUT],
    interfaces: [
      {
        name: `${kind}Inputs`,
        doc: `The inputs of ${kind === "OidcRole" ? "an" : "a"} \`${kind}\`, each by itself.`,
        fields: tables[kind],
        types,
        ...(kind === "FederatedUser" ? { required: ["roles"] } : {}),
      },
    ],
    outputs: outputs(kind, "AccessResource", { identityProvider: "IdentityProviderReference" }, ["projectId"]),
  };
}

/** All files by their paths, formatted. */
export function argumentTypes(): ReadonlyMap<string, string> {
  return new Map(files.map((file) => [`${FOLDER}/${file.path}.ts`, formatted(textOfFile(file))]));
}

function textOfFile({ imports, interfaces, outputs }: File): string {
  const body = [...interfaces.map(textOfInterface), ...(outputs === undefined ? [] : [outputs.text])].join("\n\n");
  const pulumi = body.includes("pulumi.") ? ['import type * as pulumi from "@pulumi/pulumi";'] : [];
  const head = "// Generated from the field tables in schema/ by `npm run docs`. Do not edit.";
  return [head, [...pulumi, ...imports].join("\n"), body, ""].join("\n\n");
}

function textOfInterface({ name, doc, fields, types = {}, absent = () => false, required = [] }: Interface): string {
  const members = Object.entries(fields).map(([key, field]) => {
    if (absent(field, key)) return `${docOf(field)}\nreadonly ${key}?: undefined;`;
    const type = types[key] ?? inputType(field);
    const needed = required.includes(key) || isRequired(field.schema);
    return `${docOf(field)}\nreadonly ${key}${needed ? "" : "?"}: ${type}${needed ? "" : " | undefined"};`;
  });
  return `/** ${doc} */\nexport interface ${name} {\n${members.join("\n")}\n}`;
}

/** Inputs that stay in the program are no outputs. Those in `own` have a type of their own in the class. */
function outputs(
  kind: keyof typeof tables,
  base: string,
  types: Readonly<Record<string, string>> = {},
  own: readonly string[] = [],
): NonNullable<File["outputs"]> {
  const shown = Object.entries(tables[kind]).filter(([, field]) => !field.local);
  const members = shown
    .filter(([key]) => !own.includes(key))
    .map(
      ([key, field]) => `${docOf(field)}\ndeclare readonly ${key}: pulumi.Output<${types[key] ?? outputType(field)}>;`,
    );
  const name = `${kind}Properties`;
  const keys = shown.map(([key]) => `"${key}"`).join(", ");
  const text = `/** The outputs of ${/^[IO]/.test(kind) ? "an" : "a"} \`${kind}\` that are also inputs. */
export abstract class ${name} extends ${base} {\n${members.join("\n")}\n}

export const ${constantCase(kind)}_OUTPUTS = [${keys}] as const;`;
  return { name, base, text };
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

function typeText(schema: z.ZodType, part: (schema: z.ZodType) => string): string {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return typeText(schema.unwrap() as z.ZodType, part);
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
