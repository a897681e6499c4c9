/** Issuers that everybody shares, and the hosts under which Entra ID issues tokens. */

/** Of every service account of Google Cloud. */
export const GOOGLE_ISSUER = "https://accounts.google.com";

/** Of every workflow on github.com, unless an enterprise has its own. */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** The sign-in hosts of Microsoft Entra ID: worldwide, and those of the national clouds. */
export const ENTRA_HOSTS = {
  public: "login.microsoftonline.com",
  usGovernment: "login.microsoftonline.us",
  china: "login.partner.microsoftonline.cn",
} as const;
