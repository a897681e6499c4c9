export { type ClientCredentials, clientCredentials } from "./client-credentials.ts";
export { type Connection, clientWith } from "./connect.ts";
export { entraManagedIdentity, entraServicePrincipal } from "./entra.ts";
export { githubActions } from "./github-actions.ts";
