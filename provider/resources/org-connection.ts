import type { IdentityProviderReference } from "../../schema/identity-provider.ts";
import { phrase } from "../../schema/phrase.ts";
import { referenceTo } from "../../schema/reference.ts";
import { containsUnknown } from "../../schema/unknown.ts";
import { type AtlasPlane, type LiveConnection, mayHaveHappened } from "../control-planes/control-plane.ts";
import { onAtlas } from "../control-planes/planes.ts";
import { FindingError } from "../findings.ts";
import { subjectPhrase } from "../reports.ts";
import {
  type Context,
  type Created,
  type Definition,
  type Difference,
  IncompleteError,
  type Props,
} from "./definition.ts";
import { errorsOf, refuse, reportOnce } from "./findings.ts";
import { known } from "./known.ts";
import { driftFailure, outcomeOf } from "./lifecycle/drift.ts";
import {
  closingFindings,
  creationFindings,
  notInFederation,
  observe,
  reconnectFindings,
  swapFindings,
} from "./live-rules/org-connection.ts";
import { referenceOf } from "./reference.ts";
import { inputsIn, keyOf, type Membership, membershipOf, subject, wantedOf } from "./state/membership.ts";
import { bindingIn, bindingOf, boundPlane, withinReach } from "./state/plane-binding.ts";
import { visible } from "./state/visible.ts";

/**
 * One identity provider enabled in one organization: one membership, never the whole record of the organization.
 *
 * ```ts
 * new OrgConnection("platform", { orgId: "5f1e2d3c4b5a69788796a5b4", identityProvider: staff });
 * ```
 */
export const orgConnection: Definition = {
  kind: "OrgConnection",
  subject,
  idOf: (inputs) => (containsUnknown([referenceOf(inputs), inputs.orgId]) ? undefined : keyOf(wantedOf(inputs))),
  objectIdOf: (id, outputs) => keyOf(membershipOf(id, outputs)),
  check,
  diff,
  read,
  create,
  update,
  delete: remove,
};

// Inputs and outputs: `orgConnectionShape` in schema/org-connection.ts. Outputs are the inputs but `adopt`,
// with `identityProviderId` and `federationSettingsId`, and hidden `__bound` (see state/plane-binding.ts). A membership is there or it
// is not, so nothing else is recorded.

const ME = "an OrgConnection";

// Changes

async function diff(context: Context, id: string, outputs: Props, inputs: Props): Promise<Difference> {
  const { memory } = context;
  const state = membershipOf(id, outputs);
  const reference = referenceOf(inputs);
  const replaces = [
    ...(differs(inputs.orgId, state.orgId) ? ["orgId"] : []),
    ...(differs(reference.federationSettingsId, state.federationSettingsId) ? ["identityProvider"] : []),
  ];
  memory.ownership.own(keyOf(state));
  const swaps = reference.identityProviderId !== state.identityProviderId;
  if (replaces.length > 0 || swaps) memory.ownership.markReplaced(keyOf(state));
  const looks = context.offline === undefined && context.drift !== "off";
  if (context.offline !== undefined)
    memory.notices.skip(phrase`${subjectPhrase(subject(inputs, context))}: what is live, and who would be locked out`);
  if (replaces.length > 0) {
    if (inputs.allowLockout === true) memory.ownership.allowLockout(id);
    if (looks) {
      onAtlas(boundPlane(context, outputs), ME);
      refuse(await closingFindings(context, state, inputs.allowLockout === true, inputs));
    }
    return { changes: true, replaces, deleteBeforeReplace: false };
  }
  const edited = swaps || containsUnknown(inputs) || (inputs.allowLockout === true) !== (outputs.allowLockout === true);
  if (!looks) return { ...unchanged, changes: edited };

  const plane = onAtlas(boundPlane(context, outputs), ME);
  const live = await withinReach(plane, `federation ${state.federationSettingsId}`, () => observe(plane, state));
  if (live === undefined) throw new FindingError([await notInFederation(plane, state)]);
  const connected = live.identityProviderIds.includes(state.identityProviderId);
  if (!connected) reportDisconnected(context, id, inputs, live);
  if (swaps) refuse(await swapFindings(context, live, state, inputs));
  const reconnects = !connected && context.drift === "correct";
  if (reconnects && !swaps) refuse(await reconnectFindings(context, live, reference));
  return { ...unchanged, changes: edited || reconnects };
}

const unchanged = { changes: false, replaces: [], deleteBeforeReplace: false } as const;

/** An unknown claims no replacement: whoever depends on a provider that is replaced would be torn down with it. */
function differs(wanted: unknown, recorded: string): boolean {
  return known(wanted) !== undefined && wanted !== recorded;
}

/** A swap that the program asks for needs no connection back. */
function reportDisconnected(context: Context, id: string, inputs: Props, live: LiveConnection): void {
  const wanted = known(referenceOf(inputs).identityProviderId);
  const there = wanted !== undefined && live.identityProviderIds.includes(wanted);
  const outcome = outcomeOf({ edited: false, differs: !there }, context.drift);
  reportOnce(context, id, { type: "missing", subject: subject(inputs, context), lost: "disconnected", outcome });
  if (context.drift === "fail" && !there) refuse([driftFailure(subject(inputs, context))]);
}

// Check

async function check(context: Context, olds: Props, news: Props) {
  const inputs = visible(news);
  const findings = errorsOf("OrgConnection", context.declared.name ?? "", inputs);
  const creating = Object.keys(visible(olds)).length === 0;
  if (findings.length > 0 || !creating) return { inputs, findings };
  if (context.offline !== undefined) {
    context.memory.notices.skip(
      phrase`${subjectPhrase(subject(inputs, context))}: whether it exists already, and what else is connected`,
    );
    return { inputs, findings };
  }
  return { inputs, findings: await creationFindings(context, inputs, "preview") };
}

