import type { Finding } from "../../schema/finding.ts";
import type { IdentityProviderReference } from "../../schema/identity-provider.ts";
import { containsUnknown, isUnknown } from "../../schema/unknown.ts";
import {
  type ControlPlane,
  type LiveConnection,
  type LiveIdentityProvider,
  mayHaveHappened,
} from "../control-planes/control-plane.ts";
import { FindingError } from "../findings.ts";
import { finding } from "../rules/index.ts";
import { ADOPT_HINT, adoptionOf, formatAdoption } from "./adopt.ts";
import { bindingIn, bindingOf, boundPlane, withinReach } from "./bound.ts";
import {
  type Context,
  type Created,
  type Definition,
  type Difference,
  IncompleteError,
  type Props,
} from "./definition.ts";
import { driftFailure, formatDrift } from "./drift.ts";
import { errorsOf, orgLabel, refuse, tellOnce } from "./findings.ts";
import { parseId } from "./ids.ts";
import { lockoutFindings } from "./lockout.ts";
import { hiddenOf, visible } from "./memory.ts";

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
  check,
  diff,
  read,
  create,
  update,
  delete: remove,
};

// Inputs and outputs: `orgConnectionShape` in schema/org-connection.ts. Outputs are the inputs but `adopt`,
// with `identityProviderId` and `federationSettingsId`, and hidden `__bound` (see bound.ts). A membership is there or it
// is not, so nothing else is recorded.

/** The provider as far as it is known; in a preview each part of it may be unknown, and so may the whole. */
function referenceOf(props: Props): Partial<Record<keyof IdentityProviderReference, unknown>> {
  const reference = props.identityProvider;
  return typeof reference === "object" && reference !== null ? reference : {};
}

/** A text that is there and known. */
function known(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknown(value) ? value : undefined;
}

function subject(props: Props, { memory }: Context): string {
  const name = hiddenOf(props).name ?? memory.nameOf("OrgConnection", props);
  const to = `${known(props.orgId) ?? "?"} to ${known(referenceOf(props).configurationName) ?? "?"}`;
  return name === undefined ? `OrgConnection of ${to}` : `OrgConnection "${name}" (${to})`;
}

// Identity: the id keeps the identity provider of its creation; a swap changes what is connected, not the id.

const ID_PARTS = ["federationSettingsId", "orgId", "identityProviderId"] as const;

interface Membership {
  readonly federationSettingsId: string;
  readonly orgId: string;
  /** What is connected now, as far as this stack knows: after a swap another one than in the id. */
  readonly identityProviderId: string;
}

function membershipOf(id: string, outputs: Props): Membership {
  const parts = parseId("OrgConnection", id, ID_PARTS);
  return { ...parts, identityProviderId: known(outputs.identityProviderId) ?? parts.identityProviderId };
}

function keyOf({ federationSettingsId, orgId, identityProviderId }: Membership): string {
  return `${federationSettingsId}/${orgId}/${identityProviderId}`;
}

// Changes

async function diff(context: Context, id: string, outputs: Props, inputs: Props): Promise<Difference> {
  const { memory } = context;
  const state = membershipOf(id, outputs);
  const reference = referenceOf(inputs);
  const replaces = [
    ...(differs(inputs.orgId, state.orgId) ? ["orgId"] : []),
    ...(differs(reference.federationSettingsId, state.federationSettingsId) ? ["identityProvider"] : []),
  ];
  memory.own(keyOf(state));
  const swaps = reference.identityProviderId !== state.identityProviderId;
  if (replaces.length > 0 || swaps) memory.leave(keyOf(state));
  const looks = context.offline === undefined && context.drift !== "off";
  if (context.offline !== undefined)
    memory.skip(`${subject(inputs, context)}: what is live, and who would be locked out`);
  if (replaces.length > 0) {
    if (inputs.allowLockout === true) memory.allowLockout(id);
    if (looks) {
      boundPlane(context, outputs);
      refuse(await closingFindings(context, state, inputs.allowLockout === true));
    }
    return { changes: true, replaces, deleteBeforeReplace: false };
  }
  const edited = swaps || containsUnknown(inputs) || (inputs.allowLockout === true) !== (outputs.allowLockout === true);
  if (!looks) return { ...unchanged, changes: edited };

  const plane = boundPlane(context, outputs);
  const live = await withinReach(plane, state.federationSettingsId, () => observe(plane, state));
  if (live === undefined) throw new FindingError([await notInFederation(plane, state)]);
  const connected = live.identityProviderIds.includes(state.identityProviderId);
  if (!connected) tellDisconnected(context, id, inputs, live);
  if (swaps) refuse(await swapFindings(context, live, state, inputs));
  const reconnects = !connected && context.drift === "correct";
  if (reconnects && !swaps) refuse(await reconnectFindings(context, live, reference));
  return { ...unchanged, changes: edited || reconnects };
}

