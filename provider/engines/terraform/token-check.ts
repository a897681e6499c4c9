import type { Finding } from "../../../schema/finding.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import { FindingError } from "../../findings.ts";
import { type Declaration, finding, type Program } from "../../rules/index.ts";
import { accessName, JUDGED_INPUTS, judgeCheck, tokenLine } from "../../tokens/index.ts";
import { digestedTokens, materialsOf } from "../shared/sample-tokens.ts";
import type { ObjectValue } from "./protocol.ts";
import type { Resource } from "./resources.ts";
import type { Session } from "./session.ts";
import { propsOf } from "./values.ts";

/** The inputs that a configuration gives, with digests in place of what sample tokens are made of. */
export function recordedInputs({ definition, inputs }: Resource, config: ObjectValue): Record<string, unknown> {
  const props = propsOf(config, inputs);
  return definition.kind === "TokenCheck" ? { ...props, tokens: digestedTokens(props.tokens) } : props;
}

interface Judged {
  readonly declaration: Declaration;
  readonly resource: Resource;
  readonly config: ObjectValue;
  /** Whether the state has this check. */
  readonly exists: boolean;
}

/**
 * Judges the tokens of a check against all that has been planned before it. Terraform plans in the order of references,
 * so `identity_providers` and `access` (or `depends_on`) say what that is; a check that refers to something that is not
 * planned in this walk is left out, for it would be judged by half of a configuration.
 *
 * @returns FED152 where nothing was judged
 * @throws FindingError with what was not met
 */
export async function judgeTokens(session: Session, judged: Judged): Promise<Finding[]> {
  const { declaration, resource, config, exists } = judged;
  if (!session.seesAll(exists)) return [];
  const program = judgedBy(session.planned.program);
  const scope = scopeOf(declaration, program);
  if (scope.missing.length > 0)
    return [notJudged(`nothing is planned before it that is called ${scope.missing.join(", ")}`)];
  if (program.declarations.length === 0) return [notJudged("nothing is planned before it")];
  const materials = materialsOf(propsOf(config, resource.inputs).tokens);
  const check = { ...declaration, inputs: { ...declaration.inputs, ...scope.inputs } };
  const verdict = await judgeCheck(program, check, materials);
  if (verdict.unmet.length > 0) throw new FindingError(verdict.unmet.map((one) => ({ ...one, locations: [] })));
  const open = verdict.unknown.length > 0 ? [notJudged(tokenLine("", verdict))] : [];
  return [...verdict.leftOut, ...open];
}

function judgedBy({ declarations }: Program): Program {
  return { declarations: declarations.filter(({ kind }) => kind in JUDGED_INPUTS) };
}

/** Resources have no names here: an identity provider is called by its configuration name, access by whom it is for. */
function scopeOf({ inputs }: Declaration, { declarations }: Program) {
  const asked = (key: string) =>
    Array.isArray(inputs[key]) ? (inputs[key] as string[]).filter((one) => !isUnknown(one)) : undefined;
  const providers = asked("identityProviders");
  const access = asked("access");
  const grants = (who: string) =>
    declarations.filter(({ kind, name }) => kind !== "IdentityProvider" && kind !== "DatabaseRole" && name === who);
  const isProvider = (given: string) =>
    declarations.some(({ kind, name }) => kind === "IdentityProvider" && name === given);
  return {
    missing: [
      ...(providers ?? []).filter((one) => !isProvider(one)),
      ...(access ?? []).filter((one) => grants(one).length === 0),
    ],
    inputs: access === undefined ? {} : { access: access.flatMap(grants).map(accessName) },
  };
}

function notJudged(why: string): Finding {
  return finding("FED152", {
    path: "tokens",
    message: `not checked: ${why}`,
    why: "Terraform plans in the order of references, and tokens are judged by what has been planned before their check.",
    fix: "Name what they are judged by in identity_providers (configuration names) and access (groups and principals), by reference, or list it in depends_on.",
  });
}
