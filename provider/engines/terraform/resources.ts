import { localInputs } from "../../../schema/fields.ts";
import { fields, type Kind, kinds } from "../../../schema/resources.ts";
import { type ServedResource, servedResources } from "../shared/resources.ts";
import { keysOf, snakeCase } from "../shared/shape.ts";

/** A resource under its name in Terraform. */
export interface Resource extends ServedResource {
  readonly typeName: string;
  readonly description: string;
}

/** Inputs that never reach a server: what is read of an object does not tell them. */
export const NEVER_LIVE: ReadonlySet<string> = new Set(kinds.flatMap((kind) => localInputs(fields[kind])));

export function typeNameOf(kind: string): string {
  return `mongofed_${snakeCase(kind).slice(1)}`;
}

/** A program gate orders this by itself; here references do. */
const ORDER =
  "On Atlas the organization must be connected before: take `identity_provider` from the connection, `mongofed_org_connection.x.identity_provider`, or list that in `depends_on`. A role of this configuration is there before where `roles` refer to its `role_name`.";

const DESCRIPTIONS: Readonly<Record<Kind, string>> = {
  IdentityProvider:
    "An OIDC identity provider: for people (`WORKFORCE`) or for programs (`WORKLOAD`). On Atlas, give it `lifecycle { create_before_destroy = true }`: one that must be replaced is then created, swapped in, and the old one deleted last.",
  OrgConnection: "An identity provider enabled in an organization of Atlas: one membership.",
  OidcRole: `The access of the members of a group in a project. ${ORDER}`,
  FederatedUser: `The access of one person or program in a project. ${ORDER}`,
  DatabaseRole: "A user-defined role of a project, to be granted.",
  ProjectTls:
    "The TLS settings of a project of Cloud Manager or Ops Manager. A deletion restores the values of before, except for the mode.",
  TokenCheck:
    "Sample tokens, and what must become of them: one that fares otherwise fails the plan. They are judged by what is planned before: name it by reference in `identity_providers` (configuration names) and `access` (groups and principals), or list it in `depends_on`. It touches no server.",
};

export const resources: readonly Resource[] = servedResources.map((one) => ({
  ...one,
  typeName: typeNameOf(one.kind),
  description: DESCRIPTIONS[one.kind],
}));

const resourceByType: ReadonlyMap<string, Resource> = new Map(resources.map((one) => [one.typeName, one]));

/** @throws Error for a type that the schema does not have: Terraform asks for no other */
export function resourceOf(typeName: string): Resource {
  const found = resourceByType.get(typeName);
  if (found === undefined) throw new Error(`there is no resource ${typeName}`);
  return found;
}

const KEYS = keysOf(resources.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));

/** A description from a field table, with the names that inputs and resources have in Terraform. */
export function documentation(text: string): string {
  return text.replace(/`(\w+)`/g, (span, name: string) => {
    if (kinds.some((kind) => kind === name)) return `\`${typeNameOf(name)}\``;
    return KEYS.has(name) ? `\`${snakeCase(name)}\`` : span;
  });
}
