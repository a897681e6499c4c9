import type { Finding } from "../../schema/finding.ts";
import { isUnknown } from "../../schema/unknown.ts";
import type { LiveIdentityProvider } from "../control-planes/control-plane.ts";
import { onAtlas } from "../control-planes/planes.ts";
import type { DeclaredPrincipal } from "../rules/index.ts";
import type { Context, Definition, Props } from "./definition.ts";
import { parseId } from "./ids.ts";
import { known } from "./known.ts";
import { lifecycle } from "./lifecycle/lifecycle.ts";
import { existing, needsBoth, pairTaken, stillConnected } from "./live-rules/atlas-identity-provider.ts";
import { closingOf, lockoutFindings } from "./live-rules/lockout.ts";
import {
  changesOf,
  comparedOf,
  SETTINGS,
  settingsOf,
  TRIGGER,
  withDefaults,
} from "./state/identity-provider-settings.ts";

const PARTS = ["federationSettingsId", "identityProviderId"] as const;
type Key = Record<(typeof PARTS)[number], string>;

/** The settings that the server cannot change: a new object takes the place of the old one. */
const REPLACES = ["federationSettingsId", "idpType"] as const;

/** For messages. */
const ME = "an identity provider of a federation";

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
export const atlasIdentityProvider: Definition = lifecycle<Key, LiveIdentityProvider>({
  kind: "IdentityProvider",
  plural: "identity providers",
  label: ({ configurationName }) => known(configurationName) ?? "?",
  absence: ({ federationSettingsId: federation, identityProviderId }) =>
    `federation ${federation} has no OIDC identity provider (${federation}/${identityProviderId})`,
  unchecked: { live: "the live settings, and who would be locked out", existing: "whether it exists already" },

  // Identity: the id in Atlas, in its federation. The server holds issuer and audience together unique.
  parse: (id) => parseId("IdentityProvider", id, PARTS),
  idOf: ({ federationSettingsId, identityProviderId }) => `${federationSettingsId}/${identityProviderId}`,
  keyOf: () => undefined,
  assignsId: true,
  recordedKey({ federationSettingsId, identityProviderId }) {
    const [federation, id] = [known(federationSettingsId), known(identityProviderId)];
    return federation && id ? { federationSettingsId: federation, identityProviderId: id } : undefined;
  },
  keyOfLive: ({ scope, prefix }) => ({ federationSettingsId: scope.id, identityProviderId: prefix }),
  uniqueIn({ federationSettingsId, identityProviderId, issuerUri, audience }) {
    const [federation, id, issuer, client] = [federationSettingsId, identityProviderId, issuerUri, audience].map(known);
    if (federation === undefined) return [];
    return [
      ...(id === undefined ? [] : [`${federation}/${id}`]),
      ...(issuer === undefined || client === undefined ? [] : [JSON.stringify([federation, issuer, client])]),
    ];
  },
  scopeOf: ({ federationSettingsId }) => `federation ${federationSettingsId}`,
  identity: REPLACES,
  identityOf: ({ federationSettingsId }) => ({ federationSettingsId }),
  mark: "identityProviderId",
  moved({ federationSettingsId }, inputs, outputs) {
    const recorded: Props = { ...outputs, federationSettingsId };
    // A value that is not recorded claims no replacement.
    return REPLACES.filter(
      (key) => !isUnknown(inputs[key]) && recorded[key] !== undefined && inputs[key] !== recorded[key],
    );
  },
  named: "identityProviderId",

  // Inputs and outputs
  settings: SETTINGS,
  comparedOf,
  controls: ["allowLockout"],
  withDefaults,
  settingsOf: (live) => Object.fromEntries([...SETTINGS, "idpType" as const].map((key) => [key, live[key]])),
  computedOf: ({ identityProviderId }) => ({ identityProviderId }),
  trigger: {
    input: TRIGGER,
    report: "revocation",
    act: ({ identityProviders }, key) => identityProviders.revokeJwks(key.federationSettingsId, key.identityProviderId),
  },

  // Changes: all in place, but for the type and the federation.

  // Rules
  existing,
  async changeFindings(context, { inputs, live, changes, phase }) {
    const pair = changes.some(({ property }) => property === "issuerUri" || property === "audience");
    const closing = closingOf(live, changes, inputs);
    return [
      ...(pair && phase === "preview" ? await pairTaken(context, live.scope.id, live.prefix, inputs) : []),
      ...(closing === undefined ? [] : await lockoutFindings(context, closing)),
    ];
  },
  // Another federation holds both.
  async replacementFindings(context, _key, { inputs, outputs, moved, live }) {
    const ours = context.declared.related?.principals;
    const lockedOut = live === undefined ? [] : await lockedOutBy(context, live, inputs.allowLockout === true, ours);
    const both = moved.includes("federationSettingsId") ? [] : needsBoth({ ...outputs, ...live }, inputs);
    return [...lockedOut, ...both];
  },
  async deletionFindings(context, _key, { live, allowed, ours }) {
    if (live === undefined) return [];
    const connected = await stillConnected(context, live);
    return connected.length > 0 ? connected : await lockedOutBy(context, live, allowed, ours);
  },

  // Server
  fits: (plane) => void onAtlas(plane, ME),
  list: ({ identityProviders }, { federationSettingsId }) => identityProviders.list(federationSettingsId),
  isLive: ({ prefix }, { identityProviderId }) => prefix === identityProviderId,
  get: ({ identityProviders }, key) => identityProviders.get(key.federationSettingsId, key.identityProviderId),
  create: ({ identityProviders }, inputs) =>
    identityProviders.create(String(inputs.federationSettingsId), settingsOf(inputs)),
  update: ({ identityProviders }, key, inputs, changes, live) =>
    identityProviders.update(
      key.federationSettingsId,
      key.identityProviderId,
      live,
      changesOf(Object.keys(changes), inputs),
    ),
  async delete({ identityProviders }, key, live) {
    if (live !== undefined) await identityProviders.delete(key.federationSettingsId, key.identityProviderId);
  },
});

/** Everyone who carries the prefix, connected or not: a new provider gets a new id, so no access comes back with it. */
async function lockedOutBy(
  context: Context,
  live: LiveIdentityProvider,
  allowed: boolean,
  ours: readonly DeclaredPrincipal[] | undefined,
): Promise<Finding[]> {
  if (allowed) return [];
  const connections = await onAtlas(context.plane(), ME).connections.list(live.scope.id);
  return await lockoutFindings(context, {
    what: `deleting ${live.configurationName} (${live.prefix})`,
    prefix: live.prefix,
    scopes: connections.map(({ orgId }) => orgId),
    ours,
    allowed,
  });
}
