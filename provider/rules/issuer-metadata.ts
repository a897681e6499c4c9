import { input, phrase } from "../../schema/phrase.ts";
import { type Codes, family } from "./rule.ts";
import { WORKFORCE_DOCS } from "./sources.ts";

/** The rules over the documents of an issuer, which provider/preflight judges. */
const FETCHER = "mongod, metadata and key set fetcher (jwks_fetcher_impl.cpp, oauth_discovery_factory.cpp)";
const DISCOVERY = "OpenID Connect Discovery 1.0";

const codes = {
  FED430: {
    slug: "unreachable-issuer",
    severity: "error",
    title: "Publish the metadata document and the key set over https.",
    why: "The server fetches both with status 200 before it accepts tokens. Its network and trusted certificates may differ from this machine's.",
    fix: "Open the address in a browser. For a private network use --allow-private, for your own certificate authority --ca-file. Allow the MongoDB hosts, or Atlas, in the firewall.",
    source: `${FETCHER}: TLS 1.2 or later, 60 s to connect, 120 s in all`,
  },
  FED431: {
    slug: "redirecting-issuer",
    severity: "error",
    title: "Publish metadata and keys without redirects.",
    why: "The server treats a redirect as a failure, although browsers follow it.",
    fix: "Use the issuer that the redirect leads to, if its document names it. Otherwise answer at the first address.",
    source: `${FETCHER}: redirects are not followed`,
  },
  FED432: {
    slug: "private-address",
    severity: "error",
    title: "Publish the issuer on the public internet.",
    why: "mongofed does not call private addresses by default, so that an issuer cannot make it attack your network. Atlas cannot reach them.",
    fix: "If the identity provider is in your own network, add --allow-private.",
    source: "IANA special-purpose address registries (RFC 6890)",
  },
  FED433: {
    slug: "invalid-metadata",
    severity: "error",
    title: "Publish `issuer` and `jwks_uri` with https addresses in the metadata document.",
    why: "The server refuses a document that lacks or repeats one of them, or holds an address without https.",
    fix: "Correct it at the identity provider, or use the issuer of the right document.",
    source: `${FETCHER}; ${DISCOVERY}, section 3`,
  },
  FED434: {
    slug: "metadata-of-another-issuer",
    severity: "error",
    title: "Publish a metadata document that names its own issuer.",
    why: "The server refuses the document of another issuer, because every website could publish one.",
    fix: "Use the issuer that the document names, if you trust it. Replace values in braces by your tenant's id.",
    source: `RFC 8414, section 3.3; ${DISCOVERY}, section 4.3`,
  },
  FED435: {
    slug: "missing-login-endpoint",
    severity: "error",
    title: "Publish login endpoints for people.",
    why: "mongosh and Compass need authorization_endpoint (PKCE, S256) or device_authorization_endpoint, and token_endpoint.",
    fix: "Turn on the flow at the identity provider, or use the issuer of its authorization server for people.",
    source: `${WORKFORCE_DOCS}; RFC 7636, RFC 8628`,
  },
  FED436: {
    slug: "no-refresh-tokens",
    severity: "warning",
    title: "Offer refresh tokens to people.",
    why: "The issuer does not list the scope offline_access. Without a refresh token, people log in again whenever their access token expires.",
    fix: phrase`Allow the scope offline_access at the identity provider and add it to ${input("requestedScopes")}. Ignore this if the provider has another way (Google).`,
    source: "OpenID Connect Core 1.0, section 11",
  },
} as const satisfies Codes;

export const issuerMetadataRules = family({ codes });
