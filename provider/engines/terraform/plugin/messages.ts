/**
 * The messages of plugin protocol 6 and of the services that every plugin has beside it, as tables for `protobuf.ts`.
 * Field numbers are those of protocol 6.9; what this provider never sends or reads is left out, as the format allows.
 */

import type { Message } from "./protobuf.ts";

const text = (id: number) => ({ id, type: "string" }) as const;
const bytes = (id: number) => ({ id, type: "bytes" }) as const;
const flag = (id: number) => ({ id, type: "bool" }) as const;
/** Also enumerations. */
const int = (id: number) => ({ id, type: "int64" }) as const;
const one = <Type extends Message | (() => Message)>(id: number, type: Type) => ({ id, type }) as const;
const list = <Type extends Message | (() => Message)>(id: number, type: Type) => ({ id, type, many: "list" }) as const;
const map = <Type extends Message>(id: number, type: Type) => ({ id, type, many: "map" }) as const;

const Empty = {} satisfies Message;

/** Terraform writes values as MessagePack only, though the protocol knows JSON, too. */
export const DynamicValue = { msgpack: bytes(1) } satisfies Message;

const RawState = { json: bytes(1) } satisfies Message;

const PathStep = { attributeName: text(1), elementKeyString: text(2), elementKeyInt: int(3) } satisfies Message;
const AttributePath = { steps: list(1, PathStep) } satisfies Message;

const Diagnostic = {
  severity: int(1),
  summary: text(2),
  detail: text(3),
  attribute: one(4, AttributePath),
} satisfies Message;
const diagnostics = (id: number) => list(id, Diagnostic);

export const SEVERITY = { error: 1, warning: 2 } as const;
export const MARKDOWN = 1;
export const NESTING = { single: 1, list: 2, set: 3, map: 4 } as const;

// Attributes hold objects which hold attributes.
const Attribute: Message = {
  name: text(1),
  type: bytes(2),
  description: text(3),
  required: flag(4),
  optional: flag(5),
  computed: flag(6),
  sensitive: flag(7),
  descriptionKind: int(8),
  nestedType: one(10, () => NestedObject),
  writeOnly: flag(11),
};
const NestedObject: Message = { attributes: list(1, Attribute), nesting: int(3) };
const Block: Message = { attributes: list(2, Attribute), description: text(4), descriptionKind: int(5) };
const Schema: Message = { version: int(1), block: one(2, Block) };

const ServerCapabilities = {
  planDestroy: flag(1),
  getProviderSchemaOptional: flag(2),
  moveResourceState: flag(3),
} satisfies Message;

const TypeName = { typeName: text(1) } satisfies Message;
const TypedConfig = { typeName: text(1), config: one(2, DynamicValue) } satisfies Message;
const Diagnostics = { diagnostics: diagnostics(1) } satisfies Message;

/** Every method of the service `tfplugin6.Provider` that this provider answers: what comes in, what goes out. */
export const methods = {
  GetMetadata: {
    request: Empty,
    response: {
      serverCapabilities: one(1, ServerCapabilities),
      diagnostics: diagnostics(2),
      dataSources: list(3, TypeName),
      resources: list(4, TypeName),
    },
  },
  GetProviderSchema: {
    request: Empty,
    response: {
      provider: one(1, Schema),
      resourceSchemas: map(2, Schema),
      dataSourceSchemas: map(3, Schema),
      diagnostics: diagnostics(4),
      serverCapabilities: one(6, ServerCapabilities),
    },
  },
  GetResourceIdentitySchemas: { request: Empty, response: { diagnostics: diagnostics(2) } },
  GetFunctions: { request: Empty, response: { diagnostics: diagnostics(2) } },
  ValidateProviderConfig: {
    request: { config: one(1, DynamicValue) },
    response: { diagnostics: diagnostics(2) },
  },
  ValidateResourceConfig: { request: TypedConfig, response: Diagnostics },
  ValidateDataResourceConfig: { request: TypedConfig, response: Diagnostics },
  UpgradeResourceState: {
    request: { typeName: text(1), version: int(2), rawState: one(3, RawState) },
    response: { upgradedState: one(1, DynamicValue), diagnostics: diagnostics(2) },
  },
  ConfigureProvider: {
    request: { terraformVersion: text(1), config: one(2, DynamicValue) },
    response: Diagnostics,
  },
  ReadResource: {
    request: { typeName: text(1), currentState: one(2, DynamicValue), private: bytes(3) },
    response: { newState: one(1, DynamicValue), diagnostics: diagnostics(2), private: bytes(3) },
  },
  PlanResourceChange: {
    request: {
      typeName: text(1),
      priorState: one(2, DynamicValue),
      proposedNewState: one(3, DynamicValue),
      config: one(4, DynamicValue),
      priorPrivate: bytes(5),
    },
    response: {
      plannedState: one(1, DynamicValue),
      requiresReplace: list(2, AttributePath),
      plannedPrivate: bytes(3),
      diagnostics: diagnostics(4),
    },
  },
  ApplyResourceChange: {
    request: {
      typeName: text(1),
      priorState: one(2, DynamicValue),
      plannedState: one(3, DynamicValue),
      config: one(4, DynamicValue),
      plannedPrivate: bytes(5),
    },
    response: { newState: one(1, DynamicValue), private: bytes(2), diagnostics: diagnostics(3) },
  },
  ImportResourceState: {
    request: { typeName: text(1), id: text(2) },
    response: {
      importedResources: list(1, { typeName: text(1), state: one(2, DynamicValue), private: bytes(3) }),
      diagnostics: diagnostics(2),
    },
  },
  MoveResourceState: {
    request: {
      sourceProviderAddress: text(1),
      sourceTypeName: text(2),
      sourceSchemaVersion: int(3),
      sourceState: one(4, RawState),
      targetTypeName: text(5),
    },
    response: { targetState: one(1, DynamicValue), diagnostics: diagnostics(2), targetPrivate: bytes(3) },
  },
  ReadDataSource: {
    request: TypedConfig,
    response: { state: one(1, DynamicValue), diagnostics: diagnostics(2) },
  },
  StopProvider: { request: Empty, response: { error: text(1) } },
} satisfies Record<string, { request: Message; response: Message }>;

/** Of the services that stand beside the provider's own, the messages that carry anything. */
export const HealthCheckResponse = { status: int(1) } satisfies Message;
export const SERVING = 1;
