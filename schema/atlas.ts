import { z } from "zod";
import { ACCESS_DESCRIPTION_MAX, labelSchema, PRINCIPAL_NAME_MAX } from "./access.ts";

/**
 * Requests and responses of the Atlas Admin API v2 for identity federation. The client and the emulator share only this
 * file.
 *
 * Response schemas are loose and keep unknown keys: mongofed writes some documents back and must not lose foreign keys.
 * Request schemas are strict: the API refuses unknown attributes.
 */

/** Ids of organizations, projects, federations and identity providers. */
export const objectIdSchema = z.string().regex(/^[0-9a-f]{24}$/i, "must be 24 hexadecimal characters");

/** The id that SAML identity providers had before 2023-11-15; `identityProviderId` of an organization still is one. */
const legacyIdentityProviderIdSchema = z.string().min(1);

/** ISO 8601 in UTC, as the API writes it: `2026-08-10T03:07:49Z`. */
const timestampSchema = z.string();

const linkSchema = z.looseObject({ href: z.string(), rel: z.string() });

/** A page of a list. `totalCount` is an estimate by its documentation: walk on until a page is not full. */
function paginatedSchema<Item extends z.ZodType>(item: Item) {
  return z.looseObject({
    links: z.array(linkSchema).optional(),
    results: z.array(item),
    totalCount: z.number().int().nonnegative().optional(),
  });
}

/** The body of every refusal. A proxy or a login page answers something else, so its absence says nothing. */
export const apiErrorSchema = z.looseObject({
  error: z.number().int(),
  errorCode: z.string(),
  reason: z.string().nullish(),
  detail: z.string().nullish(),
  parameters: z.array(z.unknown()).nullish(),
  badRequestDetail: z
    .looseObject({ fields: z.array(z.looseObject({ field: z.string(), description: z.string() })).nullish() })
    .nullish(),
});

/** The answer of `POST /api/oauth/token`. `expires_in` counts seconds. */
export const oauthTokenSchema = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().int().positive(),
  token_type: z.string(),
});

// Organizations, projects, clusters

export const organizationSchema = z.looseObject({
  id: objectIdSchema,
  name: z.string(),
  isDeleted: z.boolean().optional(),
  links: z.array(linkSchema).optional(),
});
export const organizationListSchema = paginatedSchema(organizationSchema);

/** A project; the API calls it a group. */
export const groupSchema = z.looseObject({
  id: objectIdSchema,
  name: z.string(),
  orgId: objectIdSchema,
  clusterCount: z.number().int().nonnegative().optional(),
  created: timestampSchema.optional(),
  links: z.array(linkSchema).optional(),
});
export type Group = z.infer<typeof groupSchema>;
export const groupListSchema = paginatedSchema(groupSchema);

/** The hardware of one region of a cluster; `instanceSize` is the tier (`M10`). */
const hardwareSpecSchema = z.looseObject({ instanceSize: z.string().optional() });
const regionConfigSchema = z.looseObject({
  providerName: z.string().optional(),
  /** Where a shared tier really runs; `providerName` is then `TENANT`. */
  backingProviderName: z.string().optional(),
  regionName: z.string().optional(),
  electableSpecs: hardwareSpecSchema.optional(),
});

export const clusterSchema = z.looseObject({
  id: objectIdSchema.optional(),
  name: z.string(),
  groupId: objectIdSchema.optional(),
  /** `8.0` */
  mongoDBMajorVersion: z.string().optional(),
  /** `8.0.12` */
  mongoDBVersion: z.string().optional(),
  /** `IDLE`, `CREATING`, `UPDATING`, `DELETING`, `REPAIRING`; a newer one passes. */
  stateName: z.string().optional(),
  paused: z.boolean().optional(),
  connectionStrings: z.looseObject({ standard: z.string().optional(), standardSrv: z.string().optional() }).optional(),
  replicationSpecs: z.array(z.looseObject({ regionConfigs: z.array(regionConfigSchema).optional() })).optional(),
  links: z.array(linkSchema).optional(),
});
export type Cluster = z.infer<typeof clusterSchema>;
export const clusterListSchema = paginatedSchema(clusterSchema);

/** Whether the last changes of users and roles have reached the cluster. */
export const clusterStatusSchema = z.looseObject({ changeStatus: z.string() });

