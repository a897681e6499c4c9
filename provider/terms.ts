import { pathText, type Terms } from "../schema/phrase.ts";

/** The words of programs in any Pulumi language. */
export const programTerms = {
  preview: () => "preview",
  program: () => "program",
  stack: () => "stack",
  input: ({ path }) => pathText(path),
  setInput: ({ input, value }) => `${input}: ${JSON.stringify(value)}`,
  resource: ({ name, article }) => (article ? `${articleOf(name)} ${name}` : name),
  setting: ({ name }) => `mongofed:${name}`,
  identityProviderReference: () => "the IdentityProvider resource or its `reference`",
  roleObject: () => ", or an object { role, database, collection }",
  foreign: () => " that this stack does not manage",
  perhapsOurs: () => " The list may include principals that the program declares.",
} satisfies Partial<Terms>;

/** The words for a reader whose engine is not known: `mongofed explain`, and errors outside of a run. */
export const neutralTerms: Terms = {
  ...programTerms,
  up: () => "update",
  setConfig: ({ name, value }) => `set mongofed:${name}${value === undefined ? "" : ` to ${value}`}`,
  unsetConfig: ({ name }) => `remove mongofed:${name}`,
  explicitProvider: () => "an explicit provider",
  credentialSources: () => "Sources are an explicit provider, then the environment, then the stack configuration.",
  renamed: () => " If the resource was renamed, declare `aliases` (Pulumi) or a `moved` block (Terraform).",
  adoptEqual: () =>
    " After a run that was killed, Pulumi takes over every such object that equals its declaration: MONGOFED_ADOPT=equal pulumi up.",
  afterDeletion: () =>
    " If a killed run has deleted them, use `MONGOFED_ADOPT=equal pulumi up` or `terraform destroy -refresh=false`.",
  chooseExisting: () =>
    "Terraform: import the right one by its id. Pulumi: remove the others at the control plane, or use it unmanaged with `get`.",
  forget: () => "`pulumi state delete` or `terraform state rm`",
  applyAgain: () => "apply again",
  protected: () => "",
  recreateProtected: () => "run `pulumi up --refresh`",
  createFirst: () => " In Terraform, set `lifecycle { create_before_destroy = true }` on an Atlas identity provider.",
  planBefore: () => " In Terraform, take identity_provider from the connection, or list it in depends_on.",
};

/** `an` before a vowel's sound. */
export function articleOf(word: string): "a" | "an" {
  return /^[aeiou]/i.test(word) ? "an" : "a";
}
