import { describe, expect, test } from "vitest";
import { packageSchema } from "../../../provider/engines/plugin/schema.ts";
import { settingFields } from "../../../provider/engines/plugin/settings.ts";
import { fields, kinds } from "../../../schema/resources.ts";

interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly oneOf?: readonly object[];
  readonly description?: string;
  readonly secret?: boolean;
  readonly default?: unknown;
  readonly willReplaceOnChanges?: boolean;
}

interface Block {
  readonly description?: string;
  readonly inputProperties: Readonly<Record<string, Property>>;
  readonly requiredInputs: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
  readonly required: readonly string[];
}

const schema = packageSchema("1.2.3") as {
  readonly version: string;
  readonly config: { readonly variables: Readonly<Record<string, Property>> };
  readonly resources: Readonly<Record<string, Block>>;
  readonly functions: Readonly<Record<string, object>>;
  readonly types: Readonly<
    Record<string, { readonly enum?: readonly object[]; readonly properties?: Record<string, Property> }>
  >;
};
const REFERENCE = { type: "object", additionalProperties: { type: "string" } };
const resourceOf = (kind: string) => schema.resources[`mongofed:index:${kind}`]!;

describe("the schema of the package", () => {
  test("has every kind of resource, with every input and its description", () => {
    expect(Object.keys(schema.resources)).toEqual(
      expect.arrayContaining(kinds.map((kind) => `mongofed:index:${kind}`)),
    );
    for (const kind of kinds) {
      const { inputProperties, description } = resourceOf(kind);
      expect(Object.keys(inputProperties)).toEqual(Object.keys(fields[kind]));
      for (const input of Object.values(inputProperties)) expect(input.description).toMatch(/\w/);
      for (const language of ["typescript", "python", "yaml"]) expect(description).toContain(`\`\`\`${language}`);
    }
  });

  test("says what is required, what is secret, what replaces, and which defaults always apply", () => {
    const { inputProperties, requiredInputs, properties, required } = resourceOf("IdentityProvider");
    expect(requiredInputs).toEqual(["idpType", "configurationName", "issuerUri", "audience", "authorizationType"]);
    expect(required).toContain("reference");
    // In Java and C#, an output of a named type is no input.
    expect(properties.reference).toMatchObject(REFERENCE);
    expect(resourceOf("OidcRole").inputProperties.identityProvider).toMatchObject(REFERENCE);
    expect(inputProperties.federationSettingsId).toMatchObject({ willReplaceOnChanges: true });
    expect(inputProperties.userClaim).toMatchObject({ default: "sub" });
    // It does not apply to everyone, and SDKs fill in what a schema says.
    expect(inputProperties.groupsClaim).not.toHaveProperty("default");
    const secrets = Object.keys(schema.config.variables).filter((key) => schema.config.variables[key]?.secret);
    expect(secrets).toEqual(["clientSecret", "privateKey"]);
    expect(Object.keys(schema.config.variables)).toEqual(Object.keys(settingFields));
    const token = schema.types["mongofed:index:SampleToken"]?.properties ?? {};
    expect(Object.keys(token).filter((key) => token[key]?.secret)).toEqual(["token", "claims", "keys"]);
  });

  test("has enumerations for inputs", () => {
    expect(schema.types["mongofed:index:IdpType"]).toEqual({
      type: "string",
      enum: [{ value: "WORKFORCE" }, { value: "WORKLOAD" }],
    });
  });

  test("refers to no type that it does not have", () => {
    const known = new Set(Object.keys(schema.types).map((token) => `#/types/${token}`));
    const used = [...JSON.stringify(schema).matchAll(/"\$ref":"(#[^"]+)"/g)].map(([, name]) => name);
    expect(used.filter((name) => !known.has(name!))).toEqual([]);
  });
});
