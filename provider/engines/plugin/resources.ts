import { canonicalRole, type GrantedRoleInput } from "../../../schema/roles.ts";
import { isUnknown, UNKNOWN } from "../../../schema/unknown.ts";
import type { Props } from "../../resources/definition.ts";
import { type ServedLookup, servedLookups } from "../shared/lookups.ts";
import { type ServedResource, servedResources } from "../shared/resources.ts";
import type { Shape } from "../shared/shape.ts";
import { functionToken, resourceToken } from "./names.ts";

const resourcesByToken: ReadonlyMap<string, ServedResource> = new Map(
  servedResources.map((one) => [resourceToken(one.kind), one]),
);
const lookupsByToken: ReadonlyMap<string, ServedLookup> = new Map(
  servedLookups.map((one) => [functionToken(one.kind), one]),
);

/** @throws Error for a type that the schema does not have */
export function resourceOf(urn: string): ServedResource {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const found = resourcesByToken.get(type);
  if (found === undefined) throw new Error(`mongofed has no resource ${type}`);
  return found;
}

/** @throws Error for a function that the schema does not have */
export function lookupOf(token: string): ServedLookup {
  const found = lookupsByToken.get(token);
  if (found === undefined) throw new Error(`mongofed has no function ${token}`);
  return found;
}

/** The name of a resource in the program. */
export function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Where the text of a dynamic resource lies: a state that a TypeScript program wrote before it moved to the plugin. */
export const DYNAMIC_ENTRY = "__provider";

export function withoutEntry(props: Props): Props {
  const { [DYNAMIC_ENTRY]: _, ...rest } = props;
  return rest;
}

/** Returns the outputs that follow from the id and the inputs. */
function computedOutputs({ outputs }: ServedResource, id: string, props: Props): Record<string, unknown> {
  const entries = outputs.map(({ key, value }) => [key, value(id, props)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Returns the answer of a lookup in the form that inputs take. */
export function foundProps({ query, found }: ServedLookup, props: Props): Props {
  const entries = [...query, ...found].map(({ key, shape }) => [key, asInput(props[key], shape)] as const);
  return { ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)), id: props.id };
}

function asInput(value: unknown, shape: Shape): unknown {
  const isRole = shape.kind === "set" && shape.item.kind === "role" && Array.isArray(value);
  return isRole ? value.map((role: GrantedRoleInput) => canonicalRole(role)) : value;
}

/** Returns the outputs of a resource for the state. */
export function wholeOutputs(resource: ServedResource, id: string, inputs: Props, outputs: Props): Props {
  return { ...computedOutputs(resource, id, { ...inputs, ...outputs }), ...outputs };
}

/** Returns the outputs of a resource before it is changed, in a preview. */
export function previewedOutputs(resource: ServedResource, id: string | undefined, inputs: Props): Props {
  return { ...inputs, ...computedOutputs(resource, id ?? UNKNOWN, inputs) };
}

/** Returns the outputs as the handlers recorded them, without those that only an engine with a schema adds. */
export function recordedOutputs({ inputs, outputs }: ServedResource, props: Props): Props {
  const added = outputs.map(({ key }) => key).filter((key) => !HANDLED_OUTPUTS.has(key));
  const isInput = (key: string) => inputs.some((field) => field.key === key);
  return Object.fromEntries(
    Object.entries(withoutEntry(props)).filter(([key]) => isInput(key) || !added.includes(key)),
  );
}

/** Outputs that handlers record themselves. */
const HANDLED_OUTPUTS: ReadonlySet<string> = new Set(["identityProviderId", "federationSettingsId"]);

/** Returns the outputs that the state lacks: an older version, or a dynamic resource, wrote it. */
export function lackingOutputs(resource: ServedResource, id: string, outputs: Props): string[] {
  const computed = computedOutputs(resource, id, outputs);
  return Object.keys(computed).filter((key) => outputs[key] === undefined && !isUnknown(computed[key]));
}
