import type { Finding } from "../../../schema/finding.ts";
import type { Subject } from "../../../schema/report.ts";
import type {
  AtlasPlane,
  ControlPlane,
  LiveConnection,
  LiveIdentityProvider,
} from "../../control-planes/control-plane.ts";
import { onAtlas } from "../../control-planes/planes.ts";
import { finding } from "../../rules/index.ts";
import type { Context, Phase, Props } from "../definition.ts";
import { orgLabel, reportOnce } from "../findings.ts";
import { known } from "../known.ts";
import type { Existing } from "../lifecycle/resource.ts";
import { passesOn, replacesOwn, wayTo } from "../lifecycle/way.ts";
import { type Reference, referenceOf } from "../reference.ts";
import { isDisconnected, keyOf, type LiveMembership, ME, type Membership, membershipIn } from "../state/membership.ts";
import { lockoutFindings } from "./lockout.ts";

/**
 * Looks for the connection in the live organization, and for others that exclude it. In a preview, a membership that
 * `diff` has seen belongs to this stack, or is replaced.
 */
export async function existing(
  context: Context,
  inputs: Props,
  subject: Subject,
  phase: Phase,
): Promise<Existing<LiveMembership>> {
  const reference = referenceOf(inputs);
  const orgId = known(inputs.orgId);
  const federationSettingsId = known(reference.federationSettingsId);
  if (orgId === undefined || federationSettingsId === undefined) return { findings: [] };
  const { ownership } = context.memory;
  const plane = atlas(context);
  const identityProviderId = known(reference.identityProviderId) ?? ownership.plannedAdoption(reference);
  const live = await observe(plane, { federationSettingsId, orgId }, phase === "apply");
  if (live === undefined) return { findings: [await notInFederation(plane, { federationSettingsId, orgId })] };
  const others = live.identityProviderIds.filter(
    (id) =>
      id !== identityProviderId &&
      (phase === "apply" || !replacesOwn(context, "OrgConnection", keyOf({ ...live, identityProviderId: id }))),
  );
  const second = await secondWorkforce(plane, live, others, reference);
  if (identityProviderId === undefined) return { findings: second };
  const wanted = { federationSettingsId, orgId, identityProviderId };
  if (!live.identityProviderIds.includes(identityProviderId))
    return { findings: [...(await notThere(plane, wanted)), ...second] };
  const object = `the connection of organization ${await orgLabel(plane, orgId)} to ${labelOf(reference)}`;
  const exists = await connectedMessage(plane, wanted, reference);
  const way = wayTo(context, inputs, { kind: "OrgConnection", id: keyOf(wanted), what: object, phase, exists });
  if (way.way === "replaced") return { findings: second };
  if (way.way === "refused") return { findings: [way.finding, ...second] };
  if (way.way === "handover")
    return { adopted: membershipIn(live, wanted), from: { ...way.owner, what: object }, findings: second };
  reportOnce(context, `${keyOf(wanted)} adopt`, { type: "adoption", subject, object, differences: [] });
  return { adopted: membershipIn(live, wanted), findings: second };
}

export async function swapFindings(context: Context, live: LiveMembership, inputs: Props): Promise<Finding[]> {
  const plane = atlas(context);
  const reference = referenceOf(inputs);
  const wanted = known(reference.identityProviderId);
  const { identityProviderIds: ids } = live;
  const others = ids.filter((id) => id !== live.identityProviderId && id !== wanted);
  const findings = await secondWorkforce(plane, live, others, reference);
  if (wanted === undefined) return findings;
  const target = { ...live, identityProviderId: wanted };
  const connected = !isDisconnected(live);
  const passedOn = passesOn(context, "OrgConnection", keyOf(live));
  if (connected && !passedOn) findings.push(...(await closingFindings(context, live, inputs.allowLockout === true)));
  if (ids.includes(wanted) && connected) findings.push(...(await takenFindings(context, target, reference, inputs)));
  else if (!ids.includes(wanted)) findings.push(...(await notThere(plane, target)));
  return findings;
}

