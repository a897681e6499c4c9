/** Where rules come from; for the field `source` of the catalogue. */
export const ATLAS_API = "Atlas Admin API v2";
export const ATLAS_USERS = `${ATLAS_API}, databaseUsers`;
export const ATLAS_ROLES = `${ATLAS_API}, customDBRoles`;
export const AUTOMATION_CONFIG_API = "Cloud Manager API, automation configuration";
export const MONGOCLI_DOCS = "MongoDB CLI (mongocli) documentation";
export const WORKFORCE_DOCS = "MongoDB Atlas documentation, Workforce Identity Federation with OIDC";
export const WORKLOAD_DOCS = "MongoDB Atlas documentation, Workload Identity Federation with OAuth 2.0";
export const CLOUD_MANAGER_DOCS = "MongoDB Cloud Manager documentation, Workforce Identity Federation with OIDC";
export const TLS_DOCS = "MongoDB Cloud Manager documentation, TLS settings of a deployment";
export const OPERATOR = "MongoDB Controllers for Kubernetes, validation of OIDC settings";
export const SERVER_ROLES_DOCS = "MongoDB server, user management commands";
export const DRIVER_SPEC = "MongoDB driver specifications, authentication, MONGODB-OIDC";
