import { z } from "zod";
import { controls } from "./controls.ts";
import { objectIdSchema } from "./ids.ts";

/** Who an identity provider is for: people in a shell, or programs with a driver. */
export const idpTypeSchema = z.enum(["WORKFORCE", "WORKLOAD"]);
export type IdpType = z.infer<typeof idpTypeSchema>;

/** What a token grants by: the groups that it lists, or the one user that it names. */
export const authorizationTypeSchema = z.enum(["GROUP", "USER"]);
export type AuthorizationType = z.infer<typeof authorizationTypeSchema>;

/** The longest configuration name that Atlas takes (`displayName`, maxLength 50). */
export const CONFIGURATION_NAME_MAX = 50;
export const DEFAULT_USER_CLAIM = "sub";
export const DEFAULT_GROUPS_CLAIM = "groups";

/** In Atlas. */
const federation = {
  federationSettingsId: objectIdSchema.meta({
    description:
      "Atlas: the federation that the identity provider belongs to. Atlas creates it when an organization first opens the Federation Management Console; the id stands in that page's address. Changing it replaces the identity provider.",
    examples: ["5f1e2d3c4b5a69788796a5b4"],
  }),
};

/** In Cloud Manager and Ops Manager. */
const project = {
  projectId: objectIdSchema.meta({
    description:
      "Cloud Manager and Ops Manager: the project that the identity provider belongs to, in place of a federation. Changing it replaces the identity provider.",
    examples: ["5f1e2d3c4b5a69788796a5b4"],
  }),
};

const common = {
  configurationName: z
    .string()
    .min(1)
    .meta({
      description: `The label of this configuration. Atlas shows it to its users: 1 to ${CONFIGURATION_NAME_MAX} characters, changed in place. In Cloud Manager the name of every role and user that it lets in begins with it: letters, digits, \`-\` and \`_\`, and changing it replaces the identity provider, the old one being deleted first.`,
      examples: ["corp-entra"],
    }),
  issuerUri: z
    .string()
    .min(1)
    .meta({
      description:
        "The issuer of the tokens: exactly the `iss` claim, which is the `issuer` of the provider's metadata document. An https address without `/.well-known/openid-configuration`; a trailing slash counts.",
      examples: ["https://login.microsoftonline.com/1c1f…/v2.0"],
    }),
  audience: z.string().min(1).meta({
    description: "Whom the tokens are for: exactly the `aud` claim. Often the client id of the application.",
  }),
  authorizationType: authorizationTypeSchema.meta({
    description: "`GROUP`: access follows the groups in the token. `USER`: access is granted one by one.",
  }),
  userClaim: z.string().min(1).default(DEFAULT_USER_CLAIM).meta({
    description: "The claim that identifies the person or program. Take one that cannot be reassigned. Default: `sub`.",
  }),
  groupsClaim: z.string().min(1).optional().meta({
    description: "The claim that lists the groups. Only with `GROUP`, where the default is `groups`.",
  }),
  revokeJwksTrigger: z.string().optional().meta({
    description:
      "Change this value to revoke, once, the signing keys that MongoDB has cached: everybody who logged in through this provider is logged out. For a compromised signing key only; a rotation needs nothing.",
  }),
};

/** In Atlas. */
const described = {
  description: z
    .string()
    .optional()
    .meta({ description: "Atlas: what this configuration is for, in a sentence. Default: none." }),
};

const workforceOnly = {
  clientId: z.string().min(1).meta({
    description:
      "The application that people log in with: its client id at the identity provider. Required for `WORKFORCE`; a `WORKLOAD` provider has none.",
  }),
  requestedScopes: z.array(z.string().min(1)).default([]).meta({
    description:
      "The scopes that mongosh and Compass ask for at login. `offline_access` gets refresh tokens. Only for `WORKFORCE`. Default: none.",
  }),
};

/** In Atlas. */
const domains = {
  associatedDomains: z.array(z.string().min(1)).default([]).meta({
    description:
      "Atlas: the verified mail domains whose people this provider serves; needed when several are connected. Only for `WORKFORCE`. Default: none.",
  }),
};

/** An identity provider for people: mongosh and Compass. */
export const workforceIdentityProviderSchema = z.strictObject({
  idpType: z.literal("WORKFORCE"),
  ...common,
  ...workforceOnly,
  ...controls,
});

/** An identity provider for programs: drivers. It has no client id, since no program logs in through a browser. */
export const workloadIdentityProviderSchema = z.strictObject({
  idpType: z.literal("WORKLOAD"),
  ...common,
  ...controls,
});

/** What an identity provider has in Atlas beside these; its domains are for people only. */
export const atlasIdentityProviderSchema = z.strictObject({ ...federation, ...described });
export const atlasWorkforceSchema = z.strictObject(domains);

/** What it has in Cloud Manager and Ops Manager beside these. */
export const projectIdentityProviderSchema = z.strictObject(project);

/**
 * Any identity provider, shape only: each input by itself. What belongs to one type alone is optional here, and the
 * rules say in the field's own words when it is missing or too much; a schema can only say "unrecognized key".
 */
export const identityProviderShape = z.strictObject({
  idpType: idpTypeSchema.meta({
    description:
      "`WORKFORCE` for people, `WORKLOAD` for programs. On Atlas, changing it replaces the identity provider; Cloud Manager changes it in place.",
  }),
  federationSettingsId: federation.federationSettingsId.optional(),
  projectId: project.projectId.optional(),
  ...described,
  ...common,
  clientId: workforceOnly.clientId.optional(),
  requestedScopes: workforceOnly.requestedScopes,
  ...domains,
  ...controls,
});

/** Settings that the server holds and that can be changed in place. One that is left out means none, or its default. */
export const IDENTITY_PROVIDER_SETTINGS = [
  "configurationName",
  "description",
  "issuerUri",
  "audience",
  "clientId",
  "requestedScopes",
  "associatedDomains",
  "authorizationType",
  "userClaim",
  "groupsClaim",
] as const satisfies readonly (keyof typeof identityProviderShape.shape)[];

/** Inputs after `check`: defaults filled in. */
export type CheckedIdentityProvider = z.output<typeof identityProviderShape>;

/**
 * What a resource that uses an identity provider must know of it; a plain value that another stack can read. In Atlas it
 * belongs to a federation and has an id, in Cloud Manager and Ops Manager it belongs to a project and its name is its id.
 */
export const identityProviderReferenceSchema = z
  .strictObject({
    federationSettingsId: objectIdSchema.optional(),
    identityProviderId: objectIdSchema.optional(),
    projectId: objectIdSchema.optional(),
    configurationName: z.string().min(1),
    idpType: idpTypeSchema,
    authorizationType: authorizationTypeSchema,
  })
  .refine(
    ({ federationSettingsId, identityProviderId, projectId }) =>
      projectId === undefined
        ? federationSettingsId !== undefined && identityProviderId !== undefined
        : federationSettingsId === undefined && identityProviderId === undefined,
    "expected federationSettingsId and identityProviderId (Atlas), or projectId (Cloud Manager)",
  );
export type IdentityProviderReference = z.infer<typeof identityProviderReferenceSchema>;
