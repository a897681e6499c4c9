import { phrase, preview, setting, stack } from "../../../schema/phrase.ts";
import type { Subject } from "../../../schema/report.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { AtlasPlane, LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import { onAtlas } from "../../control-planes/planes.ts";
import { PhrasedError } from "../../findings.ts";
import { subjectPhrase } from "../../reports.ts";
import { bindingIn, boundPlane, noteSeen, refuseVanished, withinReach } from "../bound.ts";
import { appliedOf, type Comparison, fingerprint } from "../compare.ts";
import {
  type Context,
  type Created,
  type Definition,
  type Difference,
  IncompleteError,
  type Props,
} from "../definition.ts";
import { driftFailure, driftsIn, outcomeOf } from "../drift.ts";
import { errorsOf, refuse, reportOnce } from "../findings.ts";
import { parseId } from "../ids.ts";
import { known } from "../known.ts";
import { lockoutFindings } from "../lockout.ts";
import { secretsOf } from "../record.ts";
import { visible } from "../visible.ts";
import { existing, needsBoth, pairTaken } from "./existing.ts";
import { closingOf } from "./lockout.ts";
import { outputsOf } from "./outputs.ts";
import {
  changesOf,
  compareSettings,
  inputsOf,
  isEdited,
  revocation,
  settingsOf,
  TRIGGER,
  withDefaults,
} from "./settings.ts";
import { stillConnected } from "./still-connected.ts";

/**
 * An OIDC identity provider of an Atlas federation.
 *
 * ```ts
 * new IdentityProvider("staff", {
 *   federationSettingsId: "5f1e2d3c4b5a69788796a5b4",
 *   idpType: "WORKFORCE",
 *   configurationName: "corp-entra",
 *   issuerUri: "https://login.microsoftonline.com/1c1f…/v2.0",
 *   audience: "8d9e…",
 *   clientId: "8d9e…",
 *   authorizationType: "GROUP",
 * });
 * ```
 */
export const inFederation: Definition = {
  kind: "IdentityProvider",
  subject,
  check,
  diff,
  read,
  create,
  update,
  delete: remove,
};

// Inputs and outputs: `identityProviderShape` in schema/identity-provider.ts. Outputs are the inputs as they are live,
// with `identityProviderId`, and hidden `__applied` (see compare.ts) and `__bound` (see bound.ts). `adopt` is no output:
// what it did is done.

function subject(props: Props, { declared }: Context): Subject {
  const name = declared.name;
  return { kind: "IdentityProvider", name, label: known(props.configurationName) ?? "?" };
}

// Identity: the id in Atlas, in its federation. What the server holds unique is issuer and audience together.

const ID_PARTS = ["federationSettingsId", "identityProviderId"] as const;
const KIND = "identity providers";
/** For messages. */
const ME = "an identity provider of a federation";

function idOf({ scope, prefix }: LiveIdentityProvider): string {
  return `${scope.id}/${prefix}`;
}

// Changes

/** What the server cannot change: a new object takes the place of the old one. All else is updated in place. */
const REPLACES = ["federationSettingsId", "idpType"] as const;

async function diff(context: Context, id: string, outputs: Props, inputs: Props): Promise<Difference> {
  const { federationSettingsId, identityProviderId } = parseId("IdentityProvider", id, ID_PARTS);
  const { memory } = context;
  memory.ownership.own(id);
  const recorded: Props = { ...outputs, federationSettingsId };
  // What is not recorded claims no replacement.
  const replaces: string[] = REPLACES.filter(
    (key) => !isUnknown(inputs[key]) && recorded[key] !== undefined && inputs[key] !== recorded[key],
  );
  const edited = isEdited(outputs, inputs) || REPLACES.some((key) => isUnknown(inputs[key]));
  if (context.offline !== undefined || context.drift === "off") {
    if (context.offline !== undefined)
      memory.notices.skip(
        phrase`${subjectPhrase(subject(inputs, context))}: what is live, and who would be locked out`,
      );
    return replaces.length > 0 ? replace(context, id, recorded, inputs, replaces) : inPlace(edited);
  }
  const plane = onAtlas(boundPlane(context, outputs), ME);
  const live = await observe(plane, federationSettingsId, identityProviderId);
  if (live === undefined) {
    refuseVanished(context, KIND, `federation ${federationSettingsId}`, id);
    return deleted(context, id, inputs, replaces, edited);
  }
  noteSeen(context, KIND, `federation ${federationSettingsId}`);
  if (replaces.length > 0) {
    refuse(await deletionFindings(context, live, inputs.allowLockout === true, inputs));
    return replace(context, id, { ...live }, inputs, replaces);
  }
  const comparisons = compareSettings(context, live, outputs, inputs);
  const drift = driftsIn(comparisons, secretsOf(context, outputs), context.drift);
  if (drift.length > 0) reportOnce(context, id, { type: "drift", subject: subject(inputs, context), changes: drift });
  const drifts = comparisons.filter(({ drifted, differs }) => drifted && differs);
  if (context.drift === "fail" && drifts.length > 0) refuse([driftFailure(subject(inputs, context))]);

  const changes = comparisons.filter((comparison) => comparison.edited);
  const pair = changes.some(({ property }) => property === "issuerUri" || property === "audience");
  if (pair) refuse(await pairTaken(plane, federationSettingsId, identityProviderId, inputs));
  refuse(await closingFindings(context, live, changes, inputs));
  if (revocation(outputs, inputs)) {
    reportOnce(context, `${id} revoke`, { type: "revocation", subject: subject(inputs, context), input: TRIGGER });
  }
  return inPlace(edited || (context.drift === "correct" && comparisons.some(({ differs }) => differs)));
}

