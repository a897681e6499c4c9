import type { z } from "zod";
import { legacyIdentityProviderIdSchema } from "../../schema/ids.ts";
import { kinds, shapes } from "../../schema/resources.ts";
import { isUnknown, knownIssues } from "../../schema/unknown.ts";
import type { Declaration } from "./program.ts";
import type { DeclarationRule, Verdict } from "./rule.ts";

/**
 * FED200: every input by itself. No value is repeated in the text: an input may hold anything, also what must not be
 * printed.
 */
export const invalidInput = kinds.map(
  (kind): DeclarationRule => ({
    code: "FED200",
    kinds: [kind],
    judge: (declaration) =>
      inOneWord(
        declaration,
        knownIssues(shapes[kind], declaration.inputs).filter((issue) => !isLegacyId(declaration, issue)),
      ),
  }),
);

/** A reference is right or wrong as a whole: nobody writes its parts by hand, so nobody is told of each of them. */
function inOneWord(declaration: Declaration, issues: readonly z.core.$ZodIssue[]): Verdict[] {
  const inside = issues.filter((issue) => issue.path[0] === "identityProvider");
  const others = issues.filter((issue) => !inside.includes(issue)).flatMap((issue) => verdicts(declaration, issue));
  if (inside.length === 0) return others;
  const missing = declaration.inputs.identityProvider === undefined;
  const message = missing
    ? 'the input "identityProvider" is missing'
    : '"identityProvider" must be an IdentityProvider or its reference';
  return [...others, at(declaration, ["identityProvider"], message)];
}

/** FED200 too: what only the identity provider, or another input, lets be left out. */
export const missingInput: DeclarationRule = {
  code: "FED200",
  kinds: ["OidcRole", "FederatedUser"],
  judge(declaration) {
    const { inputs } = declaration;
    const missing = (input: string) => at(declaration, [input], `the input "${input}" is missing`);
    const grantsNothing = isEmpty(inputs.roles) && isEmpty(inputs.privileges);
    return [
      ...(inputs.projectId === undefined && !mayBringProject(declaration) ? [missing("projectId")] : []),
      ...(grantsNothing && inputs.roles === undefined ? [missing("roles")] : []),
      ...(grantsNothing && inputs.roles !== undefined ? [at(declaration, ["roles"], '"roles" must not be empty')] : []),
    ];
  },
};

/** Whether the identity provider belongs to a project, or is not known yet. */
function mayBringProject({ identityProvider: made, inputs }: Declaration): boolean {
  const provider = made?.inputs ?? inputs.identityProvider;
  if (typeof provider !== "object" || provider === null) return isUnknown(provider);
  return "projectId" in provider && provider.projectId !== undefined;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** FED210: an identity provider named by the id of former times. */
export const legacyId: DeclarationRule = {
  code: "FED210",
  kinds: ["OrgConnection", "OidcRole", "FederatedUser"],
  judge(declaration) {
    const path = legacyIdPath(declaration);
    if (path === undefined) return [];
    return [{ path, message: "this is the 20-character id of former times", at: [{ declaration }] }];
  },
};

function legacyIdPath(declaration: Declaration): string | undefined {
  const provider = declaration.inputs.identityProvider;
  if (legacyIdentityProviderIdSchema.safeParse(provider).success) return "identityProvider";
  const id = (provider as { identityProviderId?: unknown } | undefined)?.identityProviderId;
  return legacyIdentityProviderIdSchema.safeParse(id).success ? "identityProvider.identityProviderId" : undefined;
}

function isLegacyId(declaration: Declaration, issue: z.core.$ZodIssue): boolean {
  return legacyId.kinds.includes(declaration.kind) && legacyIdPath(declaration) === pathText(issue.path);
}

function verdicts(declaration: Declaration, issue: z.core.$ZodIssue): Verdict[] {
  if (issue.code === "unrecognized_keys") {
    const inside = issue.path.length > 0;
    return issue.keys.map((key) =>
      at(
        declaration,
        [...issue.path, key],
        inside ? `"${pathText(issue.path)}" takes no "${key}"` : `${declaration.kind} has no input "${key}"`,
      ),
    );
  }
  return [at(declaration, issue.path, describe(declaration, issue))];
}

function at(declaration: Declaration, keys: readonly PropertyKey[], message: string): Verdict {
  const path = pathText(keys);
  return { path, message, at: [{ declaration }] };
}

function describe(declaration: Declaration, issue: z.core.$ZodIssue): string {
  const path = pathText(issue.path);
  if (valueAt(declaration.inputs, issue.path) === undefined) return `the input "${path}" is missing`;
  switch (issue.code) {
    case "invalid_type":
      return `"${path}" must be ${article(issue.expected)}`;
    case "invalid_value":
      return `"${path}" must be ${issue.values.map(String).join(" or ")}`;
    case "too_small":
      return `"${path}" must not be empty`;
    case "too_big":
      return `"${path}" must have at most ${issue.maximum} characters`;
    case "invalid_union":
      return `"${path}" must be ${issue.message.replace(/^expected /, "")}`;
    case "invalid_format":
      return `"${path}" is not valid: ${issue.message}`;
    default:
      return `"${path}" is not valid: ${issue.message}`;
  }
}

function article(expected: string): string {
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function valueAt(inputs: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], inputs);
}

/** `associatedDomains[1]`, `identityProvider.orgId`. */
export function pathText(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}
