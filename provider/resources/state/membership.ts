import type { LiveConnection } from "../../control-planes/control-plane.ts";
import type { Props } from "../definition.ts";
import { parseId } from "../ids.ts";
import { known } from "../known.ts";
import { referenceOf } from "../reference.ts";

/** For messages. */
export const ME = "an OrgConnection";

const ID_PARTS = ["federationSettingsId", "orgId", "identityProviderId"] as const;

export interface Membership {
  readonly federationSettingsId: string;
  readonly orgId: string;
  /** The identity provider that this stack connected last. After a swap the id still holds the first one. */
  readonly identityProviderId: string;
}

/** The connections of the organization, seen from one membership. */
export interface LiveMembership extends LiveConnection, Membership {}

export function membershipOf(id: string, outputs: Props): Membership {
  const parts = parseId("OrgConnection", id, ID_PARTS);
  return { ...parts, identityProviderId: known(outputs.identityProviderId) ?? parts.identityProviderId };
}

export function keyOf({ federationSettingsId, orgId, identityProviderId }: Membership): string {
  return `${federationSettingsId}/${orgId}/${identityProviderId}`;
}

/** The membership that a program declares; `undefined` while a part is unknown. */
export function wantedOf(inputs: Props): Membership | undefined {
  const orgId = known(inputs.orgId);
  const reference = referenceOf(inputs);
  const federationSettingsId = known(reference.federationSettingsId);
  const identityProviderId = known(reference.identityProviderId);
  if (orgId === undefined || federationSettingsId === undefined || identityProviderId === undefined) return undefined;
  return { federationSettingsId, orgId, identityProviderId };
}

export function membershipIn(live: LiveConnection, { identityProviderId }: Membership): LiveMembership {
  return { ...live, identityProviderId };
}

/** Whether the organization has lost the identity provider, though it is still in the federation. */
export function isDisconnected({ identityProviderId, identityProviderIds }: LiveMembership): boolean {
  return !identityProviderIds.includes(identityProviderId);
}
