import { isUnknown } from "../../../schema/unknown.ts";
import type { LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import type { Comparison } from "../compare.ts";
import type { Props } from "../definition.ts";
import type { Closing } from "../lockout.ts";

/** The change in place that would let tokens of today in no longer, if `changes` hold one. What is not known yet waits. */
export function closingOf(
  live: LiveIdentityProvider,
  changes: readonly Comparison[],
  inputs: Props,
): Closing | undefined {
  const closes = changes.filter(({ property, wanted }) => decides(live, property) && !isUnknown(wanted));
  const properties = closes.map(({ property }) => property);
  if (properties.length === 0) return undefined;
  return {
    what: `changing ${properties.join(" and ")} of ${live.configurationName} (${live.prefix})`,
    ...(properties.length === 1 ? { path: properties[0]! } : {}),
    prefix: live.prefix,
    scopes: live.connectedOrgIds,
    allowed: inputs.allowLockout === true,
  };
}

/** Whether a token gets in, or as whom, depends on it. */
export function decides({ authorizationType }: LiveIdentityProvider, property: string): boolean {
  switch (property) {
    case "issuerUri":
    case "audience":
    case "authorizationType":
      return true;
    case "userClaim":
      return authorizationType === "USER";
    case "groupsClaim":
      return authorizationType === "GROUP";
    default:
      return false;
  }
}
