/**
 * Decides what is to be done to each resource: one after another, as the program registers them. The order of the
 * calls that it makes (check, diff, check again before a replacement, diffs of the dependents of something that must be
 * deleted first) is the contract with providers, and that of Pulumi's own step generator.
 */

import { createStep, deleteStep, readStep, replaceStep, type Step, sameStep, updateStep } from "../apply/steps.ts";
import { type Context, fail, Told } from "../context.ts";
import type { PropertyMap } from "../events.ts";
import { type CheckFailure, DiffUnavailable } from "../process/provider-client.ts";
import { ensureProvider } from "../process/provider-registry.ts";
import { dependencyUrns, newState, type ResourceState } from "../state/resource-state.ts";
import { isProviderType, makeUrn, parseReference, urnName } from "../state/urn.ts";
import { deepEqual, retained } from "../state/values.ts";
import { aliasUrns } from "./aliases.ts";
import { dependentReplacements } from "./dependent-replacements.ts";
import type { Goal, ReadGoal } from "./goal.ts";
import { applyReplaceOnChanges, diffResource, type ResourceDiff, withIgnoredChanges } from "./resource-diff.ts";
import { isSelected } from "./selection.ts";

export type Done = (state: ResourceState) => void;

/** Returns the diff of a replacement that is not caused by a property. */
function replacementFor(key: string): ResourceDiff {
  return { changes: "some", replaces: [key], deleteBeforeReplace: false, changedKeys: [] };
}

interface Registration {
  readonly goal: Goal;
  readonly urn: string;
  readonly old: ResourceState | undefined;
  readonly state: ResourceState;
  readonly done: () => void;
}

export class StepGenerator {
  readonly #context: Context;
  readonly #urns = new Set<string>();
  /** Old urn to the new urn that took it over. */
  readonly #takenOver = new Map<string, string>();
  /** New urn to old urn. */
  readonly #renamed = new Map<string, string>();
  readonly #touched = new Set<string>();
  readonly #created = new Set<string>();
  readonly #replaced = new Set<string>();
  readonly #dependentKeys = new Map<string, readonly string[]>();
  /** Everything for which a deletion was decided, by urn. */
  readonly deletes = new Set<string>();
  /** Old resources that were deleted because something that they depend on had to be deleted first. */
  readonly condemned = new Set<ResourceState>();
  /** Resources that a limited run would have to create. */
  readonly #skipped = new Set<string>();
  /** Those that were reported already. */
  readonly #refused = new Set<string>();
  /** An error that a preview goes on after. */
  errored = false;

  constructor(context: Context) {
    this.#context = context;
  }

