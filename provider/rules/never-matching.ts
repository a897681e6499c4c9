import { ENTRA_HOSTS, GITHUB_ISSUER, GOOGLE_ISSUER } from "../../schema/issuers.ts";
import { input, type Phrase, phrase } from "../../schema/phrase.ts";
import { isUnknown } from "../../schema/unknown.ts";
import { isEks } from "./issuers.ts";
import { known } from "./program.ts";
import { about, type Codes, family, rulesOf, type Verdict } from "./rule.ts";

/** Values of an identity provider that no token, or hardly any token, carries. */
const codes = {
  FED231: {
    slug: "no-token-matches",
    severity: "error",
    title: "Give a new identity provider the issuer and audience that its tokens carry.",
    why: "The server compares issuer and audience with the token byte by byte. No token of this provider carries the value, so every login would fail.",
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
} as const satisfies Codes;

interface Mismatch {
  readonly path: "issuerUri" | "audience";
  readonly message: string;
  readonly fix: Phrase;
  /** No token at all carries the value. */
  readonly certain: boolean;
}

type Values = Readonly<Partial<Record<"issuerUri" | "audience" | "clientId" | "idpType", string>>>;

const ENTRA_V2_HOSTS: ReadonlySet<string> = new Set(Object.values(ENTRA_HOSTS));
const ENTRA_V1_HOSTS: ReadonlySet<string> = new Set(["sts.windows.net", "sts.chinacloudapi.cn"]);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PINGONE = /^auth\.pingone\.[a-z.]+$/;
const URI = /^[a-z][a-z0-9+.-]*:/i;

/** Providers whose issuers all end in a slash, or never do. Keycloak is known only by its path, so it is not certain. */
const SLASHES: readonly {
  readonly name: string;
  readonly is: (url: URL) => boolean;
  readonly slash: boolean;
  readonly certain: boolean;
}[] = [
  { name: "GitHub", is: ({ origin }) => origin === GITHUB_ISSUER, slash: false, certain: true },
  { name: "version 1 of Entra ID", is: ({ host }) => ENTRA_V1_HOSTS.has(host), slash: true, certain: true },
  // Azure AD B2C, which is retired at this host, had the slash.
  { name: "version 2 of Entra ID", is: ({ host }) => ENTRA_V2_HOSTS.has(host), slash: false, certain: false },
  { name: "Auth0", is: ({ host }) => host.endsWith(".auth0.com"), slash: true, certain: true },
  {
    name: "Okta",
    is: ({ host }) => /\.(okta|oktapreview|okta-emea|okta-gov)\.com$/.test(host),
    slash: false,
    certain: true,
  },
  { name: "PingOne", is: ({ host }) => PINGONE.test(host), slash: false, certain: true },
  { name: "EKS", is: ({ href }) => isEks(href), slash: false, certain: true },
  { name: "GKE", is: ({ host }) => host === "container.googleapis.com", slash: false, certain: true },
  { name: "AKS", is: ({ host }) => host.endsWith(".oic.prod-aks.azure.com"), slash: true, certain: true },
  { name: "Keycloak", is: ({ pathname }) => /\/realms\/[^/]+\/?$/.test(pathname), slash: false, certain: false },
];

function mismatches(values: Values): readonly Mismatch[] {
  const { issuerUri } = values;
  if (issuerUri === undefined || !URL.canParse(issuerUri)) return [];
  const url = new URL(issuerUri);
  return [issuerMismatch(issuerUri, url), audienceMismatch(values, url)].filter((one) => one !== undefined);
}

function issuerMismatch(issuerUri: string, url: URL): Mismatch | undefined {
  const path = "issuerUri";
  if (url.host === new URL(GOOGLE_ISSUER).host && issuerUri !== GOOGLE_ISSUER) {
    const message = `tokens of Google carry the issuer "${GOOGLE_ISSUER}", not "${issuerUri}"`;
    return { path, message, fix: phrase`Set ${input("issuerUri")} to "${GOOGLE_ISSUER}".`, certain: true };
  }
  const [, tenant = "", rest = ""] = /^\/([^/]+)(.*)$/.exec(url.pathname) ?? [];
  const isV2 = ENTRA_V2_HOSTS.has(url.host);
  if (isV2 && UUID.test(tenant) && /^\/?$/.test(rest)) {
    const expected = `https://${url.host}/${tenant}/v2.0`;
    const message = `tokens of Entra ID carry the issuer "${expected}", not "${issuerUri}"`;
    return {
      path,
      message,
      fix: phrase`Set ${input("issuerUri")} to "${expected}", and the token version to 2.`,
      certain: true,
    };
  }
  const isEntra = isV2 || ENTRA_V1_HOSTS.has(url.host);
  if (isEntra && tenant.includes(".")) {
    return {
      path,
      message: `tokens of Entra ID carry the tenant id in their issuer, not the domain name "${tenant}"`,
      fix: phrase`Set ${input("issuerUri")} to "${issuerUri.replace(tenant, "{tenant id}")}", with the Directory (tenant) ID.`,
      certain: true,
    };
  }
  const rule = SLASHES.find(({ is }) => is(url));
  const capitalized = isEntra && UUID.test(tenant) && tenant !== tenant.toLowerCase();
  if ((isEntra || rule?.certain) && (capitalized || issuerUri.split("/")[2] !== url.host)) {
    const expected = `${url.origin}${capitalized ? url.pathname.toLowerCase() : url.pathname}`;
    const message = `tokens of this provider carry the issuer "${expected}", not "${issuerUri}"`;
    return { path, message, fix: phrase`Set ${input("issuerUri")} to "${expected}".`, certain: true };
  }
  if (PINGONE.test(url.host) && !/^\/[^/]+\/as\/?$/.test(url.pathname)) {
    const message = `issuers of PingOne have the form "https://${url.host}/{environment id}/as", unlike "${issuerUri}"`;
    return { path, message, fix: "Copy ISSUER ID from the overview of the application in PingOne.", certain: true };
  }
  if (rule === undefined || issuerUri.endsWith("/") === rule.slash) return undefined;
  const expected = rule.slash ? `${issuerUri}/` : issuerUri.replace(/\/$/, "");
  const message = `issuers of ${rule.name} ${rule.slash ? "end in a slash" : "do not end in a slash"}, unlike "${issuerUri}"`;
  return { path, message, fix: phrase`Set ${input("issuerUri")} to "${expected}".`, certain: rule.certain };
}

function audienceMismatch({ audience, clientId, idpType }: Values, url: URL): Mismatch | undefined {
  if (audience === undefined) return undefined;
  const path = "audience";
  if (ENTRA_V2_HOSTS.has(url.host) && URI.test(audience)) {
    return {
      path,
      message: `version 2 tokens of Entra ID carry the application id as audience, not the Application ID URI "${audience}"`,
      fix: phrase`Set ${input("audience")} to the application (client) id. For version 1 tokens, set ${input("issuerUri")} to https://sts.windows.net/{tenant id}/.`,
      certain: true,
    };
  }
  if (ENTRA_V1_HOSTS.has(url.host) && UUID.test(audience)) {
    return {
      path,
      message: `version 1 tokens of Entra ID usually carry the Application ID URI as audience, not the application id "${audience}"`,
      fix: phrase`Check \`aud\` of a token. If it is the URI, set ${input("audience")} to "api://${audience}".`,
      // A program that requests a token for the application id gets that as audience.
      certain: false,
    };
  }
  if (url.origin === GOOGLE_ISSUER && idpType === "WORKFORCE" && clientId !== undefined && audience !== clientId) {
    return {
      path,
      message: `tokens of people at Google carry the client id "${clientId}" as audience, not "${audience}"`,
      fix: phrase`Set ${input("audience")} to "${clientId}". Google issues access tokens that are not JWT, so mongosh must send the ID token.`,
      certain: false,
    };
  }
  return undefined;
}

const INPUTS = ["issuerUri", "audience", "clientId", "idpType"] as const;

const valuesHardlyMatch = rulesOf("IdentityProvider")("FED232", (declaration) => {
  const values = Object.fromEntries(INPUTS.map((name) => [name, known(declaration, name)]));
  return mismatches(values).map(({ path, message, fix }) => about(declaration, path, { message, fix }));
});

/** FED231: values with which a new identity provider lets nobody in. The same values of an existing one are FED232. */
export function neverMatching(inputs: Readonly<Record<string, unknown>>): Verdict[] {
  const values = Object.fromEntries(
    INPUTS.map((name) => [name, inputs[name]]).filter(([, value]) => typeof value === "string" && !isUnknown(value)),
  );
  return mismatches(values)
    .filter(({ certain }) => certain)
    .map(({ path, message, fix }) => ({ path, message, fix }));
}

export const neverMatchingRules = family({ codes, declarations: [valuesHardlyMatch] });
