import { localInputs } from "../../../schema/fields.ts";
import { identityProviderReferenceSchema } from "../../../schema/identity-provider.ts";
import { fields, kinds, shapes } from "../../../schema/resources.ts";
import { UNKNOWN } from "../../../schema/unknown.ts";
import { databaseRole } from "../../resources/database-role.ts";
import type { Definition, Props } from "../../resources/definition.ts";
import { federatedUser } from "../../resources/federated-user.ts";
import { identityProvider } from "../../resources/identity-provider.ts";
import { oidcRole } from "../../resources/oidc-role.ts";
import { orgConnection } from "../../resources/org-connection.ts";
import { projectTls } from "../../resources/project-tls.ts";
import { tokenCheck } from "../../resources/token-check.ts";
import { type Field, keysOf, objectShape, type Shape, snakeCase } from "./shape.ts";

/** An attribute that is no input: it follows from the id and the inputs, as far as they are known. */
interface Output extends Field {
  value(id: string, inputs: Props): unknown;
}

/** A resource of the core under its name in Terraform. */
export interface Resource {
  readonly typeName: string;
  readonly definition: Definition;
  readonly description: string;
  readonly inputs: readonly Field[];
  readonly outputs: readonly Output[];
}

/** Inputs that never reach a server: what is read of an object does not tell them. */
export const NEVER_LIVE: ReadonlySet<string> = new Set(kinds.flatMap((kind) => localInputs(fields[kind])));

function resource(definition: Definition, description: string, outputs: readonly Output[] = []): Resource {
  const { kind } = definition;
  return { typeName: typeNameOf(kind), definition, description, inputs: objectShape(shapes[kind]).fields, outputs };
}

export function typeNameOf(kind: string): string {
  return `mongofed_${snakeCase(kind).slice(1)}`;
}

const TEXT: Shape = { kind: "string" };

function output(key: string, description: string, value: Output["value"], shape: Shape = TEXT): Output {
  return { key, name: snakeCase(key), shape, required: false, description, value };
}

const REFERENCE = objectShape(identityProviderReferenceSchema);

/** On Atlas the id tells what principals are prefixed with; elsewhere the inputs do. */
function identityProviderIdOf(id: string, inputs: Props): string | undefined {
  if (inputs.federationSettingsId === undefined) return undefined;
  return id === UNKNOWN ? UNKNOWN : id.slice(id.lastIndexOf("/") + 1);
}

function referenceTo(id: string, inputs: Props): Props {
  const known: Props = { ...inputs, identityProviderId: identityProviderIdOf(id, inputs) };
  return Object.fromEntries(REFERENCE.fields.map(({ key }) => [key, known[key]]));
}

function partOfProvider(key: string): Output["value"] {
  return (_id, { identityProvider: given }) => (given === UNKNOWN ? UNKNOWN : (given as Props | undefined)?.[key]);
}

const username = output(
  "username",
  "The name of the user or role in MongoDB: the prefix, a slash and whom it is for.",
  (id) => (id === UNKNOWN ? UNKNOWN : id.slice(id.indexOf("/") + 1)),
);

/** A program gate orders this by itself; here references do. */
const ORDER =
  "On Atlas the organization must be connected before: take `identity_provider` from the connection, `mongofed_org_connection.x.identity_provider`, or list that in `depends_on`. A role of this configuration is there before where `roles` refer to its `role_name`.";

/** All resources, one line each. */
export const resources: readonly Resource[] = [
  resource(
    identityProvider,
    "An OIDC identity provider: for people (`WORKFORCE`) or for programs (`WORKLOAD`). On Atlas, give it `lifecycle { create_before_destroy = true }`: one that must be replaced is then created, swapped in, and the old one deleted last.",
    [
      output("identityProviderId", "The id in Atlas: the prefix of every principal.", identityProviderIdOf),
      output("reference", "What a resource takes as `identity_provider`.", referenceTo, REFERENCE),
    ],
  ),
  resource(orgConnection, "An identity provider enabled in an organization of Atlas: one membership.", [
    output("federationSettingsId", "The federation of both.", partOfProvider("federationSettingsId")),
    output("identityProviderId", "What is connected.", partOfProvider("identityProviderId")),
  ]),
  resource(oidcRole, `What the members of a group may do in a project. ${ORDER}`, [username]),
  resource(federatedUser, `What one person or program may do in a project. ${ORDER}`, [username]),
  resource(databaseRole, "A user-defined role of a project, to be granted."),
  resource(projectTls, "The TLS settings of a project of Cloud Manager or Ops Manager: taken over, and given back."),
  resource(
    tokenCheck,
    "Sample tokens, and what must become of them: one that fares otherwise fails the plan. They are judged by what is planned before: name it by reference in `identity_providers` (configuration names) and `access` (groups and principals), or list it in `depends_on`. It touches no server.",
  ),
];

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
