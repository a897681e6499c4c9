import { z } from "zod";
import { CONFIGURATION_NAME } from "./automation-config.ts";
import { controls } from "./controls.ts";
import { defineFields, type Settings, settingsOf, shapeOf } from "./fields.ts";
import { objectIdSchema } from "./ids.ts";

/** Who an identity provider is for: people in a shell, or programs with a driver. */
export const idpTypeSchema = z.enum(["WORKFORCE", "WORKLOAD"]);
export type IdpType = z.infer<typeof idpTypeSchema>;

/** Selects whether the groups or the user of a token receive access. */
export const authorizationTypeSchema = z.enum(["GROUP", "USER"]);
export type AuthorizationType = z.infer<typeof authorizationTypeSchema>;

/** The longest configuration name that Atlas takes (`displayName`, maxLength 50). */
export const CONFIGURATION_NAME_MAX = 50;
export const DEFAULT_USER_CLAIM = "sub";
export const DEFAULT_GROUPS_CLAIM = "groups";

export const identityProviderFields = defineFields({
  federationSettingsId: {
    schema: objectIdSchema,
    description: "The federation that the identity provider belongs to: 24 hexadecimal digits.",
    where:
      "Atlas creates the federation when an organization first opens the Federation Management Console. The address of that page contains the id.",
    example: "5f1e2d3c4b5a69788796a5b4",
    plane: "atlas",
    replaces: true,
  },
  projectId: {
    schema: objectIdSchema,
    description: "The project that the identity provider belongs to, instead of a federation: 24 hexadecimal digits.",
    where: "The console shows the id under Project Settings.",
    example: "5f1e2d3c4b5a69788796a5b4",
    plane: "project",
    replaces: true,
  },
  idpType: {
    schema: idpTypeSchema,
    description: "`WORKFORCE` for people, who use mongosh and Compass. `WORKLOAD` for programs, which use drivers.",
    replaces: "atlas",
    plain: true,
  },
  configurationName: {
    schema: z.string().min(1),
    description: `The name of this configuration. On Atlas it is a label of at most ${CONFIGURATION_NAME_MAX} characters. On Cloud Manager and Ops Manager it is the prefix of every role and user, made of letters, digits, \`-\` and \`_\`. A replacement deletes the old identity provider first.`,
    example: "corp-entra",
    replaces: "project",
    wire: { atlas: "displayName", project: "authNamePrefix" },
  },
  description: {
    schema: z.string().optional(),
    description: "The purpose of this configuration, in one sentence.",
    default: "none",
    plane: "atlas",
  },
  issuerUri: {
    schema: z.string().min(1),
    description:
      "The issuer of the tokens: exactly the `iss` claim. It is an https address without `/.well-known/openid-configuration`. A trailing slash counts.",
    where: "The identity provider's metadata document calls it `issuer`.",
    example: "https://login.microsoftonline.com/1c1f…/v2.0",
  },
  audience: {
    schema: z.string().min(1),
    description: "The recipient that the tokens are issued for: exactly the `aud` claim.",
    where: "It is often the client id of the application at the identity provider.",
    example: "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6",
  },
  clientId: {
    schema: z.string().min(1),
    description: "The client id of the application that people log in with.",
    where: "The identity provider shows it on the page of the application.",
    example: "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6",
    when: { idpType: "WORKFORCE" },
  },
  requestedScopes: {
    schema: z.array(z.string().min(1)).default([]),
    description: "The scopes that mongosh and Compass request at login. Add `offline_access` for refresh tokens.",
    example: ["openid", "offline_access"],
    when: { idpType: "WORKFORCE" },
  },
  associatedDomains: {
    schema: z.array(z.string().min(1)).default([]),
    description:
      "The verified email domains whose people this identity provider serves. Atlas needs them when several identity providers are connected.",
    example: ["example.com"],
    plane: "atlas",
    when: { idpType: "WORKFORCE" },
  },
  authorizationType: {
    schema: authorizationTypeSchema,
    description:
      "`GROUP`: access follows the groups in the token. `USER`: each person or program is granted access by name.",
  },
  userClaim: {
    schema: z.string().min(1).default(DEFAULT_USER_CLAIM),
    description: "The claim that identifies the person or program. Choose a claim whose values are never reassigned.",
    example: "oid",
  },
  groupsClaim: {
    schema: z.string().min(1).optional(),
    description: "The claim that lists the groups.",
    example: "roles",
    default: `\`${DEFAULT_GROUPS_CLAIM}\``,
    when: { authorizationType: "GROUP" },
  },
  revokeJwksTrigger: {
    schema: z.string().optional(),
    description:
      "A new value revokes the signing keys that MongoDB has cached, once. Everyone who logged in through this identity provider is logged out. Use it for a compromised signing key only: a key rotation needs nothing. Cloud Manager and Ops Manager have no API for this.",
    example: "2026-08-17",
    default: "no revocation",
    local: true,
  },
  ...controls,
});

/** Any identity provider, each input by itself. */
export const identityProviderShape = shapeOf(identityProviderFields);

/** The settings that change in place, by control plane. */
export const IDENTITY_PROVIDER_SETTINGS = settingsOf(identityProviderFields, "atlas");
export const PROJECT_IDENTITY_PROVIDER_SETTINGS = settingsOf(identityProviderFields, "project");

/** The settings that a control plane stores. */
export type IdentityProviderSettings = Settings<typeof identityProviderFields>;

/**
 * The properties of an identity provider that other resources need, as a plain value that other stacks can read. In
 * Atlas it belongs to a federation and has an id. In Cloud Manager and Ops Manager it belongs to a project, and its
 * name is its id.
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
  )
  .refine(
    ({ projectId, configurationName }) =>
      projectId === undefined
        ? [...configurationName].length <= CONFIGURATION_NAME_MAX
        : CONFIGURATION_NAME.test(configurationName),
    {
      path: ["configurationName"],
      error: `expected at most ${CONFIGURATION_NAME_MAX} characters (Atlas), or only letters, digits, - and _ (Cloud Manager)`,
    },
  );
export type IdentityProviderReference = z.infer<typeof identityProviderReferenceSchema>;
