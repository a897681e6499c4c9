import type { Finding } from "../../../schema/finding.ts";
import { phrase, preview, setting, stack } from "../../../schema/phrase.ts";
import type { Subject } from "../../../schema/report.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import { type ControlPlane, mayHaveHappened } from "../../control-planes/control-plane.ts";
import { kindOf } from "../../control-planes/planes.ts";
import { PhrasedError } from "../../findings.ts";
import { subjectPhrase } from "../../reports.ts";
import {
  type Checked,
  type Context,
  type Created,
  type Definition,
  type Difference,
  IncompleteError,
  isIgnored,
  type Phase,
  type Props,
  type Read,
  type Recorded,
} from "../definition.ts";
import { errorsOf, refuse, reportOnce } from "../findings.ts";
import { known } from "../known.ts";
import { warnOfOperator } from "../live-rules/operator.ts";
import { prefixOf, type Reference, referenceOf } from "../reference.ts";
import { appliedIn, appliedOf, type Comparison, compacted, compare, fingerprint } from "../state/compare.ts";
import {
  bindingIn,
  bindingOf,
  boundPlane,
  isNotFoundAnswer,
  noteSeen,
  refuseVanished,
  withinReach,
} from "../state/plane-binding.ts";
import { recordOf, secretsOf } from "../state/record.ts";
import { visible } from "../state/visible.ts";
import { differencesOf, shownOf } from "./adopt.ts";
import { driftFailure, driftsIn, outcomeOf } from "./drift.ts";
import { existing } from "./existing.ts";
import type { Existing, Resource } from "./resource.ts";
import { waitBeforeStep, waitForClusters } from "./rollout.ts";
import { passesOn, remadeFinding } from "./way.ts";

/**
 * The lifecycle of a resource. Outputs are the inputs as they are live, without `adopt`, with computed outputs and
 * hidden `__applied` (see state/compare.ts) and `__bound` (see state/plane-binding.ts).
 */
