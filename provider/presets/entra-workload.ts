import { z } from "zod";
import { entraIssuer, entraOptions } from "./entra.ts";
import { faultsTogether, type Preset, type WorkloadSettings } from "./preset.ts";
import { anyText, authorizationType } from "./values.ts";

const options = z
  .strictObject({
    ...entraOptions,
    tokenVersion: z
      .union([z.literal(1), z.literal(2)], "must be 1 or 2")
      .default(2)
      .meta({
        description:
          "The value of requestedAccessTokenVersion (accessTokenAcceptedVersion in the older form) in the Manifest of the app registration. Null means 1. Default: 2, which MongoDB's documentation requires.",
      }),
    applicationIdUri: anyText().optional().meta({
      description:
        'Only with `tokenVersion: 1`: "Application ID URI" under Expose an API of the app registration, if the tokens carry another `aud` than `api://{applicationId}`. Version 2 tokens carry the application id.',
    }),
    authorizationType: authorizationType("USER"),
  })
  .check(
    faultsTogether(({ tokenVersion, cloud }) =>
      tokenVersion === 1 && cloud !== "public"
        ? {
            message: "asks for version 1 tokens of a national cloud",
            why: "Their issuer differs from cloud to cloud.",
            fix: "Set requestedAccessTokenVersion to 2 in the Manifest of the app registration, and leave tokenVersion out.",
          }
        : undefined,
    ),
  );

/**
 * Programs of Entra ID: managed identities and service principals. They are told apart by `sub`, which for a program
 * is the object id of its service principal.
 */
export const entraWorkload: Preset<typeof options, WorkloadSettings> = {
  name: "entraWorkload",
  title: "Microsoft Entra ID, for programs",
  idpType: "WORKLOAD",
  authorizationType: "USER",
  options,
  settings: ({ tenantId, applicationId, cloud, tokenVersion, applicationIdUri }) => ({
    issuerUri: tokenVersion === 1 ? `https://sts.windows.net/${tenantId}/` : entraIssuer(cloud, tenantId),
    audience: applicationIdUri ?? (tokenVersion === 1 ? `api://${applicationId}` : applicationId),
    userClaim: "sub",
  }),
};
