import type { Terms } from "../../../schema/phrase.ts";
import { pulumiTerms } from "../pulumi/terms.ts";

/** The words of Pulumi programs in any language, where a plugin serves the resources. */
export const pluginTerms: Terms = {
  ...pulumiTerms,
  chooseExisting: () => "Import the right one by its id with `pulumi import`, and remove the others.",
  identityProviderReference: () => "the `reference` of an IdentityProvider",
  protected: () => " mongofed then refuses to delete it, unless mongofed:deleteAdopted is true.",
  planBefore: () => " If this program manages the connection, list it in the resource option dependsOn.",
  foreign: () => " that the program does not declare before this resource",
  perhapsOurs: () => " The list may include principals that this program declares after this resource.",
};
