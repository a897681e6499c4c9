import type { Finding } from "../../schema/finding.ts";
import { phrase, preview, setting, stack } from "../../schema/phrase.ts";
import type { Subject } from "../../schema/report.ts";
import { isUnknown } from "../../schema/unknown.ts";
import { type ControlPlane, mayHaveHappened } from "../control-planes/control-plane.ts";
import { kindOf } from "../control-planes/planes.ts";
import { PhrasedError } from "../findings.ts";
import { subjectPhrase } from "../reports.ts";
import type { Kind } from "../rules/index.ts";
import { bindingIn, bindingOf, boundPlane, noteSeen, refuseVanished, withinReach } from "./bound.ts";
import { appliedOf, type Comparison, compare, fingerprint } from "./compare.ts";
import {
  type Context,
  type Created,
  type Definition,
  type Difference,
  IncompleteError,
  isIgnored,
  type Phase,
  type Props,
  type Read,
} from "./definition.ts";
import { driftFailure, driftsIn, outcomeOf } from "./drift.ts";
import { errorsOf, refuse, reportOnce } from "./findings.ts";
import { existing } from "./named-object/existing.ts";
import { recordOf, secretsOf } from "./record.ts";
import { waitForClusters } from "./rollout.ts";
import { visible } from "./visible.ts";

/**
 * An object of a project that the server knows by a name, and whose settings change in place: what user-defined roles
 * and grants are. They differ in what is written here; what becomes of it is the same for all.
 */
export interface NamedObject<Key extends { readonly projectId: string }, Live> {
  readonly kind: Kind;
  /** What a user calls several of them. */
  readonly plural: string;
  /** What a user calls one, from inputs or outputs of which parts may be unknown: `0f1e… through corp-entra`. */
  label(props: Props): string;

  // Identity
  parse(id: string): Key;
  idOf(key: Key): string;
  /** `undefined` while a part of it is not known. */
  keyOf(inputs: Props): Key | undefined;
  /** The inputs that make the identity: as recorded, or where nothing is recorded as far as the id tells. */
  identityOf(key: Key, outputs: Props): Props;
  /** Inputs that ask for another identity than the recorded one: a new object takes the place of the old one. */
  moved(key: Key, inputs: Props): readonly string[];
  /** The input to blame when the object is gone and is to be made anew; part of the identity. */
  readonly named: string;
  /** Whether the server cannot hold the old object beside the new one, so that the old one must go first. */
  deletesFirst?(key: Key, moved: readonly string[]): boolean;

  // Changes
  readonly settings: readonly string[];
  /** Inputs that never reach the server, but are recorded: a deletion goes by them. */
  readonly controls?: readonly string[];
  /** Inputs with defaults, and one way to write each value: the same for what is declared and what is live. */
  withDefaults(declared: Props): Props;
  settingsOf(live: Live): Props;
  /** Settings that the server sets on a new object only, of those that are to change. */
  remakes?(changes: readonly Comparison[]): readonly string[];
  /** Whether what is recorded says that the server has removed the object by now, as it was told to. */
  expired?(props: Props): boolean;

  /** Whether nothing in its inputs says which control plane it is for, so that the rules must be told. */
  readonly hidesPlane?: boolean;

  // Rules that need the control plane, or that hold for one moment only. Warnings are told, errors returned.
  creationFindings(context: Context, inputs: Props, phase: Phase): Promise<Finding[]>;
  changeFindings(context: Context, inputs: Props, changed: readonly string[], live: Live): Promise<Finding[]>;
  /** Before another object takes its place, under another name or elsewhere. */
  replacementFindings?(context: Context, key: Key, inputs: Props): Promise<Finding[]>;
  deletionFindings?(context: Context, key: Key, outputs: Props): Promise<Finding[]>;
  /** Ids of others that this run deletes for the same reason, and that one write can take away. */
  goesWith?(context: Context, key: Key): readonly string[];

  // The server
  /** @throws FindingError FED206 where the control plane is of another kind */
  fits?(plane: ControlPlane, inputs: Props): void;
  list(plane: ControlPlane, projectId: string): Promise<readonly Live[]>;
  isLive(live: Live, key: Key): boolean;
  get(plane: ControlPlane, key: Key): Promise<Live | undefined>;
  create(plane: ControlPlane, key: Key, inputs: Props): Promise<Live>;
  update(plane: ControlPlane, key: Key, inputs: Props, changes: readonly string[]): Promise<Live>;
  delete(plane: ControlPlane, key: Key): Promise<void>;
}

