import type { Terms } from "../../../schema/phrase.ts";
import { programTerms } from "../../terms.ts";
import { ADOPTING_UP } from "./adopt-equal.ts";

/** The words of Pulumi programs. */
export const pulumiTerms: Terms = {
  ...programTerms,
  up: () => "up",
  setConfig: ({ name, value = "…", secret }) =>
    `run "pulumi config set ${secret ? "--secret " : ""}mongofed:${name} ${value}"`,
  unsetConfig: ({ name }) => `run "pulumi config rm mongofed:${name}"`,
  explicitProvider: () => "an explicit Provider",
  credentialSources: () => "Sources are an explicit Provider, then the environment, then the stack configuration.",
  renamed: () => ' If the program has renamed the resource, declare aliases: [{ name: "<the old name>" }].',
  adoptEqual: () =>
    ` After a run that was killed, ${ADOPTING_UP} takes over every declared object that exists, equals its declaration and has no owner in this stack.`,
  afterDeletion: () => ` If a killed run has deleted them, ${ADOPTING_UP} creates them again.`,
  chooseExisting: () =>
    "Remove the others at the control plane, or use the right one unmanaged: `IdentityProvider.get(name, id)`.",
  forget: () => "`pulumi state delete <urn>`",
  applyAgain: () => "run up again",
  protected: () => " It is protected from deletion then, unless the option `protect` says otherwise.",
  recreateProtected: () => "run `pulumi up --refresh`",
  createFirst: () => "",
  planBefore: () => "",
};
