import { z } from "zod";
import { ACCESS_DESCRIPTION_MAX, EXPIRY_DAYS_MAX } from "../../schema/access.ts";
import { input, phrase } from "../../schema/phrase.ts";
import { isUnknown } from "../../schema/unknown.ts";
import { type Declaration, known } from "./program.ts";
import { about, type Codes, family, notOn, rulesOf, type Verdict } from "./rule.ts";
import { ATLAS_USERS } from "./sources.ts";

const codes = {
  FED317: {
    slug: "expired-access",
    severity: "warning",
    title: "Set deleteAfterDate in the future.",
    why: "Atlas has removed this access, and mongofed does not create it again.",
    fix: phrase`Remove the declaration, or set a later ${input("deleteAfterDate")}.`,
    source: `${ATLAS_USERS}: deleteAfterDate`,
  },
  FED318: {
    slug: "expiry-in-past",
    severity: "error",
    title: "Set only a future deleteAfterDate on new or existing access.",
    why: "Atlas refuses a date in the past.",
    fix: phrase`Set a later ${input("deleteAfterDate")}, or remove it.`,
    source: `${ATLAS_USERS}: deleteAfterDate (EXPIRATION_DATE_IN_PAST)`,
  },
  FED319: {
    slug: "invalid-expiry",
    severity: "error",
    title: "Set deleteAfterDate to a time within the next week.",
    why: "Atlas accepts an ISO 8601 time at most one week ahead. Without a time zone its meaning is ambiguous.",
    fix: "Write it as 2026-08-17T12:00:00Z, at most 7 days ahead. Remove it for longer access.",
    source: `${ATLAS_USERS}: deleteAfterDate (EXPIRATION_DATE_EXCEEDS_MAX)`,
  },
  FED320: {
    slug: "description-too-long",
    severity: "error",
    title: "Use at most 100 characters to describe access.",
    why: "Atlas rejects longer descriptions.",
    fix: phrase`Shorten it, or move details to ${input("labels")}.`,
    source: `${ATLAS_USERS}: description (maxLength 100)`,
  },
  FED321: {
    slug: "invalid-scope",
    severity: "error",
    title: "List each cluster name once.",
    why: "Cluster names start with a letter or digit and contain only letters, digits and hyphens.",
    fix: "Use the cluster's name as Atlas shows it.",
    example: 'scopes: [{ name: "cluster0.abcde.mongodb.net" }]',
    source: `${ATLAS_USERS}: scopes.name ^[a-zA-Z0-9][a-zA-Z0-9-]*$`,
  },
  FED325: {
    slug: "unknown-scope",
    severity: "warning",
    title: "Scope access to existing clusters.",
    why: "The project has no cluster with this name, so access scoped to it alone has no effect.",
    fix: "Correct the name, or create the cluster.",
    source: `${ATLAS_USERS}: scopes`,
  },
  FED336: {
    slug: "duplicate-label",
    severity: "warning",
    title: "Use each label key once.",
    why: "A tool that reads the key finds either of two values.",
    fix: "Remove one of the two, or rename its key.",
    source: `${ATLAS_USERS}: labels`,
  },
} as const satisfies Codes;

/** The rules over what access has besides roles, in Atlas alone: in a project all of it is too much already. */

const rule = notOn("project", rulesOf("OidcRole", "FederatedUser"));

const DAY_MS = 24 * 60 * 60 * 1000;
/** A real day of the calendar, with a time zone: without one it would be another moment on every machine. */
const MOMENT = z.iso.datetime({ offset: true });
const CLUSTER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9-]*$/;

const expired = rule("FED317", (declaration, { now }) => {
  const expiry = expiryOf(declaration);
  if (expiry === undefined || expiry > now) return [];
  return [
    about(declaration, "deleteAfterDate", { message: `${known(declaration, "deleteAfterDate")} is in the past` }),
  ];
});

const expiryForm = rule("FED319", (declaration, { now }) => {
  const given = known(declaration, "deleteAfterDate");
  if (given === undefined) return [];
  const expiry = expiryOf(declaration);
  if (expiry === undefined) {
    return [about(declaration, "deleteAfterDate", { message: "this is not an ISO 8601 time with a time zone" })];
  }
  if (expiry <= now + EXPIRY_DAYS_MAX * DAY_MS) return [];
  return [
    about(declaration, "deleteAfterDate", {
      message: `${given} is more than ${EXPIRY_DAYS_MAX} days from now`,
    }),
  ];
});

function expiryOf(declaration: Declaration): number | undefined {
  const moment = MOMENT.safeParse(known(declaration, "deleteAfterDate"));
  return moment.success ? Date.parse(moment.data) : undefined;
}

const descriptionLength = rule("FED320", (declaration) => {
  const length = [...(known(declaration, "description") ?? "")].length;
  if (length <= ACCESS_DESCRIPTION_MAX) return [];
  return [
    about(declaration, "description", {
      message: `the description has ${length} characters, and Atlas allows ${ACCESS_DESCRIPTION_MAX}`,
    }),
  ];
});

const scopeForm = rule("FED321", (declaration) => {
  const scopes = itemsOf(declaration, "scopes");
  const keys = scopes.map(({ name, type = "CLUSTER" }) =>
    isText(name) && isText(type) ? JSON.stringify([name, type]) : undefined,
  );
  return scopes.map(({ name }, index): Verdict | undefined => {
    if (!isText(name) || name === "") return undefined;
    const path = ["scopes", index, "name"];
    if (!CLUSTER_NAME.test(name))
      return about(declaration, path, { message: `"${name}" is not the name of a cluster` });
    const key = keys[index];
    return key !== undefined && keys.indexOf(key) < index
      ? about(declaration, path, { message: `the scope "${name}" is listed twice` })
      : undefined;
  });
});

const labelTwice = rule("FED336", (declaration) => {
  const keys = itemsOf(declaration, "labels").map(({ key }) => key);
  return keys.map((key, index) =>
    isText(key) && keys.indexOf(key) < index
      ? about(declaration, ["labels", index, "key"], { message: `the label "${key}" is listed twice` })
      : undefined,
  );
});

/** The objects of a list; an empty one at the place of whatever has another shape, which another rule tells. */
function itemsOf(declaration: Declaration, input: string): readonly Record<string, unknown>[] {
  const items = declaration.inputs[input];
  if (!Array.isArray(items)) return [];
  return items.map((item) => (typeof item === "object" && item !== null ? item : {}));
}

function isText(value: unknown): value is string {
  return typeof value === "string" && !isUnknown(value);
}

export const accessSettingsRules = family({
  codes,
  declarations: [expired, expiryForm, descriptionLength, scopeForm, labelTwice],
  programs: [],
});
