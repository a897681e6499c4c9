import type { z } from "zod";
import {
  databaseRoleLookup,
  federatedUserLookup,
  identityProviderLookup,
  type Lookup,
  oidcRoleLookup,
  orgConnectionLookup,
} from "../../lookups/index.ts";
import { checkedOptions, optionFindings } from "../../presets/preset.ts";
import type { Props } from "../../resources/definition.ts";
import { diagnosticOf } from "./diagnostics.ts";
import type { Answer, Diagnostic, Handling, ObjectValue, TypedConfigRequest } from "./protocol.ts";
import { resourceOf } from "./resources.ts";
import type { Session } from "./session.ts";
import { type Field, objectShape } from "./shape.ts";
import { objectOf, propsOf } from "./values.ts";

/** Data sources: what is there already and is managed elsewhere. They carry the names of the resources. */
export interface DataSource {
  readonly typeName: string;
  readonly description: string;
  /** What may be asked; what is not asked is filled in. */
  readonly query: readonly Field[];
  readonly found: readonly Field[];
  readonly schema: z.ZodObject;
  readonly find: Lookup<z.ZodObject, object>["find"];
}

/** @param keys what is found beside what may be asked: attributes of the resource of the same name. */
function dataSource<Schema extends z.ZodObject, Found extends object>(
  typeName: string,
  description: string,
  { query: schema, find }: Lookup<Schema, Found>,
  keys: readonly string[],
): DataSource {
  const { inputs, outputs } = resourceOf(typeName);
  const query = objectShape(schema).fields;
  const found = [...inputs, ...outputs].filter(({ key }) => keys.includes(key));
  return { typeName, description, query, found, schema, find: find as DataSource["find"] };
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

export const dataSources: readonly DataSource[] = [
  dataSource(
    "mongofed_identity_provider",
    "An identity provider that is there already.",
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
  dataSource(
    "mongofed_org_connection",
    "An identity provider that an organization is connected to already.",
    orgConnectionLookup,
    ["identityProvider"],
  ),
  dataSource("mongofed_oidc_role", "What the members of a group may do already.", oidcRoleLookup, GRANTED),
  dataSource("mongofed_federated_user", "What one person or program may do already.", federatedUserLookup, GRANTED),
  dataSource("mongofed_database_role", "A user-defined role that is there already.", databaseRoleLookup, [
    "database",
    "privileges",
    "roles",
  ]),
];

function dataSourceOf(typeName: string): DataSource {
  const one = dataSources.find((source) => source.typeName === typeName);
  if (one === undefined) throw new Error(`there is no data source ${typeName}`);
  return one;
}

/** What is wrong with a question, as far as it is known. */
export function questionDiagnostics({ typeName, config }: TypedConfigRequest): Diagnostic[] {
  const { schema, query } = dataSourceOf(typeName);
  const findings = optionFindings(`data.${typeName}`, schema, propsOf(config, query));
  return findings.map((one) => diagnosticOf(one, { fields: query, config }));
}

export async function readData(
  session: Session,
  { typeName, config }: TypedConfigRequest,
  handling: Handling,
): Promise<Answer & { readonly state: ObjectValue | null }> {
  const source = dataSourceOf(typeName);
  const place = { fields: source.query, config };
  const { result = null, diagnostics } = await session.run(handling, place, async (context) => {
    const asked = propsOf(config, source.query);
    const found = (await source.find(
      context.plane(),
      checkedOptions(`data.${typeName}`, source.schema, asked),
    )) as Props;
    const fields = [...source.query, ...source.found];
    return { ...objectOf({ ...found, ...asked }, fields), id: String(found.id) };
  });
  return { state: result, diagnostics };
}
