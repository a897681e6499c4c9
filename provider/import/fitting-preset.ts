import type { IdentityProviderSettings } from "../../schema/identity-provider.ts";
import { ENTRA_HOSTS, GITHUB_ISSUER, GOOGLE_ISSUER } from "../../schema/issuers.ts";
import { type PresetName, presets } from "../presets/index.ts";
import { settingsOf } from "../presets/preset.ts";
import { fingerprint } from "../resources/state/compare.ts";
import { vendorOf } from "../tokens/vendors.ts";

/** A preset that reproduces the settings of an identity provider, or nearly so. */
export interface FittingPreset {
  readonly name: PresetName;
  readonly options: Readonly<Record<string, string>>;
  /** The inputs that the preset sets, as it sets them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Inputs of the preset that this identity provider has otherwise. They are written after the preset. */
  readonly overrides: readonly string[];
}

/** Inputs that a preset may set otherwise and still be the right one to read. */
const OVERRIDABLE: ReadonlySet<string> = new Set(["userClaim", "requestedScopes"]);

type Candidate = readonly [PresetName, Readonly<Record<string, string | undefined>>];

/** The preset for an identity provider with these settings; `undefined` if none says the same in fewer words. */
export function fittingPreset(live: IdentityProviderSettings): FittingPreset | undefined {
  const fitting = candidates(live).flatMap((candidate) => judge(live, candidate) ?? []);
  return fitting.sort((a, b) => a.overrides.length - b.overrides.length)[0];
}

function judge(live: IdentityProviderSettings, [name, given]: Candidate): FittingPreset | undefined {
  const preset = presets[name];
  const options = Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  if (live.authorizationType !== preset.authorizationType) {
    if (!("authorizationType" in preset.options.shape)) return undefined;
    options.authorizationType = live.authorizationType;
  }
  let settings: Readonly<Record<string, unknown>>;
  try {
    settings = { ...settingsOf(preset as never, options) } as Record<string, unknown>;
  } catch {
    // The options do not fit: a tenant that is no id, an audience with a space.
    return undefined;
  }
  const differs = Object.keys(settings).filter(
    (key) => fingerprint(settings[key]) !== fingerprint(live[key as keyof IdentityProviderSettings]),
  );
  return differs.every((key) => OVERRIDABLE.has(key)) ? { name, options, settings, overrides: differs } : undefined;
}

/** The presets that the issuer points to, with the options that would reproduce issuer, audience and client id. */
function candidates(live: IdentityProviderSettings): Candidate[] {
  const { idpType, issuerUri, audience, clientId } = live;
  const workforce = idpType === "WORKFORCE";
  if (!URL.canParse(issuerUri)) return [];
  const { hostname, pathname } = new URL(issuerUri);
  const [first = "", second = ""] = pathname.split("/").filter((part) => part !== "");
  switch (vendorOf(issuerUri)) {
    case "entra": {
      const cloud = Object.entries(ENTRA_HOSTS).find(([, host]) => host === hostname)?.[0];
      const other = cloud === "public" ? undefined : cloud;
      if (workforce) return [["entraWorkforce", { tenantId: first, applicationId: audience, cloud: other }]];
      return [["entraWorkload", { tenantId: first, applicationId: audience, cloud: other }]];
    }
    case "okta":
      if (first !== "oauth2") return [];
      if (!workforce) return [["oktaWorkload", { domain: hostname, authorizationServer: second, audience }]];
      return [
        ["okta", { domain: hostname, authorizationServer: second, clientId }],
        ["okta", { domain: hostname, authorizationServer: second, clientId, audience }],
      ];
    case "ping": {
      const domain = hostname === "auth.pingone.com" ? undefined : hostname;
      if (!workforce) return [["pingWorkload", { environmentId: first, domain, audience }]];
      const scope = live.requestedScopes[0];
      return [["ping", { environmentId: first, domain, audience, clientId, scope }]];
    }
    case "google":
      return issuerUri === GOOGLE_ISSUER ? [["googleCloud", { audience }]] : [];
    case "github":
      return [
        ["githubActions", { audience }],
        ["githubActions", { audience, enterprise: issuerUri.slice(GITHUB_ISSUER.length + 1) }],
      ];
    case "kubernetes":
      return [["kubernetes", { issuerUri, audience }]];
    default:
      if (pathname === "/_services/token") return [["githubActions", { audience, host: hostname }]];
      return hostname.startsWith("token.actions.") && hostname.endsWith(".ghe.com")
        ? [["githubActions", { audience, host: hostname.slice("token.actions.".length) }]]
        : [];
  }
}
