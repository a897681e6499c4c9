/**
 * Plugin protocol 6 as the handlers see it: one method for each question that Terraform or OpenTofu asks and that only
 * the provider can answer. `plugin/` does the rest: handshake, encryption, gRPC, the encoding of values, the questions
 * whose answer follows from the schema (GetMetadata) or is always empty (GetFunctions, GetResourceIdentitySchemas), and
 * StopProvider, which aborts the signal of every handler.
 */

/**
 * A value that is not known yet. Terraform may know something about it (a prefix, that it is not null); that is not
 * kept, since it only ever narrows what the value will be.
 */
export class UnknownValue {
  /** So that no plain object is taken for one. */
  readonly #unknown = true;

  toString(): string {
    return this.#unknown ? "(known after apply)" : "";
  }
}

/** The one to answer with. Those in requests are this very one, too. */
export const UNKNOWN: UnknownValue = new UnknownValue();

/**
 * A value of Terraform.
 *
 * A number of the schema is a `number` if it is a safe integer, and otherwise its exact decimal notation as a string
 * (`"0.1"`, `"9007199254740993"`): Terraform calculates with 512 bits, and compares what it gets back with what it
 * sent. In answers any `number` that is no safe integer stands for its shortest decimal notation.
 *
 * Sets are arrays in any order; maps and objects are plain objects. In requests, an object has every attribute of the
 * schema, with `null` for unset ones. In responses, an absent attribute is `null`.
 */
export type Value = null | string | boolean | number | UnknownValue | readonly Value[] | ObjectValue;
export interface ObjectValue {
  readonly [attribute: string]: Value;
}

/** The way to a part of a value: attribute names, keys of maps, indices of lists. Nothing can point into a set. */
export type AttributePath = readonly (string | number)[];

export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** One line. */
  readonly summary: string;
  readonly detail?: string;
  /** Terraform prints file and line of this attribute; without it, those of the whole block. */
  readonly attribute?: AttributePath;
}

/** The type of an attribute, in the notation of the protocol. */
export type AttributeType =
  | "string"
  | "number"
  | "bool"
  | readonly ["list" | "set" | "map", AttributeType]
  | readonly ["object", Readonly<Record<string, AttributeType>>];

type Nesting = "single" | "list" | "set" | "map";

/** Either `type` or `nested`, whose attributes have descriptions and flags of their own. */
export interface Attribute {
  readonly type?: AttributeType;
  readonly nested?: { readonly attributes: Attributes; readonly nesting: Nesting };
  /** Markdown. */
  readonly description?: string;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  /**
   * Given to the handlers in `config` only: in answers it is always sent as `null`, whatever they hold, and so never kept
   * in plan or state. Terraform 1.11 and OpenTofu 1.11 or newer.
   */
  readonly writeOnly?: boolean;
}

export type Attributes = Readonly<Record<string, Attribute>>;

export interface Block {
  readonly attributes: Attributes;
  /** Markdown. */
  readonly description?: string;
}

export interface Schema {
  /** Of the state; a state of another one still comes through `upgradeResourceState`. */
  readonly version: number;
  readonly block: Block;
}

export interface ProviderSchema {
  readonly provider: Schema;
  readonly resources: Readonly<Record<string, Schema>>;
  readonly dataSources: Readonly<Record<string, Schema>>;
}

export interface Answer {
  readonly diagnostics?: readonly Diagnostic[];
}

interface ConfigRequest {
  readonly config: ObjectValue;
}

/** Of a resource or data source. */
export interface TypedConfigRequest extends ConfigRequest {
  readonly typeName: string;
}

export interface UpgradeRequest {
  readonly typeName: string;
  /** Of the schema that the state was written with. */
  readonly version: number;
  /** As it stands in the state file. Called in every run, also when the version is the current one. */
  readonly rawState: unknown;
}

interface ConfigureRequest extends ConfigRequest {
  readonly terraformVersion: string;
}

export interface ReadRequest {
  readonly typeName: string;
  readonly currentState: ObjectValue;
  readonly private: string;
}

export interface PlanRequest {
  readonly typeName: string;
  /** `null`: the resource is to be created. */
  readonly priorState: ObjectValue | null;
  /** The configuration, with the prior values of computed attributes that it leaves open. `null`: to be destroyed. */
  readonly proposedNewState: ObjectValue | null;
  readonly config: ObjectValue | null;
  readonly priorPrivate: string;
}

export interface ApplyRequest {
  readonly typeName: string;
  readonly priorState: ObjectValue | null;
  readonly plannedState: ObjectValue | null;
  readonly config: ObjectValue | null;
  readonly plannedPrivate: string;
}

export interface ImportRequest {
  readonly typeName: string;
  readonly id: string;
}

export interface MoveRequest {
  /** For example `registry.terraform.io/mongodb/mongodbatlas`. */
  readonly sourceProviderAddress: string;
  readonly sourceTypeName: string;
  readonly sourceSchemaVersion: number;
  /** As it stands in the state file: the attributes of the other provider's resource. */
  readonly sourceState: unknown;
  readonly targetTypeName: string;
}

/**
 * `private` in requests and answers is text that Terraform keeps in the state beside the resource and never prints. Empty
 * if there is none.
 */
export interface StateAnswer extends Answer {
  /** `null`: there is no such object any more. */
  readonly newState: ObjectValue | null;
  readonly private?: string;
}

export interface PlanAnswer extends Answer {
  readonly plannedState: ObjectValue | null;
  readonly requiresReplace?: readonly AttributePath[];
  readonly plannedPrivate?: string;
}

export interface ImportAnswer extends Answer {
  readonly importedResources: readonly {
    readonly typeName: string;
    readonly state: ObjectValue;
    readonly private?: string;
  }[];
}

export interface Handling {
  /** Aborted when Terraform is told to stop. The response must still report the work done until then. */
  readonly signal: AbortSignal;
}

type Handler<Request, Response> = (request: Request, handling: Handling) => Promise<Response>;

/**
 * The operations of a provider. Terraform calls handlers in parallel, ten at a time by default.
 *
 * An exception of a handler becomes an error diagnostic with its message, as a last resort. After an exception in
 * `applyResourceChange` or `readResource`, the state is unchanged.
 */
export interface ProviderHandlers {
  /** Asked once in the life of the process. Must not depend on the configuration. */
  schema(): ProviderSchema;
  /** May hold unknown values, like every other configuration. */
  validateProviderConfig: Handler<ConfigRequest, Answer>;
  validateResourceConfig: Handler<TypedConfigRequest, Answer>;
  validateDataResourceConfig: Handler<TypedConfigRequest, Answer>;
  upgradeResourceState: Handler<UpgradeRequest, Answer & { readonly upgradedState: ObjectValue | null }>;
  /** Not called by `validate`. */
  configureProvider: Handler<ConfigureRequest, Answer>;
  readResource: Handler<ReadRequest, StateAnswer>;
  /** Called for destroys, too. */
  planResourceChange: Handler<PlanRequest, PlanAnswer>;
  /** On failure: the state as far as it got, and diagnostics. */
  applyResourceChange: Handler<ApplyRequest, StateAnswer>;
  importResourceState: Handler<ImportRequest, ImportAnswer>;
  moveResourceState: Handler<
    MoveRequest,
    Answer & { readonly targetState: ObjectValue | null; readonly targetPrivate?: string }
  >;
  readDataSource: Handler<TypedConfigRequest, Answer & { readonly state: ObjectValue | null }>;
}
