import type { PresetName, presets } from "../index.ts";

/** What to do at an identity provider before a preset can be used, in the order in which it is done. */
export interface Guide<Option extends string = string> {
  /** The preset that it leads to. */
  readonly preset: PresetName;
  /** What comes of it, and for whom. */
  readonly summary: string;
  readonly parts: readonly GuidePart<Option>[];
  /** By which claim people or programs are told apart, and why not by their mail address. */
  readonly userClaim: string;
  readonly limits: readonly Limit[];
  /** The input that says whom access is for, as a program writes it, in an `OidcRole` or `FederatedUser`. */
  readonly access: { readonly resource: "OidcRole" | "FederatedUser"; readonly input: string };
}

export interface GuidePart<Option extends string = string> {
  readonly title: string;
  /** Done only by some; the title or the first step says by whom. */
  readonly optional?: true;
  readonly steps: readonly Step<Option>[];
}

export interface Step<Option extends string = string> {
  readonly text: string;
  /** The options of the preset whose values this step shows. */
  readonly gives?: readonly Option[];
}

/** What goes wrong later, and what helps. */
export interface Limit {
  readonly problem: string;
  readonly fix: string;
}

/** A guide whose steps name options of its own preset only. */
export type GuideTo<Name extends PresetName> = Guide<string & keyof (typeof presets)[Name]["options"]["shape"]> & {
  readonly preset: Name;
};

/** The address at which mongosh and Compass receive the browser after a login. */
export const REDIRECT_URI = "http://localhost:27097/redirect";

/** The two login flows, the same with every provider. */
export const FLOWS =
  "People log in by authorization code with PKCE, which MongoDB recommends. Allow device authorization only for machines without a browser: an attacker can trick a person into approving a code.";

/** The effect of the token lifetime, the same with every provider. */
export const LIFETIME =
  "A session ends when its token expires: mongosh and Compass then refresh it, or open the browser again";
