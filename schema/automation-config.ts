import { z } from "zod";
import { objectIdSchema } from "./atlas.ts";

/**
 * The automation config of a Cloud Manager or Ops Manager project, as far as identity federation needs it. Shared by
 * the client and by the emulator, and the only thing that they share.
 *
 * It serves to read. Nothing is ever written back from what these schemas return: a document holds numbers that
 * JavaScript cannot, and whoever writes edits the text itself. Everything is loose and may be null or missing, since
 * most of a document is other people's, and a strange entry of theirs must not make ours unreadable.
 */

/** The mechanism for logins by OIDC. Agents never use it. */
export const OIDC_MECHANISM = "MONGODB-OIDC";

/** Where users of identity providers live. */
export const EXTERNAL_DATABASE = "$external";

/** A configuration name in Cloud Manager. It becomes part of every role and user name, hence no slash. */
export const CONFIGURATION_NAME = /^[a-zA-Z0-9_-]+$/;

export const automationRoleReferenceSchema = z.looseObject({ role: z.string(), db: z.string() });

/** One set of addresses of an authentication restriction: IP addresses or CIDR ranges. */
export const automationRestrictionSchema = z.looseObject({
  clientSource: z.array(z.string()).nullish(),
  serverAddress: z.array(z.string()).nullish(),
});
export type AutomationRestriction = z.infer<typeof automationRestrictionSchema>;

/** `{cluster: true}`, or `db` and `collection`, or a kind that is none of ours. */
const automationResourceSchema = z.looseObject({
  cluster: z.boolean().nullish(),
  db: z.string().nullish(),
  collection: z.string().nullish(),
});

export const automationPrivilegeSchema = z.looseObject({
  resource: automationResourceSchema,
  actions: z.array(z.string()),
});

/** An entry of `roles`: a user-defined role, or what the members of a group may do (`{configurationName}/{group}`). */
export const automationRoleSchema = z.looseObject({
  role: z.string(),
  db: z.string(),
  privileges: z.array(automationPrivilegeSchema).nullish(),
  roles: z.array(automationRoleReferenceSchema).nullish(),
  authenticationRestrictions: z.array(automationRestrictionSchema).nullish(),
});
export type AutomationRole = z.infer<typeof automationRoleSchema>;

/** An entry of `auth.usersWanted`. Those of identity providers live in `$external` and have no password. */
export const automationUserSchema = z.looseObject({
  user: z.string(),
  db: z.string(),
  roles: z.array(automationRoleReferenceSchema).nullish(),
  authenticationRestrictions: z.array(automationRestrictionSchema).nullish(),
});
export type AutomationUser = z.infer<typeof automationUserSchema>;

/** An entry of `oidcProviderConfigs`. Its format is that of MongoDB's own operator; no published page has it. */
export const oidcProviderConfigSchema = z.looseObject({
  /** The configuration name. */
  authNamePrefix: z.string(),
  issuerUri: z.string(),
  audience: z.string(),
  clientId: z.string().nullish(),
  requestedScopes: z.array(z.string()).nullish(),
  userClaim: z.string().nullish(),
  groupsClaim: z.string().nullish(),
  /** True for people (workforce), false for programs (workload). */
  supportsHumanFlows: z.boolean(),
  /** True: access follows groups. False: access is granted one by one. */
  useAuthorizationClaim: z.boolean(),
  JWKSPollSecs: z.number().nullish(),
});
export type OidcProviderConfig = z.infer<typeof oidcProviderConfigSchema>;

export const automationAuthSchema = z.looseObject({
  disabled: z.boolean().nullish(),
  /** Mechanisms that clients may use. */
  deploymentAuthMechanisms: z.array(z.string()).nullish(),
  /** Mechanisms that the MongoDB Agent may use. */
  autoAuthMechanisms: z.array(z.string()).nullish(),
  usersWanted: z.array(z.unknown()).nullish(),
});
export type AutomationAuth = z.infer<typeof automationAuthSchema>;