// Database users

/** Where a user stands: groups are roles on `admin`, people and programs of an identity provider users of `$external`. */
const authenticationDatabaseSchema = z.enum(["admin", "$external"]);
const oidcAuthTypeSchema = z.enum(["NONE", "IDP_GROUP", "USER"]);
const userScopeTypeSchema = z.enum(["CLUSTER", "DATA_LAKE", "STREAM"]);

/** A database user. Of a person, a group or a program, `username` is `<id of the identity provider>/<who it is>`. */
export const databaseUserSchema = z.looseObject({
  username: z.string(),
  databaseName: z.string(),
  groupId: objectIdSchema.optional(),
  /** `NONE`, `IDP_GROUP`, `USER`; a newer one passes. */
  oidcAuthType: z.string().nullish(),
  awsIAMType: z.string().nullish(),
  ldapAuthType: z.string().nullish(),
  x509Type: z.string().nullish(),
  roles: z.array(
    z.looseObject({ roleName: z.string(), databaseName: z.string(), collectionName: z.string().nullish() }),
  ),
  /** Empty means every cluster of the project. */
  scopes: z.array(z.looseObject({ name: z.string(), type: z.string() })).nullish(),
  labels: z.array(z.looseObject({ key: z.string().nullish(), value: z.string().nullish() })).nullish(),
  /** Absent where it was never set, and so is `deleteAfterDate`. */
  description: z.string().nullish(),
  deleteAfterDate: timestampSchema.nullish(),
  links: z.array(linkSchema).optional(),
});
export type DatabaseUser = z.infer<typeof databaseUserSchema>;
export const databaseUserListSchema = paginatedSchema(databaseUserSchema);

const databaseUserRequest = {
  awsIAMType: z.enum(["NONE", "USER", "ROLE"]).optional(),
  ldapAuthType: z.enum(["NONE", "GROUP", "USER"]).optional(),
  x509Type: z.enum(["NONE", "CUSTOMER", "MANAGED"]).optional(),
  oidcAuthType: oidcAuthTypeSchema.optional(),
  scopes: z
    .array(z.strictObject({ name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9-]*$/), type: userScopeTypeSchema }))
    .optional(),
  labels: z.array(labelSchema).optional(),
  /** That null removes it is a guess, here and of `deleteAfterDate`: what else would is documented nowhere. */
  description: z.string().max(ACCESS_DESCRIPTION_MAX).nullable().optional(),
  /** ISO 8601, in the future, within a week of the request. */
  deleteAfterDate: z.iso.datetime({ offset: true }).nullable().optional(),
  /** Of users with a password only; never answered. */
  password: z.string().min(8).optional(),
};
const databaseUserRoles = z.array(
  z.strictObject({ roleName: z.string(), databaseName: z.string(), collectionName: z.string().optional() }),
);

/** The body of a POST. */
export const databaseUserCreateSchema = z.strictObject({
  ...databaseUserRequest,
  /** Once more the project of the path: the API's schema asks for it. */
  groupId: objectIdSchema,
  username: z.string().min(1).max(PRINCIPAL_NAME_MAX),
  databaseName: authenticationDatabaseSchema,
  roles: databaseUserRoles,
});
export type DatabaseUserCreate = z.infer<typeof databaseUserCreateSchema>;

/**
 * The body of a PATCH. A merge, in which each array is replaced whole. The trap: how the user authenticates must be
 * said again each time (`oidcAuthType`, and with it `databaseName`), since leaving it out means the default, and a
 * user's kind cannot be changed.
 */
export const databaseUserUpdateSchema = databaseUserCreateSchema.partial();
export type DatabaseUserUpdate = z.infer<typeof databaseUserUpdateSchema>;

// User-defined roles

