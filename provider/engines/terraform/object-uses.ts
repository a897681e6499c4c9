import type { Finding } from "../../../schema/finding.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import { onAtlas } from "../../control-planes/planes.ts";
import type { Checked, Context, Definition, Props } from "../../resources/definition.ts";
import type { Declaration } from "../../rules/index.ts";
import type { PlannedUse } from "./planned-objects.ts";
import type { ObjectValue } from "./protocol.ts";
import type { Session } from "./session.ts";
import { idIn } from "./state.ts";

/** The part of an object in a plan, and its name in messages. */
export interface ObjectUse extends Pick<PlannedUse, "topic" | "use"> {
  readonly id: string;
  readonly label: string;
}

interface Planning {
  readonly definition: Definition;
  readonly prior: ObjectValue | null;
  readonly inputs: Props;
  readonly outputs: Props;
  /** Whether the control plane may be asked. Default: it may. */
  readonly isValid?: boolean;
}

/**
 * The objects that a plan holds, creates and destroys at one address. Terraform may refuse a replacement before it plans
 * the creation, so both objects count from the beginning.
 */
export async function usesOf(context: Context, planning: Planning): Promise<ObjectUse[]> {
  const { definition, prior, inputs, outputs } = planning;
  if (definition.kind === "TokenCheck") return [];
  const wanted = definition.idOf?.(inputs);
  const use = (id: string, of: PlannedUse["use"], props: Props) => ({
    use: of,
    ...objectOf(context, definition, id, props),
  });
  if (prior === null) {
    const created = wanted ?? (await twinOf(context, planning));
    if (created === undefined) return [];
    return [use(created, context.memory.ownership.owns(created) ? "takes-over" : "creates", inputs)];
  }
  const held = definition.objectIdOf?.(idIn(prior), outputs) ?? idIn(prior);
  if (wanted === undefined || wanted === held) return [use(held, "holds", outputs)];
  return [use(held, "destroys", outputs), use(wanted, "creates", inputs)];
}

/**
 * Whether Terraform replaces an object by itself (`-replace`, `taint`). A deletion would take access away for a moment, and
 * dependents may forbid it. TLS settings are given back and taken over again, because they remember the values before.
 */
export function isKept({ kind }: Definition): (use: ObjectUse) => boolean {
  return ({ use }) => use === "takes-over" && kind !== "ProjectTls";
}

export function keptText(label: string): string {
  return `${label} is kept: apply makes it equal to the configuration, and does not delete it`;
}

export function objectOf(context: Context, definition: Definition, id: string, props: Props) {
  const { label } = definition.subject(props, context);
  return { topic: `${definition.kind} ${id}`, id, label: `${label} (${id})` };
}

/** The identity provider of a federation that has the issuer and audience already: Atlas holds both together once. */
async function twinOf(
  { offline, plane }: Context,
  { definition, inputs, isValid = true }: Planning,
): Promise<string | undefined> {
  const { federationSettingsId: federation, issuerUri, audience } = inputs;
  if (!isValid || offline !== undefined) return undefined;
  if (definition.kind !== "IdentityProvider" || typeof federation !== "string") return undefined;
  if ([federation, issuerUri, audience].some(isUnknown)) return undefined;
  const listed = await onAtlas(plane(), "an identity provider of a federation").identityProviders.list(federation);
  const twin = listed.find((live) => live.issuerUri === issuerUri && live.audience === audience);
  return twin === undefined ? undefined : `${federation}/${twin.prefix}`;
}

/**
 * Checks a new resource. Its object may belong to this configuration, and its connection may be declared in it: Terraform
 * may just not have asked about them yet.
 */
export async function checkCreation(
  session: Session,
  context: Context,
  { definition, declaration, given }: { definition: Definition; declaration: Declaration; given: Props },
): Promise<Checked> {
  const { planned, memory } = session;
  const check = () => {
    const declared = { ...context.declared, related: planned.related(declaration) };
    return definition.check({ ...context, declared }, {}, given);
  };
  const checked = await check();
  if (checked.findings.some(({ code }) => code === "FED313")) {
    const before = JSON.stringify(planned.related(declaration));
    if (await session.await(() => JSON.stringify(planned.related(declaration)) !== before)) return await check();
    return { ...checked, findings: checked.findings.filter(({ code }) => code !== "FED313") };
  }
  if (!checked.findings.some(isThere)) return checked;
  const [met] = await usesOf(context, { definition, prior: null, inputs: checked.inputs, outputs: {} });
  if (met === undefined) return checked;
  const isOurs = () => memory.ownership.owns(met.id);
  if (session.objects.takesOver(met.topic)) memory.ownership.keep(met.id);
  else if (isOurs() || !(await session.await(isOurs)) || !isOurs()) return checked;
  return await check();
}

/** Enters the uses of an address, and finds those that exclude each other. */
export function useFindings(
  session: Session,
  { uses, findings, address }: { uses: readonly ObjectUse[]; findings: readonly Finding[]; address: string },
): Finding[] {
  if (findings.some(isThere)) for (const { topic } of uses) session.objects.refuse(topic);
  return uses.flatMap(({ topic, use, label }) => session.objects.add({ topic, use, address }, label));
}

function isThere({ code }: Finding): boolean {
  return code === "FED221";
}
