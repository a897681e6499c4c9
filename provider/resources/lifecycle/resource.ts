import type { Finding } from "../../../schema/finding.ts";
import type { Subject } from "../../../schema/report.ts";
import type { ControlPlane } from "../../control-planes/control-plane.ts";
import type { DeclaredPrincipal, Kind } from "../../rules/index.ts";
import type { Context, Phase, Props } from "../definition.ts";
import type { Owner } from "../owner.ts";
import type { Comparison } from "../state/compare.ts";

/** A change in place that the program asks for. */
export interface Change<Live> {
  readonly inputs: Props;
  readonly live: Live;
  readonly changes: readonly Comparison[];
  /** Changes made outside the stack that this run reverts. */
  readonly reverts?: readonly Comparison[];
  readonly phase: Phase;
}

/** One write on the way to the wanted values. */
export interface Step {
  readonly changes: Props;
  /** Whether the clusters must have applied everything before it. */
  readonly afterRollout: boolean;
}

/** A replacement that the program asks for. `live` is left out where the control plane is not asked. */
export interface Replacement<Live> {
  readonly inputs: Props;
  readonly outputs: Props;
  readonly moved: readonly string[];
  readonly live?: Live;
}

/** A deletion. `live` is left out where a read did not find the object. */
export interface Deletion<Live> {
  readonly live: Live | undefined;
  readonly allowed: boolean;
  readonly outputs: Props;
  /** The principals that the program grants access, where a replacement has made them known. */
  readonly ours: readonly DeclaredPrincipal[] | undefined;
}

/** The result of looking for an object of the same name: nothing, one to take over, or findings that forbid it. */
export interface Existing<Live> {
  readonly adopted?: Live;
  /** The resource of the stack that hands the object over, and the object in words. Otherwise the stack does not own it yet. */
  readonly from?: Owner & { readonly what: string };
  readonly findings: readonly Finding[];
}

/** The description of one resource: everything that its lifecycle does not have in common with all others. */
export interface Resource<Key, Live> {
  readonly kind: Kind;
  /** The name of several objects. */
  readonly plural: string;
  /** The name of one, from inputs or outputs that may be unknown in parts: `0f1e… through corp-entra`. */
  label(props: Props): string;
  /** The message where an id names no object. Default: its federation or project has none of this label. */
  absence?(key: Key): string;
  /** The checks that a preview without control plane leaves out. */
  readonly unchecked: { readonly live: string; readonly existing: string };

  // Identity
  /** @param outputs where an update in place can change the key, and leaves the id as it is */
  parse(id: string, outputs: Props): Key;
  idOf(key: Key): string;
  /** `undefined` while a part is not known; always, where the server assigns the id. */
  keyOf(inputs: Props): Key | undefined;
  /** Whether the server assigns the id. */
  readonly assignsId?: true;
  keyOfLive(live: Live): Key;
  /** Texts besides the id that a server holds unique, as far as these inputs or outputs tell them. */
  uniqueIn?(props: Props): readonly string[];
  /** The key in recorded outputs. Default: that of the inputs in them. */
  recordedKey?(outputs: Props): Key | undefined;
  /** The federation or project that must be readable before a missing object counts as deleted: `project 5f1e…`. */
  scopeOf(key: Key): string;
  /** The inputs that are part of the identity. */
  readonly identity: readonly string[];
  /** Their values as recorded, or else as far as the id holds them. */
  identityOf(key: Key, outputs: Props): Props;
  /** The same for `read`, where the id alone does not tell them. Default: `identityOf`. */
  readIdentity?(plane: ControlPlane, key: Key, outputs: Props): Promise<Props>;
  /** The output that recorded outputs have, and the outputs of a read by id do not. */
  readonly mark: string;
  /** Inputs that ask for another object than the recorded one. */
  moved(key: Key, inputs: Props, outputs: Props): readonly string[];
  /** The property to blame when the object is gone and is created again. */
  readonly named: string;
  /** Whether the server cannot hold the old object beside the new one, so that the old one must go first. */
  deletesFirst?(key: Key, moved: readonly string[]): boolean;

