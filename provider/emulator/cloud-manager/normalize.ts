import { fromPlain, itemsOf, type Json, member, plainValue, withMember } from "./json.ts";

/**
 * What the server makes of a document before it saves it. Of OIDC configurations MongoDB's own tests show it: a poll
 * interval is added, and what is empty or null comes back absent.
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
