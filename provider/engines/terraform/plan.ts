import type { Finding } from "../../../schema/finding.ts";
import { UNKNOWN } from "../../../schema/unknown.ts";
import { kindOf } from "../../control-planes/planes.ts";
import type { Context, Definition, Difference, Props } from "../../resources/definition.ts";
import { refuse } from "../../resources/findings.ts";
import { appliedOf, fingerprint } from "../../resources/state/compare.ts";
import { type Declaration, declarationFindings } from "../../rules/index.ts";
import type { Field } from "../shared/shape.ts";
import { diagnosticOf } from "./diagnostics.ts";
import { checkCreation, isKept, keptText, type ObjectUse, objectOf, useFindings, usesOf } from "./object-uses.ts";
import { isNameOpen } from "./open-names.ts";
import type { Diagnostic, Handling, ObjectValue, PlanAnswer, PlanRequest, Value } from "./protocol.ts";
import { UNKNOWN as UNKNOWN_VALUE } from "./protocol.ts";
import { NEVER_LIVE, type Resource, resourceOf } from "./resources.ts";
import type { Session } from "./session.ts";
import { idIn, objectIn, outputsIn, privateIn, privateText, same } from "./state.ts";
import { judgeTokens, recordedInputs } from "./token-check.ts";
import { fromTerraform, toTerraform, withoutSecrets } from "./values.ts";

/** Checks a resource, and says what an apply would make of it. */
export async function planChange(session: Session, request: PlanRequest, handling: Handling): Promise<PlanAnswer> {
  const { typeName, priorState: prior, proposedNewState, config, priorPrivate } = request;
  const resource = resourceOf(typeName);
  if (config === null || proposedNewState === null) return await planDeletion(session, resource, request, handling);
  const place = { fields: resource.inputs, config };
  const { definition } = resource;
  const given = recordedInputs(resource, config);
  if (session.destroys) return { plannedState: unchecked({ resource, config, prior, given, drift: session.drift }) };
  const address = session.planned.addressOf(privateIn(priorPrivate).address) ?? session.objects.newAddress();
  const declaration = session.planned.declare(definition.kind, given, {
    address,
    ...(prior === null ? {} : { id: idIn(prior) }),
  });
  const isWhole = await untilConnected(session, declaration);
  const related = session.planned.related(declaration);
  const plan = async (context: Context, add: (...diagnostics: Diagnostic[]) => void) => {
    const outputs = prior === null ? {} : outputsIn(resource, prior, priorPrivate);
    const { inputs, findings, adopts } =
      prior === null
        ? await checkCreation(session, context, { definition, declaration, given })
        : await definition.check(context, outputs, given);
    const isValid = findings.every(({ severity, code }) => severity !== "error" || code === "FED221");
    const uses = await usesOf(context, { definition, prior, inputs, outputs, isValid });
    const kept = privateIn(priorPrivate).isRemade ? undefined : uses.find(isKept(definition));
    const all: Finding[] = [
      ...session.planned.findings(declaration, isWhole),
      ...findings,
      ...useFindings(session, { uses, findings, address }),
      ...openNameFindings(session, context, { definition, uses, address, inputs, outputs }),
    ];
    const advice = declarationFindings(
      declaration,
      context.offline === undefined ? { plane: kindOf(context.plane()) } : {},
    );
    const warnings = [...all, ...advice].filter(({ severity }) => severity !== "error");
    add(...warnings.map((one) => diagnosticOf(one, place)).filter((one) => session.isNew(one)));
    refuse(all.filter(({ severity }) => severity === "error"));
    if (definition.kind === "TokenCheck") {
      const verdict = await judgeTokens(session, { declaration, resource, config, exists: prior !== null });
      add(...verdict.map((one) => diagnosticOf(one, place)));
    }
    if (kept !== undefined) context.report({ type: "warning", text: keptText(kept.label) });
    // Resources that depend on an identity provider are compared with the server in this plan already.
    const id = definition.kind === "IdentityProvider" ? (adopts ?? kept?.id) : undefined;
    if (prior === null) return { inputs, difference: CREATED, outputs, id };
    const difference = await definition.diff(context, idIn(prior), outputs, inputs);
    if (difference.replaces.length > 0) session.planned.replaces(declaration);
    return { inputs, difference, outputs, id: difference.replaces.length > 0 ? undefined : idIn(prior) };
  };
  const { result, diagnostics } = await session.run(handling, place, plan, { related });
  if (result === undefined) return { plannedState: prior, diagnostics: session.withWayToDestroy(diagnostics) };
  const planned: Plan = { resource, config, prior, ...result, drift: session.drift };
  const { inputs } = result;
  return {
    plannedState: plannedState(planned),
    requiresReplace: replacedPaths(planned),
    plannedPrivate: privateText({
      ...privateIn(priorPrivate),
      inputs,
      related: session.planned.related(declaration),
      address,
      ...(planned.difference.replaces.length > 0 ? { isRemade: true } : {}),
    }),
    diagnostics,
  };
}

/** Finds objects that the plan destroys, although a resource with an unknown name may declare them. */
function openNameFindings(session: Session, context: Context, naming: Naming): Finding[] {
  const { definition, uses, address, inputs, outputs } = naming;
  if (session.applies) return [];
  const going = uses.find(({ use }) => use === "destroys");
  const isSettled = uses.some(({ use }) => use === "creates" || use === "takes-over");
  const { label } = definition.subject(inputs, context);
  const comes = !isSettled && isNameOpen(definition, inputs);
  return [
    ...(comes ? session.openNames.add(definition, "comes", { address, label, props: inputs }) : []),
    ...(going ? session.openNames.add(definition, "leaves", { address, label: going.label, props: outputs }) : []),
  ];
}

