import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { legacyIdentityProviderIdSchema } from "../../schema/ids.ts";
import { identityProviderReference, input, type Path, type Phrase, phrase, resource } from "../../schema/phrase.ts";
import { kinds, shapes } from "../../schema/resources.ts";
import { isUnknown, knownIssues } from "../../schema/unknown.ts";
import type { Declaration } from "./program.ts";
import type { DeclarationRule, Verdict } from "./rule.ts";
import { type Codes, family } from "./rule.ts";
import { ATLAS_API } from "./sources.ts";

const codes = {
  FED200: {
    slug: "invalid-input",
    severity: "error",
    title: "Give every input the type and form that the reference describes.",
    why: "The control plane would refuse the value, or interpret it differently.",
    fix: "Correct the input, or remove it if the resource does not have it.",
    example: 'new OrgConnection("platform", { orgId: "my-org", identityProvider: staff })',
    source: `${ATLAS_API}, schemas FederationOidcIdentityProviderUpdate, ConnectedOrgConfig, CloudDatabaseUser and UserCustomDBRole`,
  },
  FED210: {
    slug: "legacy-id",
    severity: "error",
    title: "Identify an identity provider by its 24-digit id.",
    why: "Atlas used the 20-character id before 2023-11-15. The current API does not accept it.",
    fix: phrase`Use ${identityProviderReference}, which holds the right id.`,
    source: `${ATLAS_API}, path parameter identityProviderId from version 2023-11-15 on`,
  },
} as const satisfies Codes;

/**
 * FED200: every input by itself. No value is repeated in the text: an input may hold anything, also what must not be
 * printed.
 */
const invalidInput = kinds.map(
  (kind): DeclarationRule<"FED200"> => ({
    code: "FED200",
    kinds: [kind],
    judge: (declaration) =>
      inOneWord(
        declaration,
        knownIssues(shapes[kind], declaration.inputs).filter((issue) => !isLegacyId(declaration, issue)),
      ),
  }),
);

/** A reference is right or wrong as a whole: nobody writes its parts by hand. One part that is wrong is named. */
function inOneWord(declaration: Declaration, issues: readonly z.core.$ZodIssue[]): Verdict[] {
  const inside = issues.filter((issue) => issue.path[0] === "identityProvider");
  const others = issues.filter((issue) => !inside.includes(issue)).flatMap((issue) => verdicts(declaration, issue));
  if (inside.length === 0) return others;
  const missing = declaration.inputs.identityProvider === undefined;
  const message = missing
    ? phrase`the input "${input("identityProvider")}" is missing`
    : phrase`"${input("identityProvider")}" must be ${identityProviderReference}${wrongPart(inside)}`;
  return [...others, at(declaration, ["identityProvider"], message)];
}

function wrongPart([issue, ...more]: readonly z.core.$ZodIssue[]): Phrase {
  const [, part] = issue?.path ?? [];
  return issue === undefined || typeof part !== "string" || more.length > 0
    ? ""
    : phrase` (${input(part)}: ${issue.message})`;
}

/** FED200 too: what only the identity provider, or another input, lets be left out. */
const missingInput: DeclarationRule<"FED200"> = {
  code: "FED200",
  kinds: ["OidcRole", "FederatedUser"],
  judge(declaration) {
    const { inputs } = declaration;
    const missing = (name: string) => at(declaration, [name], phrase`the input "${input(name)}" is missing`);
    const grantsNothing = isEmpty(inputs.roles) && isEmpty(inputs.privileges);
    return [
      ...(inputs.projectId === undefined && !mayBringProject(declaration) ? [missing("projectId")] : []),
      ...(grantsNothing && inputs.roles === undefined ? [missing("roles")] : []),
      ...(grantsNothing && inputs.roles !== undefined
        ? [at(declaration, ["roles"], phrase`"${input("roles")}" must not be empty`)]
        : []),
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
const legacyId: DeclarationRule<"FED210"> = {
  code: "FED210",
  kinds: ["OrgConnection", "OidcRole", "FederatedUser"],
  judge(declaration) {
    const path = legacyIdPath(declaration);
    if (path === undefined) return [];
    return [{ path, message: "this is the legacy 20-character id", at: [{ declaration }] }];
  },
};

function legacyIdPath(declaration: Declaration): Path | undefined {
  const provider = declaration.inputs.identityProvider;
  if (legacyIdentityProviderIdSchema.safeParse(provider).success) return ["identityProvider"];
  const id = (provider as { identityProviderId?: unknown } | undefined)?.identityProviderId;
  return legacyIdentityProviderIdSchema.safeParse(id).success ? ["identityProvider", "identityProviderId"] : undefined;
}

function isLegacyId(declaration: Declaration, issue: z.core.$ZodIssue): boolean {
  return legacyId.kinds.includes(declaration.kind) && isDeepStrictEqual(legacyIdPath(declaration), issue.path);
}

function verdicts(declaration: Declaration, issue: z.core.$ZodIssue): Verdict[] {
  if (issue.code === "unrecognized_keys") {
    const inside = issue.path.length > 0;
    const name = input(...pathOf(issue.path));
    return issue.keys.map((key) =>
      at(
        declaration,
        [...issue.path, key],
        inside ? phrase`"${name}" has no "${key}"` : phrase`${resource(declaration.kind)} has no input "${key}"`,
      ),
    );
  }
  return [at(declaration, issue.path, describe(declaration, issue))];
}

function at(declaration: Declaration, keys: readonly PropertyKey[], message: Phrase): Verdict {
  return { path: pathOf(keys), message, at: [{ declaration }] };
}

function describe(declaration: Declaration, issue: z.core.$ZodIssue): Phrase {
  const path = input(...pathOf(issue.path));
  if (valueAt(declaration.inputs, issue.path) === undefined) return phrase`the input "${path}" is missing`;
  switch (issue.code) {
    case "invalid_type":
      return phrase`"${path}" must be ${article(issue.expected)}`;
    case "invalid_value":
      return phrase`"${path}" must be ${issue.values.map(String).join(" or ")}`;
    case "too_small":
      return phrase`"${path}" must not be empty`;
    case "too_big":
      return phrase`"${path}" must have at most ${Number(issue.maximum)} characters`;
    case "invalid_union":
      return phrase`"${path}" must be ${issue.message.replace(/^expected /, "")}`;
    case "invalid_format":
      return phrase`"${path}" is not valid: ${issue.message}`;
    default:
      return phrase`"${path}" is not valid: ${issue.message}`;
  }
}

function article(expected: string): string {
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function valueAt(inputs: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], inputs);
}

/** The keys of an issue that can be named: symbols never occur in inputs. */
function pathOf(keys: readonly PropertyKey[]): Path {
  return keys.map((key) => (typeof key === "symbol" ? String(key) : key));
}

export const shapeRules = family({
  codes,
  declarations: [missingInput, ...invalidInput, legacyId],
  programs: [],
});
