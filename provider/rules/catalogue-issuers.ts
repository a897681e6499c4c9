import type { CatalogueEntry } from "./catalogue.ts";
import { WORKFORCE_DOCS } from "./sources.ts";

const FETCHER = "mongod, metadata and key set fetcher (jwks_fetcher_impl.cpp, oauth_discovery_factory.cpp)";
const DISCOVERY = "OpenID Connect Discovery 1.0";

/** 43x: what an issuer publishes, as it is found over the network. */
export const issuerCatalogue = {
  FED430: {
    slug: "issuer-unreachable",
    severity: "error",
    title: "The issuer answers with its metadata document and its key set.",
    why: "The server fetches both over https, wants status 200, and has no keys until it gets them. It may stand in another network than this machine, and trust other certificates.",
    fix: "Look at the address in a browser. For a private network use --allow-private, for a certificate authority of your own --ca-file; the firewall must let the MongoDB hosts, or Atlas, through.",
    source: `${FETCHER}: TLS 1.2 or later, 60 s to connect, 120 s in all`,
  },
  FED431: {
    slug: "issuer-redirects",
    severity: "error",
    title: "Metadata document and key set lie where they are said to lie.",
    why: "The server follows no redirect: to it a redirect is a failure. Browsers and other software follow, so that everything looks fine there.",
    fix: "Use the issuer to which the redirect leads, if its document names it so; else have the identity provider answer at the first address.",
    source: `${FETCHER}: redirects are not followed`,
  },
  FED432: {
    slug: "private-address",
    severity: "error",
    title: "The addresses that an issuer names lie on the public internet.",
    why: "Whoever chooses an issuer must not be able to make this machine call its own network, itself or the metadata service of its cloud. Atlas reaches no private addresses; a server of your own network may.",
    fix: "If the identity provider is one of your own network, say so: --allow-private.",
    source: "IANA special-purpose address registries (RFC 6890)",
  },
  FED433: {
    slug: "metadata-document",
    severity: "error",
    title: "The metadata document is a JSON object with `issuer` and `jwks_uri`, and its addresses are https.",
    why: "The server refuses a document that lacks one of the two, that names one of them twice, or that holds an address that is not https.",
    fix: "Correct it at the identity provider, or use the issuer at which the right document lies.",
    source: `${FETCHER}; ${DISCOVERY}, section 3`,
  },
  FED434: {
    slug: "metadata-of-another-issuer",
    severity: "error",
    title: "The metadata document names the issuer under which it lies.",
    why: "The server refuses the document of another issuer: anybody could publish one.",
    fix: "Use the issuer that the document names, if you trust it; what stands in braces is to be replaced by your tenant's id.",
    source: `RFC 8414, section 3.3; ${DISCOVERY}, section 4.3`,
  },
  FED435: {
    slug: "login-endpoints",
    severity: "error",
    title: "Where people log in, there are endpoints for it.",
    why: "mongosh and Compass open the browser at authorization_endpoint (authorization code with PKCE, S256), or, without a browser, show a code from device_authorization_endpoint; both get the token at token_endpoint.",
    fix: "Turn on the flow at the identity provider, or use the issuer of its authorization server for people.",
    source: `${WORKFORCE_DOCS}; RFC 7636, RFC 8628`,
  },
  FED436: {
    slug: "no-refresh-tokens",
    severity: "warning",
    title: "People's sessions are renewed without a new login.",
    why: "The issuer does not list the scope offline_access: without a refresh token people log in again whenever their access token expires.",
    fix: "Allow the scope offline_access at the identity provider and add it to requestedScopes; or leave it, where the provider has another way (Google).",
    source: "OpenID Connect Core 1.0, section 11",
  },
} as const satisfies Record<string, CatalogueEntry>;