/** The actions of a privilege (`DatabasePrivilegeAction.action`). */
export const privilegeActionSchema = z.enum([
  "FIND",
  "INSERT",
  "REMOVE",
  "UPDATE",
  "BYPASS_DOCUMENT_VALIDATION",
  "USE_UUID",
  "KILL_OP",
  "BYPASS_DEFAULT_MAX_TIME_MS",
  "CREATE_COLLECTION",
  "CREATE_INDEX",
  "DROP_COLLECTION",
  "ENABLE_PROFILER",
  "KILL_ANY_CURSOR",
  "ANALYZE",
  "CHANGE_STREAM",
  "COLL_MOD",
  "COMPACT",
  "CONVERT_TO_CAPPED",
  "DROP_DATABASE",
  "DROP_INDEX",
  "RE_INDEX",
  "RENAME_COLLECTION_SAME_DB",
  "SET_USER_WRITE_BLOCK",
  "BYPASS_USER_WRITE_BLOCK",
  "LIST_SESSIONS",
  "KILL_ANY_SESSION",
  "COLL_STATS",
  "CONN_POOL_STATS",
  "DB_HASH",
  "DB_STATS",
  "GET_CMD_LINE_OPTS",
  "GET_LOG",
  "GET_PARAMETER",
  "GET_SHARD_MAP",
  "HOST_INFO",
  "IN_PROG",
  "LIST_DATABASES",
  "LIST_COLLECTIONS",
  "LIST_INDEXES",
  "LIST_SHARDS",
  "NET_STAT",
  "REPL_SET_GET_CONFIG",
  "REPL_SET_GET_STATUS",
  "SERVER_STATUS",
  "VALIDATE",
  "SHARDING_STATE",
  "TOP",
  "SQL_GET_SCHEMA",
  "SQL_SET_SCHEMA",
  "VIEW_ALL_HISTORY",
  "OUT_TO_S3",
  "OUT_TO_AZURE",
  "OUT_TO_GCS",
  "STORAGE_GET_CONFIG",
  "STORAGE_SET_CONFIG",
  "FLUSH_ROUTER_CONFIG",
  "ENABLE_SHARDING",
  "CHECK_METADATA_CONSISTENCY",
  "MOVE_CHUNK",
  "SPLIT_CHUNK",
  "ANALYZE_SHARD_KEY",
  "REFINE_COLLECTION_SHARD_KEY",
  "CLEAR_JUMBO_FLAG",
  "RESHARD_COLLECTION",
  "SHARDED_DATA_DISTRIBUTION",
  "GET_STREAM_PROCESSOR",
  "CREATE_STREAM_PROCESSOR",
  "PROCESS_STREAM_PROCESSOR",
  "MODIFY_STREAM_PROCESSOR",
  "START_STREAM_PROCESSOR",
  "STOP_STREAM_PROCESSOR",
  "DROP_STREAM_PROCESSOR",
  "SAMPLE_STREAM_PROCESSOR",
  "LIST_STREAM_PROCESSORS",
  "LIST_CONNECTIONS",
  "STREAM_PROCESSOR_STATS",
  "CREATE_SEARCH_INDEX",
  "DROP_SEARCH_INDEX",
  "LIST_SEARCH_INDEXES",
  "UPDATE_SEARCH_INDEX",
]);

