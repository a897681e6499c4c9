/** Values that several presets ask for, each with the mistakes that people make with it. */

import { z } from "zod";
import { authorizationTypeSchema } from "../../schema/identity-provider.ts";
import { faults } from "./preset.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;

const text = () => z.string("must be a text").trim().min(1, "is empty");

/**
 * An id of 32 hexadecimal digits with hyphens. Written in lower case, which is how tokens carry it: servers compare
 * character by character.
 *
 * @param what `tenant id`
 * @param where where it is shown, for whoever gave a name instead
 */
export function uuid(what: string, where: string) {
  return text()
    .check(
      faults((value) => {
        if (UUID.test(value)) return undefined;
        const fix = `Copy the ${what}: ${where}.`;
        if (value.includes("@")) return { message: `is a mail address or login name, not the ${what}`, fix };
        if (value.startsWith("/subscriptions/"))
          return { message: `is the resource id of Azure, not the ${what}`, fix };
        if (URL.canParse(value)) return { message: `is an address, not the ${what}`, fix };
        return { message: `is not the ${what}: 32 hexadecimal digits with hyphens`, fix };
      }),
    )
    .transform((value) => value.toLowerCase());
}

/**
 * The name of a host and nothing more.
 *
 * @param pasted the message for a whole address instead of a host
 */
export function host(pasted: string) {
  return text()
    .check(
      faults((value) => {
        if (HOST.test(value)) return undefined;
        if (value.includes("/")) return { message: "is an address, not a domain", fix: pasted };
        return {
          message: "is not a domain",
          fix: "Write the domain alone: example.com, without scheme, port or path.",
        };
      }),
    )
    .transform((value) => value.toLowerCase());
}

/** A text that the identity provider's administrator chose, or that is the user's own. */
export const anyText = text;

/** An audience: it becomes the `aud` claim character by character. */
export function audience() {
  return z
    .string("must be a text")
    .min(1, "is empty")
    .check(
      faults((value) =>
        /^\s|\s$/.test(value)
          ? { message: "begins or ends with whitespace", fix: "Remove it: servers compare character by character." }
          : undefined,
      ),
    );
}

/** An issuer as a whole, for providers that choose its form themselves. The rules look at its form once more. */
export function issuer() {
  return text().check(
    faults((value) =>
      /^https:\/\//.test(value)
        ? undefined
        : { message: "is not an https address", fix: "Copy `issuer` from the provider's metadata document." },
    ),
  );
}

export const authorizationType = (byDefault: "GROUP" | "USER") =>
  authorizationTypeSchema.optional().meta({
    description:
      byDefault === "GROUP"
        ? "`GROUP`: grant access to the groups in the token. `USER`: grant access to each person or program. Default: `GROUP`."
        : "`USER`: grant access to each person or program. `GROUP`: grant access to the groups in the token. Default: `USER`.",
  });
