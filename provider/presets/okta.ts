import { z } from "zod";
import { faults, type Preset, type WorkforceSettings, type WorkloadSettings } from "./preset.ts";
import { anyText, audience, authorizationType, host } from "./values.ts";

const SERVERS = "Okta Admin Console, Security, API, Authorization Servers";
/** Okta's first custom authorization server, and its default audience. */
const DEFAULT_SERVER = { id: "default", audience: "api://default" };

const ORG_SERVER = {
  why: "The org authorization server, whose issuer is the domain alone, makes access tokens for Okta only. No other server can verify them, and they carry no groups.",
  fix: `Name a custom authorization server (API Access Management): "default", or the id in the Issuer URI behind /oauth2/, under ${SERVERS}.`,
};

const common = {
  domain: host(
    "Write the host alone, without https:// and path; what stands behind /oauth2/ belongs into authorizationServer.",
  )
    .check(
      faults((value) =>
        /-admin\.(okta|oktapreview|okta-emea)\.com$/.test(value)
          ? { message: "is the domain of the Admin Console", fix: "Leave -admin away: tokens are issued without it." }
          : undefined,
      ),
    )
    .meta({
      description:
        "Your Okta domain, such as `example.okta.com`, or a custom domain: in the menu under your name at the top right of the Admin Console.",
    }),
  authorizationServer: anyText()
    .check(
      faults((value) => {
        if (value === "org") return { message: "is the org authorization server", ...ORG_SERVER };
        if (!/[/.:]/.test(value)) return undefined;
        const isOrg = URL.canParse(value) && new URL(value).pathname.replace(/\/(oauth2(\/v1)?)?\/?$/, "") === "";
        if (isOrg) return { message: "is the issuer of the org authorization server", ...ORG_SERVER };
        const fix = "Write the last part of the Issuer URI alone, the one behind /oauth2/.";
        return { message: "is an address, not the id of an authorization server", fix };
      }),
    )
    .meta({
      description: `The custom authorization server: the last part of its Issuer URI, behind /oauth2/, under ${SERVERS}: "default", or an id that begins with "aus". The org authorization server does not work.`,
    }),
};

const workforce = z.strictObject({
  ...common,
  clientId: anyText().meta({
    description: '"Client ID" of the native application: Admin Console, Applications, the application, General.',
  }),
  audience: audience()
    .optional()
    .meta({
      description: `"Audience" of the authorization server, under ${SERVERS}, Settings. Default: \`api://default\` for the server "default", else the client id.`,
    }),
  authorizationType: authorizationType("GROUP"),
});

const workload = z.strictObject({
  ...common,
  audience: audience().meta({ description: `"Audience" of the authorization server, under ${SERVERS}, Settings.` }),
  authorizationType: authorizationType("USER"),
});

const issuerOf = ({ domain, authorizationServer }: { domain: string; authorizationServer: string }) =>
  `https://${domain}/oauth2/${authorizationServer}`;

/** People of Okta, through a custom authorization server. */
export const okta: Preset<typeof workforce, WorkforceSettings> = {
  name: "okta",
  title: "Okta, for people",
  idpType: "WORKFORCE",
  authorizationType: "GROUP",
  options: workforce,
  settings: ({ clientId, audience: given, ...server }) => ({
    issuerUri: issuerOf(server),
    audience: given ?? (server.authorizationServer === DEFAULT_SERVER.id ? DEFAULT_SERVER.audience : clientId),
    clientId,
    requestedScopes: ["offline_access"],
    // In Okta's access tokens `sub` is the login, usually a mail address; `uid` is the person's id, for ever.
    userClaim: "uid",
  }),
};

/** Programs of Okta: applications that get tokens by their client credentials, and whose `sub` is the client id. */
export const oktaWorkload: Preset<typeof workload, WorkloadSettings> = {
  name: "oktaWorkload",
  title: "Okta, for programs",
  idpType: "WORKLOAD",
  authorizationType: "USER",
  options: workload,
  settings: ({ audience: given, ...server }) => ({ issuerUri: issuerOf(server), audience: given, userClaim: "sub" }),
};
