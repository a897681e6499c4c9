import { isIP } from "node:net";
import { CONFIGURATION_NAME_MAX, DEFAULT_USER_CLAIM } from "../../schema/identity-provider.ts";
import { input, phrase } from "../../schema/phrase.ts";
import { isUnknown } from "../../schema/unknown.ts";
import { isPublicAddress } from "../public-addresses.ts";
import { isEntra, isGoogle, ofJobs } from "./issuers.ts";
import { known } from "./program.ts";
import { about, type Codes, family, notOn, rulesOf, type Verdict } from "./rule.ts";
import { ATLAS_API, WORKLOAD_DOCS } from "./sources.ts";

const codes = {
  FED204: {
    slug: "input-of-other-idp-type",
    severity: "error",
    title: "Set the client id for people, and omit people's inputs for programs.",
    why: "People log in through the application that the client id names. Programs bring their own token, so Atlas has no such fields for them.",
    fix: phrase`Set ${input("clientId")} on a WORKFORCE provider. Remove ${input("clientId")}, ${input("requestedScopes")} and ${input("associatedDomains")} from a WORKLOAD provider.`,
    source: `${ATLAS_API}, FederationOidcWorkforceIdentityProviderUpdate and FederationOidcWorkloadIdentityProviderUpdate`,
  },
  FED205: {
    slug: "ignored-groups-claim",
    severity: "warning",
    title: "Set a groups claim only with authorizationType GROUP.",
    why: "With USER, the server reads only the user claim.",
    fix: phrase`Remove ${input("groupsClaim")}, or set ${input("authorizationType")} to GROUP.`,
    source: "MongoDB server parameter oidcIdentityProviders, useAuthorizationClaim",
  },
  FED211: {
    slug: "configuration-name-too-long",
    severity: "error",
    title: "Use a configuration name of 1 to 50 characters in Atlas.",
    why: "Atlas rejects longer names.",
    fix: phrase`Shorten ${input("configurationName")} and move the details to ${input("description")}.`,
    source: `${ATLAS_API}, FederationOidcIdentityProviderUpdate.displayName (minLength 1, maxLength 50)`,
  },
  FED212: {
    slug: "invalid-issuer",
    severity: "error",
    title: "Use an https issuer exactly as the tokens carry it.",
    why: "The server fetches {issuer}/.well-known/openid-configuration over https. The document must name exactly this issuer.",
    fix: "Copy `issuer` from the provider's metadata document, character by character.",
    example: 'issuerUri: "https://login.microsoftonline.com/common/v2.0"',
    source: "OpenID Connect Discovery 1.0, section 4.3; RFC 8414, section 3.3",
  },
  FED213: {
    slug: "invalid-domain",
    severity: "error",
    title: "List each domain once, as a bare name.",
    why: "Atlas compares it with the part after the @ of a person's user name.",
    fix: "Write only the domain: example.com, without @, scheme, path or wildcard.",
    source: `${ATLAS_API}, FederationOidcWorkforceIdentityProviderUpdate.associatedDomains (unique)`,
  },
  FED217: {
    slug: "unusual-workload-user-claim",
    severity: "warning",
    title: "Identify programs by `sub`.",
    why: "Cloud providers distinguish their built-in principals by `sub`. MongoDB advises against another claim.",
    fix: phrase`Remove ${input("userClaim")}, unless another claim of your own tokens identifies programs better.`,
    source: WORKLOAD_DOCS,
  },
  FED218: {
    slug: "google-has-no-groups",
    severity: "warning",
    title: "Authorize Google tokens by USER.",
    why: "Google tokens carry no groups, so GROUP would grant nothing.",
    fix: phrase`Set ${input("authorizationType")} to USER and grant access to the unique ids of service accounts.`,
    source: `${WORKLOAD_DOCS}, Google Cloud`,
  },
  FED219: {
    slug: "reassignable-user-claim",
    severity: "warning",
    title: "Identify people by a claim that is never reassigned.",
    why: "Mail addresses and login names can pass to another person, who then gets the access.",
    fix: "Use `sub`, or `oid` with Entra ID. The mail address remains in the token for logs.",
    source: "OpenID Connect Core 1.0, section 5.7: only `sub` with `iss` is stable and never reassigned",
  },
  FED220: {
    slug: "claim-requested-as-scope",
    severity: "warning",
    title: "Request only scopes that Entra ID knows.",
    why: "`groups` is a claim, not a scope. Entra ID refuses a login with an unknown scope (AADSTS650053).",
    fix: "Remove the scope, and add the groups claim under Token configuration of the app registration.",
    source: "Microsoft identity platform, optional claims",
  },
  FED222: {
    slug: "replacement-shares-audience",
    severity: "error",
    title: "Replace an identity provider only with another issuer or audience.",
    why: "mongofed creates the replacement before it deletes the old provider. In between, the federation would hold both.",
    fix: "Replace it in two steps. First declare the new one under another name with its own audience and move the connections to it. Then remove the old one.",
    source: "MongoDB server parameter oidcIdentityProviders: issuer and audience are unique together",
  },
  FED233: {
    slug: "issuer-not-public",
    severity: "warning",
    title: "Give Atlas an issuer on the public internet.",
    why: "Atlas clusters fetch the metadata document and the signing keys from the issuer. Without them they accept no token.",
    fix: "Publish both documents at a public address, and let the identity provider issue tokens for that issuer.",
    example: 'issuerUri: "https://kubernetes.default.svc.cluster.local"',
    source: "IANA special-purpose address registries (RFC 6890), special-use domain names (RFC 6761)",
  },
} as const satisfies Codes;

