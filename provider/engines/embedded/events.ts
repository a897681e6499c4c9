/**
 * The events of a run of the embedded engine. Displays, the testing API and the comparison with the Pulumi CLI read
 * only these events.
 */

/** The commands of the engine. */
export type Command = "preview" | "up" | "refresh" | "destroy";

/** The operations on one resource, in the words of Pulumi's engine. */
export type StepOp =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "refresh"
  | "discard"
  | "discard-replaced";

export type Severity = "debug" | "info" | "info#err" | "warning" | "error";

/** A property value as engines exchange it: JSON, with Pulumi's signatures for secrets and unknowns still inside. */
export type PropertyValue = null | boolean | number | string | PropertyValue[] | { [key: string]: PropertyValue };
export type PropertyMap = Record<string, PropertyValue>;

/** One side of a step: the resource before it, or after it. */
export interface StepState {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly protect?: boolean;
  /** A deletion only forgets the object. */
  readonly retainOnDelete?: boolean;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  /** Why a resource that exists is not what it should be; it is tried again in the next run. */
  readonly initErrors?: readonly string[];
}

export interface StepMetadata {
  readonly op: StepOp;
  readonly urn: string;
  readonly type: string;
  readonly old?: StepState;
  readonly new?: StepState;
  /** The keys for whose sake a resource is replaced, as the provider named them. */
  readonly replaceKeys?: readonly string[];
  /** Of a refresh: what was found, as the operation that would have led there (`same`, `update`, `delete`). */
  readonly resultOp?: StepOp;
}

export type EngineEvent =
  /** A run begins. `dryRun` is true for a preview, also for the preview inside `up`. */
  | {
      readonly type: "prelude";
      readonly command: Command;
      readonly dryRun: boolean;
      readonly stack: string;
      readonly config: Readonly<Record<string, string>>;
    }
  /** A message of the program, of a provider or of the engine itself. */
  | { readonly type: "diagnostic"; readonly severity: Severity; readonly message: string; readonly urn?: string }
  /** A step is about to run (in a preview: would run). */
  | { readonly type: "step"; readonly step: StepMetadata }
  /** A step has ended well; `step.new.outputs` are final (in a preview, what is known of them). */
  | { readonly type: "step-done"; readonly step: StepMetadata }
  /** A step failed; the diagnostic that says why is an event of its own. */
  | { readonly type: "step-failed"; readonly step: StepMetadata }
  /** The run is over. */
  | {
      readonly type: "summary";
      readonly changes: Readonly<Partial<Record<StepOp, number>>>;
      readonly durationMs: number;
      readonly failed: boolean;
      /** Stack outputs; a secret one is `{ secret: true }` and its value is not here. */
      readonly outputs: Readonly<Record<string, { readonly value?: PropertyValue; readonly secret: boolean }>>;
    };
