import { z } from "zod";
import { faultsTogether, type Preset, type WorkforceSettings, type WorkloadSettings } from "./preset.ts";
import { anyText, audience, authorizationType, host, issuer, uuid } from "./values.ts";

const ENVIRONMENT = "PingOne admin console, Settings, Environment Properties";
const RESOURCE = "PingOne admin console, Applications, Resources, your custom resource";
const DOMAIN = "auth.pingone.com";

const common = {
  environmentId: uuid("environment id", `${ENVIRONMENT}, "Environment ID"`)
    .optional()
    .meta({
      description: `The environment of PingOne: "Environment ID" under ${ENVIRONMENT}. Omit it if you set issuerUri.`,
    }),
  domain: host("Write the host alone: auth.pingone.eu, without https:// and path.")
    .default(DOMAIN)
    .meta({
      description: `The host of PingOne: \`${DOMAIN}\`, or the host of another region (.eu, .ca, .com.au, .sg, .asia), as in the Issuer under Applications, the application, Configuration. Default: \`${DOMAIN}\`.`,
    }),
  issuerUri: issuer().optional().meta({
    description:
      "The whole issuer, for PingFederate, PingAM and PingOne with a custom domain: `issuer` of the metadata document that the OIDC settings link to. It replaces environmentId.",
  }),
  audience: audience().meta({
    description: `"Audience" under ${RESOURCE}, Overview. With PingFederate, the audience that the access token manager sets.`,
  }),
};

const environmentOrIssuer = faultsTogether<{ environmentId?: string | undefined; issuerUri?: string | undefined }>(
  ({ environmentId, issuerUri }) => {
    const fix = `Give environmentId ("Environment ID" under ${ENVIRONMENT}), or issuerUri for PingFederate and domains of your own.`;
    if (environmentId === undefined && issuerUri === undefined)
      return { message: "names no issuer: environmentId and issuerUri are missing", fix };
    if (environmentId !== undefined && issuerUri !== undefined)
      return { message: "names two issuers: environmentId and issuerUri exclude each other", fix };
    return undefined;
  },
);

const workforce = z
  .strictObject({
    ...common,
    clientId: anyText().meta({
      description: '"Client ID" of the native application: Applications, the application, Configuration.',
    }),
    scope: anyText().meta({
      description: `A scope of the custom resource, under ${RESOURCE}, Scopes. Without a scope, the token is for PingOne itself, or is not a JWT.`,
    }),
    authorizationType: authorizationType("GROUP"),
  })
  .check(environmentOrIssuer);

const workload = z.strictObject({ ...common, authorizationType: authorizationType("USER") }).check(environmentOrIssuer);

const issuerOf = (given: { environmentId?: string | undefined; domain: string; issuerUri?: string | undefined }) =>
  given.issuerUri ?? `https://${given.domain}/${given.environmentId}/as`;

/** People of PingOne, PingFederate or PingAM. */
export const ping: Preset<typeof workforce, WorkforceSettings> = {
  name: "ping",
  title: "Ping Identity, for people",
  idpType: "WORKFORCE",
  authorizationType: "GROUP",
  options: workforce,
  settings: ({ clientId, scope, audience: given, ...server }) => ({
    issuerUri: issuerOf(server),
    audience: given,
    clientId,
    // mongosh and Compass add `offline_access` by themselves where the provider offers it.
    requestedScopes: [scope],
    userClaim: "sub",
  }),
};

/** Programs of Ping: applications that get tokens by their client credentials. */
export const pingWorkload: Preset<typeof workload, WorkloadSettings> = {
  name: "pingWorkload",
  title: "Ping Identity, for programs",
  idpType: "WORKLOAD",
  authorizationType: "USER",
  options: workload,
  settings: ({ audience: given, ...server }) => ({ issuerUri: issuerOf(server), audience: given, userClaim: "sub" }),
};
