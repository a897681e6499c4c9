/** The service `tfplugin6.Provider`: what comes in is decoded by the schema, handed over, and answered. */

import type { handleUnaryCall, MethodDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Diagnostic, Handling, ObjectValue, ProviderHandlers, ProviderSchema, StateAnswer } from "../protocol.ts";
import { guard, signal, stop } from "./lifetime.ts";
import { type DynamicValue, methods, SEVERITY } from "./messages.ts";
import { type Decoded, decode, type Encodable, encode, type Message } from "./protobuf.ts";
import { metadataAnswer, schemaAnswer } from "./schema-messages.ts";
import { type ObjectType, pathSteps, typeOfBlock } from "./value-type.ts";
import { decodeValue, encodeValue, parseState } from "./values.ts";

type Methods = typeof methods;
type Request<Name extends keyof Methods> = Decoded<Methods[Name]["request"]>;
type Response<Name extends keyof Methods> = Encodable<Methods[Name]["response"]>;
type Dynamic = Decoded<typeof DynamicValue> | undefined;

const handling: Handling = { signal };

/**
 * The loaded handlers, and the types that their schema implies. The types are computed once, because every value uses
 * them.
 */
class Provider {
  readonly handlers: ProviderHandlers;
  readonly schema: ProviderSchema;
  readonly config: ObjectType;
  readonly #resources: ReadonlyMap<string, ObjectType>;
  readonly #dataSources: ReadonlyMap<string, ObjectType>;

  constructor(handlers: ProviderHandlers) {
    this.handlers = handlers;
    this.schema = handlers.schema();
    this.config = typeOfBlock(this.schema.provider.block);
    this.#resources = typesOf(this.schema.resources);
    this.#dataSources = typesOf(this.schema.dataSources);
  }

