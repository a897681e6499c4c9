import type { Subject } from "../../../schema/report.ts";
import type { Context, Props } from "../definition.ts";
import { parseId } from "../ids.ts";
import { known } from "../known.ts";
import { referenceOf } from "../reference.ts";

export function subject(props: Props, { declared }: Context): Subject {
  const name = declared.name;
  const label = `${known(props.orgId) ?? "?"} to ${known(referenceOf(props).configurationName) ?? "?"}`;
  return { kind: "OrgConnection", name, label };
}

// Identity: the id keeps the identity provider of its creation; a swap changes what is connected, not the id.

const ID_PARTS = ["federationSettingsId", "orgId", "identityProviderId"] as const;

export interface Membership {
  readonly federationSettingsId: string;
  readonly orgId: string;
  /** What is connected now, as far as this stack knows: after a swap another one than in the id. */
  readonly identityProviderId: string;
}

export function membershipOf(id: string, outputs: Props): Membership {
  const parts = parseId("OrgConnection", id, ID_PARTS);
  return { ...parts, identityProviderId: known(outputs.identityProviderId) ?? parts.identityProviderId };
}

export function keyOf({ federationSettingsId, orgId, identityProviderId }: Membership): string {
  return `${federationSettingsId}/${orgId}/${identityProviderId}`;
}

export function wantedOf(inputs: Props): Membership {
  const { federationSettingsId, identityProviderId } = referenceOf(inputs);
  return {
    federationSettingsId: String(federationSettingsId),
    orgId: String(inputs.orgId),
    identityProviderId: String(identityProviderId),
  };
}

export function inputsIn({ orgId, identityProvider, allowLockout }: Props): Record<string, unknown> {
  return { orgId, identityProvider, ...(allowLockout === true ? { allowLockout } : {}) };
}