  // Inputs and outputs
  /** The inputs that are compared with the server. */
  readonly settings: readonly string[];
  /** Those of them that count for these inputs. Default: all. */
  comparedOf?(inputs: Props): readonly string[];
  /** Inputs that never reach the server and are recorded, because a deletion goes by them. */
  readonly controls?: readonly string[];
  /** Fills in defaults, and writes each value in one way: the same for declared and for live ones. */
  withDefaults(declared: Props): Props;
  /** @param around inputs or outputs, where only the settings that they manage count */
  settingsOf(live: Live, around?: Props): Props;
  /** Compares with the server. Default: every setting that counts. */
  compare?(context: Context, live: Live, outputs: Props, inputs: Props): Comparison[];
  /** Hidden outputs besides those that all resources have. `before` is the object before the change. */
  hiddenOf?(olds: Props, inputs: Props, before: Live): Props;
  /** The outputs of an adopted object whose change may have failed. Default: it is not recorded, and met again. */
  unsure?(outputs: Props, inputs: Props, before: Live): Props;
  /** Outputs that are no inputs. */
  computedOf?(key: Key): Props;
  /** An input that never reaches the server, and acts when its value changes. */
  readonly trigger?: {
    readonly input: string;
    readonly report: "revocation";
    act(plane: ControlPlane, key: Key): Promise<void>;
  };

  // Changes
  /** Whether the program asks for another key, which an update in place gives the object. */
  swaps?(key: Key, inputs: Props): boolean;
  /** Whether `live` has lost the object: an update connects it again. Otherwise an object exists as long as `live`. */
  isDisconnected?(live: Live): boolean;
  /** Settings that the server sets on a new object only, of those that are to change. */
  remakes?(changes: readonly Comparison[]): readonly string[];
  /** Whether the server has removed the object by now, as these recorded values asked it to. */
  expired?(props: Props): boolean;
  /**
   * The writes that bring these changes to the server, in their order. Default: one, with all of them.
   * @param outputs the recorded outputs, empty where the object is adopted
   */
  stepsOf?(changes: Props, live: Live, outputs: Props): readonly Step[];
  /** The project whose clusters apply a change. */
  waitsIn?(key: Key): string;

  // Rules
  /** Whether no input names the control plane of the resource, so that the rules need it as an argument. */
  readonly hidesPlane?: boolean;
  /** The object that a new one would collide with. Default: the one with the same identity. */
  existing?(context: Context, inputs: Props, subject: Subject, phase: Phase): Promise<Existing<Live>>;
  /** The finding that stops a run where the object is not found. Default: it counts as deleted, and is created again. */
  notFound?(plane: ControlPlane, key: Key): Promise<Finding>;
  /** Compares the reference of an identity provider with the live one. */
  referenceFindings?(context: Context, inputs: Props, subject: Subject): Promise<Finding[]>;
  creationFindings?(context: Context, inputs: Props, phase: Phase): Promise<Finding[]>;
  changeFindings(context: Context, change: Change<Live>): Promise<Finding[]>;
  replacementFindings?(context: Context, key: Key, replacement: Replacement<Live>): Promise<Finding[]>;
  deletionFindings?(context: Context, key: Key, deletion: Deletion<Live>): Promise<Finding[]>;
  /** Ids of others that this run deletes for the same reason, and that one write can take away. */
  goesWith?(context: Context, key: Key): readonly string[];

  // Server
  /** @throws FindingError FED206 where the control plane is of another kind */
  fits?(plane: ControlPlane, props: Props): void;
  /** All objects around the key: in its federation or project. */
  list(plane: ControlPlane, key: Key): Promise<readonly Live[]>;
  isLive(live: Live, key: Key): boolean;
  get(plane: ControlPlane, key: Key): Promise<Live | undefined>;
  /** Whether an object that the listing of this run shows is changed and deleted without another read. */
  readonly listingSuffices?: true;
  create(plane: ControlPlane, inputs: Props): Promise<Live>;
  /** @param changes the wanted values of the settings that change */
  update(
    plane: ControlPlane,
    key: Key,
    inputs: Props,
    changes: Props,
    live: Live,
    fate: {
      /** Another declaration takes over the object that this key names. */
      readonly passedOn: boolean;
    },
  ): Promise<Live>;
  /** Whether another object may be the same one under a new name, if their settings are equal too. */
  resembles?(live: Live, key: Key): boolean;
  /** `live` is `undefined` where a read did not find it: it may lag behind. */
  delete(plane: ControlPlane, key: Key, live: Live | undefined, outputs: Props): Promise<void>;
}
