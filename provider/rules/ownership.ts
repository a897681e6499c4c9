import {
  applyAgain,
  chooseExisting,
  forget,
  input,
  phrase,
  preview,
  protectedThen,
  renamed,
  setConfig,
  setInput,
  setting,
  stack,
  up,
} from "../../schema/phrase.ts";
import { type Codes, family } from "./rule.ts";
import { ATLAS_API, AUTOMATION_CONFIG_API } from "./sources.ts";

/** The rules over who owns an object: adoption, drift, deletion and lockouts. The live rules judge them. */

const codes = {
  FED221: {
    slug: "already-exists",
    severity: "error",
    title: "Adopt an existing object explicitly.",
    why: "mongofed changes and deletes only objects that it created, or that a declaration adopts.",
    fix: phrase`Set ${setInput("adopt", true)} to take it over if it equals the declaration, or ${setInput("adopt", "overwrite")} to change it. Otherwise delete it there.${protectedThen}${renamed}`,
    source: "The API accepts a second identity provider without a word, and tokens would find either of the two",
  },
  FED224: {
    slug: "locked-out",
    severity: "error",
    title: "Allow a lockout explicitly.",
    why: "Access is granted to names that begin with the provider's id, or its configuration name in Cloud Manager. After this change their tokens stop working.",
    fix: phrase`Move or remove their access first. To lock them out, set ${setInput("allowLockout", true)} on this resource. Before a deletion, ${applyAgain} once so that the ${stack} records it.`,
    source: `${ATLAS_API}, databaseUsers: username is {identity provider id}/{group or user}`,
  },
  FED225: {
    slug: "adoption-differs",
    severity: "error",
    title: "Adopt only an object that equals its declaration.",
    why: "Adoption would change the existing object for everybody who relies on it.",
    fix: phrase`Declare the live values, or set ${setInput("adopt", "overwrite")} to change them. The ${preview} then lists the changes.`,
    example: 'new IdentityProvider("staff", { ...settings, adopt: true })',
    source: "mongofed",
  },
  FED226: {
    slug: "ambiguous-adoption",
    severity: "error",
    title: "Adopt exactly one existing object.",
    why: "Several existing objects match, so mongofed cannot choose.",
    fix: phrase`${chooseExisting}`,
    source: "mongofed",
  },
  FED227: {
    slug: "other-control-plane",
    severity: "error",
    title: phrase`Keep a ${stack} on the control plane where it was created.`,
    why: "The objects are missing because this is a different control plane. Continuing would recreate all of them.",
    fix: phrase`Use the recorded plane, base URL and credentials, or another ${stack} for the other control plane.`,
    source: "mongofed",
  },
  FED228: {
    slug: "federation-unreachable",
    severity: "error",
    title: "Use credentials that can read the federation.",
    why: "An object that cannot be read does not count as deleted, so mongofed changed nothing.",
    fix: "Use credentials of an Organization Owner of an organization in this federation.",
    source: `${ATLAS_API}, federationSettings: 404 for whoever is not an owner of one of its organizations`,
  },
  FED229: {
    slug: "all-missing-at-once",
    severity: "error",
    title: "Check the connection settings if all objects are missing.",
    why: "When every object is missing at once, the base URL, the credentials or the federation is usually wrong.",
    fix: phrase`Check the base URL, the credentials and the federation. If the objects were really deleted, remove each with ${forget}, then run again.`,
    source: "mongofed",
  },
  FED230: {
    slug: "drift-refused",
    severity: "error",
    title: phrase`Change nothing outside the ${stack} if drift is set to fail.`,
    why: phrase`${setting("drift")} is \`fail\`.`,
    fix: phrase`Declare the live values if they are right. Otherwise set ${setting("drift")} to \`correct\`, which restores the declared values.`,
    source: "mongofed",
  },
  FED234: {
    slug: "owner-keeps",
    severity: "error",
    title: "Pass an object on only if its owner gives it up.",
    why: phrase`Two resources of one ${stack} would own the object, and the deletion of one would delete it for both.`,
    fix: phrase`Declare the object once.${renamed} Name the resources of a list by a key, not by their index.`,
    source: "mongofed",
  },
  FED239: {
    slug: "adopted-object",
    severity: "error",
    title: "Allow the deletion of an adopted object explicitly.",
    why: phrase`Somebody else created it before this ${stack} adopted it.`,
    fix: phrase`Remove ${input("adopt")} and ${applyAgain} first, or ${setConfig("deleteAdopted", "true")}. To keep the object, use ${forget}.`,
    source: "mongofed",
  },
  FED265: {
    slug: "overwritten",
    severity: "error",
    title: "Change an automation config with one tool at a time.",
    why: "An automation config is one document without conditional writes. Another writer replaced it with an older copy.",
    fix: phrase`Find out who else manages this project (another ${stack}, another tool, the console). Run again: the ${preview} lists the lost changes, and ${up} restores them.`,
    source: `${AUTOMATION_CONFIG_API}: of two who write at the same time, the later one wins`,
  },
} as const satisfies Codes;

export const ownershipRules = family({ codes });
