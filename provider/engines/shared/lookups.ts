import type { z } from "zod";
import type { Kind } from "../../../schema/resources.ts";
import {
  databaseRoleLookup,
  federatedUserLookup,
  identityProviderLookup,
  type Lookup,
  oidcRoleLookup,
  orgConnectionLookup,
} from "../../lookups/index.ts";
import { servedResources } from "./resources.ts";
import { type Field, objectShape } from "./shape.ts";

/** A lookup as engines with a schema serve it: it finds an existing object that is managed elsewhere. */
export interface ServedLookup {
  /** The resource that manages such an object. */
  readonly kind: Kind;
  readonly description: string;
  /** The arguments. The answer fills in those that are left out. */
  readonly query: readonly Field[];
  readonly found: readonly Field[];
  readonly schema: z.ZodObject;
  readonly find: Lookup<z.ZodObject, object>["find"];
}

/** @param keys the answer beside the arguments: inputs and outputs of the resource */
function served<Schema extends z.ZodObject, Found extends object>(
  kind: Kind,
  description: string,
  { query: schema, find }: Lookup<Schema, Found>,
  keys: readonly string[],
): ServedLookup {
  const { inputs = [], outputs = [] } = servedResources.find((one) => one.kind === kind) ?? {};
  const found = [...inputs, ...outputs].filter(({ key }) => keys.includes(key));
  return { kind, description, query: objectShape(schema).fields, found, schema, find: find as ServedLookup["find"] };
}

const GRANTED = [
  "roles",
  "privileges",
  "authenticationRestrictions",
  "scopes",
  "labels",
  "description",
  "deleteAfterDate",
  "username",
];

export const servedLookups: readonly ServedLookup[] = [
  served(
    "IdentityProvider",
    "Finds an existing identity provider.",
    {
      query: identityProviderLookup.query,
      async find(plane, asked) {
        const reference = await identityProviderLookup.find(plane, asked);
        const { federationSettingsId, identityProviderId, projectId, configurationName } = reference;
        const id =
          projectId === undefined
            ? `${federationSettingsId}/${identityProviderId}`
            : `${projectId}/${configurationName}`;
        return { ...reference, reference, id };
      },
    },
    ["reference"],
  ),
  served("OrgConnection", "Finds an identity provider that an organization is connected to.", orgConnectionLookup, [
    "identityProvider",
  ]),
  served("OidcRole", "Finds the access of a group.", oidcRoleLookup, GRANTED),
  served("FederatedUser", "Finds the access of one person or program.", federatedUserLookup, GRANTED),
  served("DatabaseRole", "Finds an existing user-defined role.", databaseRoleLookup, [
    "database",
    "privileges",
    "roles",
  ]),
];