/** If another client has connected another workforce provider, the old one cannot be connected again beside it. */
export async function reconnectFindings(context: Context, live: LiveMembership, inputs: Props): Promise<Finding[]> {
  const others = live.identityProviderIds.filter(
    (id) => !context.memory.ownership.isReplaced(keyOf({ ...live, identityProviderId: id })),
  );
  return await secondWorkforce(atlas(context), live, others, referenceOf(inputs));
}

/** FED215: an organization that leaves its federation keeps no connection, and gets none back. */
export async function notInFederation(
  plane: ControlPlane,
  { federationSettingsId, orgId }: Omit<Membership, "identityProviderId">,
): Promise<Finding> {
  const org = await orgLabel(onAtlas(plane, ME), orgId);
  return finding("FED215", {
    path: "orgId",
    message: `organization ${org} is not part of federation ${federationSettingsId}`,
  });
}

/** Both are connected: the swap takes over the other connection, unless it has an owner that keeps it. */
async function takenFindings(
  context: Context,
  wanted: Membership,
  reference: Reference,
  inputs: Props,
): Promise<Finding[]> {
  const exists = await connectedMessage(atlas(context), wanted, reference);
  const found = { kind: "OrgConnection", id: keyOf(wanted), what: exists, phase: "apply", exists } as const;
  const way = wayTo(context, { ...inputs, adopt: false }, found);
  return way.way === "refused" ? [way.finding] : [];
}

async function connectedMessage(plane: AtlasPlane, { orgId }: Membership, reference: Reference): Promise<string> {
  return `organization ${await orgLabel(plane, orgId)} is connected to ${labelOf(reference)} already`;
}

async function notThere(plane: AtlasPlane, { federationSettingsId, identityProviderId }: Membership) {
  const listed = await plane.identityProviders.list(federationSettingsId);
  const found =
    listed.find(({ prefix }) => prefix === identityProviderId) ??
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
  plane: AtlasPlane,
  live: LiveConnection,
  others: readonly string[],
  reference: Reference,
): Promise<Finding[]> {
  if (reference.idpType !== "WORKFORCE" || others.length === 0) return [];
  const listed = await plane.identityProviders.list(live.federationSettingsId);
  const workforce = listed.filter((idp) => idp.idpType === "WORKFORCE" && others.includes(idp.prefix));
  if (workforce.length === 0) return [];
  const org = await orgLabel(plane, live.orgId);
  return workforce.map((idp) => secondWorkforceFinding(org, idp, reference));
}

function secondWorkforceFinding(org: string, idp: LiveIdentityProvider, reference: Reference) {
  return finding("FED203", {
    path: "identityProvider",
    message: `organization ${org} would be connected to ${labelOf(reference)}, and is connected to the workforce identity provider ${idp.configurationName} (${idp.prefix}) already`,
  });
}

function labelOf(reference: Reference): string {
  return known(reference.configurationName) ?? known(reference.identityProviderId) ?? "the identity provider";
}

/** FED224: principals outside the stack log in through the membership. */
export async function closingFindings(
  context: Context,
  state: Membership,
  allowed: boolean,
  // After a swap they are granted the same through the other one, under the same name in the same project.
  ours = context.declared.related?.principals,
): Promise<Finding[]> {
  const org = allowed ? state.orgId : await orgLabel(atlas(context), state.orgId);
  return await lockoutFindings(context, {
    what: `disconnecting identity provider ${state.identityProviderId} from organization ${org}`,
    prefix: state.identityProviderId,
    scopes: [state.orgId],
    ours,
    allowed,
  });
}

/** From the shared listing. It may lag behind: an organization or membership that it lacks is asked for by itself. */
export async function observe(
  plane: AtlasPlane,
  { federationSettingsId, orgId, identityProviderId }: Omit<Membership, "identityProviderId"> & Partial<Membership>,
  fresh = false,
): Promise<LiveConnection | undefined> {
  if (fresh) return await plane.connections.get(federationSettingsId, orgId);
  const listed = (await plane.connections.list(federationSettingsId)).find((live) => live.orgId === orgId);
  const shown = identityProviderId === undefined || listed?.identityProviderIds.includes(identityProviderId);
  return listed !== undefined && shown ? listed : await plane.connections.get(federationSettingsId, orgId);
}

function atlas({ plane }: Context): AtlasPlane {
  return onAtlas(plane(), ME);
}