/** A user-defined role. It lives on `admin`. */
export const customDbRoleSchema = z.looseObject({
  roleName: z.string(),
  actions: z
    .array(
      z.looseObject({
        /** One of {@link privilegeActionSchema}; a newer one passes. */
        action: z.string(),
        /** The keys that were not set are absent, against the API's own schema. `cluster: true` has neither other key. */
        resources: z
          .array(
            z.looseObject({
              cluster: z.boolean().nullish(),
              db: z.string().nullish(),
              collection: z.string().nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  inheritedRoles: z.array(z.looseObject({ role: z.string(), db: z.string() })).nullish(),
});
export type CustomDbRole = z.infer<typeof customDbRoleSchema>;
/** Not in pages, unlike every other list. */
export const customDbRoleListSchema = z.array(customDbRoleSchema);

const customDbRoleRequest = {
  actions: z
    .array(
      z.strictObject({
        action: privilegeActionSchema,
        resources: z.array(
          z.strictObject({
            /** True makes the API ignore the other two. */
            cluster: z.boolean().optional(),
            db: z.string().optional(),
            /** Empty or left out: all collections of `db`. */
            collection: z.string().optional(),
          }),
        ),
      }),
    )
    .optional(),
  inheritedRoles: z.array(z.strictObject({ role: z.string(), db: z.string() })).optional(),
};

/** The body of a POST. */
export const customDbRoleCreateSchema = z.strictObject({ roleName: z.string(), ...customDbRoleRequest });

/** The body of a PATCH, in which each list that is sent replaces the old one. The name never changes. */
export const customDbRoleUpdateSchema = z.strictObject(customDbRoleRequest);
export type CustomDbRoleUpdate = z.infer<typeof customDbRoleUpdateSchema>;

// Federation

export const orgFederationSettingsSchema = z.looseObject({
  id: objectIdSchema,
  federatedDomains: z.array(z.string()),
  hasRoleMappings: z.boolean().optional(),
  /** The SAML identity provider only: OIDC ones do not show here. */
  identityProviderId: legacyIdentityProviderIdSchema.nullish(),
  identityProviderStatus: z.string().nullish(),
});

const roleMappingSchema = z.looseObject({
  id: z.string().optional(),
  externalGroupName: z.string(),
  roleAssignments: z.array(
    z.looseObject({ role: z.string(), orgId: z.string().nullish(), groupId: z.string().nullish() }),
  ),
});

/** How one organization takes part in a federation. */
export const connectedOrgConfigSchema = z.looseObject({
  orgId: objectIdSchema,
  domainRestrictionEnabled: z.boolean(),
  /** The OIDC identity providers of this organization, workforce and workload alike. */
  dataAccessIdentityProviderIds: z.array(z.string()).nullish(),
  /** The SAML identity provider (UI login), by its legacy id. */
  identityProviderId: legacyIdentityProviderIdSchema.nullish(),
  domainAllowList: z.array(z.string()).nullish(),
  postAuthRoleGrants: z.array(z.string()).nullish(),
  roleMappings: z.array(roleMappingSchema).nullish(),
  userConflicts: z.array(z.looseObject({ emailAddress: z.string() })).nullish(),
  instantUserProvisioningDisabled: z.boolean().nullish(),
});
export type ConnectedOrgConfig = z.infer<typeof connectedOrgConfigSchema>;
export const connectedOrgConfigListSchema = paginatedSchema(connectedOrgConfigSchema);

const orgRoleSchema = z.enum([
  "ORG_OWNER",
  "ORG_MEMBER",
  "ORG_GROUP_CREATOR",
  "ORG_BILLING_ADMIN",
  "ORG_BILLING_READ_ONLY",
  "ORG_STREAM_PROCESSING_ADMIN",
  "ORG_READ_ONLY",
]);

/**
 * The body of a PATCH on a connected organization. Its meaning is mixed, and that is the trap:
 * `dataAccessIdentityProviderIds` is replaced whole, `identityProviderId` left out disconnects SAML,
 * `domainRestrictionEnabled` left out becomes false, and everything else left out is kept.
 * `orgId` and `userConflicts` may be sent back as they were read; they change nothing.
 */
export const connectedOrgConfigUpdateSchema = z.strictObject({
  orgId: objectIdSchema.optional(),
  domainRestrictionEnabled: z.boolean().optional(),
  dataAccessIdentityProviderIds: z.array(objectIdSchema).optional(),
  identityProviderId: legacyIdentityProviderIdSchema.nullable().optional(),
  domainAllowList: z.array(z.string()).optional(),
  postAuthRoleGrants: z.array(orgRoleSchema).optional(),
  roleMappings: z.array(roleMappingSchema).optional(),
  userConflicts: z.array(z.unknown()).nullable().optional(),
  instantUserProvisioningDisabled: z.boolean().nullable().optional(),
});
export type ConnectedOrgConfigUpdate = z.infer<typeof connectedOrgConfigUpdateSchema>;

// Identity providers

export const identityProviderProtocolSchema = z.enum(["SAML", "OIDC"]);
export const identityProviderTypeSchema = z.enum(["WORKFORCE", "WORKLOAD"]);
const authorizationTypeSchema = z.enum(["GROUP", "USER"]);
export type AuthorizationType = z.infer<typeof authorizationTypeSchema>;

/** Fields that every identity provider has in responses. */
const identityProviderAnswer = {
  id: objectIdSchema,
  /** Null for OIDC. */
  oktaIdpId: legacyIdentityProviderIdSchema.nullish(),
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  issuerUri: z.string().nullish(),
  associatedOrgs: z.array(connectedOrgConfigSchema).nullish(),
  createdAt: timestampSchema.nullish(),
  updatedAt: timestampSchema.nullish(),
};

const oidcAnswer = {
  ...identityProviderAnswer,
  protocol: z.literal("OIDC"),
  issuerUri: z.string(),
  audience: z.string().nullish(),
  authorizationType: authorizationTypeSchema,
  userClaim: z.string().nullish(),
  groupsClaim: z.string().nullish(),
};

export const oidcWorkforceIdentityProviderSchema = z.looseObject({
  ...oidcAnswer,
  idpType: z.literal("WORKFORCE"),
  clientId: z.string().nullish(),
  requestedScopes: z.array(z.string()).nullish(),
  associatedDomains: z.array(z.string()).nullish(),
});

/** Has no `clientId`, `requestedScopes` and `associatedDomains` at all, not even as null. */
export const oidcWorkloadIdentityProviderSchema = z.looseObject({ ...oidcAnswer, idpType: z.literal("WORKLOAD") });

export const oidcIdentityProviderSchema = z.discriminatedUnion("idpType", [
  oidcWorkforceIdentityProviderSchema,
  oidcWorkloadIdentityProviderSchema,
]);
export type OidcIdentityProvider = z.infer<typeof oidcIdentityProviderSchema>;

/** Somebody else's: read to be told apart and to be left alone. */
export const samlIdentityProviderSchema = z.looseObject({
  ...identityProviderAnswer,
  protocol: z.literal("SAML"),
  idpType: z.string().nullish(),
  acsUrl: z.string().nullish(),
  associatedDomains: z.array(z.string()).nullish(),
  audienceUri: z.string().nullish(),
  pemFileInfo: z.looseObject({}).nullish(),
  requestBinding: z.string().nullish(),
  responseSignatureAlgorithm: z.string().nullish(),
  slug: z.string().nullish(),
  ssoDebugEnabled: z.boolean().nullish(),
  ssoUrl: z.string().nullish(),
  status: z.string().nullish(),
});

export const identityProviderSchema = z.union([oidcIdentityProviderSchema, samlIdentityProviderSchema]);
export type AtlasIdentityProvider = z.infer<typeof identityProviderSchema>;

/**
 * A list may hold kinds that are newer than this schema: one of those must not make the whole list unreadable, and
 * must not be taken for one of ours, so only its id and what tells its kind are read.
 */
const unknownIdentityProviderSchema = z
  .looseObject({ id: objectIdSchema, protocol: z.string().nullish(), idpType: z.string().nullish() })
  .refine(
    ({ protocol, idpType }) =>
      protocol !== "SAML" && !(protocol === "OIDC" && (idpType === "WORKFORCE" || idpType === "WORKLOAD")),
    "a known kind of identity provider has a wrong shape",
  );
export const identityProviderListSchema = paginatedSchema(
  z.union([identityProviderSchema, unknownIdentityProviderSchema]),
);

/**
 * Fields that both kinds of requests share. The API documents no required fields. A rule of mongofed, not this schema,
 * checks which fields a new identity provider needs.
 */
const oidcRequest = {
  displayName: z.string().min(1).max(50).optional(),
  description: z.string().nullable().optional(),
  protocol: identityProviderProtocolSchema.optional(),
  issuerUri: z.string().optional(),
  audience: z.string().optional(),
  authorizationType: authorizationTypeSchema.optional(),
  userClaim: z.string().optional(),
  groupsClaim: z.string().optional(),
};

export const oidcWorkforceUpdateSchema = z.strictObject({
  ...oidcRequest,
  /** `WORKFORCE` where it is left out. */
  idpType: z.literal("WORKFORCE").optional(),
  clientId: z.string().optional(),
  requestedScopes: z.array(z.string()).optional(),
  associatedDomains: z.array(z.string()).optional(),
});
type OidcWorkforceUpdate = z.infer<typeof oidcWorkforceUpdateSchema>;

export const oidcWorkloadUpdateSchema = z.strictObject({ ...oidcRequest, idpType: z.literal("WORKLOAD") });
type OidcWorkloadUpdate = z.infer<typeof oidcWorkloadUpdateSchema>;

/** The body of POST and PATCH. PATCH merges: what is left out is kept; `protocol` and `idpType` are always sent. */
export type OidcIdentityProviderUpdate = OidcWorkforceUpdate | OidcWorkloadUpdate;
