import { identityProviderReferenceSchema } from "../../../schema/identity-provider.ts";
import { type Kind, shapes } from "../../../schema/resources.ts";
import { UNKNOWN } from "../../../schema/unknown.ts";
import { databaseRole } from "../../resources/database-role.ts";
import type { Definition, Props } from "../../resources/definition.ts";
import { federatedUser } from "../../resources/federated-user.ts";
import { identityProvider } from "../../resources/identity-provider.ts";
import { oidcRole } from "../../resources/oidc-role.ts";
import { orgConnection } from "../../resources/org-connection.ts";
import { projectTls } from "../../resources/project-tls.ts";
import { tokenCheck } from "../../resources/token-check.ts";
import { type Field, objectShape, type Shape, snakeCase } from "./shape.ts";

/** An output that is no input: it follows from the id and the inputs, as far as they are known. */
interface Output extends Field {
  value(id: string, inputs: Props): unknown;
}

/** A resource as engines with a schema serve it. */
export interface ServedResource {
  readonly kind: Kind;
  readonly definition: Definition;
  readonly inputs: readonly Field[];
  readonly outputs: readonly Output[];
}

function served(definition: Definition, outputs: readonly Output[] = []): ServedResource {
  const { kind } = definition;
  return { kind, definition, inputs: objectShape(shapes[kind]).fields, outputs };
}

const TEXT: Shape = { kind: "string" };

function output(key: string, description: string, value: Output["value"], shape: Shape = TEXT): Output {
  return { key, name: snakeCase(key), shape, required: false, description, value };
}

const REFERENCE = objectShape(identityProviderReferenceSchema);

/** The prefix of principals on Atlas, which is the last part of the id. Elsewhere the inputs tell the prefix. */
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
  "The name of the user or role in MongoDB: the prefix, a slash, and the group or principal.",
  (id) => (id === UNKNOWN ? UNKNOWN : id.slice(id.indexOf("/") + 1)),
);

/** All resources, one line each. */
export const servedResources: readonly ServedResource[] = [
  served(identityProvider, [
    output("identityProviderId", "The id in Atlas: the prefix of every principal.", identityProviderIdOf),
    output("reference", "The value that other resources take as `identityProvider`.", referenceTo, REFERENCE),
  ]),
  served(orgConnection, [
    output("federationSettingsId", "The federation of both.", partOfProvider("federationSettingsId")),
    output("identityProviderId", "The id of the connected identity provider.", partOfProvider("identityProviderId")),
  ]),
  served(oidcRole, [username]),
  served(federatedUser, [username]),
  served(databaseRole),
  served(projectTls),
  served(tokenCheck),
];
