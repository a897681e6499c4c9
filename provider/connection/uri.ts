import type { Address } from "./address.ts";

/** A client needs these to say how it logs in; never a password, since there is none. */
export const MECHANISM = "MONGODB-OIDC";
/** The database of externally authenticated users: the only source that the mechanism supports. */
export const AUTH_SOURCE = "$external";

export interface UriParts {
  readonly address: Address;
  readonly username?: string | undefined;
  readonly database?: string | undefined;
  /** In the order in which they shall stand; values in clear. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  /** `authMechanismProperties`, in clear. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * A connection string, with everything escaped that must be. Properties are escaped one by one: drivers split them at
 * commas and at the first colon, then decode each value once. So a value must hold no comma; see `fitsUri`.
 */
export function connectionString({ address, username, database, parameters, properties }: UriParts): string {
  const user = username === undefined ? "" : `${encodeURIComponent(username)}@`;
  const pairs = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const listed = Object.entries(properties).map(([name, value]) => `${name}:${encodeURIComponent(value)}`);
  if (listed.length > 0) pairs.push(`authMechanismProperties=${listed.join(",")}`);
  const query = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  return `${address.scheme}://${user}${address.hosts.join(",")}/${encodeURIComponent(database ?? "")}${query}`;
}

/** Whether a property can stand in a connection string: a comma splits it, however it is escaped. */
export function fitsUri(value: string): boolean {
  return !value.includes(",");
}

/**
 * Returns whether drivers pass a property on unchanged. Half of a surrogate pair cannot be escaped, and the Node.js driver
 * cuts a value off at a line break. Names contain no other control character.
 */
export function isKept(value: string): boolean {
  return value !== "" && value.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(value);
}