  #newUrn(parent: string, type: string, name: string): string {
    if (parent !== "" && !this.#urns.has(parent)) {
      throw new Error(`could not find parent resource ${parent}`);
    }
    const urn = makeUrn(this.#context.stack, this.#context.project, parent, type, name);
    if (this.#urns.has(urn)) {
      fail(this.#context, `Duplicate resource URN '${urn}'; try giving it a unique name`, urn);
    }
    this.#urns.add(urn);
    return urn;
  }

  /** The resource of the previous deployment that a registration continues. */
  #findOld(
    urn: string,
    goal: Pick<Goal, "name" | "type" | "parent" | "aliases">,
  ): { old: ResourceState | undefined; alias: string; invalid: boolean } {
    const context = this.#context;
    let invalid = false;
    const claimed = this.#takenOver.get(urn);
    if (claimed !== undefined) {
      context.diagnose(
        "error",
        `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${claimed}'`,
        urn,
      );
      invalid = true;
    }
    const scope = { stack: context.stack, project: context.project, renamed: this.#renamed };
    const candidates = [urn, ...aliasUrns(scope, goal.name, goal.type, goal.parent, goal.aliases)];
    const found = candidates.find((candidate) => context.previous.olds.has(candidate));
    if (found === undefined) {
      return { old: undefined, alias: "", invalid };
    }
    const old = context.previous.olds.get(found);
    if (found === urn) {
      return { old, alias: "", invalid };
    }
    const other = this.#urns.has(found) ? urn : this.#takenOver.get(found);
    if (other !== undefined) {
      context.diagnose(
        "error",
        `Duplicate resource alias '${found}' applied to resource with URN '${urn}' conflicting with resource with URN '${other}'`,
        urn,
      );
      invalid = true;
    }
    this.#takenOver.set(found, urn);
    this.#renamed.set(urn, found);
    context.registry.registerAlias(urn, found);
    return { old, alias: found, invalid };
  }

  /** Whether this run has dealt with a resource of the previous deployment. */
  isTouched(urn: string): boolean {
    return this.#touched.has(this.#takenOver.get(urn) ?? urn);
  }

  /** Whether a limited run does not create this new resource. */
  skips(urn: string): boolean {
    return this.#skipped.has(urn);
  }

  read(goal: ReadGoal, done: Done): Step[] {
    const urn = this.#newUrn(goal.parent, goal.type, goal.name);
    const { old, alias } = this.#findOld(urn, { ...goal, aliases: [] });
    const state: ResourceState = {
      ...newState(urn, goal.type, true),
      id: goal.id,
      inputs: goal.properties,
      parent: goal.parent,
      external: true,
      dependencies: goal.dependencies,
      provider: goal.provider,
      additionalSecretOutputs: goal.additionalSecretOutputs,
      aliases: alias === "" ? [] : [alias],
      sourcePosition: goal.sourcePosition,
    };
    if (state.id === "") {
      throw new Error(`Expected an ID for ${urn}`);
    }
    this.#touched.add(urn);
    if (old !== undefined && !old.external && old.id !== goal.id) {
      this.#replaced.add(urn);
      return [readStep(old, state, true, () => done(state)), replaceStep(old, state, [])];
    }
    return [readStep(old, state, false, () => done(state))];
  }

  async register(goal: Goal, done: Done): Promise<Step[]> {
    const context = this.#context;
    const urn = this.#newUrn(goal.parent, goal.type, goal.name);
    const { old, alias, invalid: badAlias } = this.#findOld(urn, goal);
    const state: ResourceState = {
      ...newState(urn, goal.type, goal.custom),
      inputs: goal.properties,
      parent: goal.parent,
      protect: goal.protect ?? false,
      dependencies: goal.dependencies,
      provider: goal.provider,
      propertyDependencies: goal.propertyDependencies,
      additionalSecretOutputs: goal.additionalSecretOutputs,
      aliases: alias === "" ? [] : [alias],
      customTimeouts: goal.customTimeouts,
      retainOnDelete: goal.retainOnDelete ?? false,
      deletedWith: goal.deletedWith,
      created: old?.created,
      modified: old?.modified,
      sourcePosition: goal.sourcePosition,
      ignoreChanges: goal.ignoreChanges,
      replaceOnChanges: goal.replaceOnChanges,
    };
    if (!isSelected(context.selection, urn)) {
      return this.#leave(urn, old, state, done);
    }
    // Deleted earlier in this run, for the sake of something that it depends on: now it is seen to be still wanted.
    const recreating = this.deletes.has(urn) && old !== undefined;
    const inputs =
      old === undefined ? state.inputs : withIgnoredChanges(context, urn, state.inputs, old.inputs, goal.ignoreChanges);
    const fresh = recreating || old === undefined || old.external || context.selection.replaces.has(urn);
    const checked = await this.#check(state, fresh ? {} : old.inputs, fresh ? goal.properties : inputs);
    if (!checked || badAlias) {
      throw new Told(`resource ${urn} is invalid`);
    }
    const registration: Registration = { goal, urn, old, state, done: () => done(state) };
    const steps = await this.#decide(registration, recreating);
    this.#refuseSkipped(state);
    return steps;
  }

  /** A limited run copies the resource, and before it all that it depends on. One that is new is not created. */
  #leave(urn: string, old: ResourceState | undefined, state: ResourceState, done: Done): Step[] {
    const { registry, previous } = this.#context;
    if (old === undefined) {
      this.#touched.add(urn);
      this.#skipped.add(urn);
      done(state);
      return [];
    }
    if (old.provider !== "" && registry.get(old.provider) === undefined) {
      throw new Error(
        `provider ${old.provider} for resource ${urn} has not been registered yet, this is due to a change of providers mixed with --target. Change your program back to the original providers`,
      );
    }
    const before = [...previous.graph.transitiveDependencies(old)].filter(
      (resource) => !resource.delete && !this.isTouched(resource.urn) && !this.#urns.has(resource.urn),
    );
    const inOrder = previous.resources.filter((resource) => before.includes(resource));
    const copy = { ...old };
    for (const resource of [...inOrder, old]) {
      this.#urns.add(resource.urn);
      this.#touched.add(resource.urn);
    }
    this.#touched.add(urn);
    return [
      ...inOrder.map((resource) => sameStep(resource, { ...resource }, () => undefined)),
      sameStep(old, copy, () => done(copy)),
    ];
  }

