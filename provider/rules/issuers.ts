import { ENTRA_HOSTS, GOOGLE_ISSUER } from "../../schema/issuers.ts";

/** Which identity provider an issuer belongs to, where its tokens are known to follow rules of their own. */

const ENTRA: ReadonlySet<string> = new Set(Object.values(ENTRA_HOSTS));

export function isGoogle(issuer: string | undefined): boolean {
  return issuer?.replace(/\/$/, "") === GOOGLE_ISSUER;
}

export function isEntra(issuer: string | undefined): boolean {
  return issuer !== undefined && URL.canParse(issuer) && ENTRA.has(new URL(issuer).hostname);
}
