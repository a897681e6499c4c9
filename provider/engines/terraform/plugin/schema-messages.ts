/** Schemas as the protocol writes them. */

import type { Attributes, AttributeType, ProviderSchema, Schema } from "../protocol.ts";
import { MARKDOWN, NESTING } from "./messages.ts";

/** Moves are answered for every resource; destroys are planned, so that one can be refused before anything is done. */
const CAPABILITIES = { planDestroy: true, getProviderSchemaOptional: true, moveResourceState: true };

export function schemaAnswer({ provider, resources, dataSources }: ProviderSchema) {
  return {
    provider: schemaMessage(provider),
    resourceSchemas: mapValues(resources, schemaMessage),
    dataSourceSchemas: mapValues(dataSources, schemaMessage),
    serverCapabilities: CAPABILITIES,
  };
}

export function metadataAnswer({ resources, dataSources }: ProviderSchema) {
  const names = (schemas: Readonly<Record<string, Schema>>) => Object.keys(schemas).map((typeName) => ({ typeName }));
  return { resources: names(resources), dataSources: names(dataSources), serverCapabilities: CAPABILITIES };
}

function schemaMessage({ version, block: { attributes, description } }: Schema) {
  return { version, block: { attributes: attributeMessages(attributes), description, descriptionKind: MARKDOWN } };
}

function attributeMessages(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([name, { type, nested, ...flags }]) => ({
    name,
    type: type === undefined ? undefined : typeMessage(type),
    nestedType:
      nested === undefined
        ? undefined
        : { attributes: attributeMessages(nested.attributes), nesting: NESTING[nested.nesting] },
    descriptionKind: MARKDOWN,
    ...flags,
  }));
}

function typeMessage(type: AttributeType): Uint8Array {
  return Buffer.from(JSON.stringify(type));
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
