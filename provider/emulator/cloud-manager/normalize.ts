import { fromPlain, itemsOf, type Json, member, plainValue, withMember } from "./json.ts";

/**
 * Normalizes a document like the server before it is saved. MongoDB's own tests show it for OIDC configurations: the
 * server adds a poll interval and drops empty and null values.
 */
export function normalized(document: Json): Json {
  const configs = member(document, "oidcProviderConfigs");
  if (configs === undefined) return document;
  return withMember(document, "oidcProviderConfigs", { items: itemsOf(configs).map(normalizedProvider) });
}

function normalizedProvider(entry: Json): Json {
  let result = entry;
  for (const key of ["clientId", "groupsClaim", "requestedScopes"]) {
    const value = plainValue(member(entry, key));
    if (value === null || (Array.isArray(value) && value.length === 0)) result = withMember(result, key, undefined);
  }
  return member(entry, "JWKSPollSecs") === undefined ? withMember(result, "JWKSPollSecs", fromPlain(0)) : result;
}