/** Where the certificate authorities lie on the hosts, and whether clients must show a certificate. */
const automationTlsSchema = z.looseObject({
  CAFilePath: z.string().nullish(),
  CAFilePathWindows: z.string().nullish(),
  /** Earlier versions of mongofed wrote this key. Nothing reads it: the setting is one of each process. */
  clusterCAFilePath: z.string().nullish(),
  clientCertificateMode: z.string().nullish(),
});

/** The TLS modes of a process, from the lowest. In `net.ssl` they end in `SSL`. */
export const TLS_MODES = ["disabled", "allowTLS", "preferTLS", "requireTLS"] as const;

const text = z.string().nullish().catch(undefined);

/** The TLS settings of a process. `PEMKeyFile` is the older name of `certificateKeyFile`. */
const processTlsSchema = z
  .looseObject({
    mode: text,
    certificateKeyFile: text,
    PEMKeyFile: text,
    certificateSelector: text,
    CAFile: text,
    clusterCAFile: text,
  })
  .nullish()
  .catch(undefined);

/** The arguments of a process, as its configuration file has them. Older documents have `net.ssl` instead of `net.tls`. */
const processArgumentsSchema = z
  .looseObject({
    net: z.looseObject({ tls: processTlsSchema, ssl: processTlsSchema }).nullish().catch(undefined),
    systemLog: z.looseObject({ path: text }).nullish().catch(undefined),
    storage: z.looseObject({ dbPath: text }).nullish().catch(undefined),
  })
  .nullish()
  .catch(undefined);

/** A `mongod` or `mongos`. `version` ends in `-ent` for an Enterprise build. */
export const automationProcessSchema = z.looseObject({
  name: z.string(),
  hostname: z.string(),
  version: z.string().nullish(),
  processType: z.string().nullish(),
  disabled: z.boolean().nullish(),
  args2_6: processArgumentsSchema,
});
export type AutomationProcess = z.infer<typeof automationProcessSchema>;

/** A whole document. Entries of its lists are checked one by one by whoever reads them. */
export const automationConfigSchema = z.looseObject({
  /** Counts up with every save; set by the server. */
  version: z.number().int().nonnegative().nullish(),
  auth: automationAuthSchema.nullish(),
  roles: z.array(z.unknown()).nullish(),
  oidcProviderConfigs: z.array(z.unknown()).nullish(),
  tls: automationTlsSchema.nullish(),
  processes: z.array(z.unknown()).nullish(),
  /** The hosts on which Cloud Manager itself runs Monitoring, and Backup; without any they are run by hand. */
  monitoringVersions: z.array(z.unknown()).nullish(),
  backupVersions: z.array(z.unknown()).nullish(),
});
export type AutomationConfigDocument = z.infer<typeof automationConfigSchema>;

/**
 * A document as it may be read to be written back. `{}` is what something else than the API answers: whoever took it for
 * the document of a project, and put an entry into it, would replace all that the project has.
 */
export const readAutomationConfigSchema = automationConfigSchema.refine(
  ({ auth, processes }) => (auth ?? processes ?? null) !== null,
  "holds neither auth nor processes",
);

/** How far the processes of a project have got. `plan` lists the steps that an Agent is still to take. */
export const automationStatusSchema = z.looseObject({
  goalVersion: z.number().int(),
  processes: z.array(
    z.looseObject({
      name: z.string(),
      hostname: z.string(),
      lastGoalVersionAchieved: z.number().int(),
      plan: z.array(z.string()).nullish(),
    }),
  ),
});
export type AutomationStatus = z.infer<typeof automationStatusSchema>;

/** A project; this API, too, calls it a group. */
export const automationGroupSchema = z.looseObject({ id: objectIdSchema, name: z.string(), orgId: objectIdSchema });
/** The policies of a project, and the system outside the console that manages it. */
export const controlledFeatureSchema = z.looseObject({
  externalManagementSystem: z.looseObject({ name: z.string() }).nullish(),
});

export type AutomationGroup = z.infer<typeof automationGroupSchema>;
