import { z } from "zod";
import { ACCESS_DESCRIPTION_MAX, EXPIRY_DAYS_MAX } from "../../schema/access.ts";
import { isUnknown } from "../../schema/unknown.ts";
import { type Declaration, known } from "./program.ts";
import { about, type DeclarationRule, type Judging, rulesOf, type Verdict } from "./rule.ts";

/** The rules over what access has besides roles, in Atlas alone: in a project all of it is too much already. */

function rule(
  code: DeclarationRule["code"],
  judge: (declaration: Declaration, judging: Judging) => readonly (Verdict | undefined)[],
): DeclarationRule {
  return rulesOf("OidcRole", "FederatedUser")(code, (declaration, judging) =>
    judging.plane === "project" ? [] : judge(declaration, judging),
  );
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A real day of the calendar, with a time zone: without one it would be another moment on every machine. */
const MOMENT = z.iso.datetime({ offset: true });
const CLUSTER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9-]*$/;

export const expired = rule("FED317", (declaration, { now }) => {
  const expiry = expiryOf(declaration);
  if (expiry === undefined || expiry > now) return [];
  return [about(declaration, "deleteAfterDate", { message: `${known(declaration, "deleteAfterDate")} is past` })];
});

export const expiryForm = rule("FED319", (declaration, { now }) => {
  const given = known(declaration, "deleteAfterDate");
  if (given === undefined) return [];
  const expiry = expiryOf(declaration);
  if (expiry === undefined) {
    return [about(declaration, "deleteAfterDate", { message: "this is not a moment in ISO 8601 with a time zone" })];
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

export const descriptionLength = rule("FED320", (declaration) => {
  const length = [...(known(declaration, "description") ?? "")].length;
  if (length <= ACCESS_DESCRIPTION_MAX) return [];
  return [
    about(declaration, "description", {
      message: `the description has ${length} characters, ${ACCESS_DESCRIPTION_MAX} at most are allowed`,
    }),
  ];
});

export const scopeForm = rule("FED321", (declaration) => {
  const scopes = itemsOf(declaration, "scopes");
  const keys = scopes.map(({ name, type = "CLUSTER" }) =>
    isText(name) && isText(type) ? JSON.stringify([name, type]) : undefined,
  );
  return scopes.map(({ name }, index): Verdict | undefined => {
    if (!isText(name) || name === "") return undefined;
    const path = `scopes[${index}].name`;
    if (!CLUSTER_NAME.test(name))
      return about(declaration, path, { message: `"${name}" is not the name of a cluster` });
    const key = keys[index];
    return key !== undefined && keys.indexOf(key) < index
      ? about(declaration, path, { message: `the scope "${name}" is given twice` })
      : undefined;
  });
});

export const labelTwice = rule("FED336", (declaration) => {
  const keys = itemsOf(declaration, "labels").map(({ key }) => key);
  return keys.map((key, index) =>
    isText(key) && keys.indexOf(key) < index
      ? about(declaration, `labels[${index}].key`, { message: `the label "${key}" is given twice` })
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