interface Naming {
  readonly definition: Definition;
  readonly uses: readonly ObjectUse[];
  readonly address: string;
  readonly inputs: Props;
  readonly outputs: Props;
}

/**
 * Only whether another address declares the object. The other consequences of a deletion are known when its turn comes:
 * Terraform deletes the dependents before.
 */
async function planDeletion(
  session: Session,
  resource: Resource,
  { priorState: prior, priorPrivate }: PlanRequest,
  handling: Handling,
): Promise<PlanAnswer> {
  const answer = { plannedState: null, plannedPrivate: priorPrivate };
  // An apply plans the deletion of an object that it has just replaced.
  if (prior === null || session.destroys || session.applies || resource.definition.kind === "TokenCheck") return answer;
  const { result, diagnostics } = await session.run(
    handling,
    { fields: resource.inputs, config: prior },
    async (context) => {
      const outputs = outputsIn(resource, prior, priorPrivate);
      const object = objectIn(resource, prior, priorPrivate);
      const { definition } = resource;
      const { topic, label } = objectOf(context, definition, object, outputs);
      const address = session.objects.newAddress();
      refuse([
        ...session.objects.add({ topic, use: "destroys", address }, label),
        ...session.openNames.add(definition, "leaves", { address, label, props: outputs }),
      ]);
      return answer;
    },
  );
  return result ?? { plannedState: prior, diagnostics: session.withWayToDestroy(diagnostics) };
}

/**
 * FED314 reports that the program declares no connection. Terraform plans connections before the access that refers to
 * them, and otherwise in any order. The first access through an identity provider waits, and reports for all.
 *
 * @returns whether the connection would be planned by now
 */
async function untilConnected(session: Session, declaration: Declaration): Promise<boolean> {
  const { kind, identityProvider } = declaration;
  if (identityProvider === undefined || kind === "OrgConnection") return false;
  if (!session.memory.notices.firstTime(`connection of ${identityProvider.location.line}`)) return false;
  const isConnected = () => !session.planned.findings(declaration, true).some(({ code }) => code === "FED314");
  return await session.await(isConnected);
}

/** In the plan before `terraform destroy`, most resources need no answer: nothing will be created or changed. */
function unchecked({
  given,
  prior,
  ...plan
}: Pick<Plan, "resource" | "config" | "prior" | "drift"> & { given: Props }) {
  const difference: Difference = { changes: true, replaces: [], deleteBeforeReplace: false };
  const id = prior === null ? undefined : idIn(prior);
  return plannedState({ ...plan, prior, inputs: given, outputs: {}, difference, id });
}

const CREATED: Difference = { changes: true, replaces: [], deleteBeforeReplace: false };

interface Plan {
  readonly resource: Resource;
  readonly config: ObjectValue;
  readonly prior: ObjectValue | null;
  /** As they were checked. */
  readonly inputs: Props;
  readonly outputs: Props;
  readonly difference: Difference;
  /** `undefined` while unknown. */
  readonly id?: string | undefined;
  readonly drift: Context["drift"];
}

function plannedState(plan: Plan): ObjectValue {
  const { resource, prior, inputs, id = UNKNOWN } = plan;
  const outputs = resource.outputs.map((output) => {
    const value = output.value(id, inputs);
    const before = prior?.[output.name] ?? null;
    return [output.name, same(value, fromTerraform(before, output.shape)) ? before : toTerraform(value, output.shape)];
  });
  return {
    ...Object.fromEntries(resource.inputs.map((field) => [field.name, plannedInput(plan, field)])),
    ...Object.fromEntries(outputs),
    id: id === UNKNOWN ? UNKNOWN_VALUE : id,
  };
}

/**
 * The trap: Terraform takes nothing for what is configured but the very same value, or the one of before. So what means
 * the same stays as it was written before, and nothing is ever rewritten.
 */
function plannedInput(plan: Plan, field: Field): Value {
  const { config, prior, inputs, difference } = plan;
  const given = withoutSecrets(config[field.name] ?? null, field.shape);
  const before = prior?.[field.name] ?? null;
  const live = !NEVER_LIVE.has(field.key);
  const stays = live && prior !== null && (!difference.changes || isLeft(plan, field));
  if (given !== null) {
    const kept =
      before !== null && (stays || same(fromTerraform(given, field.shape), fromTerraform(before, field.shape)));
    return kept ? before : given;
  }
  if (!live || field.required) return null;
  const filled = inputs[field.key];
  return stays || (prior !== null && same(filled, fromTerraform(before, field.shape)))
    ? before
    : toTerraform(filled, field.shape);
}

/** Drift that is not put back: the program says what it said last time. */
function isLeft({ outputs, inputs, drift }: Plan, { key }: Field): boolean {
  if (drift === "correct") return false;
  return fingerprint(inputs[key]) === (appliedOf(outputs, [key]).inputs[key] ?? "");
}

/**
 * Terraform heeds a path only if the value there changes. Where it does not (what is to be made anew is gone), the id
 * does.
 */
function replacedPaths({ resource, difference }: Plan): string[][] {
  if (difference.replaces.length === 0) return [];
  const names = resource.inputs.filter(({ key }) => difference.replaces.includes(key)).map(({ name }) => [name]);
  return [...names, ["id"]];
}
