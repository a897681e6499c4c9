import { referenceTo } from "../../schema/reference.ts";
import { onAtlas } from "../control-planes/planes.ts";
import type { Definition, Props } from "./definition.ts";
import { known } from "./known.ts";
import { lifecycle } from "./lifecycle/lifecycle.ts";
import {
  closingFindings,
  existing,
  notInFederation,
  reconnectFindings,
  swapFindings,
} from "./live-rules/org-connection.ts";
import { referenceFindings } from "./live-rules/reference.ts";
import { referenceOf } from "./reference.ts";
import {
  isDisconnected,
  keyOf,
  type LiveMembership,
  ME,
  type Membership,
  membershipIn,
  membershipOf,
  wantedOf,
} from "./state/membership.ts";
import { visible } from "./state/visible.ts";

/**
 * One identity provider enabled in one organization: one membership, never the whole record of the organization.
 *
 * ```ts
 * new OrgConnection("platform", { orgId: "5f1e2d3c4b5a69788796a5b4", identityProvider: staff });
 * ```
 */
export const orgConnection: Definition = lifecycle<Membership, LiveMembership>({
  kind: "OrgConnection",
  plural: "connections",
  label: (props) => `${known(props.orgId) ?? "?"} to ${known(referenceOf(props).configurationName) ?? "?"}`,
  absence: ({ orgId, identityProviderId }) =>
    `organization ${orgId} is not connected to identity provider ${identityProviderId}`,
  unchecked: {
    live: "the live settings, and who would be locked out",
    existing: "whether it exists already, and other connections of the organization",
  },

  // Identity: the federation, the organization, and the identity provider of its creation. A swap does not change the id.
  parse: membershipOf,
  idOf: keyOf,
  keyOf: wantedOf,
  // After a swap the id still holds the first identity provider.
  recordedKey(outputs) {
    const key = wantedOf(outputs);
    return key && { ...key, identityProviderId: known(outputs.identityProviderId) ?? key.identityProviderId };
  },
  keyOfLive: ({ federationSettingsId, orgId, identityProviderId }) => ({
    federationSettingsId,
    orgId,
    identityProviderId,
  }),
  scopeOf: ({ federationSettingsId }) => `federation ${federationSettingsId}`,
  identity: ["orgId", "identityProvider"],
  identityOf: ({ orgId }, { identityProvider }) => ({ orgId, identityProvider }),
  async readIdentity(plane, key, { identityProvider }) {
    const { federationSettingsId, orgId, identityProviderId } = key;
    if (known(referenceOf({ identityProvider }).identityProviderId) === identityProviderId)
      return { orgId, identityProvider };
    const listed = await plane.identityProviders.list(federationSettingsId);
    const live =
      listed.find(({ prefix }) => prefix === identityProviderId) ??
      (await plane.identityProviders.get(federationSettingsId, identityProviderId));
    if (live !== undefined) return { orgId, identityProvider: referenceTo(live) };
    throw new Error(
      `organization ${orgId} is connected to identity provider ${identityProviderId}, which its federation does not hold\n  fix  Run again in a minute.`,
    );
  },
  mark: "identityProviderId",
  // An unknown claims no replacement: all that depends on a replaced provider would be replaced with it.
  moved(key, inputs) {
    const { federationSettingsId } = referenceOf(inputs);
    return [
      ...(isOther(inputs.orgId, key.orgId) ? ["orgId"] : []),
      ...(isOther(federationSettingsId, key.federationSettingsId) ? ["identityProvider"] : []),
    ];
  },
  named: "identityProvider",

  // Inputs and outputs: a connection has no settings. Its identity provider is compared by id only.
  settings: [],
  controls: ["allowLockout"],
  withDefaults: visible,
  settingsOf: () => ({}),
  compare(_context, live, _outputs, inputs) {
    const wanted = referenceOf(inputs).identityProviderId;
    const edited = swaps(live, inputs);
    const drifted = isDisconnected(live);
    return [
      {
        property: "identityProvider",
        live: drifted ? undefined : live.identityProviderId,
        recorded: live.identityProviderId,
        recordedKnown: true,
        wanted,
        drifted,
        edited,
        differs: (edited && !drifted) || !live.identityProviderIds.includes(String(wanted)),
      },
    ];
  },
  computedOf: ({ federationSettingsId, identityProviderId }) => ({ federationSettingsId, identityProviderId }),

  // Changes: another identity provider is swapped in place, in one request.
  swaps,
  isDisconnected,

  // Rules
  existing,
  referenceFindings,
  notFound: notInFederation,
  async changeFindings(context, { inputs, live }) {
    if (swaps(live, inputs)) return await swapFindings(context, live, inputs);
    return isDisconnected(live) && context.drift === "correct" ? await reconnectFindings(context, live, inputs) : [];
  },
  replacementFindings: async (context, key, { inputs, live }) =>
    live === undefined ? [] : await closingFindings(context, key, inputs.allowLockout === true),
  deletionFindings: async (context, key, { live, allowed, ours }) =>
    live === undefined || isDisconnected(live) ? [] : await closingFindings(context, key, allowed, ours),

  // Server
  fits: (plane) => void onAtlas(plane, ME),
  async list(plane, key) {
    const listed = await onAtlas(plane, ME).connections.list(key.federationSettingsId);
    return listed.map((live) => membershipIn(live, key));
  },
  // A membership that is not listed is asked for by itself.
  isLive: (live, { orgId }) => live.orgId === orgId && !isDisconnected(live),
  async get(plane, key) {
    const live = await onAtlas(plane, ME).connections.get(key.federationSettingsId, key.orgId);
    return live === undefined ? undefined : membershipIn(live, key);
  },
  async create(plane, inputs) {
    const key = wantedOf(inputs) as Membership;
    const { federationSettingsId, orgId, identityProviderId: add } = key;
    return membershipIn(await onAtlas(plane, ME).connections.change(federationSettingsId, orgId, { add }), key);
  },
  async update(plane, key, inputs, _changes, live, { passedOn }) {
    const { federationSettingsId, orgId, identityProviderId: remove } = key;
    const wanted = wantedOf(inputs) as Membership;
    const add = wanted.identityProviderId;
    if (passedOn && live.identityProviderIds.includes(add)) return membershipIn(live, wanted);
    const change = add === remove || passedOn ? { add } : { add, remove };
    return membershipIn(await onAtlas(plane, ME).connections.change(federationSettingsId, orgId, change), wanted);
  },
  async delete(plane, { federationSettingsId, orgId, identityProviderId: remove }, live) {
    if (live === undefined || isDisconnected(live)) return;
    await onAtlas(plane, ME).connections.change(federationSettingsId, orgId, { remove });
  },
});

function swaps({ identityProviderId }: Pick<Membership, "identityProviderId">, inputs: Props): boolean {
  return referenceOf(inputs).identityProviderId !== identityProviderId;
}

function isOther(wanted: unknown, recorded: string): boolean {
  return known(wanted) !== undefined && wanted !== recorded;
}
