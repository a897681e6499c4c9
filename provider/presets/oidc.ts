import { z } from "zod";
import type { Preset, WorkforceSettings, WorkloadSettings } from "./preset.ts";
import { anyText, audience, authorizationType, issuer } from "./values.ts";

const common = {
  issuerUri: issuer().meta({
    description:
      "The `issuer` of the metadata document, character by character. A slash at its end counts. MongoDB fetches the document from {issuer}/.well-known/openid-configuration.",
  }),
  audience: audience().meta({
    description:
      "The `aud` claim of the access tokens. It must be a single value: MongoDB rejects a token that lists several audiences.",
  }),
};

const workforce = z.strictObject({
  ...common,
  clientId: anyText().meta({
    description: "The client id of the public (native) application that people log in with.",
  }),
  requestedScopes: z.array(anyText()).default([]).meta({
    description:
      "The scopes that put the audience and the groups into the token, if your provider needs any. mongosh and Compass add `openid`, and `offline_access` where the metadata document lists it. Default: none.",
  }),
  authorizationType: authorizationType("GROUP"),
});

const workload = z.strictObject({ ...common, authorizationType: authorizationType("USER") });

/** People of any provider with a standard metadata document, such as Keycloak, Auth0, ForgeRock or ADFS. */
export const oidc: Preset<typeof workforce, WorkforceSettings> = {
  name: "oidc",
  title: "Any OpenID Connect provider, for people",
  idpType: "WORKFORCE",
  authorizationType: "GROUP",
  options: workforce,
  settings: ({ issuerUri, audience: given, clientId, requestedScopes }) => ({
    issuerUri,
    audience: given,
    clientId,
    requestedScopes,
    userClaim: "sub",
  }),
};

/** Programs of any such provider: applications that get tokens by their client credentials. */
export const oidcWorkload: Preset<typeof workload, WorkloadSettings> = {
  name: "oidcWorkload",
  title: "Any OpenID Connect provider, for programs",
  idpType: "WORKLOAD",
  authorizationType: "USER",
  options: workload,
  settings: ({ issuerUri, audience: given }) => ({ issuerUri, audience: given, userClaim: "sub" }),
};
