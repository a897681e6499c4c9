import type { Finding } from "../../../schema/finding.ts";
import { FindingError } from "../../findings.ts";
import { type Declaration, finding } from "../../rules/index.ts";
import { tokenLine } from "../../tokens/index.ts";
import { digestedTokens, materialsOf } from "../shared/sample-tokens.ts";
import { judgeByEarlier } from "../shared/token-scope.ts";
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
  const materials = () => materialsOf(propsOf(config, resource.inputs).tokens);
  const verdict = await judgeByEarlier(session.planned.program, declaration, materials);
  if ("missing" in verdict) {
    const { missing } = verdict;
    const named = missing.length > 0 ? ` that is called ${missing.join(", ")}` : "";
    return [notJudged(`nothing is planned before it${named}`)];
  }
  if (verdict.unmet.length > 0) throw new FindingError(verdict.unmet.map((one) => ({ ...one, locations: [] })));
  const open = verdict.unknown.length > 0 ? [notJudged(tokenLine("", verdict))] : [];
  return [...verdict.leftOut, ...open];
}

function notJudged(why: string): Finding {
  return finding("FED152", {
    path: "tokens",
    message: `not checked: ${why}`,
    why: "Terraform plans in the order of references, and tokens are judged by what has been planned before their check.",
    fix: "Name what they are judged by in identity_providers (configuration names) and access (groups and principals), by reference, or list it in depends_on.",
  });
}
