import type { Finding } from "../../../schema/finding.ts";
import { join, type Phrase, phrase } from "../../../schema/phrase.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { ControlPlane } from "../../control-planes/control-plane.ts";
import type { Context, Props } from "../../resources/definition.ts";
import { definitions } from "../../resources/definitions.ts";
import { type DeclaredEntry, providerChannel } from "./channel.ts";

/** A list longer than this says nothing more. */
const LISTED = 20;

/**
 * Adds to FED221 the other declared objects that exist already. The engine ends a run at the first resource that it
 * cannot check, so a user would meet them one by one.
 */
export async function withOtherCollisions(
  context: Context,
  findings: readonly Finding[],
  others: () => readonly DeclaredEntry[],
): Promise<readonly Finding[]> {
  if (!findings.some(({ code }) => code === "FED221")) return findings;
  const found = (await Promise.all(others().map((one) => collisionOf(context, one)))).filter(
    (one) => one !== undefined,
  );
  if (found.length === 0) return findings;
  const more = found.length > LISTED ? [phrase`and ${found.length - LISTED} more`] : [];
  const list = join([...found.slice(0, LISTED), ...more], "\n");
  return findings.map((one) =>
    one.code === "FED221" ? { ...one, why: phrase`${one.why}\nThe program declares more that exists:\n${list}` } : one,
  );
}

/** The declarations without a resource in the state, but for those that adopt. */
export function newDeclarations(): DeclaredEntry[] {
  const owners = providerChannel().told("owners").at(-1)?.owners;
  const continued = new Set(owners?.map(({ continuedBy }) => continuedBy));
  const declared = providerChannel()
    .told("program")
    .flatMap(({ declarations }) => declarations);
  return declared.filter(({ urn, inputs }) => !continued.has(urn) && !inputs.adopt);
}

async function collisionOf(context: Context, entry: DeclaredEntry): Promise<Phrase | undefined> {
  const { kind, name, urn } = entry;
  try {
    const inputs = await withProviderId(context.plane(), entry.inputs);
    const finding = await definitions[kind].collision?.({ ...context, declared: { name, address: urn } }, inputs);
    return finding && phrase`${kind} "${name}": ${finding.message}`;
  } catch {
    // Its own check reports what is wrong with it.
    return undefined;
  }
}

/** The inputs with the id of the identity provider, if that exists already. */
async function withProviderId(plane: ControlPlane, inputs: Props): Promise<Props> {
  const { federationSettingsId, identityProviderId, issuerUri, audience, ...rest } = (inputs.identityProvider ??
    {}) as Props;
  if (typeof federationSettingsId !== "string" || isUnknown(federationSettingsId) || identityProviderId !== undefined)
    return inputs;
  const listed = await plane.identityProviders.list(federationSettingsId);
  const live = listed.find((one) => one.issuerUri === issuerUri && one.audience === audience);
  const reference = { ...rest, federationSettingsId, ...(live && { identityProviderId: live.prefix }) };
  return { ...inputs, identityProvider: reference };
}