/** Inputs that only workforce identity providers have. */
const WORKFORCE_INPUTS = ["clientId", "requestedScopes", "associatedDomains"];

/** Claims by which people log in, and which pass to somebody else one day. */
const REASSIGNED_CLAIMS = new Set(["email", "mail", "upn", "preferred_username", "unique_name", "name", "username"]);

/** Tenants of Entra ID that stand for any tenant: the tokens carry the real one. */
const ENTRA_SHARED_TENANTS = new Set(["common", "organizations", "consumers"]);
const WELL_KNOWN = /\/\.well-known\/(openid-configuration|oauth-authorization-server)\/?$/;
/** No browser or proxy handles longer addresses reliably. */
const ISSUER_MAX = 2048;
/** One label of a domain name (RFC 1035, section 2.3.1, with leading digits as RFC 1123 allows). */
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Names of one label, and those that only a machine, a cluster or a private network resolves. */
const PRIVATE_NAME = /^[^.]+\.?$|\.(svc|localhost|local|internal|lan|home\.arpa)\.?$|\.svc\./;

const rule = rulesOf("IdentityProvider");
const federationRule = notOn("project", rule);

const configurationNameLength = federationRule("FED211", (declaration) => {
  const name = known(declaration, "configurationName");
  if (name === undefined || [...name].length <= CONFIGURATION_NAME_MAX) return [];
  return [
    about(declaration, "configurationName", {
      message: `the configuration name has ${[...name].length} characters, and Atlas allows ${CONFIGURATION_NAME_MAX}`,
    }),
  ];
});

const clientOfPeopleOnly = rule("FED204", (declaration, { plane }) => {
  const type = known(declaration, "idpType");
  if (type === "WORKFORCE") {
    if (declaration.inputs.clientId !== undefined) return [];
    return [about(declaration, "clientId", { message: "a workforce identity provider needs a client id" })];
  }
  if (type !== "WORKLOAD") return [];
  const wrong = WORKFORCE_INPUTS.filter((input) => hasValue(declaration.inputs[input]));
  // In a project nobody has domains.
  return wrong
    .filter((input) => plane !== "project" || input !== "associatedDomains")
    .map((name) => about(declaration, name, { message: phrase`a workload identity provider has no ${input(name)}` }));
});

const issuerForm = rule("FED212", (declaration) => {
  const issuer = known(declaration, "issuerUri");
  if (issuer === undefined || issuer === "") return [];
  const fault = issuerFault(issuer);
  return fault === undefined ? [] : [about(declaration, "issuerUri", fault)];
});

/** Returns the problem with the form of an issuer. */
export function issuerFault(issuer: string): Pick<Verdict, "message" | "why" | "fix"> | undefined {
  if (issuer.length > ISSUER_MAX) {
    return { message: `the issuer has ${issuer.length} characters, and the limit is ${ISSUER_MAX}` };
  }
  if (issuer !== issuer.trim() || /\s/.test(issuer)) return { message: "the issuer contains white space" };
  if (issuer.includes("{") || issuer.includes("}")) {
    return {
      message: "the issuer is a template, not an issuer",
      fix: "Replace the part in braces by your tenant's id.",
    };
  }
  if (!URL.canParse(issuer)) return { message: "the issuer is not a web address" };
  const url = new URL(issuer);
  if (url.protocol !== "https:") return { message: `the issuer must begin with https://, not ${url.protocol}//` };
  if (WELL_KNOWN.test(url.pathname)) {
    return {
      message: "the issuer is the address of the metadata document, not the issuer",
      fix: `Remove the end: ${issuer.replace(WELL_KNOWN, "")}`,
    };
  }
  if (url.username !== "" || url.password !== "") return { message: "the issuer contains a user name or password" };
  if (issuer.includes("?") || issuer.includes("#")) return { message: "the issuer contains a query or a fragment" };
  const tenant = url.pathname.split("/")[1] ?? "";
  if (isEntra(issuer) && ENTRA_SHARED_TENANTS.has(tenant)) {
    return {
      message: `the issuer names the shared tenant "${tenant}", which issues no token in its own name`,
      fix: `Replace "${tenant}" by your directory's tenant id.`,
    };
  }
  return undefined;
}

