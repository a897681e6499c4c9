import type { Finding } from "../../../schema/finding.ts";
import type { AtlasPlane, LiveConnection, LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import { onAtlas } from "../../control-planes/planes.ts";
import { finding } from "../../rules/index.ts";
import type { Context, Phase, Props } from "../definition.ts";
import { orgLabel, reportOnce } from "../findings.ts";
import { known } from "../known.ts";
import { adoptionOf } from "../lifecycle/adopt.ts";
import { type Reference, referenceOf } from "../reference.ts";
import { keyOf, type Membership, subject } from "../state/membership.ts";
import { lockoutFindings } from "./lockout.ts";

/**
 * What the live organization says of a new connection. In a preview, a membership that
 * `diff` has seen belongs to this stack, or is replaced.
 */
export async function creationFindings(context: Context, inputs: Props, phase: Phase): Promise<Finding[]> {
  const reference = referenceOf(inputs);
  const orgId = known(inputs.orgId);
  const federationSettingsId = known(reference.federationSettingsId);
  if (orgId === undefined || federationSettingsId === undefined) return [];
  const plane = atlas(context);
  const identityProviderId = known(reference.identityProviderId) ?? context.memory.ownership.plannedAdoption(reference);
  const live = await observe(plane, { federationSettingsId, orgId }, phase === "apply");
  if (live === undefined) return [await notInFederation(plane, { federationSettingsId, orgId })];
  const findings: Finding[] = [];
  if (identityProviderId !== undefined) {
    const wanted = { federationSettingsId, orgId, identityProviderId };
    if (live.identityProviderIds.includes(identityProviderId)) {
      findings.push(...(await alreadyThere(context, wanted, inputs, phase)));
    } else {
      findings.push(...(await notThere(plane, wanted)));
    }
  }
  const others = live.identityProviderIds.filter(
    (id) =>
      id !== identityProviderId &&
      (phase === "apply" || !context.memory.ownership.isReplaced(keyOf({ ...live, identityProviderId: id }))),
  );
  findings.push(...(await secondWorkforce(plane, live, others, reference)));
  return findings;
}

/** What another resource of this run owns is not taken away from it; before the write it may be on its way out. */
async function alreadyThere(context: Context, wanted: Membership, inputs: Props, phase: Phase): Promise<Finding[]> {
  const { memory } = context;
  const plane = atlas(context);
  const owned = memory.ownership.owns(keyOf(wanted));
  if (owned && phase === "preview") return [];
  const kept = memory.ownership.isKept(keyOf(wanted));
  if (!kept && (owned || adoptionOf(inputs) === "no"))
    return [await alreadyConnected(plane, wanted, referenceOf(inputs))];
  const org = await orgLabel(plane, wanted.orgId);
  const what = `the connection of organization ${org} to ${labelOf(referenceOf(inputs))}`;
  const report = { type: "adoption", subject: subject(inputs, context), object: what, differences: [] } as const;
  reportOnce(context, `${keyOf(wanted)} adopt`, report);
  if (phase === "apply") memory.ownership.adopt(keyOf(wanted));
  return [];
}

export async function swapFindings(
  context: Context,
  live: LiveConnection,
  state: Membership,
  inputs: Props,
): Promise<Finding[]> {
  const plane = atlas(context);
  const reference = referenceOf(inputs);
  const wanted = known(reference.identityProviderId);
  const others = live.identityProviderIds.filter((id) => id !== state.identityProviderId && id !== wanted);
  const findings = await secondWorkforce(plane, live, others, reference);
  if (wanted === undefined) return findings;
  const target = { ...state, identityProviderId: wanted };
  const { identityProviderIds: ids } = live;
  if (ids.includes(state.identityProviderId)) {
    findings.push(...(await closingFindings(context, state, inputs.allowLockout === true, inputs)));
  }
  // Both there: the other one is somebody else's, or another resource's, whose deletion would cut off what we took.
  if (ids.includes(wanted) && ids.includes(state.identityProviderId)) {
    findings.push(await alreadyConnected(plane, target, reference));
  } else if (!ids.includes(wanted)) findings.push(...(await notThere(plane, target)));
  return findings;
}

/** Where somebody has connected another workforce provider meanwhile, the old one cannot be put back beside it. */
export async function reconnectFindings(
  context: Context,
  live: LiveConnection,
  reference: Reference,
): Promise<Finding[]> {
  const plane = atlas(context);
  const others = live.identityProviderIds.filter(
    (id) => !context.memory.ownership.isReplaced(keyOf({ ...live, identityProviderId: id })),
  );
  return await secondWorkforce(plane, live, others, reference);
}

export async function notInFederation(
  plane: AtlasPlane,
  { federationSettingsId, orgId }: Omit<Membership, "identityProviderId">,
) {
  const org = await orgLabel(plane, orgId);
  return finding("FED215", {
    path: "orgId",
    message: `organization ${org} is not part of federation ${federationSettingsId}`,
  });
}

async function alreadyConnected(plane: AtlasPlane, wanted: Membership, reference: Reference) {
  const org = await orgLabel(plane, wanted.orgId);
  return finding("FED221", {
    message: `organization ${org} is connected to ${labelOf(reference)} already, and this resource did not connect it`,
  });
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

/** What a disconnection of what is connected by now would do to those who log in through it. */
export async function closingFindings(
  context: Context,
  state: Membership,
  allowed: boolean,
  inputs: Props = {},
): Promise<Finding[]> {
  const org = allowed ? state.orgId : await orgLabel(atlas(context), state.orgId);
  return await lockoutFindings(context, {
    what: `disconnecting identity provider ${state.identityProviderId} from organization ${org}`,
    prefix: state.identityProviderId,
    scopes: [state.orgId],
    // After a swap they are granted the same through the other one, under the same name in the same project.
    ours: (context.declared.related ?? {}).principals ?? [],
    allowed,
  });
}

/**
 * From the listing that all share; an organization, or a membership, that is not in it is asked for by itself, since a
 * listing may lag behind.
 */
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
  return onAtlas(plane(), "an OrgConnection");
}
