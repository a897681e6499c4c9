import type { Terms } from "../../../schema/phrase.ts";
import { articleOf } from "../../terms.ts";
import { snakeCase } from "../shared/shape.ts";
import { typeNameOf } from "./resources.ts";

/** The way to give an object of the state another address. */
export const HAND_OVER = `If <new> is <old> under another name, write moved { from = <old>  to = <new> }.
If both are in the state, or <new> is to take it over with adopt, run: terraform state rm '<old>'
Under count, each element keeps its index. Use for_each with keys that stay.`;

/** The words of Terraform and OpenTofu configurations. */
export const terraformTerms: Terms = {
  preview: () => "plan",
  up: () => "apply",
  program: () => "configuration",
  stack: () => "configuration",
  // Lists are sets there, so no element has an index.
  input: ({ path }) => path.flatMap((key) => (typeof key === "number" ? [] : [snakeCase(key)])).join("."),
  setInput: ({ input, value }) => `${snakeCase(input)} = ${JSON.stringify(value)}`,
  resource: ({ name, article }) => (article ? `${articleOf("mongofed")} ${typeNameOf(name)}` : typeNameOf(name)),
  setting: ({ name }) => `"${snakeCase(name)}" of the provider`,
  setConfig: ({ name, value = "…" }) => `set ${snakeCase(name)} = "${value}" in the provider block`,
  unsetConfig: ({ name }) => `remove ${snakeCase(name)} from the provider block`,
  explicitProvider: () => "an aliased provider block",
  credentialSources: () => "Sources are the provider block, then the environment.",
  renamed: () => `\n${HAND_OVER}`,
  adoptEqual: () => "",
  afterDeletion: () => " If a killed run has deleted them, `terraform destroy -refresh=false` ends it.",
  chooseExisting: () => "Import the right one by its id with `terraform import`, and remove the others.",
  forget: () => "`terraform state rm <address>`",
  applyAgain: () => "apply again",
  protected: () => "",
  recreateProtected: () => "refresh the state",
  createFirst: () =>
    " An Atlas identity provider that is replaced needs lifecycle { create_before_destroy = true }: mongofed swaps its connections before it is deleted.",
  planBefore: () =>
    " If this configuration manages the connection, take identity_provider from it (mongofed_org_connection.x.identity_provider), or list it in depends_on.",
  identityProviderReference: () => "the `reference` of a mongofed_identity_provider",
  roleObject: () => "",
  foreign: () => "",
  perhapsOurs: () =>
    " The list may include principals that this configuration manages: Terraform does not pass them to the provider.",
};
