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

const common = {
  federationSettingsId: objectIdSchema.meta({
    description:
      "The federation that the identity provider belongs to. Atlas creates it when an organization first opens the Federation Management Console; the id stands in that page's address. Changing it replaces the identity provider.",
    examples: ["5f1e2d3c4b5a69788796a5b4"],
  }),
  configurationName: z
    .string()
    .min(1)
    .meta({
      description: `The label of this configuration, shown to Atlas users: 1 to ${CONFIGURATION_NAME_MAX} characters. On Atlas it is changed in place.`,
      examples: ["corp-entra"],
    }),
  description: z
    .string()
    .optional()
    .meta({ description: "What this configuration is for, in a sentence. Default: none." }),
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

const workforceOnly = {
  clientId: z.string().min(1).meta({
    description:
      "The application that people log in with: its client id at the identity provider. Required for `WORKFORCE`; a `WORKLOAD` provider has none.",
  }),
  requestedScopes: z.array(z.string().min(1)).default([]).meta({
    description:
      "The scopes that mongosh and Compass ask for at login. `offline_access` gets refresh tokens. Only for `WORKFORCE`. Default: none.",
  }),
  associatedDomains: z.array(z.string().min(1)).default([]).meta({
    description:
      "The verified mail domains whose people this provider serves; needed when several are connected. Only for `WORKFORCE`. Default: none.",
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

/**
 * Any identity provider, shape only: each input by itself. What belongs to one type alone is optional here, and the
 * rules say in the field's own words when it is missing or too much; a schema can only say "unrecognized key".
 */
export const identityProviderShape = z.strictObject({
  idpType: idpTypeSchema.meta({
    description: "`WORKFORCE` for people, `WORKLOAD` for programs. Changing it replaces the identity provider.",
  }),
  ...common,
  clientId: workforceOnly.clientId.optional(),
  requestedScopes: workforceOnly.requestedScopes,
  associatedDomains: workforceOnly.associatedDomains,
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

export type IdentityProviderInputs =
  | z.input<typeof workforceIdentityProviderSchema>
  | z.input<typeof workloadIdentityProviderSchema>;

/** Inputs after `check`: defaults filled in. */
export type CheckedIdentityProvider = z.output<typeof identityProviderShape>;

/** What a resource that uses an identity provider must know of it; a plain value that another stack can read. */
export const identityProviderReferenceSchema = z.strictObject({
  federationSettingsId: objectIdSchema,
  identityProviderId: objectIdSchema,
  configurationName: z.string().min(1),
  idpType: idpTypeSchema,
  authorizationType: authorizationTypeSchema,
});
export type IdentityProviderReference = z.infer<typeof identityProviderReferenceSchema>;
