import type { Finding } from "../../schema/finding.ts";
import type { Phrase } from "../../schema/phrase.ts";
import type { Report, Subject } from "../../schema/report.ts";
import type { ControlPlane } from "../control-planes/control-plane.ts";
import type { Kind, RelatedDeclarations } from "../rules/index.ts";
import type { TokenMaterial } from "../tokens/index.ts";
import type { DriftMode } from "./lifecycle/drift-mode.ts";
import type { RunMemory } from "./memory.ts";
import type { Owners } from "./owner.ts";

/** Plain JSON. Values unknown until apply hold the `UNKNOWN` sentinel. */
export type Props = Readonly<Record<string, unknown>>;

/** Whether a rule runs in a preview, or directly before the write that it protects. */
export type Phase = "preview" | "apply";

/** Facts that the program states about one resource and that are no inputs, as far as the engine knows them. */
export interface DeclaredContext {
  /** The name in the program. */
  readonly name?: string | undefined;
  /** Inputs whose values must not be printed; `undefined` where no program runs: then the recorded ones count. */
  readonly secrets?: readonly string[] | undefined;
  /** Property paths whose changes the program ignores. */
  readonly ignored?: readonly string[] | undefined;
  readonly related?: RelatedDeclarations | undefined;
  /** The address in the engine. */
  readonly address?: string | undefined;
  /** The engine refuses to delete or replace the object. */
  readonly isProtected?: boolean | undefined;
  /** The engine leaves the object in place when it deletes or replaces the resource. */
  readonly isRetained?: boolean | undefined;
  /** For a `TokenCheck`. */
  readonly tokens?: DeclaredTokens | undefined;
}

/** Whether the program ignores changes of an input. */
export function isIgnored({ ignored = [] }: DeclaredContext, input: string): boolean {
  return ignored.some((path) => path === "*" || /^[^.[]*/.exec(path)?.[0] === input);
}

/** The declarations that sample tokens are checked against, and the tokens. */
export interface DeclaredTokens {
  readonly declarations: readonly SentDeclaration[];
  /** The inputs of each declaration, in the same order. */
  readonly inputs: readonly Props[];
  readonly materials: Readonly<Record<string, TokenMaterial>>;
}

export interface SentDeclaration {
  readonly kind: Kind;
  readonly name: string;
  readonly label: string;
  /** The index of its identity provider. */
  readonly identityProvider?: number;
}

/** The environment of a resource's operations. */
export interface Context {
  /** The control plane; throws where there are no credentials, so that what needs none works without. */
  plane(): ControlPlane;
  /**
   * Why the control plane is not to be asked, in a user's words; `undefined` if it is. Only ever set in a preview: what
   * needs the live plane is left out there, and told at the end.
   */
  readonly offline: Phrase | undefined;
  /** The reaction to changes outside the stack. */
  readonly drift: DriftMode;
  /** Reports something to the user. */
  report(report: Report): void;
  readonly memory: RunMemory;
  /** The state of the stack, for engines that let the program read it. */
  readonly owners?: Owners | undefined;
  readonly declared: DeclaredContext;
  /** Whether this run destroys the stack. No later run then looks for objects outside its state. */
  readonly destroys?: boolean | undefined;
  /** Whether this run takes over existing objects that equal their declarations, also where these do not say so. */
  readonly adoptsEqual?: boolean | undefined;
  /** Whether a declaration of this run holds the object with this id. Absent in an engine that cannot know. */
  isHeld?(id: string): boolean;
  /** How long a change of users and roles waits for the clusters to apply it, in milliseconds; 0 does not wait. */
  readonly waitMs: number;
}

/** The answer of `check`: inputs with defaults, and everything that is wrong with them. */
export interface Checked {
  readonly inputs: Props;
  readonly findings: readonly Finding[];
  /** The id of the existing object that `create` will adopt. */
  readonly adopts?: string | undefined;
}

/** The answer of `diff`. */
export interface Difference {
  readonly changes: boolean;
  /** Properties because of which a new object takes the place of the old one. Empty: it is updated in place. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** The object is gone. An update in place creates it again under its id, where the engine prefers that to a replacement. */
  readonly recreates?: true;
}

export interface Created {
  readonly id: string;
  readonly outputs: Props;
}

/** The answer of `record`. */
export interface Recorded extends Created {
  /** The inputs whose live values differ. */
  readonly differs: readonly string[];
}

/** The answer of `read`: with `inputs`, so that a refresh shows drift as changed properties. */
export interface Read extends Created {
  readonly inputs: Props;
}

/**
 * One resource: all that any engine must know of it. It knows no engine. Inputs in `diff`, `create` and `update` are
 * those that `check` answered; `outputs` are what an earlier call of these answered.
 */
export interface Definition {
  readonly kind: Kind;
  /** Names the resource that has these inputs or outputs. */
  subject(props: Props, context: Context): Subject;
  /** The id of the object that these inputs declare; `undefined` while unknown, and where the server assigns it. */
  idOf?(inputs: Props): string | undefined;
  /** The texts by which inputs or outputs name their object: its id, and others that a server holds unique. */
  namesOf?(props: Props): readonly string[];
  /** The outputs of a create or an update without values that can be derived, for engines that keep outputs as they are. */
  compacted?(outputs: Props): Props;
  /** The id of the object that recorded outputs stand for. */
  recordedId?(outputs: Props): string | undefined;
  /** Whether these inputs give up the recorded object for another one; `undefined` while that is unknown. */
  givesUp?(outputs: Props, inputs: Props): boolean | undefined;
  /** The id of the object that a resource stands for now. Default: the id of the resource. */
  objectIdOf?(id: string, outputs: Props): string;
  /** `olds` are the inputs of before, empty where the resource is to be created. */
  check(context: Context, olds: Props, news: Props): Promise<Checked>;
  /** FED221, if an object stands in the way of a new resource. The inputs need no more than name the object. */
  collision?(context: Context, inputs: Props): Promise<Finding | undefined>;
  /** `outputs` are those of the last run, or of a refresh. */
  diff(context: Context, id: string, outputs: Props, inputs: Props): Promise<Difference>;
  /** `undefined` means gone for certain. `outputs` hold inputs only, or nothing, where a program asks by id alone. */
  read(context: Context, id: string, outputs: Props): Promise<Read | undefined>;
  create(context: Context, inputs: Props): Promise<Created>;
  /**
   * Returns the outputs that a run would record if it had created the listed object `id` from checked inputs. `undefined` if
   * no listing holds the object. It asks for listings only.
   */
  record?(context: Context, id: string, inputs: Props): Promise<Recorded | undefined>;
  /** Answers with the new outputs; the id stays. */
  update(context: Context, id: string, outputs: Props, inputs: Props): Promise<Props>;
  /** An object that is gone already counts as deleted. */
  delete(context: Context, id: string, outputs: Props): Promise<void>;
}

/** The object is there, but not all that was asked for. An engine keeps it in its state and tries again next time. */
export class IncompleteError extends Error {
  readonly id: string;
  readonly outputs: Props;

  constructor(cause: unknown, created: Created) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "IncompleteError";
    this.id = created.id;
    this.outputs = created.outputs;
  }
}