const issuerNotPublic = rule("FED233", (declaration, { plane }) => {
  const issuer = known(declaration, "issuerUri");
  if (plane !== "atlas" || issuer === undefined || issuerFault(issuer) !== undefined) return [];
  const { hostname } = new URL(issuer);
  const address = hostname.replace(/^\[|\]$/g, "");
  const isPublic = isIP(address) === 0 ? !PRIVATE_NAME.test(hostname) : isPublicAddress(address);
  if (isPublic) return [];
  return [about(declaration, "issuerUri", { message: `Atlas cannot reach the host "${hostname}" of the issuer` })];
});

const domainForm = federationRule("FED213", (declaration) => {
  const domains = declaration.inputs.associatedDomains;
  if (!Array.isArray(domains)) return [];
  return domains.map((domain, index) => {
    if (typeof domain !== "string" || domain === "" || isUnknown(domain)) return undefined;
    const path = ["associatedDomains", index];
    if (!DOMAIN.test(domain)) return about(declaration, path, { message: `"${domain}" is not a domain name` });
    const first = domains.findIndex(
      (other) => typeof other === "string" && other.toLowerCase() === domain.toLowerCase(),
    );
    return first < index ? about(declaration, path, { message: `the domain "${domain}" is listed twice` }) : undefined;
  });
});

const groupsClaimIgnored = rule("FED205", (declaration) => {
  if (known(declaration, "authorizationType") !== "USER" || !hasValue(declaration.inputs.groupsClaim)) return [];
  return [
    about(declaration, "groupsClaim", {
      message: phrase`${input("groupsClaim")} is set, but ${input("authorizationType")} is USER`,
    }),
  ];
});

const workloadUserClaim = rule("FED217", (declaration) => {
  const claim = known(declaration, "userClaim");
  if (known(declaration, "idpType") !== "WORKLOAD" || claim === undefined || claim === DEFAULT_USER_CLAIM) return [];
  if (ofJobs(known(declaration, "issuerUri")) !== undefined) return [];
  return [
    about(declaration, "userClaim", {
      message: `programs would be identified by "${claim}" instead of "${DEFAULT_USER_CLAIM}"`,
    }),
  ];
});

const googleHasNoGroups = rule("FED218", (declaration) => {
  if (!isGoogle(known(declaration, "issuerUri")) || known(declaration, "authorizationType") !== "GROUP") return [];
  return [
    about(declaration, "authorizationType", {
      message: "authorization by group, but Google tokens carry no groups",
    }),
  ];
});

const userClaimCanChange = rule("FED219", (declaration) => {
  const claim = known(declaration, "userClaim");
  if (
    known(declaration, "idpType") !== "WORKFORCE" ||
    claim === undefined ||
    !REASSIGNED_CLAIMS.has(claim.toLowerCase())
  )
    return [];
  return [
    about(declaration, "userClaim", {
      message: `people would be identified by "${claim}", which can pass to another person`,
    }),
  ];
});

const scopeIsAClaim = rule("FED220", (declaration) => {
  const scopes = declaration.inputs.requestedScopes;
  if (!Array.isArray(scopes) || !isEntra(known(declaration, "issuerUri"))) return [];
  return scopes.map((scope, index) =>
    scope === "groups"
      ? about(declaration, ["requestedScopes", index], { message: "Entra ID knows no scope named groups" })
      : undefined,
  );
});

/** An input that says something: an empty list says what leaving it out says. */
export function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

export const identityProviderRules = family({
  codes,
  declarations: [
    configurationNameLength,
    clientOfPeopleOnly,
    issuerForm,
    issuerNotPublic,
    domainForm,
    groupsClaimIgnored,
    workloadUserClaim,
    googleHasNoGroups,
    userClaimCanChange,
    scopeIsAClaim,
  ],
  programs: [],
});
