import type { PresetName, presets } from "../index.ts";

/** The steps at an identity provider before a preset can be used, in order. */
export interface Guide<Option extends string = string> {
  /** The preset that it leads to. */
  readonly preset: PresetName;
  /** The purpose of the registration, and who uses it. */
  readonly summary: string;
  readonly parts: readonly GuidePart<Option>[];
  /** The claim that identifies a person or program, and the reason not to use the mail address. */
  readonly userClaim: string;
  readonly limits: readonly Limit[];
  /** The input of an `OidcRole` or `FederatedUser` that names the principal, as a program writes it. */
  readonly access: { readonly resource: "OidcRole" | "FederatedUser"; readonly input: string };
}

export interface GuidePart<Option extends string = string> {
  readonly title: string;
  /** Only some users need this part; the title or the first step says which. */
  readonly optional?: true;
  readonly steps: readonly (string | Step<Option>)[];
}

/** Returns each step of a part as an object. */
export function stepsOf({ steps }: GuidePart): Step[] {
  return steps.map((step) => (typeof step === "string" ? { text: step } : step));
}

/** The steps that put groups into the tokens of programs, which only some users need. */
export function groupsPart(first: string, ...rest: readonly string[]): GuidePart<"authorizationType"> {
  return {
    title: 'Put groups into the token, only with authorizationType "GROUP"',
    optional: true,
    steps: [{ text: first, gives: ["authorizationType"] }, ...rest],
  };
}

interface Step<Option extends string = string> {
  readonly text: string;
  /** The options of the preset whose values this step yields. */
  readonly gives?: readonly Option[];
}

/** A common problem, and its fix. */
export interface Limit {
  readonly problem: string;
  readonly fix: string;
}

/** A guide whose steps name only options of its own preset. */
export type GuideTo<Name extends PresetName> = Guide<string & keyof (typeof presets)[Name]["options"]["shape"]> & {
  readonly preset: Name;
};

export { DEFAULT_REDIRECT_URI as REDIRECT_URI } from "../../../schema/connection.ts";

/** The two login flows, the same with every provider. */
export const FLOWS =
  "People log in by authorization code with PKCE, which MongoDB recommends. Allow device authorization only for machines without a browser: an attacker can trick a person into approving a code.";

/** The effect of the token lifetime, the same with every provider. */
export const LIFETIME =
  "A session ends when its token expires. mongosh and Compass then refresh it, or open the browser again";