const unchanged = { changes: false, replaces: [], deleteBeforeReplace: false } as const;

/** What a disconnection of what is connected by now would do to those who log in through it. */
async function closingFindings(context: Context, state: Membership, allowed: boolean): Promise<Finding[]> {
  const org = allowed ? state.orgId : await orgLabel(context.plane(), state.orgId);
  return await lockoutFindings(context, {
    what: `disconnecting identity provider ${state.identityProviderId} from organization ${org}`,
    identityProviderId: state.identityProviderId,
    orgIds: [state.orgId],
    allowed,
  });
}

/** An unknown claims no replacement: whoever depends on a provider that is replaced would be torn down with it. */
function differs(wanted: unknown, recorded: string): boolean {
  return known(wanted) !== undefined && wanted !== recorded;
}

/** A swap that the program asks for needs no connection back. */
function tellDisconnected(context: Context, id: string, inputs: Props, live: LiveConnection): void {
  const wanted = known(referenceOf(inputs).identityProviderId);
  const there = wanted !== undefined && live.identityProviderIds.includes(wanted);
  const then = { correct: "up connects it again", warn: "left as it is", fail: "refused", off: "" }[context.drift];
  const what = `was disconnected outside this stack: ${there ? "already as wanted" : then}`;
  tellOnce(context, id, () => formatDrift(subject(inputs, context), [], what));
  if (context.drift === "fail" && !there) refuse([driftFailure(subject(inputs, context))]);
}

// Check

async function check(context: Context, olds: Props, news: Props) {
  const inputs = visible(news);
  const { name } = hiddenOf(news);
  context.memory.declare("OrgConnection", inputs, news);
  const findings = errorsOf("OrgConnection", name ?? "", inputs);
  const creating = Object.keys(visible(olds)).length === 0;
  if (findings.length > 0 || !creating) return { inputs, findings };
  if (context.offline !== undefined) {
    context.memory.skip(`${subject(inputs, context)}: whether it exists already, and what else is connected`);
    return { inputs, findings };
  }
  return { inputs, findings: await creationFindings(context, inputs, false) };
}

/**
 * What the live organization says of a new connection. `certain` is the moment before the write; before that, a
 * membership that `diff` has seen belongs to this stack, or is on its way out.
 */
async function creationFindings(context: Context, inputs: Props, certain: boolean): Promise<Finding[]> {
  const reference = referenceOf(inputs);
  const orgId = known(inputs.orgId);
  const federationSettingsId = known(reference.federationSettingsId);
  if (orgId === undefined || federationSettingsId === undefined) return [];
  const plane = context.plane();
  const identityProviderId = known(reference.identityProviderId);
  const live = await observe(plane, { federationSettingsId, orgId }, certain);
  if (live === undefined) return [await notInFederation(plane, { federationSettingsId, orgId })];
  const findings: Finding[] = [];
  if (identityProviderId !== undefined) {
    const wanted = { federationSettingsId, orgId, identityProviderId };
    if (live.identityProviderIds.includes(identityProviderId)) {
      findings.push(...(await alreadyThere(context, wanted, inputs, certain)));
    } else {
      findings.push(...(await notThere(plane, wanted)));
    }
  }
  const others = live.identityProviderIds.filter(
    (id) =>
      id !== identityProviderId && (certain || !context.memory.leaves(keyOf({ ...live, identityProviderId: id }))),
  );
  findings.push(...(await secondWorkforce(plane, live, others, reference)));
  return findings;
}

