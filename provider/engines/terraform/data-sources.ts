import { checkedOptions, optionFindings } from "../../presets/preset.ts";
import type { Props } from "../../resources/definition.ts";
import { type ServedLookup, servedLookups } from "../shared/lookups.ts";
import { diagnosticOf } from "./diagnostics.ts";
import type { Answer, Diagnostic, Handling, ObjectValue, TypedConfigRequest } from "./protocol.ts";
import { typeNameOf } from "./resources.ts";
import type { Session } from "./session.ts";
import { objectOf, propsOf } from "./values.ts";

/** A lookup under the name that its resource has in Terraform. */
export interface DataSource extends ServedLookup {
  readonly typeName: string;
}

export const dataSources: readonly DataSource[] = servedLookups.map((one) => ({
  ...one,
  typeName: typeNameOf(one.kind),
}));

function dataSourceOf(typeName: string): DataSource {
  const one = dataSources.find((source) => source.typeName === typeName);
  if (one === undefined) throw new Error(`there is no data source ${typeName}`);
  return one;
}

/** Returns the problems of the known arguments of a data source. */
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
  return { state: result, diagnostics: session.withWayToDestroy(diagnostics) };
}