/**
 * The definition of such an object. Outputs are the inputs as they are live, without `adopt`, with hidden `__applied`
 * (see compare.ts) and `__bound` (see bound.ts).
 */
export function namedObject<Key extends { readonly projectId: string }, Live>(
  object: NamedObject<Key, Live>,
): Definition {
  const { kind, settings, controls = [] } = object;

  function subject(props: Props, { declared }: Context): Subject {
    return { kind, name: declared.name, label: object.label(props) };
  }

  /** From the listing that all share; what is not in it is asked for by itself, since a listing may lag behind. */
  async function observe(plane: ControlPlane, key: Key): Promise<Live | undefined> {
    return await withinReach(plane, `project ${key.projectId}`, async () => {
      const listed = await object.list(plane, key.projectId);
      return listed.find((live) => object.isLive(live, key)) ?? (await object.get(plane, key));
    });
  }

  function compareSettings({ declared }: Context, live: Live, outputs: Props, inputs: Props): Comparison[] {
    const heeded = settings.filter((setting) => !isIgnored(declared, setting));
    return compare(heeded, object.settingsOf(live), outputs, inputs);
  }

  // Changes

  async function diff(context: Context, id: string, outputs: Props, inputs: Props): Promise<Difference> {
    const { memory } = context;
    const key = object.parse(id);
    memory.ownership.own(id);
    const moved = object.moved(key, inputs);
    const recorded = appliedOf(outputs, settings).inputs;
    const edited =
      controls.some((control) => fingerprint(inputs[control]) !== fingerprint(outputs[control])) ||
      settings.some((setting) => fingerprint(inputs[setting]) !== (recorded[setting] ?? "")) ||
      Object.keys(object.identityOf(key, inputs)).some((input) => isUnknown(inputs[input]));
    if (context.offline !== undefined || context.drift === "off") {
      if (context.offline !== undefined)
        memory.notices.skip(phrase`${subjectPhrase(subject(inputs, context))}: what is live`);
      return moved.length > 0 ? replace(context, key, moved) : inPlace(edited);
    }
    const plane = boundPlane(context, outputs);
    const live = await observe(plane, key);
    if (live === undefined) {
      if (object.expired?.(outputs)) {
        return object.expired(inputs) && moved.length === 0 ? inPlace(edited) : remake([...moved, "deleteAfterDate"]);
      }
      // On its way out anyway; a run that was killed may have deleted many of these at once.
      if (moved.length > 0) return replace(context, key, moved);
      refuseVanished(context, object.plural, `project ${key.projectId}`, id);
      return deleted(context, id, inputs, edited);
    }
    noteSeen(context, object.plural, `project ${key.projectId}`);
    if (moved.length > 0) {
      refuse((await object.replacementFindings?.(context, key, inputs)) ?? []);
      return replace(context, key, moved);
    }

    const comparisons = compareSettings(context, live, outputs, inputs);
    const drift = driftsIn(comparisons, secretsOf(context, outputs), context.drift);
    if (drift.length > 0) reportOnce(context, id, { type: "drift", subject: subject(inputs, context), changes: drift });
    const drifts = comparisons.filter(({ drifted, differs }) => drifted && differs);
    if (context.drift === "fail" && drifts.length > 0) refuse([driftFailure(subject(inputs, context))]);
    const changes = comparisons.filter((one) => one.differs && (one.edited || context.drift === "correct"));
    const remade = object.remakes?.(changes) ?? [];
    if (remade.length > 0) return remake(remade);
    const changed = changes.filter((one) => one.edited).map(({ property }) => property);
    refuse(await object.changeFindings(context, inputs, changed, live));
    return inPlace(edited || changes.length > 0);
  }

  /** Another name: both can be there, so nobody is without access in between, unless the server holds only one. */
  function replace({ memory }: Context, key: Key, replaces: readonly string[]): Difference {
    memory.ownership.markReplaced(object.idOf(key));
    return { changes: true, replaces, deleteBeforeReplace: object.deletesFirst?.(key, replaces) ?? false };
  }

  function deleted(context: Context, id: string, inputs: Props, edited: boolean): Difference {
    const { drift } = context;
    const left = drift === "warn" && !edited;
    const outcome = outcomeOf({ edited, differs: true }, drift);
    reportOnce(context, id, { type: "missing", subject: subject(inputs, context), lost: "deleted", outcome });
    if (drift === "fail") refuse([driftFailure(subject(inputs, context))]);
    return left ? inPlace(false) : remake([object.named]);
  }

  // Check

  async function check(context: Context, olds: Props, news: Props) {
    const inputs = object.withDefaults(visible(news));
    const knowsPlane = object.hidesPlane === true && context.offline === undefined;
    const plane = knowsPlane ? kindOf(context.plane()) : undefined;
    const findings = errorsOf(kind, context.declared.name ?? "", visible(news), plane);
    const creating = Object.keys(visible(olds)).length === 0;
    if (findings.length > 0 || !creating) return { inputs, findings };
    if (context.offline !== undefined) {
      const rules = object.hidesPlane ? ", and what its control plane would take" : "";
      context.memory.notices.skip(
        phrase`${subjectPhrase(subject(inputs, context))}: whether it exists already, and what its project has${rules}`,
      );
      return { inputs, findings };
    }
    object.fits?.(context.plane(), inputs);
    const found = await existing(context, object, inputs, subject(inputs, context), "preview");
    return {
      inputs,
      findings: [...found.findings, ...(await object.creationFindings(context, inputs, "preview"))],
    };
  }

  // Read

  async function read(context: Context, id: string, outputs: Props): Promise<Read | undefined> {
    const key = object.parse(id);
    // A refresh hands in what was recorded. Who asks by id alone means an object that must exist.
    const refreshes = outputs.projectId !== undefined;
    const recorded = { id, inputs: visible(outputs), outputs };
    if (context.offline !== undefined) {
      if (!refreshes) throw new Error(`${kind} ${id} cannot be read offline: ${context.offline}`);
      context.memory.notices.skip(phrase`${subjectPhrase(subject(outputs, context))}: its refresh`);
      return recorded;
    }
    const plane = boundPlane(context, outputs);
    const live = await observe(plane, key);
    if (live === undefined) {
      if (!refreshes) {
        throw new Error(`project ${key.projectId} has no ${object.label(outputs)} (${id})\n  fix  Check the id.`);
      }
      // What expired has done what it was declared to do: it stays recorded, or the next run would create it again.
      if (object.expired?.(outputs)) return recorded;
      refuseVanished(context, object.plural, `project ${key.projectId}`, id);
      return undefined;
    }
    if (refreshes) noteSeen(context, object.plural, `project ${key.projectId}`);
    const kept = compareSettings(context, live, outputs, outputs)
      .filter(({ drifted }) => refreshes && !drifted)
      .map(({ property }) => [property, outputs[property]]);
    const inputs = visible({
      ...only(outputs, controls),
      ...object.settingsOf(live),
      ...visible(Object.fromEntries(kept)),
      ...object.identityOf(key, outputs),
    });
    const applied = outputs.__applied === undefined ? {} : { __applied: outputs.__applied };
    return { id, inputs, outputs: { ...inputs, ...applied, ...bindingIn(outputs, plane, refreshes) } };
  }

  // Create and update

  async function create(context: Context, inputs: Props): Promise<Created> {
    const key = mustKnow(inputs);
    const id = object.idOf(key);
    object.fits?.(context.plane(), inputs);
    const { adopted, findings } = await existing(context, object, inputs, subject(inputs, context), "apply");
    refuse([...findings, ...(await object.creationFindings(context, inputs, "apply"))]);
    if (adopted !== undefined) {
      context.memory.ownership.adopt(id);
      return { id, outputs: await reconcile(context, key, inputs, { live: adopted, outputs: {} }) };
    }
    try {
      return { id, outputs: await reconcile(context, key, inputs) };
    } catch (error) {
      // It was not there before, and its name is its identity: kept in state, the next run looks and mends.
      if (!mayHaveHappened(error)) throw error;
      throw new IncompleteError(error, { id, outputs: outputsOf(context, key, inputs, inputs, {}, []) });
    }
  }

  async function update(context: Context, id: string, outputs: Props, inputs: Props): Promise<Props> {
    const key = object.parse(id);
    const plane = boundPlane(context, outputs);
    const live = await withinReach(plane, `project ${key.projectId}`, () => object.get(plane, key));
    if (live !== undefined) {
      const edited = compareSettings(context, live, outputs, inputs).filter((one) => one.edited && one.differs);
      const changed = edited.map(({ property }) => property);
      refuse(await object.changeFindings(context, inputs, changed, live));
      return await reconcile(context, key, inputs, { live, outputs });
    }
    // Only what is recorded of it has changed.
    if (object.expired?.(outputs)) return outputsOf(context, key, inputs, inputs, outputs, []);
    throw new PhrasedError(
      phrase`${subjectPhrase(subject(inputs, context))} was deleted outside this ${stack} since the ${preview}\n  fix  Run again: the ${preview} shows that it will be created again, unless ${setting("drift")} is off.`,
    );
  }

  /** `found` is what there is already, with what is recorded of it: nothing, where it is adopted. */
  async function reconcile(
    context: Context,
    key: Key,
    inputs: Props,
    found?: { readonly live: Live; readonly outputs: Props },
  ): Promise<Props> {
    const plane = context.plane();
    // Ensure
    const there = found?.live ?? (await object.create(plane, key, inputs));
    // Sync
    const olds = found?.outputs ?? {};
    const differing =
      found === undefined ? [] : compareSettings(context, there, olds, inputs).filter(({ differs }) => differs);
    const left = context.drift === "correct" ? [] : differing.filter(({ edited }) => !edited);
    const changes = differing.filter((one) => !left.includes(one)).map(({ property }) => property);
    const live = changes.length === 0 ? there : await object.update(plane, key, inputs, changes);
    // Return
    const outputs = outputsOf(context, key, inputs, object.settingsOf(live), olds, left);
    await waitForClusters(context, key.projectId, subject(inputs, context), { id: object.idOf(key), outputs });
    return outputs;
  }

  function outputsOf(
    context: Context,
    key: Key,
    inputs: Props,
    live: Props,
    olds: Props,
    left: readonly Comparison[],
  ): Props {
    const written = { ...object.withDefaults(live), ...object.identityOf(key, inputs), ...only(inputs, controls) };
    const { adopt: _, ...declared } = inputs;
    return {
      ...recordOf(context, { settings, live, written, inputs: declared, olds, left }),
      ...bindingOf(context.plane()),
    };
  }

  function mustKnow(inputs: Props): Key {
    const key = object.keyOf(inputs);
    if (key === undefined) throw new Error(`${kind}: what it is called is not known`);
    return key;
  }

  // Delete

  async function remove(context: Context, id: string, outputs: Props): Promise<void> {
    const key = object.parse(id);
    // Renamed in the program, and taken over under the new name: it is that resource's now.
    if (context.memory.ownership.isAdopted(id)) return;
    if (context.memory.ownership.isRemoved(id)) return;
    const plane = boundPlane(context, outputs);
    const scope = `project ${key.projectId}`;
    // Throws where somebody else's has that name by now. What it does not find is told to go all the same: a read may
    // lag behind, and access that is left over is in nobody's state.
    await withinReach(plane, scope, () => object.get(plane, key));
    refuse((await object.deletionFindings?.(context, key, outputs)) ?? []);
    // Engines delete one after the other; what goes for the same reason goes at once.
    const ids = [...new Set([id, ...(object.goesWith?.(context, key) ?? [])])];
    await Promise.all(ids.map((one) => object.delete(plane, object.parse(one))));
    for (const one of ids) context.memory.ownership.markRemoved(one);
  }

  return { kind, subject, check, diff, read, create, update, delete: remove };
}

function only(props: Props, keys: readonly string[]): Props {
  return visible(Object.fromEntries(keys.map((key) => [key, props[key]])));
}

function inPlace(changes: boolean): Difference {
  return { changes, replaces: [], deleteBeforeReplace: false };
}

/** The same name again: the server cannot hold both, and where the old one is gone there is nothing to keep. */
function remake(replaces: readonly string[]): Difference {
  return { changes: true, replaces, deleteBeforeReplace: true };
}
