import type { CatalogueEntry } from "./catalogue.ts";

/** Values of an identity provider that no token, or hardly any token, carries. */
export const neverMatchingCatalogue = {
  FED231: {
    slug: "no-token-matches",
    severity: "error",
    title: "Give a new identity provider the issuer and audience that its tokens carry.",
    why: "The server compares issuer and audience with the token byte by byte. No token of this provider carries the value, so nobody could log in.",
    fix: "Copy both values from a token, or from the provider's metadata document.",
    example: 'new IdentityProvider("apps", { …, issuerUri: "https://accounts.google.com/" })',
    source: "MongoDB server, lookup of the identity provider by issuer and audience",
  },
  FED232: {
    slug: "values-hardly-match",
    severity: "warning",
    title: "Give an identity provider the issuer and audience that its tokens carry.",
    why: "The server compares issuer and audience with the token byte by byte. Tokens of this provider usually carry another value.",
    fix: "Look at `iss` and `aud` of a token: mongofed token explain.",
    source: "MongoDB server, lookup of the identity provider by issuer and audience",
  },
} as const satisfies Record<string, CatalogueEntry>;
