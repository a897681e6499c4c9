import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../../schema/finding.ts";
import { DEFAULT_GROUPS_CLAIM, DEFAULT_USER_CLAIM } from "../../schema/identity-provider.ts";
import { isUnknown } from "../../schema/unknown.ts";
import type { ControlPlane, IdentityProviderSettings, LiveIdentityProvider } from "../control-planes/control-plane.ts";
import { finding } from "../rules/index.ts";
import { appliedOf, type Comparison, compare, fingerprint, fingerprints } from "./compare.ts";
import { type Context, type Created, type Definition, IncompleteError, type Props } from "./definition.ts";
import { driftRows, formatDrift } from "./drift.ts";
import { errorsOf, orgLabel, refuse } from "./findings.ts";
import { parseId } from "./ids.ts";
import { hiddenOf, visible } from "./memory.ts";

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
export const identityProvider: Definition = {
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
// with `identityProviderId`, and hidden `__applied` (see compare.ts).

/** Settings that the server holds. A declared provider is fully described by them: one left out means none. */
const SETTINGS = [
  "configurationName",
  "description",
  "issuerUri",
  "audience",
  "clientId",
  "requestedScopes",
  "associatedDomains",
  "authorizationType",
  "userClaim",
  "groupsClaim",
] as const satisfies readonly (keyof IdentityProviderSettings)[];

/** Never reaches the server: a change of its value is what acts. */
const TRIGGER = "revokeJwksTrigger";

function subject(props: Props, { memory }: Context): string {
  const name = hiddenOf(props).name ?? memory.nameOf("IdentityProvider", props);
  const label = isUnknown(props.configurationName) ? "?" : String(props.configurationName ?? "?");
  return name === undefined ? `IdentityProvider "${label}"` : `IdentityProvider "${name}" (${label})`;
}

// Identity: the id in Atlas, in its federation. What the server holds unique is issuer and audience together.

const ID_PARTS = ["federationSettingsId", "identityProviderId"] as const;

function idOf(live: Pick<LiveIdentityProvider, (typeof ID_PARTS)[number]>): string {
  return `${live.federationSettingsId}/${live.identityProviderId}`;
}

function findTwin(listed: readonly LiveIdentityProvider[], inputs: Props): LiveIdentityProvider | undefined {
  return listed.find((live) => live.issuerUri === inputs.issuerUri && live.audience === inputs.audience);
}

// Changes

/** What the server cannot change: a new object takes the place of the old one. All else is updated in place. */
const REPLACES = ["federationSettingsId", "idpType"] as const;

async function diff(context: Context, id: string, outputs: Props, inputs: Props) {
  const { federationSettingsId, identityProviderId } = parseId("IdentityProvider", id, ID_PARTS);
  const { memory } = context;
  const plane = context.plane();
  memory.own(id);
  const recorded = { ...outputs, federationSettingsId };
  const replaces: string[] = REPLACES.filter(
    (key) => !isUnknown(inputs[key]) && inputs[key] !== recorded[key as keyof typeof recorded],
  );
  const live = await observe(plane, federationSettingsId, identityProviderId);
  if (live === undefined) {
    // The engine knows "update" and "replace" only. Deleting first: by default it would create, and then delete.
    tellOnce(context, id, () =>
      formatDrift(subject(inputs, context), [], "was deleted outside this stack: up creates it again, with a new id"),
    );
    memory.leave(id);
    return { changes: true, replaces: [...replaces, "identityProviderId"], deleteBeforeReplace: true };
  }
  if (replaces.length > 0) {
    if (!replaces.includes("federationSettingsId")) refuse(needsBoth(live, inputs));
    memory.leave(id);
    return { changes: true, replaces, deleteBeforeReplace: false };
  }
  const comparisons = compareSettings(live, outputs, inputs);
  const rows = driftRows(comparisons, secretsOf(context, outputs, inputs));
  if (rows.length > 0) tellOnce(context, id, () => formatDrift(subject(inputs, context), rows));
  if (comparisons.some(({ property, edited }) => edited && (property === "issuerUri" || property === "audience"))) {
    refuse(await pairTaken(plane, id, federationSettingsId, inputs));
  }
  const revokes = revocation(outputs, inputs);
  if (revokes) {
    tellOnce(
      context,
      `${id} revoke`,
      () =>
        `warning  ${subject(inputs, context)}: ${TRIGGER} has changed\n` +
        "           up revokes the signing keys that MongoDB has cached: everybody who logged in through this provider is logged out",
    );
  }
  const changes =
    REPLACES.some((key) => isUnknown(inputs[key])) ||
    comparisons.some(({ edited, differs }) => edited || differs) ||
    fingerprint(inputs[TRIGGER]) !== (appliedOf(outputs, [...SETTINGS, TRIGGER]).inputs[TRIGGER] ?? "");
  return { changes, replaces: [], deleteBeforeReplace: false };
}

/** With USER the groups claim means nothing, to the server and to us. */
function compareSettings(live: LiveIdentityProvider, outputs: Props, inputs: Props): Comparison[] {
  const keys = SETTINGS.filter((key) => key !== "groupsClaim" || inputs.authorizationType !== "USER");
  return compare(keys, { ...live }, outputs, inputs);
}

/** A refresh and a destroy run no program: what it said last time stands in the state. */
function secretsOf({ memory }: Context, outputs: Props, inputs: Props): readonly string[] {
  return memory.secretsOf("IdentityProvider", inputs) ?? appliedOf(outputs, []).secrets ?? [];
}

/** A trigger that is removed acts no more; only a new value does. */
function revocation(outputs: Props, inputs: Props): boolean {
  const wanted = fingerprint(inputs[TRIGGER]);
  return wanted !== "" && wanted !== (appliedOf(outputs, [TRIGGER]).inputs[TRIGGER] ?? "");
}

function needsBoth(live: LiveIdentityProvider, inputs: Props): Finding[] {
  if (live.issuerUri !== inputs.issuerUri || live.audience !== inputs.audience) return [];
  return [
    finding("FED222", {
      path: "idpType",
      message: `${live.configurationName} cannot become a ${String(inputs.idpType)} identity provider while issuer and audience stay the same`,
    }),
  ];
}

async function pairTaken(plane: ControlPlane, id: string, federation: string, inputs: Props): Promise<Finding[]> {
  const listed = await plane.identityProviders.list(federation);
  const twin = findTwin(
    listed.filter((live) => idOf(live) !== id),
    inputs,
  );
  if (twin === undefined) return [];
  return [
    finding("FED202", {
      path: "audience",
      message: `issuer and audience are those of ${twin.configurationName} (${twin.identityProviderId}) in the same federation`,
    }),
  ];
}

function tellOnce({ memory, tell }: Context, topic: string, block: () => string): void {
  if (memory.firstTime(topic)) tell(block());
}

// Check

async function check(context: Context, olds: Props, news: Props) {
  const inputs = withDefaults(visible(news));
  const { name } = hiddenOf(news);
  context.memory.declare("IdentityProvider", inputs, news);
  const findings = errorsOf("IdentityProvider", name ?? String(news.configurationName ?? ""), visible(news));
  const creating = Object.keys(visible(olds)).length === 0;
  if (findings.length === 0 && creating) findings.push(...(await alreadyThere(context, inputs, false)));
  return { inputs, findings };
}

/** What belongs to one type, or one kind of authorization, is filled in there and dropped elsewhere. */
function withDefaults(declared: Props): Props {
  const { description, groupsClaim, requestedScopes, associatedDomains, ...rest } = declared;
  const lists = { requestedScopes: requestedScopes ?? [], associatedDomains: associatedDomains ?? [] };
  const claim = groupsClaim ?? (rest.authorizationType === "GROUP" ? DEFAULT_GROUPS_CLAIM : undefined);
  return visible({
    ...rest,
    description: description === "" ? undefined : description,
    userClaim: rest.userClaim ?? DEFAULT_USER_CLAIM,
    groupsClaim: rest.authorizationType === "USER" ? undefined : claim,
    ...(rest.idpType === "WORKLOAD" ? {} : lists),
  });
}

/**
 * What is there already is not created again. `certain` is the moment before the write; before that, an object that
 * `diff` has seen belongs to this stack, and the engine is about to replace it.
 */
async function alreadyThere({ plane, memory }: Context, inputs: Props, certain: boolean): Promise<Finding[]> {
  const { federationSettingsId: federation, issuerUri, audience } = inputs;
  if (typeof federation !== "string" || [federation, issuerUri, audience].some(isUnknown)) return [];
  const twin = findTwin(await plane().identityProviders.list(federation, { fresh: certain }), inputs);
  if (twin === undefined || (!certain && memory.owns(idOf(twin)))) return [];
  return [
    finding("FED221", {
      message: `${twin.configurationName} (${twin.identityProviderId}) has this issuer and audience already, in the same federation`,
      fix: `Delete it there, or give this one an audience of its own. If this stack made it and the program has renamed the resource, declare aliases: [{ name: "<the old name>" }].`,
    }),
  ];
}

// Read

async function read(context: Context, id: string, outputs: Props) {
  const { federationSettingsId, identityProviderId } = parseId("IdentityProvider", id, ID_PARTS);
  const live = await observe(context.plane(), federationSettingsId, identityProviderId);
  if (live === undefined) {
    // A refresh hands in what was recorded. Who asks by id alone means an object that must exist.
    if (outputs.identityProviderId !== undefined) return undefined;
    throw new Error(
      `federation ${federationSettingsId} has no OIDC identity provider ${identityProviderId}\n  fix  Check the id.`,
    );
  }
  const comparisons = compareSettings(live, outputs, outputs);
  const kept = comparisons.filter(({ drifted }) => !drifted).map(({ property }) => [property, outputs[property]]);
  const inputs = { ...inputsOf(live), ...visible(Object.fromEntries(kept)), [TRIGGER]: outputs[TRIGGER] };
  const applied = outputs.__applied === undefined ? {} : { __applied: outputs.__applied };
  return { id, inputs: visible(inputs), outputs: { ...visible(inputs), identityProviderId, ...applied } };
}

/** From the listing that all share; what is not in it is asked for by itself, since a listing may lag behind. */
async function observe(plane: ControlPlane, federation: string, id: string): Promise<LiveIdentityProvider | undefined> {
  const listed = await plane.identityProviders.list(federation);
  return (
    listed.find(({ identityProviderId }) => identityProviderId === id) ??
    (await plane.identityProviders.get(federation, id))
  );
}

function inputsOf(live: LiveIdentityProvider): Props {
  const { identityProviderId: _, connectedOrgIds: __, ...settings } = live;
  return withDefaults(visible(settings));
}

// Create and update

async function create(context: Context, inputs: Props): Promise<Created> {
  refuse(await alreadyThere(context, inputs, true));
  return await reconcile(context, inputs);
}

async function update(context: Context, id: string, outputs: Props, inputs: Props): Promise<Props> {
  return (await reconcile(context, inputs, { id, outputs })).outputs;
}

async function reconcile(context: Context, inputs: Props, state?: { id: string; outputs: Props }): Promise<Created> {
  const { identityProviders } = context.plane();
  const federation = String(inputs.federationSettingsId);
  // Observe
  const found = state && (await mustExist(context, state.id));
  // Ensure
  const there = found ?? (await identityProviders.create(federation, settingsOf(inputs)));
  // Sync
  const id = idOf(there);
  const changes = state === undefined ? {} : changesOf(compareSettings(there, state.outputs, inputs), inputs);
  const live =
    Object.keys(changes).length === 0
      ? there
      : await identityProviders.update(federation, there.identityProviderId, there, changes);
  if (state !== undefined && revocation(state.outputs, inputs)) {
    const before = appliedOf(state.outputs, [TRIGGER]).inputs[TRIGGER];
    await identityProviders.revokeJwks(federation, there.identityProviderId).catch((error: unknown) => {
      // All else is done. The trigger is recorded as it was, so that the next run tries again.
      throw new IncompleteError(error, { id, outputs: outputsOf(context, live, inputs, before ?? "") });
    });
  }
  // Return
  return { id, outputs: outputsOf(context, live, inputs, fingerprint(inputs[TRIGGER])) };
}

async function mustExist(context: Context, id: string): Promise<LiveIdentityProvider> {
  const { federationSettingsId, identityProviderId } = parseId("IdentityProvider", id, ID_PARTS);
  const live = await context.plane().identityProviders.get(federationSettingsId, identityProviderId);
  if (live !== undefined) return live;
  throw new Error(
    `identity provider ${identityProviderId} was deleted outside this stack since the preview\n` +
      "  fix  Run again: the preview will show that it is created anew.",
  );
}

function settingsOf(inputs: Props): IdentityProviderSettings {
  const settings = Object.fromEntries(SETTINGS.map((key) => [key, inputs[key]]));
  return {
    requestedScopes: [],
    associatedDomains: [],
    ...visible(settings),
    idpType: inputs.idpType,
  } as unknown as IdentityProviderSettings;
}

/** Only what differs. The claim goes along with a change to GROUP: what the server kept of it is not known. */
function changesOf(comparisons: readonly Comparison[], inputs: Props): Partial<IdentityProviderSettings> {
  const wanted = settingsOf(inputs);
  const keys = new Set(comparisons.filter(({ differs }) => differs).map(({ property }) => property));
  if (keys.has("authorizationType") && inputs.authorizationType === "GROUP") keys.add("groupsClaim");
  return Object.fromEntries([...keys].map((key) => [key, wanted[key as keyof IdentityProviderSettings]]));
}

function outputsOf({ memory }: Context, live: LiveIdentityProvider, inputs: Props, trigger: string): Props {
  const { identityProviderId, federationSettingsId } = live;
  const echoed = inputsOf(live);
  // The order of a set is the program's: another one would show as a change to whoever uses the output.
  const kept = Object.entries(inputs).filter(([key, value]) => fingerprint(value) === fingerprint(echoed[key]));
  const secrets = memory.secretsOf("IdentityProvider", inputs) ?? [];
  const { [TRIGGER]: _, ...prints } = fingerprints(inputs, [...SETTINGS, TRIGGER]);
  return {
    ...echoed,
    ...Object.fromEntries(kept),
    ...(inputs[TRIGGER] === undefined ? {} : { [TRIGGER]: inputs[TRIGGER] }),
    identityProviderId,
    federationSettingsId,
    __applied: {
      inputs: { ...prints, ...(trigger === "" ? {} : { [TRIGGER]: trigger }) },
      echo: fingerprints({ ...live }, SETTINGS),
      ...(secrets.length === 0 ? {} : { secrets }),
    },
  };
}

// Delete

/** How often two answers that contradict each other are asked for again, and how long that waits, in milliseconds. */
const LOOKS = 4;
const LOOK_MS = 500;

async function remove(context: Context, id: string): Promise<void> {
  const { federationSettingsId, identityProviderId } = parseId("IdentityProvider", id, ID_PARTS);
  const plane = context.plane();
  const live = await plane.identityProviders.get(federationSettingsId, identityProviderId);
  if (live === undefined) return;
  refuse(await stillConnected(plane, live));
  await plane.identityProviders.delete(federationSettingsId, identityProviderId);
}

/**
 * Organizations as the provider tells them, and as the federation does. When only the provider still names one, it
 * may be that a disconnection of this very run has not reached it: that is asked again, for a moment.
 */
async function stillConnected(plane: ControlPlane, provider: LiveIdentityProvider): Promise<Finding[]> {
  const { federationSettingsId: federation, identityProviderId: id } = provider;
  let live: LiveIdentityProvider | undefined = provider;
  for (let look = 1; live !== undefined; look++) {
    const connections = await plane.connections.list(federation, { fresh: true });
    const connected = connections.filter(({ identityProviderIds }) => identityProviderIds.includes(id));
    const orgIds = new Set([...live.connectedOrgIds, ...connected.map(({ orgId }) => orgId)]);
    if (orgIds.size === 0) return [];
    if (connected.length === 0 && look < LOOKS) {
      await sleep(LOOK_MS);
      live = await plane.identityProviders.get(federation, id);
      continue;
    }
    const names = await Promise.all([...orgIds].map((orgId) => orgLabel(plane, orgId)));
    return [
      finding("FED214", {
        message: `${live.configurationName} (${id}) is still connected to ${names.join(", ")}; nothing was deleted or disconnected`,
      }),
    ];
  }
  return [];
}