export function lifecycle<Key, Live>(object: Resource<Key, Live>): Definition {
  const { kind, settings, controls = [], trigger } = object;
  const actors = trigger === undefined ? [] : [trigger.input];

  function subject(props: Props, { declared }: Context): Subject {
    return { kind, name: declared.name, label: object.label(props) };
  }

  /** From the listing that all share; what is not in it is asked for by itself, since a listing may lag behind. */
  async function observe(plane: ControlPlane, key: Key): Promise<Live | undefined> {
    return await withinReach(plane, object.scopeOf(key), async () => {
      const listed = await object.list(plane, key);
      return listed.find((live) => object.isLive(live, key)) ?? (await object.get(plane, key));
    });
  }

  /** The object before a change or a deletion: as the listing shows it, if that is enough. */
  async function beforeWrite(
    plane: ControlPlane,
    key: Key,
    isEnough: (listed: Live) => boolean = () => true,
  ): Promise<Live | undefined> {
    const listed = object.listingSuffices === true ? await observe(plane, key) : undefined;
    if (listed !== undefined && isEnough(listed)) return listed;
    return await withinReach(plane, object.scopeOf(key), () => object.get(plane, key));
  }

  /** Whether a write failed because the object was deleted after the listing. */
  async function isGone(plane: ControlPlane, key: Key, error: unknown): Promise<boolean> {
    const mayBe = object.listingSuffices === true && isNotFoundAnswer(error);
    return mayBe && (await object.get(plane, key)) === undefined;
  }

  function bound(context: Context, outputs: Props): ControlPlane {
    const plane = boundPlane(context, outputs);
    object.fits?.(plane, outputs);
    return plane;
  }

  function compareSettings(context: Context, live: Live, outputs: Props, inputs: Props): Comparison[] {
    if (object.compare !== undefined) return object.compare(context, live, outputs, inputs);
    const compared = object.comparedOf?.(inputs) ?? settings;
    const heeded = compared.filter((setting) => !isIgnored(context.declared, setting));
    return compare(heeded, object.settingsOf(live), outputs, inputs);
  }

  // Changes

  async function diff(context: Context, id: string, outputs: Props, inputs: Props): Promise<Difference> {
    const { memory } = context;
    const key = object.parse(id, outputs);
    memory.ownership.own(object.idOf(key), outputs);
    const { principals } = context.declared.related ?? {};
    if (principals !== undefined) memory.ownership.notePrincipals(object.idOf(key), principals);
    const swaps = object.swaps?.(key, inputs) ?? false;
    const isPassedOn = () => passesOn(context, kind, object.idOf(key));
    if (swaps && !isPassedOn()) memory.ownership.markReplaced(object.idOf(key));
    const moved = object.moved(key, inputs, outputs);
    const given = [...settings, ...actors];
    const recorded = appliedOf(outputs, given).inputs;
    const edited =
      swaps ||
      controls.some(
        (control) => fingerprint(inputs[control] || undefined) !== fingerprint(outputs[control] || undefined),
      ) ||
      given.some((input) => fingerprint(inputs[input]) !== (recorded[input] ?? "")) ||
      object.identity.some((input) => isUnknown(inputs[input]));
    if (context.offline !== undefined || context.drift === "off") {
      if (context.offline !== undefined)
        memory.notices.skip(phrase`${subjectPhrase(subject(inputs, context))}: ${object.unchecked.live}`);
      if (moved.length === 0) return inPlace(edited);
      if (!isPassedOn()) refuse((await object.replacementFindings?.(context, key, { inputs, outputs, moved })) ?? []);
      return replace(context, key, moved, inputs);
    }
    const plane = bound(context, outputs);
    const live = await observe(plane, key);
    if (live === undefined) {
      if (object.expired?.(outputs)) {
        return object.expired(inputs) && moved.length === 0 ? inPlace(edited) : remake([...moved, "deleteAfterDate"]);
      }
      // On its way out anyway; a run that was killed may have deleted many of these at once.
      if (moved.length > 0) return replace(context, key, moved, inputs);
      if (object.notFound !== undefined) refuse([await object.notFound(plane, key)]);
      refuseVanished(context, object.plural, object.scopeOf(key), id);
      return await deleted(context, key, inputs, edited);
    }
    noteSeen(context, object.scopeOf(key));
    await warnOfOperator(context, inputs);
    refuse(await compareReference(context, inputs));
    if (moved.length > 0) {
      if (!isPassedOn())
        refuse((await object.replacementFindings?.(context, key, { inputs, outputs, moved, live })) ?? []);
      return replace(context, key, moved, inputs);
    }

    const comparisons = compareSettings(context, live, outputs, inputs);
    const drift = driftsIn(comparisons, secretsOf(context, outputs), context.drift);
    const [first] = drift;
    if (first !== undefined) {
      const lost = { type: "missing", lost: "disconnected", outcome: first.outcome } as const;
      const report = object.isDisconnected?.(live) ? lost : ({ type: "drift", changes: drift } as const);
      reportOnce(context, id, { ...report, subject: subject(inputs, context) });
    }
    const drifts = comparisons.filter(({ drifted, differs }) => drifted && differs);
    if (context.drift === "fail" && drifts.length > 0) refuse([driftFailure(subject(inputs, context))]);
    const changes = comparisons.filter((one) => one.differs && (one.edited || context.drift === "correct"));
    refuse(
      await object.changeFindings(context, {
        inputs,
        live,
        changes: changes.filter((one) => one.edited),
        reverts: changes.filter((one) => !one.edited),
        phase: "preview",
      }),
    );
    const remade = object.remakes?.(changes) ?? [];
    if (remade.length > 0) {
      memory.ownership.markReplaced(object.idOf(key));
      return remake(remade);
    }
    if (trigger !== undefined && acts(outputs, inputs)) {
      reportOnce(context, `${id} ${trigger.input}`, {
        type: trigger.report,
        subject: subject(inputs, context),
        input: trigger.input,
      });
    }
    return inPlace(edited || changes.length > 0);
  }

  /** With another name, both objects can exist at once without a loss of access, unless the server holds only one. */
  function replace(context: Context, key: Key, replaces: readonly string[], inputs: Props): Difference {
    const { ownership } = context.memory;
    const isPassedOn = passesOn(context, kind, object.idOf(key));
    if (!isPassedOn) ownership.markReplaced(object.idOf(key));
    if (inputs.allowLockout === true) ownership.allowLockout(object.idOf(key));
    return {
      changes: true,
      replaces,
      deleteBeforeReplace: !isPassedOn && (object.deletesFirst?.(key, replaces) ?? false),
    };
  }

  async function deleted(context: Context, key: Key, inputs: Props, edited: boolean): Promise<Difference> {
    const { drift, memory } = context;
    const id = object.idOf(key);
    const outcome = outcomeOf({ edited, differs: true }, drift);
    const staysNamed = idOf(inputs) === id;
    const newId = staysNamed ? {} : { newId: true as const, isProtected: context.declared.isProtected };
    reportOnce(context, id, { type: "missing", subject: subject(inputs, context), lost: "deleted", outcome, ...newId });
    if (drift === "fail") refuse([driftFailure(subject(inputs, context))]);
    if (outcome === "left") return inPlace(false);
    memory.ownership.markReplaced(id);
    if (!staysNamed) return remake([object.named]);
    refuse((await object.creationFindings?.(context, inputs, "preview")) ?? []);
    memory.ownership.announceRecreation(id);
    return { ...remake([object.named]), recreates: true };
  }

  /** Whether the trigger has a new value. After an import there is no old one, and a trigger that is removed acts no more. */
  function acts(outputs: Props, inputs: Props): boolean {
    if (trigger === undefined || (outputs.__applied === undefined && outputs[trigger.input] === undefined))
      return false;
    const wanted = fingerprint(inputs[trigger.input]);
    return wanted !== "" && wanted !== (appliedOf(outputs, actors).inputs[trigger.input] ?? "");
  }

  // Check

  async function check(context: Context, olds: Props, news: Props): Promise<Checked> {
    const knowsPlane = object.hidesPlane === true && context.offline === undefined;
    const plane = knowsPlane ? kindOf(context.plane()) : undefined;
    const findings = errorsOf(kind, context.declared.name ?? "", visible(news), plane);
    if (findings.length > 0) return { inputs: visible(news), findings };
    // Only now: inputs of a wrong form have no defaults.
    const inputs = object.withDefaults(visible(news));
    noteProject(context, news, inputs);
    const creating = Object.keys(visible(olds)).length === 0;
    if (!creating) return { inputs, findings };
    if (context.offline !== undefined) {
      context.memory.notices.skip(phrase`${subjectPhrase(subject(inputs, context))}: ${object.unchecked.existing}`);
      return { inputs, findings };
    }
    object.fits?.(context.plane(), inputs);
    await warnOfOperator(context, inputs);
    const found = await find(context, inputs, "preview");
    const creation = await creationFindings(context, inputs, found, "preview");
    const { adopted } = found;
    const adopts = adopted === undefined ? undefined : object.idOf(object.keyOfLive(adopted));
    return { inputs, findings: [...found.findings, ...creation, ...(await compareReference(context, inputs))], adopts };
  }

  /** Reports a project that only a reference names, because the exporting stack chooses it. */
  function noteProject(context: Context, news: Props, inputs: Props): void {
    const projectId = known(inputs.projectId);
    const identityProvider = known(referenceOf(inputs).configurationName);
    if (projectId === undefined || identityProvider === undefined) return;
    if (visible(news).projectId !== undefined || context.declared.related?.makesProvider) return;
    reportOnce(context, `project ${projectId} ${identityProvider}`, { type: "project", projectId, identityProvider });
  }

  async function compareReference(context: Context, inputs: Props): Promise<Finding[]> {
    // The program makes the identity provider itself, so the two differ only until the next write.
    if (context.declared.related?.makesProvider) return [];
    return (await object.referenceFindings?.(context, inputs, subject(inputs, context))) ?? [];
  }

  async function collision(context: Context, given: Props): Promise<Finding | undefined> {
    const inputs = object.withDefaults(visible(given));
    const { findings } = await find({ ...context, adoptsEqual: false, report: () => {} }, inputs, "preview");
    return findings.find(({ code }) => code === "FED221");
  }

  async function find(context: Context, inputs: Props, phase: Phase): Promise<Existing<Live>> {
    const of = subject(inputs, context);
    const found = await (object.existing?.(context, inputs, of, phase) ?? existing(context, object, inputs, of, phase));
    const { adopted, from, findings } = found;
    if (adopted === undefined || from === undefined || findings.length > 0) return found;
    return { ...found, findings: await handOver(context, inputs, { live: adopted, from, phase }) };
  }

  /** Judges and reports the update that the owner of the object would make under its own name. */
  async function handOver(
    context: Context,
    inputs: Props,
    {
      live,
      from,
      phase,
    }: { readonly live: Live; readonly from: NonNullable<Existing<Live>["from"]>; readonly phase: Phase },
  ): Promise<Finding[]> {
    bound(context, from.outputs);
    const changes = compareSettings(context, live, from.outputs, inputs).filter(
      (one) => one.differs && (one.edited || context.drift === "correct"),
    );
    const edits = changes.filter(({ edited }) => edited);
    const { what } = from;
    const remade = object.remakes?.(changes) ?? [];
    if (remade.length > 0) return [remadeFinding(what, from, remade)];
    const findings = await object.changeFindings(context, { inputs, live, changes: edits, phase });
    if (findings.length === 0)
      reportOnce(context, `${object.idOf(object.keyOfLive(live))} adopt`, {
        type: "adoption",
        subject: subject(inputs, context),
        object: what,
        from: from.name,
        differences: shownOf(differencesOf(changes), secretsOf(context, from.outputs)),
      });
    return findings;
  }

  /** An object that is handed over is not created: no rule about new objects applies. */
  async function creationFindings(
    context: Context,
    inputs: Props,
    { from }: Existing<Live>,
    phase: Phase,
  ): Promise<Finding[]> {
    return from === undefined ? ((await object.creationFindings?.(context, inputs, phase)) ?? []) : [];
  }

  // Read

  async function read(context: Context, id: string, outputs: Props): Promise<Read | undefined> {
    const key = object.parse(id, outputs);
    const computed = object.computedOf?.(key) ?? {};
    // A refresh hands in the recorded outputs. A program that asks by id alone means an object that must exist.
    const refreshes = outputs[object.mark] !== undefined;
    const inputKeys = Object.keys(visible(outputs)).filter(
      (output) => !(output in computed) || object.identity.includes(output),
    );
    const recorded = { id, inputs: only(outputs, inputKeys), outputs };
    if (context.offline !== undefined) {
      if (!refreshes) throw new Error(`${kind} ${id} cannot be read offline: ${context.offline}`);
      context.memory.notices.skip(phrase`${subjectPhrase(subject(outputs, context))}: its refresh`);
      return recorded;
    }
    const plane = bound(context, outputs);
    const live = await observe(plane, key);
    if (live === undefined || object.isDisconnected?.(live)) {
      if (!refreshes) {
        const named = object.label({ ...outputs, ...object.identityOf(key, outputs) });
        const absence = object.absence?.(key) ?? `${object.scopeOf(key)} has no ${named} (${id})`;
        throw new Error(`${absence}\n  fix  Check the id.`);
      }
      // An expired object ended as declared: it stays recorded, or the next run would create it again.
      if (object.expired?.(outputs)) return recorded;
      if (object.notFound === undefined) refuseVanished(context, object.plural, object.scopeOf(key), id);
      return undefined;
    }
    if (refreshes) noteSeen(context, object.scopeOf(key));
    const kept = compareSettings(context, live, outputs, outputs)
      // Where a change goes in steps, an engine may hold the planned value of one that failed half-way.
      .filter(({ drifted, recordedKnown }) => refreshes && !drifted && (recordedKnown || object.stepsOf === undefined))
      .map(({ property }) => [property, outputs[property]]);
    const inputs = visible({
      ...only(outputs, [...controls, ...actors]),
      ...object.withDefaults(object.settingsOf(live, refreshes ? outputs : undefined)),
      ...visible(Object.fromEntries(kept)),
      ...((await object.readIdentity?.(plane, key, outputs)) ?? object.identityOf(key, outputs)),
    });
    const hidden = Object.fromEntries(Object.entries(outputs).filter(([output]) => output.startsWith("__")));
    const visibleOutputs = { ...inputs, ...computed };
    const applied = appliedIn(outputs, visibleOutputs, [...settings, ...actors]);
    return {
      id,
      inputs,
      outputs: { ...visibleOutputs, ...hidden, ...applied, ...bindingIn(outputs, plane, refreshes) },
    };
  }

  // Create and update

  async function create(context: Context, inputs: Props): Promise<Created> {
    object.fits?.(context.plane(), inputs);
    const found = await find(context, inputs, "apply");
    const { adopted, from } = found;
    refuse([...found.findings, ...(await creationFindings(context, inputs, found, "apply"))]);
    if (adopted !== undefined) context.memory.ownership.adopt(object.idOf(object.keyOfLive(adopted)));
    try {
      const there = adopted === undefined ? undefined : { live: adopted, outputs: from?.outputs ?? {} };
      return await reconcile(context, inputs, there);
    } catch (error) {
      const key = object.keyOf(inputs);
      if (!mayHaveHappened(error) || key === undefined) throw error;
      if (adopted !== undefined && object.unsure === undefined) throw error;
      // The name of the object is its identity: kept in state, the next run looks and mends.
      const outputs = outputsOf(context, key, inputs, { live: inputs, before: adopted, olds: {}, left: [] });
      const recorded = adopted === undefined ? outputs : object.unsure?.(outputs, inputs, adopted);
      throw new IncompleteError(error, { id: object.idOf(key), outputs: recorded ?? outputs });
    }
  }

  async function record(context: Context, id: string, inputs: Props): Promise<Recorded | undefined> {
    const key = object.parse(id, {});
    const plane = context.plane();
    const live = (await object.list(plane, key)).find((one) => object.isLive(one, key));
    if (live === undefined) return undefined;
    const differing = compareSettings(context, live, {}, inputs).filter(({ differs }) => differs);
    const recording = { live: object.settingsOf(live, inputs), before: live, olds: {}, left: [] };
    return {
      id,
      outputs: outputsOf(context, key, inputs, recording),
      differs: differing.map(({ property }) => property),
    };
  }

  async function update(context: Context, id: string, outputs: Props, inputs: Props): Promise<Props> {
    const key = object.parse(id, outputs);
    const plane = bound(context, outputs);
    // A listing may lag behind, so drift counts only if the object itself shows it.
    const live = await beforeWrite(plane, key, (listed) =>
      compareSettings(context, listed, outputs, inputs).every(({ drifted }) => !drifted),
    );
    if (live !== undefined) {
      const differing = compareSettings(context, live, outputs, inputs).filter((one) => one.differs);
      const changes = differing.filter((one) => one.edited);
      const reverts = context.drift === "correct" ? differing.filter((one) => !one.edited) : [];
      refuse(await object.changeFindings(context, { inputs, live, changes, reverts, phase: "apply" }));
      try {
        return (await reconcile(context, inputs, { live, outputs })).outputs;
      } catch (error) {
        if (!(await isGone(plane, key, error))) throw error;
      }
    }
    if (object.notFound !== undefined) refuse([await object.notFound(plane, key)]);
    if (context.memory.ownership.isRecreated(object.idOf(key))) {
      refuse((await object.creationFindings?.(context, inputs, "apply")) ?? []);
      return (await reconcile(context, inputs)).outputs;
    }
    // Only recorded values have changed.
    if (object.expired?.(outputs)) return outputsOf(context, key, inputs, { live: inputs, olds: outputs, left: [] });
    throw new PhrasedError(
      phrase`${subjectPhrase(subject(inputs, context))} was deleted outside this ${stack} since the ${preview}\n  fix  Run again: the ${preview} shows that it will be created again, unless ${setting("drift")} is off.`,
    );
  }

  /** `found` is an existing object with its recorded outputs: none if the stack did not own it. */
  async function reconcile(
    context: Context,
    inputs: Props,
    found?: { readonly live: Live; readonly outputs: Props },
  ): Promise<Created> {
    const plane = context.plane();
    // Ensure
    const there = found?.live ?? (await object.create(plane, inputs));
    // Sync
    const olds = found?.outputs ?? {};
    const differing =
      found === undefined ? [] : compareSettings(context, there, olds, inputs).filter(({ differs }) => differs);
    const left = context.drift === "correct" ? [] : differing.filter(({ edited }) => !edited);
    const changing = differing.filter((one) => !left.includes(one));
    const changes = Object.fromEntries(changing.map(({ property, wanted }) => [property, wanted]));
    const one = changing.length === 0 ? [] : [{ changes, afterRollout: false }];
    const steps = object.stepsOf?.(changes, there, olds) ?? one;
    const passedOn = changing.length > 0 && passesOn(context, kind, object.idOf(object.keyOfLive(there)));
    let live = there;
    for (const [index, step] of steps.entries()) {
      const unfinished = steps.slice(index).flatMap((next) => Object.keys(next.changes));
      const made = index > 0 ? partOf(context, inputs, { live, before: there, olds, left }, unfinished) : undefined;
      try {
        if (step.afterRollout) await rolledOut(context, object.waitsIn?.(object.keyOfLive(there)), inputs);
        live = await object.update(plane, object.keyOfLive(there), inputs, step.changes, live, { passedOn });
      } catch (error) {
        throw made === undefined ? error : new IncompleteError(error, made);
      }
    }
    const key = object.keyOf(inputs) ?? object.keyOfLive(live);
    const id = object.idOf(key);
    const recording = { live: object.settingsOf(live, inputs), before: there, olds, left };
    // An adopted object has no recorded trigger: it never acts.
    if (trigger !== undefined && Object.keys(olds).length > 0 && acts(olds, inputs)) {
      await trigger.act(plane, key).catch((error: unknown) => {
        // Everything else is done. The trigger is recorded as it was, so that the next run tries again.
        const print = appliedOf(olds, actors).inputs[trigger.input] ?? "";
        throw new IncompleteError(error, { id, outputs: outputsOf(context, key, inputs, recording, print) });
      });
    }
    // Return
    const outputs = outputsOf(context, key, inputs, recording);
    const projectId = object.waitsIn?.(key);
    if (projectId !== undefined) await waitForClusters(context, projectId, subject(inputs, context), { id, outputs });
    return { id, outputs };
  }

  async function rolledOut(context: Context, projectId: string | undefined, inputs: Props): Promise<void> {
    if (projectId !== undefined) await waitBeforeStep(context, projectId, subject(inputs, context));
  }

  /** An object after some of its steps. The settings of the others are recorded as they are, so that a run goes on. */
  function partOf(
    context: Context,
    inputs: Props,
    recording: Omit<Recording<Live>, "live"> & { readonly live: Live },
    unfinished: readonly string[],
  ): Created {
    const key = object.keyOf(inputs) ?? object.keyOfLive(recording.live);
    const live = object.settingsOf(recording.live, inputs);
    const reached = visible({ ...inputs, ...Object.fromEntries(unfinished.map((one) => [one, live[one]])) });
    return { id: object.idOf(key), outputs: outputsOf(context, key, reached, { ...recording, live }) };
  }

  /** @param print the fingerprint of the trigger that has acted */
  function outputsOf(
    context: Context,
    key: Key,
    inputs: Props,
    { live, before, olds, left }: Recording<Live>,
    print = trigger === undefined ? "" : fingerprint(inputs[trigger.input]),
  ): Props {
    const given = only(inputs, [...controls, ...actors]);
    const written = { ...object.withDefaults(live), ...object.identityOf(key, inputs), ...given };
    const { adopt: _, ...declared } = inputs;
    const prints = trigger === undefined || print === "" ? {} : { [trigger.input]: print };
    return {
      ...recordOf(context, { settings, live, written, inputs: declared, olds, left, prints }),
      ...(before === undefined ? {} : object.hiddenOf?.(olds, inputs, before)),
      ...object.computedOf?.(key),
      ...bindingOf(context.plane()),
    };
  }

  // Delete

  async function remove(context: Context, id: string, outputs: Props): Promise<void> {
    const key = object.parse(id, outputs);
    const { ownership } = context.memory;
    const own = object.idOf(key);
    // Renamed in the program, and taken over under the new name: it is that resource's now.
    if (ownership.isAdopted(own) || ownership.isRemoved(own)) return;
    const plane = bound(context, outputs);
    // Throws if a foreign object has that name by now.
    const live = await beforeWrite(plane, key);
    const allowed = outputs.allowLockout === true || ownership.allowsLockout(own);
    const ours = ownership.principalsOf(own);
    refuse((await object.deletionFindings?.(context, key, { live, allowed, outputs, ours })) ?? []);
    // Engines delete one after the other; what goes for the same reason goes at once.
    const others = object.goesWith?.(context, key).filter((one) => context.isHeld?.(one) !== true) ?? [];
    const ids = [...new Set([own, ...others])];
    await Promise.all(ids.map((one) => object.delete(plane, object.parse(one, outputs), live, outputs)));
    for (const one of ids) ownership.markRemoved(one);
    if (context.destroys === true && object.resembles !== undefined) await noteLikeness(context, plane, key, outputs);
  }

  /** Notes equal objects under other names: a run that was killed while it renamed the object may have created them. */
  async function noteLikeness(context: Context, plane: ControlPlane, key: Key, outputs: Props): Promise<void> {
    // Only a hint, so a list that cannot be read stops nothing.
    const listed = await object.list(plane, key).catch(() => []);
    const declared = visible(outputs);
    for (const live of listed) {
      const other = object.keyOfLive(live);
      if (object.isLive(live, key) || object.resembles?.(live, key) !== true) continue;
      if (compare(settings, object.settingsOf(live), {}, declared).some(({ differs }) => differs)) continue;
      const label = object.label({ ...declared, ...object.identityOf(other, {}) });
      context.memory.notices.noteLikeness(object.idOf(other), `${label} in ${object.scopeOf(other)}`);
    }
  }

  function idOf(inputs: Props): string | undefined {
    const key = object.keyOf(object.withDefaults(visible(inputs)));
    return key === undefined ? undefined : object.idOf(key);
  }

  function namesOf(props: Props): readonly string[] {
    const inputs = object.withDefaults(visible(props));
    const id = idOf(inputs);
    return [...(id === undefined ? [] : [id]), ...(object.uniqueIn?.(inputs) ?? [])];
  }

  function recordedId(outputs: Props): string | undefined {
    const key = object.recordedKey === undefined ? object.keyOf(outputs) : object.recordedKey(outputs);
    return key === undefined ? undefined : object.idOf(key);
  }

  function givesUp(outputs: Props, given: Props): boolean | undefined {
    const inputs = object.withDefaults(visible(given));
    if (object.identity.some((input) => asksForOther(inputs[input], outputs[input]))) return true;
    if (object.assignsId === true) return false;
    const declared = object.keyOf(inputs);
    return declared === undefined ? undefined : object.idOf(declared) !== recordedId(outputs);
  }

  function objectIdOf(id: string, outputs: Props): string {
    return object.idOf(object.parse(id, outputs));
  }

  return {
    kind,
    subject,
    idOf,
    namesOf,
    collision,
    recordedId,
    compacted: (outputs) => compacted(outputs, [...settings, ...actors]),
    givesUp,
    objectIdOf,
    check,
    diff,
    read,
    create,
    record,
    update,
    delete: remove,
  };
}

/** Whether the known parts of an input name another object than the recorded value. */
function asksForOther(wanted: unknown, recorded: unknown): boolean {
  if (typeof wanted === "object" && wanted !== null) {
    const prefix = prefixOf(wanted as Reference);
    return prefix !== undefined && prefix !== prefixOf((recorded ?? {}) as Reference);
  }
  return known(wanted) !== undefined && wanted !== recorded;
}

/** The values that outputs record. `before` is the object before the change, where one existed. */
interface Recording<Live> {
  readonly live: Props;
  readonly before?: Live | undefined;
  readonly olds: Props;
  readonly left: readonly Comparison[];
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