function inPlace(changes: boolean): Difference {
  return { changes, replaces: [], deleteBeforeReplace: false };
}

/** Created, swapped in, and the old one deleted last; another federation holds both anyway. */
function replace({ memory }: Context, id: string, before: Props, inputs: Props, replaces: string[]): Difference {
  if (!replaces.includes("federationSettingsId")) refuse(needsBoth(before, inputs));
  memory.ownership.markReplaced(id);
  if (inputs.allowLockout === true) memory.ownership.allowLockout(id);
  return { changes: true, replaces, deleteBeforeReplace: false };
}

function deleted(context: Context, id: string, inputs: Props, replaces: string[], edited: boolean): Difference {
  const { drift, memory } = context;
  const left = drift === "warn" && !edited && replaces.length === 0;
  const outcome = outcomeOf({ edited: edited || replaces.length > 0, differs: true }, drift);
  const named = { subject: subject(inputs, context), newId: true } as const;
  reportOnce(context, id, { type: "missing", lost: "deleted", outcome, ...named });
  if (drift === "fail") refuse([driftFailure(subject(inputs, context))]);
  if (left) return inPlace(false);
  memory.ownership.markReplaced(id);
  // The engine knows "update" and "replace" only. Deleting first: by default it would create, and then delete.
  return { changes: true, replaces: [...replaces, "identityProviderId"], deleteBeforeReplace: true };
}

/** Only of what the program changes: whom putting drift back shuts out, drift has let in. */
async function closingFindings(
  context: Context,
  live: LiveIdentityProvider,
  comparisons: readonly Comparison[],
  inputs: Props,
) {
  const changes = comparisons.filter(({ edited, differs }) => edited && differs);
  const closing = closingOf(live, changes, inputs);
  return closing === undefined ? [] : await lockoutFindings(context, closing);
}

// Check

async function check(context: Context, olds: Props, news: Props) {
  const inputs = withDefaults(visible(news));
  const findings = errorsOf(
    "IdentityProvider",
    context.declared.name ?? String(news.configurationName ?? ""),
    visible(news),
  );
  const creating = Object.keys(visible(olds)).length === 0;
  if (findings.length > 0 || !creating) return { inputs, findings };
  if (context.offline !== undefined) {
    context.memory.notices.skip(phrase`${subjectPhrase(subject(inputs, context))}: whether it exists already`);
    return { inputs, findings };
  }
  onAtlas(context.plane(), ME);
  const found = await existing(context, inputs, subject(inputs, context), "preview");
  return { inputs, findings: found.findings };
}

// Read

async function read(context: Context, id: string, outputs: Props) {
  const { federationSettingsId, identityProviderId } = parseId("IdentityProvider", id, ID_PARTS);
  // A refresh hands in what was recorded. Who asks by id alone means an object that must exist.
  const refreshes = outputs.identityProviderId !== undefined;
  if (context.offline !== undefined) {
    if (!refreshes)
      throw new Error(`identity provider ${identityProviderId} cannot be read offline: ${context.offline}`);
    context.memory.notices.skip(phrase`${subjectPhrase(subject(outputs, context))}: its refresh`);
    const { identityProviderId: _, ...inputs } = visible(outputs);
    return { id, inputs, outputs };
  }
  const plane = onAtlas(boundPlane(context, outputs), ME);
  const live = await observe(plane, federationSettingsId, identityProviderId);
  if (live === undefined) {
    if (refreshes) {
      refuseVanished(context, KIND, `federation ${federationSettingsId}`, id);
      return undefined;
    }
    throw new Error(
      `federation ${federationSettingsId} has no OIDC identity provider ${identityProviderId}\n  fix  Check the id.`,
    );
  }
  if (refreshes) noteSeen(context, KIND, `federation ${federationSettingsId}`);
  const comparisons = compareSettings(context, live, outputs, outputs);
  const kept = comparisons.filter(({ drifted }) => !drifted).map(({ property }) => [property, outputs[property]]);
  const { [TRIGGER]: trigger, allowLockout } = outputs;
  const inputs = visible({ ...inputsOf(live), ...visible(Object.fromEntries(kept)), [TRIGGER]: trigger, allowLockout });
  const applied = outputs.__applied === undefined ? {} : { __applied: outputs.__applied };
  return {
    id,
    inputs,
    outputs: { ...inputs, identityProviderId, ...applied, ...bindingIn(outputs, plane, refreshes) },
  };
}

