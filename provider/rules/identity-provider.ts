import { CONFIGURATION_NAME_MAX, DEFAULT_USER_CLAIM } from "../../schema/identity-provider.ts";
import { isUnknown } from "../../schema/unknown.ts";
import { isEntra, isGoogle } from "./issuers.ts";
import { known } from "./program.ts";
import { about, rulesOf, type Verdict } from "./rule.ts";

/** What only an identity provider for people has. */
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

const rule = rulesOf("IdentityProvider");

export const configurationNameLength = rule("FED211", (declaration, { plane }) => {
  const name = known(declaration, "configurationName");
  if (plane === "project" || name === undefined || [...name].length <= CONFIGURATION_NAME_MAX) return [];
  return [
    about(declaration, "configurationName", {
      message: `the configuration name has ${[...name].length} characters, ${CONFIGURATION_NAME_MAX} at most are allowed`,
    }),
  ];
});

export const clientOfPeopleOnly = rule("FED204", (declaration, { plane }) => {
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
    .map((input) => about(declaration, input, { message: `a workload identity provider has no ${input}` }));
});

export const issuerForm = rule("FED212", (declaration) => {
  const issuer = known(declaration, "issuerUri");
  if (issuer === undefined || issuer === "") return [];
  const fault = issuerFault(issuer);
  return fault === undefined ? [] : [about(declaration, "issuerUri", fault)];
});

/** What is wrong with the form of an issuer, however it was given. */
export function issuerFault(issuer: string): Pick<Verdict, "message" | "why" | "fix"> | undefined {
  if (issuer.length > ISSUER_MAX) {
    return { message: `the issuer has ${issuer.length} characters, ${ISSUER_MAX} at most are allowed` };
  }
  if (issuer !== issuer.trim() || /\s/.test(issuer)) return { message: "the issuer contains white space" };
  if (issuer.includes("{") || issuer.includes("}")) {
    return {
      message: "the issuer is a template, not an issuer",
      fix: "Put your tenant's id in the place that stands in braces.",
    };
  }
  if (!URL.canParse(issuer)) return { message: "the issuer is not a web address" };
  const url = new URL(issuer);
  if (url.protocol !== "https:") return { message: `the issuer must begin with https://, not ${url.protocol}//` };
  if (WELL_KNOWN.test(url.pathname)) {
    return {
      message: "the issuer is the address of the metadata document, not the issuer",
      fix: `Leave the end away: ${issuer.replace(WELL_KNOWN, "")}`,
    };
  }
  if (url.username !== "" || url.password !== "") return { message: "the issuer contains a user name or password" };
  if (issuer.includes("?") || issuer.includes("#")) return { message: "the issuer contains a query or a fragment" };
  const tenant = url.pathname.split("/")[1] ?? "";
  if (isEntra(issuer) && ENTRA_SHARED_TENANTS.has(tenant)) {
    return {
      message: `the issuer names the shared tenant "${tenant}", which issues no token in its own name`,
      fix: `Put your directory's tenant id in the place of "${tenant}".`,
    };
  }
  return undefined;
}

export const domainForm = rule("FED213", (declaration, { plane }) => {
  const domains = declaration.inputs.associatedDomains;
  if (plane === "project" || !Array.isArray(domains)) return [];
  return domains.map((domain, index) => {
    if (typeof domain !== "string" || domain === "" || isUnknown(domain)) return undefined;
    const path = `associatedDomains[${index}]`;
    if (!DOMAIN.test(domain)) return about(declaration, path, { message: `"${domain}" is not a domain name` });
    const first = domains.findIndex(
      (other) => typeof other === "string" && other.toLowerCase() === domain.toLowerCase(),
    );
    return first < index ? about(declaration, path, { message: `the domain "${domain}" is given twice` }) : undefined;
  });
});

export const groupsClaimIgnored = rule("FED205", (declaration) => {
  if (known(declaration, "authorizationType") !== "USER" || !hasValue(declaration.inputs.groupsClaim)) return [];
  return [about(declaration, "groupsClaim", { message: "a groups claim is given, but authorizationType is USER" })];
});

export const workloadUserClaim = rule("FED217", (declaration) => {
  const claim = known(declaration, "userClaim");
  if (known(declaration, "idpType") !== "WORKLOAD" || claim === undefined || claim === DEFAULT_USER_CLAIM) return [];
  return [
    about(declaration, "userClaim", {
      message: `programs would be identified by "${claim}" instead of "${DEFAULT_USER_CLAIM}"`,
    }),
  ];
});

export const googleHasNoGroups = rule("FED218", (declaration) => {
  if (!isGoogle(known(declaration, "issuerUri")) || known(declaration, "authorizationType") !== "GROUP") return [];
  return [
    about(declaration, "authorizationType", {
      message: "authorization by group, but tokens of Google carry no groups",
    }),
  ];
});

export const userClaimCanChange = rule("FED219", (declaration) => {
  const claim = known(declaration, "userClaim");
  if (
    known(declaration, "idpType") !== "WORKFORCE" ||
    claim === undefined ||
    !REASSIGNED_CLAIMS.has(claim.toLowerCase())
  )
    return [];
  return [
    about(declaration, "userClaim", {
      message: `people would be identified by "${claim}", which can pass to somebody else`,
    }),
  ];
});

export const scopeIsAClaim = rule("FED220", (declaration) => {
  const scopes = declaration.inputs.requestedScopes;
  if (!Array.isArray(scopes) || !isEntra(known(declaration, "issuerUri"))) return [];
  return scopes.map((scope, index) =>
    scope === "groups"
      ? about(declaration, `requestedScopes[${index}]`, { message: "Entra ID knows no scope named groups" })
      : undefined,
  );
});

/** An input that says something: an empty list says what leaving it out says. */
export function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
