import { ENTRA_HOSTS, GOOGLE_ISSUER } from "../../schema/issuers.ts";

/** The last two issue tokens of version 1, the default of an app registration. */
const ENTRA: ReadonlySet<string> = new Set([...Object.values(ENTRA_HOSTS), "sts.windows.net", "sts.chinacloudapi.cn"]);

export function isEntra(issuerUri: string): boolean {
  const host = URL.canParse(issuerUri) ? new URL(issuerUri).hostname : "";
  return ENTRA.has(host);
}

export function isGoogle(issuerUri: string): boolean {
  return issuerUri === GOOGLE_ISSUER;
}