  /** A resource of a targeted run cannot depend on one that the run does not create. */
  #refuseSkipped(state: ResourceState): void {
    const context = this.#context;
    if (context.selection.targets.size === 0 && context.selection.replaces.size === 0) {
      return;
    }
    const provider = state.provider === "" ? [] : [parseReference(state.provider).urn];
    for (const urn of new Set([...dependencyUrns(state), state.parent, ...provider])) {
      if (!this.#skipped.has(urn) || this.#refused.has(urn)) {
        continue;
      }
      const message = `Resource '${state.urn}' depends on '${urn}' which was was not specified in --target list.`;
      this.errored = true;
      if (!context.dryRun) {
        fail(context, message, state.urn);
      }
      context.diagnose("error", message, state.urn);
      this.#refused.add(urn);
    }
  }

  async #decide(registration: Registration, recreating: boolean): Promise<Step[]> {
    const { urn, old, state, done } = registration;
    if (old !== undefined && recreating) {
      this.deletes.delete(urn);
      this.#touch(urn, this.#replaced);
      const keys = this.#dependentKeys.get(urn) ?? [];
      return [
        replaceStep(old, state, keys),
        createStep(state, done, { old, replaceKeys: keys, deleteAfterwards: false }),
      ];
    }
    if (old?.external === true) {
      // Read until now, owned from now on. It counts as not touched, so that its old entry is discarded at the end.
      this.#created.add(urn);
      return [createStep(state, done, { old, replaceKeys: [], deleteAfterwards: true }), replaceStep(old, state, [])];
    }
    if (old !== undefined) {
      return this.#fromDiff({ ...registration, old });
    }
    this.#created.add(urn);
    return [createStep(state, done)];
  }

  #touch(urn: string, also?: Set<string>): void {
    this.#touched.add(urn);
    also?.add(urn);
  }

  /** Lets the provider check the inputs and takes over what it answers; false if it found failures. */
  async #check(state: ResourceState, olds: PropertyMap, news: PropertyMap): Promise<boolean> {
    const context = this.#context;
    if (!state.custom) {
      state.inputs = news;
      return true;
    }
    if (isProviderType(state.type)) {
      state.inputs = await context.registry.check(state.urn, news);
      return true;
    }
    const client = context.registry.get(state.provider);
    if (client === undefined) {
      fail(context, `unknown provider '${state.provider}' for resource '${state.urn}'`, state.urn);
    }
    const { inputs, failures } = await client.check(state.urn, olds, news, context.dryRun);
    state.inputs = inputs;
    for (const failure of failures) {
      context.diagnose("error", checkMessage(state, failure), state.urn);
    }
    return failures.length === 0;
  }

  async #diff(goal: Goal, old: ResourceState, state: ResourceState): Promise<ResourceDiff> {
    const context = this.#context;
    if (context.selection.replaces.has(state.urn)) {
      return replacementFor("id");
    }
    if (state.deletedWith !== "" && this.#replaced.has(state.deletedWith)) {
      return replacementFor("deletedWith");
    }
    // A dynamic provider that takes over from another never asks for a replacement; gaining or losing one does.
    if (old.provider !== state.provider && (old.provider === "" || state.provider === "")) {
      return replacementFor("provider");
    }
    if (isProviderType(state.type)) {
      return { ...context.registry.diff(old, state.inputs), changedKeys: [] };
    }
    if (!state.custom) {
      return {
        changes: deepEqual(old.inputs, state.inputs) ? "none" : "some",
        replaces: [],
        deleteBeforeReplace: false,
        changedKeys: [],
      };
    }
    const client = context.registry.get(state.provider);
    if (client === undefined) {
      fail(context, `unknown provider '${state.provider}' for resource '${state.urn}'`, state.urn);
    }
    try {
      return await diffResource(
        context,
        client,
        { ...old, urn: state.urn, ignoreChanges: goal.ignoreChanges },
        state.inputs,
      );
    } catch (error) {
      if (!(error instanceof DiffUnavailable)) {
        throw error;
      }
      context.diagnose("warning", error.message, state.urn);
      return { changes: "some", replaces: [], deleteBeforeReplace: false, changedKeys: [] };
    }
  }

  async #fromDiff(registration: Registration & { old: ResourceState }): Promise<Step[]> {
    const { goal, urn, old, state, done } = registration;
    const hasInitErrors = old.initErrors.length > 0;
    const diff = applyReplaceOnChanges(await this.#diff(goal, old, state), goal.replaceOnChanges, hasInitErrors);
    if ((diff.changes === "some" && diff.replaces.length > 0) || old.pendingReplacement) {
      return this.#replace(registration, diff);
    }
    this.#touch(urn);
    state.inputs = retained(state.inputs, old.inputs);
    if (diff.changes === "some" || hasInitErrors) {
      return [updateStep(old, state, done)];
    }
    return [sameStep(old, state, done)];
  }

  async #replace(
    { goal, urn, old, state, done }: Registration & { old: ResourceState },
    diff: ResourceDiff,
  ): Promise<Step[]> {
    const context = this.#context;
    if (state.protect && old.protect) {
      const message =
        `unable to replace resource "${urn}"\n` +
        "as it is currently marked for protection. To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
      context.diagnose("error", message, urn);
      // A preview goes on, and says in the end that it failed; an update ends here, with nothing more to say.
      if (!context.dryRun) {
        throw new Told(message);
      }
      this.errored = true;
    }
    this.#touch(urn, this.#replaced);
    // The new object inherits nothing from the old one, so its inputs are checked as those of a new one.
    if (!(await this.#check(state, {}, goal.properties))) {
      throw new Told(`resource ${urn} has check errors`);
    }
    const keys = diff.replaces;
    if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
      return [
        createStep(state, done, { old, replaceKeys: keys, deleteAfterwards: true }),
        replaceStep(old, state, keys),
      ];
    }
    return [
      ...(await this.#deleteFirst(urn, old)),
      replaceStep(old, state, keys),
      createStep(state, done, { old, replaceKeys: keys, deleteAfterwards: false }),
    ];
  }

  /** The deletions that make room for a new object: of its dependents that cannot stay, last ones first, then its own. */
  async #deleteFirst(urn: string, old: ResourceState): Promise<Step[]> {
    const context = this.#context;
    const impossible = new Set([...this.#touched, ...this.#created, ...this.deletes]);
    const steps: Step[] = [];
    for (const { resource, keys } of (await dependentReplacements(context, old, impossible)).toReversed()) {
      if (this.condemned.has(resource)) {
        continue;
      }
      if (!resource.delete && resource.protect) {
        this.errored = true;
        fail(
          context,
          `unable to replace resource "${resource.urn}" as part of replacing "${urn}" as it is currently marked for protection. ` +
            "To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n" +
            `\`pulumi state unprotect '${resource.urn}'\``,
          urn,
        );
      }
      this.#dependentKeys.set(resource.urn, keys);
      steps.push(
        deleteStep(resource, {
          replacing: !resource.delete,
          pendingReplacement: !resource.delete,
          deletes: this.deletes,
        }),
      );
      this.deletes.add(resource.urn);
      this.condemned.add(resource);
    }
    await ensureProvider(context.registry, old.provider, context.previous.resources);
    if (!old.pendingReplacement) {
      this.deletes.add(old.urn);
      steps.push(deleteStep(old, { replacing: true, pendingReplacement: true, deletes: this.deletes }));
    }
    return steps;
  }
}

/** Never the value itself: that may be a secret, and the CLI's own habit of printing it is a known flaw. */
function checkMessage(state: ResourceState, { property, reason }: CheckFailure): string {
  const about =
    property === "" ? `resource '${urnName(state.urn)}'` : `resource '${urnName(state.urn)}': property ${property}`;
  return `${state.type} ${about} has a problem: ${reason}`;
}
