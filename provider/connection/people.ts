import { type ConnectionOptions, DEFAULT_REDIRECT_URI } from "../../schema/connection.ts";
import type { Finding } from "../../schema/finding.ts";
import { MINIMUM_CLIENTS, MONGOSH_WITH_ID_TOKEN } from "../../schema/requirements.ts";
import { finding } from "../rules/index.ts";
import { type Address, needsTrust } from "./address.ts";
import {
  aboutTls,
  type CompassSettings,
  type ConnectionProvider,
  type ConnectionSettings,
  commonParameters,
  MECHANISM_PARAMETERS,
  type MongoshSettings,
  tlsOptions,
  trustParameters,
} from "./settings.ts";
import { commandLine } from "./shell.ts";
import { AUTH_SOURCE, connectionString, MECHANISM } from "./uri.ts";

const PROGRAMS_ONLY = ["runsOn", "tokenResource", "managedIdentityClientId", "tokenFile", "authentication"] as const;
export const PEOPLE_ONLY = ["redirectUri", "idTokenAsAccessToken"] as const;

/** FED403: what is asked of a provider for people, and has a meaning for programs only. */
export function peopleFindings(options: ConnectionOptions): Finding[] {
  return PROGRAMS_ONLY.filter((path) => options[path] !== undefined).map((path) =>
    finding("FED403", { path, message: `a WORKFORCE provider serves people, but "${path}" is only for programs` }),
  );
}

/** Returns the settings for a person. Assumes that there are no findings. */
export function peopleSettings(
  { deployment = "atlas" }: ConnectionProvider,
  options: ConnectionOptions,
  address: Address,
): ConnectionSettings {
  const { mongosh, compass } = MINIMUM_CLIENTS[deployment];
  const parts = { address, database: options.database, properties: {} };
  const common = commonParameters(address, options);
  return {
    authentication: "interactive",
    uri: connectionString({ ...parts, parameters: [...common, ...trustParameters(options), ...MECHANISM_PARAMETERS] }),
    uriSuffices: true,
    options: {
      authMechanism: MECHANISM,
      authSource: AUTH_SOURCE,
      authMechanismProperties: {},
      ...tlsOptions(options),
    },
    env: {},
    minimumDrivers: [],
    mongosh: {
      ...mongoshOf(connectionString({ ...parts, parameters: common }), options, address),
      minimumVersion: options.idTokenAsAccessToken ? MONGOSH_WITH_ID_TOKEN : mongosh,
    },
    compass: {
      fields: compassFields(options, address),
      ...(compass === undefined ? {} : { minimumVersion: compass }),
    },
    notes: [...(needsTrust(address) ? [TRUSTED] : []), ...aboutTls(options.tls)],
  };
}

const TRUSTED =
  "mongosh and Compass do not send tokens to this host by default, so the settings mark it as trusted. Check the name of the host.";

function mongoshOf(uri: string, options: ConnectionOptions, address: Address): Omit<MongoshSettings, "minimumVersion"> {
  const { redirectUri, idTokenAsAccessToken = false } = options;
  const words = ["mongosh", uri, "--authenticationMechanism", MECHANISM];
  if (options.tlsCaFile !== undefined) words.push("--tlsCAFile", options.tlsCaFile);
  if (needsTrust(address)) words.push("--oidcTrustedEndpoint");
  if (idTokenAsAccessToken) words.push("--oidcIdTokenAsAccessToken");
  const redirect = ownRedirect(redirectUri) ? [`--oidcRedirectUri=${redirectUri}`] : [];
  return {
    authorizationCode: commandLine([...words, ...redirect]),
    // Nothing comes back to a browser in this flow.
    deviceAuthorization: commandLine([...words, "--oidcFlows=device-auth"]),
  };
}

function compassFields(options: ConnectionOptions, address: Address): CompassSettings["fields"] {
  const { redirectUri, replicaSet, tls = true, tlsCaFile } = options;
  const fields = [
    { tab: "General", field: "Connection String Scheme", value: address.scheme },
    { tab: "General", field: "Host", value: address.hosts.join(",") },
    { tab: "Authentication", field: "Authentication Method", value: "OIDC" },
  ];
  const oidc = (field: string, value: string) => fields.push({ tab: "Authentication, OIDC Options", field, value });
  if (ownRedirect(redirectUri)) oidc("Auth Code Flow Redirect URI", redirectUri as string);
  if (needsTrust(address)) oidc("Consider Target Endpoint Trusted", "on");
  if (options.idTokenAsAccessToken === true) oidc("Use ID token instead of Access Token", "on");
  fields.push({ tab: "TLS/SSL", field: "SSL/TLS Connection", value: tls ? "On" : "Off" });
  if (tlsCaFile !== undefined) {
    fields.push({ tab: "TLS/SSL", field: "Certificate Authority (.pem)", value: tlsCaFile });
  }
  if (replicaSet !== undefined) fields.push({ tab: "Advanced", field: "Replica Set Name", value: replicaSet });
  return fields;
}

function ownRedirect(redirectUri: string | undefined): boolean {
  return redirectUri !== undefined && redirectUri !== DEFAULT_REDIRECT_URI;
}