/** What another resource of this run owns is not taken away from it; before the write it may be on its way out. */
async function alreadyThere(context: Context, wanted: Membership, inputs: Props, certain: boolean): Promise<Finding[]> {
  const { memory } = context;
  const plane = context.plane();
  const owned = memory.owns(keyOf(wanted));
  if (owned && !certain) return [];
  if (owned || adoptionOf(inputs) === "no") return [await alreadyConnected(plane, wanted, referenceOf(inputs))];
  const org = await orgLabel(plane, wanted.orgId);
  const what = `the connection of organization ${org} to ${labelOf(referenceOf(inputs))}`;
  tellOnce(context, `${keyOf(wanted)} adopt`, () => formatAdoption(subject(inputs, context), what));
  if (certain) memory.adopt(keyOf(wanted));
  return [];
}

async function swapFindings(
  context: Context,
  live: LiveConnection,
  state: Membership,
  inputs: Props,
): Promise<Finding[]> {
  const { plane } = context;
  const reference = referenceOf(inputs);
  const wanted = known(reference.identityProviderId);
  const others = live.identityProviderIds.filter((id) => id !== state.identityProviderId && id !== wanted);
  const findings = await secondWorkforce(plane(), live, others, reference);
  if (wanted === undefined) return findings;
  const target = { ...state, identityProviderId: wanted };
  const { identityProviderIds: ids } = live;
  if (ids.includes(state.identityProviderId)) {
    findings.push(...(await closingFindings(context, state, inputs.allowLockout === true)));
  }
  // Both there: the other one is somebody else's, or another resource's, whose deletion would cut off what we took.
  if (ids.includes(wanted) && ids.includes(state.identityProviderId)) {
    findings.push(await alreadyConnected(plane(), target, reference));
  } else if (!ids.includes(wanted)) findings.push(...(await notThere(plane(), target)));
  return findings;
}

/** Where somebody has connected another workforce provider meanwhile, the old one cannot be put back beside it. */
async function reconnectFindings(
  { memory, plane }: Context,
  live: LiveConnection,
  reference: ReturnType<typeof referenceOf>,
): Promise<Finding[]> {
  const others = live.identityProviderIds.filter((id) => !memory.leaves(keyOf({ ...live, identityProviderId: id })));
  return await secondWorkforce(plane(), live, others, reference);
}

async function notInFederation(
  plane: ControlPlane,
  { federationSettingsId, orgId }: Omit<Membership, "identityProviderId">,
) {
  const org = await orgLabel(plane, orgId);
  return finding("FED215", {
    path: "orgId",
    message: `organization ${org} is not part of federation ${federationSettingsId}`,
  });
}

async function alreadyConnected(plane: ControlPlane, wanted: Membership, reference: ReturnType<typeof referenceOf>) {
  const org = await orgLabel(plane, wanted.orgId);
  return finding("FED221", {
    message: `organization ${org} is connected to ${labelOf(reference)} already, and not by this resource`,
    fix: `${ADOPT_HINT} Otherwise disconnect it there, then run again.`,
  });
}

async function notThere(plane: ControlPlane, { federationSettingsId, identityProviderId }: Membership) {
  const listed = await plane.identityProviders.list(federationSettingsId);
  const found =
    listed.find((live) => live.identityProviderId === identityProviderId) ??
    (await plane.identityProviders.get(federationSettingsId, identityProviderId));
  if (found !== undefined) return [];
  return [
    finding("FED223", {
      path: "identityProvider",
      message: `federation ${federationSettingsId} has no OIDC identity provider ${identityProviderId}`,
    }),
  ];
}

async function secondWorkforce(
  plane: ControlPlane,
  live: LiveConnection,
  others: readonly string[],
  reference: ReturnType<typeof referenceOf>,
): Promise<Finding[]> {
  if (reference.idpType !== "WORKFORCE" || others.length === 0) return [];
  const listed = await plane.identityProviders.list(live.federationSettingsId);
  const workforce = listed.filter((idp) => idp.idpType === "WORKFORCE" && others.includes(idp.identityProviderId));
  if (workforce.length === 0) return [];
  const org = await orgLabel(plane, live.orgId);
  return workforce.map((idp) => secondWorkforceFinding(org, idp, reference));
}

