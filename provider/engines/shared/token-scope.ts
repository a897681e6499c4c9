import { isUnknown } from "../../../schema/unknown.ts";
import type { Declaration, Program } from "../../rules/index.ts";
import { accessName, type CheckVerdict, JUDGED_INPUTS, judgeCheck, type TokenMaterial } from "../../tokens/index.ts";

/**
 * Judges the tokens of a check against the declarations that an engine has shown before it.
 *
 * @returns the verdict; or, if the check cannot be judged by them, the names in the check that fit none of them. No name
 * means that there is nothing to judge by.
 */
export async function judgeByEarlier(
  { declarations }: Program,
  check: Declaration,
  materials: () => Readonly<Record<string, TokenMaterial>>,
): Promise<CheckVerdict | { readonly missing: readonly string[] }> {
  const program = { declarations: declarations.filter(({ kind }) => kind in JUDGED_INPUTS) };
  const { missing, inputs } = scopeOf(check, program);
  if (missing.length > 0 || program.declarations.length === 0) return { missing };
  return await judgeCheck(program, { ...check, inputs: { ...check.inputs, ...inputs } }, materials());
}

/** A check names access by its resource, or by the group or principal. */
function scopeOf({ inputs }: Declaration, { declarations }: Program) {
  const asked = (key: string) =>
    Array.isArray(inputs[key]) ? (inputs[key] as string[]).filter((one) => !isUnknown(one)) : undefined;
  const providers = asked("identityProviders");
  const access = asked("access");
  const grants = (given: string) =>
    declarations.filter(
      ({ kind, name, inputs: { group, principal } }) =>
        (kind === "OidcRole" || kind === "FederatedUser") && [name, group, principal].includes(given),
    );
  const isProvider = (given: string) =>
    declarations.some(
      ({ kind, name, inputs: { configurationName } }) =>
        kind === "IdentityProvider" && (name === given || configurationName === given),
    );
  return {
    missing: [
      ...(providers ?? []).filter((one) => !isProvider(one)),
      ...(access ?? []).filter((one) => grants(one).length === 0),
    ],
    inputs: access === undefined ? {} : { access: access.flatMap(grants).map(accessName) },
  };
}
