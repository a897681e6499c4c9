import { setTimeout as sleep } from "node:timers/promises";
import type { Finding } from "../../../schema/finding.ts";
import { phrase, renamed } from "../../../schema/phrase.ts";
import type { Subject } from "../../../schema/report.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { LiveIdentityProvider } from "../../control-planes/control-plane.ts";
import { onAtlas } from "../../control-planes/planes.ts";
import { listed } from "../../reports.ts";
import { catalogue, finding } from "../../rules/index.ts";
import { type Context, isIgnored, type Phase, type Props } from "../definition.ts";
import { orgLabel, reportOnce } from "../findings.ts";
import { adoptionDiffers, differencesOf, shownOf } from "../lifecycle/adopt.ts";
import type { Existing } from "../lifecycle/resource.ts";
import { wayTo } from "../lifecycle/way.ts";
import { compare } from "../state/compare.ts";
import { comparedOf } from "../state/identity-provider-settings.ts";
import { secretsOf } from "../state/record.ts";
import { closingOf, lockoutFindings } from "./lockout.ts";

/** Returns the identity providers with the same issuer and audience, which a server holds unique together. */
function twinsOf(all: readonly LiveIdentityProvider[], inputs: Props): LiveIdentityProvider[] {
  return all.filter((live) => live.issuerUri === inputs.issuerUri && live.audience === inputs.audience);
}

/** In a preview, an object that `diff` has seen is ours, and about to be replaced. */
export async function existing(
  context: Context,
  inputs: Props,
  subject: Subject,
  phase: Phase,
): Promise<Existing<LiveIdentityProvider>> {
  const { federationSettingsId: federation, issuerUri, audience } = inputs;
  if (typeof federation !== "string" || [federation, issuerUri, audience].some(isUnknown)) return { findings: [] };
  const { memory, plane } = context;
  const twins = twinsOf(await plane().identityProviders.list(federation, { fresh: phase === "apply" }), inputs);
  const ways = twins.map((live) => ({
    live,
    way: wayTo(context, inputs, {
      kind: "IdentityProvider",
      id: `${federation}/${live.prefix}`,
      what: labelOf(live),
      phase,
      exists: existsMessage(live),
    }),
  }));
  const open = ways.filter(({ way }) => way.way !== "replaced");
  const [first] = open;
  if (first === undefined) return { findings: [] };
  const matching = open.filter(({ live }) => live.idpType === inputs.idpType);
  const handed = matching.filter(({ way }) => way.way === "handover");
  const [chosen] = handed.length > 0 ? handed : matching;
  const refused = (chosen ?? first).way;
  if (refused.way === "refused") return { findings: [refused.finding] };
  if (chosen === undefined) return { findings: [ofOtherType(first.live)] };
  if (matching.length > 1 && handed.length !== 1) return { findings: [ambiguous(matching.map(({ live }) => live))] };
  const { live: match, way } = chosen;
  if (way.way === "handover") {
    memory.ownership.planAdoption(inputs, match.prefix);
    return { adopted: match, from: { ...way.owner, what: labelOf(match) }, findings: [] };
  }

  const differences = differencesOf(
    compare(
      comparedOf(inputs).filter((key) => !isIgnored(context.declared, key)),
      { ...match },
      {},
      inputs,
    ),
  );
  const secrets = secretsOf(context, {});
  const what = labelOf(match);
  if (way.way === "adoption" && !way.overwrites && differences.length > 0)
    return { findings: [adoptionDiffers(what, differences, secrets)] };
  const closing = closingOf(match, differences, inputs);
  const findings = closing === undefined ? [] : await lockoutFindings(context, closing);
  if (findings.length === 0) {
    memory.ownership.planAdoption(inputs, match.prefix);
    reportOnce(context, `${match.prefix} adopt`, {
      type: "adoption",
      subject,
      object: what,
      differences: shownOf(differences, secrets),
    });
  }
  return { adopted: match, findings };
}

function labelOf({ configurationName, prefix }: LiveIdentityProvider): string {
  return `${configurationName} (${prefix})`;
}

function existsMessage(twin: LiveIdentityProvider): string {
  return `${labelOf(twin)} has this issuer and audience already, in the same federation`;
}

function ofOtherType(twin: LiveIdentityProvider): Finding {
  return finding("FED221", {
    message: `${existsMessage(twin)}, for ${twin.idpType}, so it cannot be adopted`,
  });
}

function ambiguous(matching: readonly LiveIdentityProvider[]): Finding {
  return finding("FED226", {
    message: `${matching.length} identity providers have this type, issuer and audience: ${matching.map(labelOf).join(", ")}`,
  });
}

/** FED202, before a change in place: another one has the issuer and audience that this one shall get. */
export async function pairTaken(
  { plane, owners }: Context,
  federation: string,
  id: string,
  inputs: Props,
): Promise<Finding[]> {
  const all = await plane().identityProviders.list(federation);
  const [twin] = twinsOf(
    all.filter(({ prefix }) => prefix !== id),
    inputs,
  );
  if (twin === undefined) return [];
  // Each declaration keeps its object, so the two cannot exchange issuer and audience.
  const isOurs = owners !== undefined && owners.of("IdentityProvider", `${federation}/${twin.prefix}`).length > 0;
  return [
    finding("FED202", {
      path: "audience",
      message: `issuer and audience are those of ${labelOf(twin)} in the same federation`,
      ...(isOurs
        ? { fix: phrase`${catalogue.FED202.fix}${renamed} Name the resources of a list by a key, not by their index.` }
        : {}),
    }),
  ];
}

/** FED222: of a replacement that the server cannot hold beside what it replaces. */
export function needsBoth(before: Props, inputs: Props): Finding[] {
  if (before.issuerUri !== inputs.issuerUri || before.audience !== inputs.audience) return [];
  return [
    finding("FED222", {
      path: "idpType",
      message: `${String(before.configurationName)} cannot become a ${String(inputs.idpType)} identity provider while issuer and audience stay the same`,
    }),
  ];
}

/** How often two answers that contradict each other are asked for again, and how long that waits, in milliseconds. */
const LOOKS = 4;
const LOOK_MS = 500;

/**
 * Organizations as the provider lists them, and as the federation does. When only the provider still names one, it
 * may be that a disconnection of this very run has not reached it: that is asked again, for a moment.
 */
export async function stillConnected(context: Context, provider: LiveIdentityProvider): Promise<Finding[]> {
  const plane = onAtlas(context.plane(), "an identity provider of a federation");
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
    const namesOf = async (ids: Iterable<string>) =>
      listed(await Promise.all([...ids].map((orgId) => orgLabel(plane, orgId))));
    const before = disconnectedBefore(context, provider);
    const done = before.length === 0 ? "" : `. This run has disconnected it from ${await namesOf(before)}`;
    return [
      finding("FED214", {
        message: `${live.configurationName} (${id}) is still connected to ${await namesOf(orgIds)}, so it was not deleted${done}`,
      }),
    ];
  }
  return [];
}

/** The organizations that this run has disconnected, as far as this process knows them. */
function disconnectedBefore({ memory }: Context, { scope, prefix }: LiveIdentityProvider): string[] {
  const ids = memory.ownership.removed(`${scope.id}/`).filter((id) => id.endsWith(`/${prefix}`));
  return ids.flatMap((id) => id.split("/").slice(1, -1));
}