function secondWorkforceFinding(org: string, idp: LiveIdentityProvider, reference: ReturnType<typeof referenceOf>) {
  return finding("FED203", {
    path: "identityProvider",
    message: `organization ${org} would be connected to ${labelOf(reference)}, and is to the workforce identity provider ${idp.configurationName} (${idp.identityProviderId}) already`,
    fix: 'Give the OrgConnection that connects it the new identityProvider (one request swaps them), or disconnect it there. If the program has renamed that OrgConnection, declare aliases: [{ name: "<the old name>" }].',
  });
}

function labelOf(reference: ReturnType<typeof referenceOf>): string {
  return known(reference.configurationName) ?? known(reference.identityProviderId) ?? "the identity provider";
}

// Read

async function read(context: Context, id: string, outputs: Props) {
  const state = membershipOf(id, outputs);
  // A refresh hands in what was recorded. Who asks by id alone means a connection that must exist.
  const refreshes = outputs.identityProviderId !== undefined;
  if (context.offline !== undefined) {
    if (!refreshes) throw new Error(`the connection ${id} cannot be read offline: ${context.offline}`);
    context.memory.skip(`${subject(outputs, context)}: its refresh`);
    return { id, inputs: inputsIn(outputs), outputs };
  }
  const plane = boundPlane(context, outputs);
  const live = await withinReach(plane, state.federationSettingsId, () => observe(plane, state));
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
  return { id, inputs, outputs: { ...inputs, federationSettingsId, identityProviderId, ...bindingIn(outputs, plane) } };
}

function inputsIn({ orgId, identityProvider, allowLockout }: Props): Record<string, unknown> {
  return { orgId, identityProvider, ...(allowLockout === true ? { allowLockout } : {}) };
}

/**
 * From the listing that all share; an organization, or a membership, that is not in it is asked for by itself, since a
 * listing may lag behind.
 */
async function observe(
  plane: ControlPlane,
  { federationSettingsId, orgId, identityProviderId }: Omit<Membership, "identityProviderId"> & Partial<Membership>,
  fresh = false,
): Promise<LiveConnection | undefined> {
  if (fresh) return await plane.connections.get(federationSettingsId, orgId);
  const listed = (await plane.connections.list(federationSettingsId)).find((live) => live.orgId === orgId);
  const shown = identityProviderId === undefined || listed?.identityProviderIds.includes(identityProviderId);
  return listed !== undefined && shown ? listed : await plane.connections.get(federationSettingsId, orgId);
}

async function readReference(plane: ControlPlane, state: Membership): Promise<IdentityProviderReference> {
  const { federationSettingsId, identityProviderId } = state;
  const listed = await plane.identityProviders.list(federationSettingsId);
  const live =
    listed.find((idp) => idp.identityProviderId === identityProviderId) ??
    (await plane.identityProviders.get(federationSettingsId, identityProviderId));
  if (live === undefined) {
    throw new Error(
      `organization ${state.orgId} is connected to identity provider ${identityProviderId}, which its federation does not hold\n  fix  Run again in a minute.`,
    );
  }
  const { configurationName, idpType, authorizationType } = live;
  return { federationSettingsId, identityProviderId, configurationName, idpType, authorizationType };
}

// Create and update

async function create(context: Context, inputs: Props): Promise<Created> {
  refuse(await creationFindings(context, inputs, true));
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
  const plane = boundPlane(context, outputs);
  const look = () => plane.connections.get(state.federationSettingsId, state.orgId);
  const live = await withinReach(plane, state.federationSettingsId, look);
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
  await context.plane().connections.change(wanted.federationSettingsId, wanted.orgId, change);
}

function wantedOf(inputs: Props): Membership {
  const { federationSettingsId, identityProviderId } = referenceOf(inputs);
  return {
    federationSettingsId: String(federationSettingsId),
    orgId: String(inputs.orgId),
    identityProviderId: String(identityProviderId),
  };
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
  if (memory.adopted(keyOf(state))) return;
  const plane = boundPlane(context, outputs);
  const look = () => plane.connections.get(federationSettingsId, orgId);
  const live = await withinReach(plane, federationSettingsId, look);
  if (!live?.identityProviderIds.includes(identityProviderId)) return;
  refuse(await closingFindings(context, state, outputs.allowLockout === true || memory.allowsLockout(id)));
  await plane.connections.change(federationSettingsId, orgId, { remove: identityProviderId });
}