/** From the listing that all share; what is not in it is asked for by itself, since a listing may lag behind. */
async function observe(plane: AtlasPlane, federation: string, id: string): Promise<LiveIdentityProvider | undefined> {
  return await withinReach(plane, `federation ${federation}`, async () => {
    const listed = await plane.identityProviders.list(federation);
    return listed.find(({ prefix }) => prefix === id) ?? (await plane.identityProviders.get(federation, id));
  });
}

// Create and update

async function create(context: Context, inputs: Props): Promise<Created> {
  onAtlas(context.plane(), ME);
  const { adopted, findings } = await existing(context, inputs, subject(inputs, context), "apply");
  refuse(findings);
  if (adopted !== undefined) context.memory.ownership.adopt(idOf(adopted));
  return await reconcile(context, inputs, adopted === undefined ? undefined : { live: adopted, outputs: {} });
}

async function update(context: Context, id: string, outputs: Props, inputs: Props): Promise<Props> {
  const live = await mustExist(context, id, outputs);
  const comparisons = compareSettings(context, live, outputs, inputs);
  refuse(await closingFindings(context, live, comparisons, inputs));
  const done = await reconcile(context, inputs, { live, outputs });
  return done.outputs;
}

/** `found` is what there is already, with what is recorded of it: nothing, where it is adopted. */
async function reconcile(
  context: Context,
  inputs: Props,
  found?: { readonly live: LiveIdentityProvider; readonly outputs: Props },
): Promise<Created> {
  const { identityProviders } = onAtlas(context.plane(), ME);
  const federation = String(inputs.federationSettingsId);
  // Ensure
  const there = found?.live ?? (await identityProviders.create(federation, settingsOf(inputs)));
  // Sync
  const id = idOf(there);
  const olds = found?.outputs ?? {};
  const differing =
    found === undefined ? [] : compareSettings(context, there, olds, inputs).filter(({ differs }) => differs);
  const left = context.drift === "correct" ? [] : differing.filter(({ edited }) => !edited);
  const changes = changesOf(
    differing.filter((comparison) => !left.includes(comparison)),
    inputs,
  );
  const live =
    Object.keys(changes).length === 0
      ? there
      : await identityProviders.update(federation, there.prefix, there, changes);
  const outputs = (trigger: string) => outputsOf(context, live, inputs, { trigger, olds, left });
  // What is adopted has no recorded trigger: its keys are never revoked.
  if (Object.keys(olds).length > 0 && revocation(olds, inputs)) {
    const before = appliedOf(olds, [TRIGGER]).inputs[TRIGGER];
    await identityProviders.revokeJwks(federation, there.prefix).catch((error: unknown) => {
      // All else is done. The trigger is recorded as it was, so that the next run tries again.
      throw new IncompleteError(error, { id, outputs: outputs(before ?? "") });
    });
  }
  // Return
  return { id, outputs: outputs(fingerprint(inputs[TRIGGER])) };
}

async function mustExist(context: Context, id: string, outputs: Props): Promise<LiveIdentityProvider> {
  const { federationSettingsId, identityProviderId } = parseId("IdentityProvider", id, ID_PARTS);
  const plane = onAtlas(boundPlane(context, outputs), ME);
  const live = await withinReach(plane, `federation ${federationSettingsId}`, () =>
    plane.identityProviders.get(federationSettingsId, identityProviderId),
  );
  if (live !== undefined) return live;
  throw new PhrasedError(
    phrase`identity provider ${identityProviderId} was deleted outside this ${stack} since the ${preview}\n  fix  Run again: the ${preview} shows that it will be created again, unless ${setting("drift")} is off.`,
  );
}

// Delete

async function remove(context: Context, id: string, outputs: Props): Promise<void> {
  const { federationSettingsId, identityProviderId } = parseId("IdentityProvider", id, ID_PARTS);
  const { memory } = context;
  // Renamed in the program, and taken over under the new name: it is that resource's now.
  if (memory.ownership.isAdopted(id)) return;
  const plane = onAtlas(boundPlane(context, outputs), ME);
  const live = await withinReach(plane, `federation ${federationSettingsId}`, () =>
    plane.identityProviders.get(federationSettingsId, identityProviderId),
  );
  if (live === undefined) return;
  refuse(await stillConnected(plane, live));
  refuse(await deletionFindings(context, live, outputs.allowLockout === true || memory.ownership.allowsLockout(id)));
  await plane.identityProviders.delete(federationSettingsId, identityProviderId);
}

/** Whoever carries the prefix, connected or not: a new provider gets a new id, so no access comes back with it. */
async function deletionFindings(context: Context, live: LiveIdentityProvider, allowed: boolean, inputs: Props = {}) {
  if (allowed) return [];
  const connections = await onAtlas(context.plane(), ME).connections.list(live.scope.id);
  return await lockoutFindings(context, {
    what: `deleting ${live.configurationName} (${live.prefix})`,
    prefix: live.prefix,
    scopes: connections.map(({ orgId }) => orgId),
    ours: (context.declared.related ?? {}).principals ?? [],
    allowed,
  });
}
