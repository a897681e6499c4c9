import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../../../schema/finding.ts";
import type { AtlasPlane, LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import { finding } from "../../rules/index.ts";
import { orgLabel } from "../findings.ts";

/** How often two answers that contradict each other are asked for again, and how long that waits, in milliseconds. */
const LOOKS = 4;
const LOOK_MS = 500;

/**
 * Organizations as the provider tells them, and as the federation does. When only the provider still names one, it
 * may be that a disconnection of this very run has not reached it: that is asked again, for a moment.
 */
export async function stillConnected(plane: AtlasPlane, provider: LiveIdentityProvider): Promise<Finding[]> {
  const {
    scope: { id: federation },
    prefix: id,
  } = provider;
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