  resource(typeName: string): ObjectType {
    return known(this.#resources, typeName, "resource");
  }

  dataSource(typeName: string): ObjectType {
    return known(this.#dataSources, typeName, "data source");
  }
}

function typesOf(schemas: ProviderSchema["resources"]): Map<string, ObjectType> {
  return new Map(Object.entries(schemas).map(([name, { block }]) => [name, typeOfBlock(block)]));
}

function known(types: ReadonlyMap<string, ObjectType>, name: string, kind: string): ObjectType {
  const type = types.get(name);
  if (type === undefined) throw new Error(`This provider has no ${kind} "${name}".`);
  return type;
}

type Answers = {
  readonly [Name in keyof Methods]: (request: Request<Name>, provider: Provider) => Promise<Response<Name>>;
};

const answers: Answers = {
  async GetMetadata(_, { schema }) {
    return metadataAnswer(schema);
  },
  async GetProviderSchema(_, { schema }) {
    return schemaAnswer(schema);
  },
  async GetResourceIdentitySchemas() {
    return {};
  },
  async GetFunctions() {
    return {};
  },
  async ValidateProviderConfig({ config }, { handlers, config: type }) {
    const answer = await handlers.validateProviderConfig({ config: present(type, config) }, handling);
    return { diagnostics: diagnosticMessages(type, answer.diagnostics) };
  },
  async ValidateResourceConfig({ typeName, config }, provider) {
    const type = provider.resource(typeName);
    const request = { typeName, config: present(type, config) };
    return {
      diagnostics: diagnosticMessages(
        type,
        (await provider.handlers.validateResourceConfig(request, handling)).diagnostics,
      ),
    };
  },
  async ValidateDataResourceConfig({ typeName, config }, provider) {
    const type = provider.dataSource(typeName);
    const request = { typeName, config: present(type, config) };
    const answer = await provider.handlers.validateDataResourceConfig(request, handling);
    return { diagnostics: diagnosticMessages(type, answer.diagnostics) };
  },
  async UpgradeResourceState({ typeName, version, rawState }, provider) {
    const type = provider.resource(typeName);
    const request = { typeName, version, rawState: stateOf(rawState) };
    const { upgradedState, diagnostics } = await provider.handlers.upgradeResourceState(request, handling);
    return { upgradedState: dynamic(type, upgradedState), diagnostics: diagnosticMessages(type, diagnostics) };
  },
  async ConfigureProvider({ terraformVersion, config }, { handlers, config: type }) {
    const answer = await handlers.configureProvider({ terraformVersion, config: present(type, config) }, handling);
    return { diagnostics: diagnosticMessages(type, answer.diagnostics) };
  },
  async ReadResource({ typeName, currentState, private: kept }, provider) {
    const type = provider.resource(typeName);
    const request = { typeName, currentState: present(type, currentState), private: text(kept) };
    const answer = await provider.handlers.readResource(request, handling);
    return newStateMessage(type, answer);
  },
  async PlanResourceChange({ typeName, priorState, proposedNewState, config, priorPrivate }, provider) {
    const type = provider.resource(typeName);
    const answer = await provider.handlers.planResourceChange(
      {
        typeName,
        priorState: optional(type, priorState),
        proposedNewState: optional(type, proposedNewState),
        config: optional(type, config),
        priorPrivate: text(priorPrivate),
      },
      handling,
    );
    return {
      plannedState: dynamic(type, answer.plannedState),
      requiresReplace: (answer.requiresReplace ?? []).map((path) => ({ steps: pathSteps(type, path) })),
      plannedPrivate: Buffer.from(answer.plannedPrivate ?? ""),
      diagnostics: diagnosticMessages(type, answer.diagnostics),
    };
  },
  async ApplyResourceChange({ typeName, priorState, plannedState, config, plannedPrivate }, provider) {
    const type = provider.resource(typeName);
    const answer = await provider.handlers.applyResourceChange(
      {
        typeName,
        priorState: optional(type, priorState),
        plannedState: optional(type, plannedState),
        config: optional(type, config),
        plannedPrivate: text(plannedPrivate),
      },
      handling,
    );
    return newStateMessage(type, answer);
  },
  async ImportResourceState({ typeName, id }, provider) {
    const type = provider.resource(typeName);
    const answer = await provider.handlers.importResourceState({ typeName, id }, handling);
    return {
      importedResources: answer.importedResources.map((imported) => ({
        typeName: imported.typeName,
        state: dynamic(provider.resource(imported.typeName), imported.state),
        private: Buffer.from(imported.private ?? ""),
      })),
      diagnostics: diagnosticMessages(type, answer.diagnostics),
    };
  },
  async MoveResourceState({ sourceState, ...request }, provider) {
    const type = provider.resource(request.targetTypeName);
    const answer = await provider.handlers.moveResourceState(
      { ...request, sourceState: stateOf(sourceState) },
      handling,
    );
    return {
      targetState: dynamic(type, answer.targetState),
      targetPrivate: Buffer.from(answer.targetPrivate ?? ""),
      diagnostics: diagnosticMessages(type, answer.diagnostics),
    };
  },
  async ReadDataSource({ typeName, config }, provider) {
    const type = provider.dataSource(typeName);
    const answer = await provider.handlers.readDataSource({ typeName, config: present(type, config) }, handling);
    return { state: dynamic(type, answer.state), diagnostics: diagnosticMessages(type, answer.diagnostics) };
  },
  async StopProvider() {
    stop("Terraform was told to stop");
    return {};
  },
};

/**
 * Maps requests to responses. A failure is a response with diagnostics: Terraform shows those at their resource, and
 * gRPC errors as faults of the provider.
 */
export function providerService(loading: Promise<ProviderHandlers>) {
  const provider = loading.then((handlers) => new Provider(handlers));
  provider.catch((error: unknown) => console.error(error));
  const definition: Record<string, MethodDefinition<unknown, unknown>> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const name of Object.keys(methods) as (keyof Methods)[]) {
    definition[name] = methodDefinition(name);
    implementation[name] = handler(name, provider);
  }
  return { definition, implementation };
}

function methodDefinition(name: keyof Methods): MethodDefinition<unknown, unknown> {
  const { request, response }: { request: Message; response: Message } = methods[name];
  return {
    path: `/tfplugin6.Provider/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value) => Buffer.from(encode(request, value as object)),
    requestDeserialize: (bytes) => decode(request, bytes),
    responseSerialize: (value) => Buffer.from(encode(response, value as object)),
    responseDeserialize: (bytes) => decode(response, bytes),
  };
}

function handler<Name extends keyof Methods>(
  name: Name,
  provider: Promise<Provider>,
): handleUnaryCall<Request<Name>, Response<Name>> {
  const answer = answers[name] as (request: Request<Name>, provider: Provider) => Promise<Response<Name>>;
  return ({ request }, callback) => {
    guard(provider.then((loaded) => answer(request, loaded))).then(
      (response) => callback(null, response),
      (error: unknown) => {
        console.error(error);
        callback(null, { ...unchanged(name, request), diagnostics: [failure(name, error)] } as object);
      },
    );
  };
}

/** Terraform takes the state that an answer leaves out for an object that is gone. */
function unchanged(name: keyof Methods, request: unknown): object {
  if (name === "ApplyResourceChange") {
    const { priorState, plannedPrivate } = request as Request<"ApplyResourceChange">;
    return { newState: priorState, private: plannedPrivate };
  }
  if (name !== "ReadResource") return {};
  const { currentState, private: kept } = request as Request<"ReadResource">;
  return { newState: currentState, private: kept };
}

function failure(name: keyof Methods, error: unknown) {
  const detail = error instanceof Error ? error.message : String(error);
  return { severity: SEVERITY.error, summary: "The provider failed", detail: `${detail}\n\n(in ${name})` };
}

function diagnosticMessages(type: ObjectType, diagnostics: readonly Diagnostic[] = []) {
  return diagnostics.map(({ severity, summary, detail, attribute }) => ({
    severity: SEVERITY[severity],
    summary,
    ...(detail === undefined ? {} : { detail }),
    ...(attribute === undefined ? {} : { attribute: { steps: pathSteps(type, attribute) } }),
  }));
}

function newStateMessage(type: ObjectType, answer: StateAnswer) {
  return {
    newState: dynamic(type, answer.newState),
    private: Buffer.from(answer.private ?? ""),
    diagnostics: diagnosticMessages(type, answer.diagnostics),
  };
}

function optional(type: ObjectType, value: Dynamic): ObjectValue | null {
  return value === undefined ? null : decodeValue(type, value.msgpack);
}

function present(type: ObjectType, value: Dynamic): ObjectValue {
  const decoded = optional(type, value);
  if (decoded === null) throw new Error("Terraform sent no value where the protocol wants one.");
  return decoded;
}

function dynamic(type: ObjectType, value: ObjectValue | null) {
  return { msgpack: encodeValue(type, value) };
}

function stateOf(raw: { json: Uint8Array } | undefined): unknown {
  if (raw === undefined || raw.json.length === 0) throw new Error("Terraform sent no state in JSON.");
  return parseState(raw.json);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