// Read

async function read(context: Context, id: string, outputs: Props) {
  const state = membershipOf(id, outputs);
  // A refresh hands in what was recorded. Who asks by id alone means a connection that must exist.
  const refreshes = outputs.identityProviderId !== undefined;
  if (context.offline !== undefined) {
    if (!refreshes) throw new Error(`the connection ${id} cannot be read offline: ${context.offline}`);
    context.memory.notices.skip(phrase`${subjectPhrase(subject(outputs, context))}: its refresh`);
    return { id, inputs: inputsIn(outputs), outputs };
  }
  const plane = onAtlas(boundPlane(context, outputs), ME);
  const live = await withinReach(plane, `federation ${state.federationSettingsId}`, () => observe(plane, state));
  if (!live?.identityProviderIds.includes(state.identityProviderId)) {
    if (refreshes) return undefined;
    throw new Error(
      `organization ${state.orgId} is not connected to identity provider ${state.identityProviderId}\n  fix  Check the id.`,
    );
  }
  const recorded = known(referenceOf(outputs).identityProviderId) === state.identityProviderId;
  const identityProvider = recorded ? outputs.identityProvider : await readReference(plane, state);
  const inputs = inputsIn({ ...outputs, orgId: state.orgId, identityProvider });
  const { federationSettingsId, identityProviderId } = state;
  return {
    id,
    inputs,
    outputs: { ...inputs, federationSettingsId, identityProviderId, ...bindingIn(outputs, plane, refreshes) },
  };
}

async function readReference(plane: AtlasPlane, state: Membership): Promise<IdentityProviderReference> {
  const { federationSettingsId, identityProviderId } = state;
  const listed = await plane.identityProviders.list(federationSettingsId);
  const live =
    listed.find(({ prefix }) => prefix === identityProviderId) ??
    (await plane.identityProviders.get(federationSettingsId, identityProviderId));
  if (live === undefined) {
    throw new Error(
      `organization ${state.orgId} is connected to identity provider ${identityProviderId}, which its federation does not hold\n  fix  Run again in a minute.`,
    );
  }
  return referenceTo(live);
}

// Create and update

async function create(context: Context, inputs: Props): Promise<Created> {
  refuse(await creationFindings(context, inputs, "apply"));
  const wanted = wantedOf(inputs);
  const created = { id: keyOf(wanted), outputs: outputsOf(context, inputs, wanted) };
  try {
    await reconcile(context, wanted);
  } catch (error) {
    // Connecting twice is connecting once: kept in state, the next run looks and connects if need be.
    throw mayHaveHappened(error) ? new IncompleteError(error, created) : error;
  }
  return created;
}

async function update(context: Context, id: string, outputs: Props, inputs: Props): Promise<Props> {
  const state = membershipOf(id, outputs);
  const wanted = wantedOf(inputs);
  // Observe
  const plane = onAtlas(boundPlane(context, outputs), ME);
  const look = () => plane.connections.get(state.federationSettingsId, state.orgId);
  const live = await withinReach(plane, `federation ${state.federationSettingsId}`, look);
  if (live === undefined) throw new FindingError([await notInFederation(plane, state)]);
  if (wanted.identityProviderId !== state.identityProviderId) {
    refuse(await swapFindings(context, live, state, inputs));
  } else if (!live.identityProviderIds.includes(state.identityProviderId)) {
    // Updated for another reason: what was disconnected by hand stays so, unless drift is put back.
    if (context.drift !== "correct") return outputsOf(context, inputs, wanted);
    refuse(await reconnectFindings(context, live, referenceOf(inputs)));
  }
  await reconcile(context, wanted, state);
  return outputsOf(context, inputs, wanted);
}

/** Observe, ensure, sync are one operation of the port: the API has one record per organization, and no conditions. */
async function reconcile(context: Context, wanted: Membership, state?: Membership): Promise<void> {
  const { identityProviderId: add } = wanted;
  const remove = state?.identityProviderId;
  const change = remove === undefined || remove === add ? { add } : { add, remove };
  await onAtlas(context.plane(), ME).connections.change(wanted.federationSettingsId, wanted.orgId, change);
}

function outputsOf(context: Context, inputs: Props, { federationSettingsId, identityProviderId }: Membership): Props {
  return { ...inputsIn(inputs), federationSettingsId, identityProviderId, ...bindingOf(context.plane()) };
}

// Delete

/** Removes this one id. Whoever left the federation, or was disconnected there, is disconnected already. */
async function remove(context: Context, id: string, outputs: Props): Promise<void> {
  const state = membershipOf(id, outputs);
  const { federationSettingsId, orgId, identityProviderId } = state;
  const { memory } = context;
  // Renamed in the program, and taken over under the new name: it is that resource's now.
  if (memory.ownership.isAdopted(keyOf(state))) return;
  const plane = onAtlas(boundPlane(context, outputs), ME);
  const look = () => plane.connections.get(federationSettingsId, orgId);
  const live = await withinReach(plane, `federation ${federationSettingsId}`, look);
  if (!live?.identityProviderIds.includes(identityProviderId)) return;
  refuse(await closingFindings(context, state, outputs.allowLockout === true || memory.ownership.allowsLockout(id)));
  await plane.connections.change(federationSettingsId, orgId, { remove: identityProviderId });
}
