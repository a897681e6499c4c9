import { describe, expect, test } from "vitest";
import type { Attribute, Attributes } from "../../../provider/engines/terraform/protocol.ts";
import { resources } from "../../../provider/engines/terraform/resources.ts";
import { providerSchema } from "../../../provider/engines/terraform/schema.ts";
import { shapes } from "../../../schema/resources.ts";

const schema = providerSchema();
const attributesOf = (type: string): Attributes => schema.resources[`mongofed_${type}`]?.block.attributes ?? {};

/** All attributes at any depth, by their path. */
function all(attributes: Attributes, above = ""): [string, Attribute][] {
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const path = above === "" ? name : `${above}.${name}`;
    return [[path, attribute] as [string, Attribute], ...all(attribute.nested?.attributes ?? {}, path)];
  });
}

describe("the schema that Terraform gets", () => {
  test("has every kind of resource, with every input under its name in Terraform", () => {
    expect(Object.keys(schema.resources).sort()).toEqual(
      Object.keys(shapes)
        .map((kind) => `mongofed${kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`)
        .sort(),
    );
    for (const { typeName, inputs } of resources) {
      const names = Object.keys(schema.resources[typeName]?.block.attributes ?? {});
      expect(names).toEqual(expect.arrayContaining(inputs.map(({ name }) => name)));
    }
    expect(attributesOf("identity_provider")).toHaveProperty("issuer_uri");
  });

  test("says what is required, what has a default, and what no server ever fills in", () => {
    const { issuer_uri, user_claim, groups_claim, requested_scopes, adopt, allow_lockout, revoke_jwks_trigger, id } =
      attributesOf("identity_provider");
    expect(issuer_uri).toMatchObject({ type: "string", required: true });
    for (const filled of [user_claim, groups_claim, requested_scopes]) {
      expect(filled).toMatchObject({ optional: true, computed: true });
    }
    for (const own of [adopt, allow_lockout, revoke_jwks_trigger]) expect(own).not.toHaveProperty("computed");
    expect(id).toMatchObject({ type: "string", computed: true });
  });

  test("takes roles and what may be said of adoption as texts, and lists as sets", () => {
    const { group, roles, scopes, adopt } = attributesOf("oidc_role");
    expect(group).toMatchObject({ type: "string", required: true });
    expect(roles).toMatchObject({ type: ["set", "string"], optional: true });
    expect(adopt).toMatchObject({ type: "string" });
    expect(scopes).toMatchObject({ nested: { nesting: "set" } });
    expect(scopes?.nested?.attributes).toMatchObject({ name: { required: true }, type: { optional: true } });
    expect(attributesOf("database_role").privileges?.nested?.attributes.resource?.nested).toMatchObject({
      nesting: "single",
      attributes: { cluster: { type: "bool", optional: true }, database: { type: "string", optional: true } },
    });
  });

  test("gives an identity provider as the very value that others take", () => {
    const taken = attributesOf("oidc_role").identity_provider?.nested?.attributes ?? {};
    const { reference } = attributesOf("identity_provider");
    expect(reference).toMatchObject({ computed: true });
    expect(reference?.type).toEqual(["object", Object.fromEntries(Object.keys(taken).map((name) => [name, "string"]))]);
  });

  test("lets nothing of a sample token into plan or state", () => {
    const token = attributesOf("token_check").tokens?.nested;
    expect(token?.nesting).toBe("map");
    const kept = Object.entries(token?.attributes ?? {}).filter(([, { writeOnly }]) => writeOnly !== true);
    expect(kept.map(([name]) => name)).not.toEqual(expect.arrayContaining(["token", "claims", "keys"]));
    for (const name of ["token", "claims", "keys"]) {
      expect(token?.attributes[name]).toMatchObject({ writeOnly: true, sensitive: true });
    }
  });

  test("speaks Terraform's language: no names and no words of another engine", () => {
    const texts = Object.entries(schema.resources).flatMap(([type, { block }]) => [
      `${type}: ${block.description}`,
      ...all(block.attributes).map(([path, { description = "" }]) => `${type}.${path}: ${description}`),
    ]);
    const foreign = /[Pp]ulumi|\bpreview|\bup\b|\bstack\b|fromFile|fromEnv|OidcRole|[a-z](Uri|Id|Claim|Lockout)\b/;
    expect(texts.filter((text) => foreign.test(text))).toEqual([]);
  });

  test("has the settings of the provider, none of which may be a secret", () => {
    expect(Object.keys(schema.provider.block.attributes).sort()).toEqual([
      "base_url",
      "ca_file",
      "credentials",
      "drift",
      "plane",
      "wait",
    ]);
  });
});
