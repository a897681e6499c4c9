import type { ConnectionOptions, RunsOn } from "../../schema/connection.ts";
import type { Finding } from "../../schema/finding.ts";
import { finding } from "../rules/index.ts";
import type { Address } from "./address.ts";
import { isEntra, isGoogle } from "./issuers.ts";
import { type CallbackFlow, type Environment, PLACES } from "./places.ts";
import {
  aboutTls,
  type CallbackSettings,
  type ConnectionProvider,
  type ConnectionSettings,
  commonParameters,
  MECHANISM_PARAMETERS,
  tlsOptions,
  trustParameters,
} from "./settings.ts";
import { AUTH_SOURCE, connectionString, fitsUri, isKept, MECHANISM } from "./uri.ts";
import { minimumDrivers } from "./versions.ts";

/** A program's connection, with its platform looked up. */
interface Case {
  readonly provider: ConnectionProvider;
  readonly options: ConnectionOptions;
  readonly runsOn: RunsOn;
  /** Absent: by callback. */
  readonly environment: Environment | undefined;
  readonly audience: string | undefined;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns the problems of the connection of a program. */
export function programFindings(provider: ConnectionProvider, options: ConnectionOptions): Finding[] {
  const found = caseOf(provider, options);
  if (found === undefined) {
    const message = "a WORKLOAD provider serves programs, but runsOn is missing";
    return [finding("FED403", { path: "runsOn", message, fix: FIX_RUNS_ON })];
  }
  return [...tokenResource(found), ...managedIdentity(found), ...tokenFile(found), ...issuer(found)];
}

const FIX_RUNS_ON =
  'Set runsOn to the place where the program runs, such as "azure-vm". For people with mongosh or Compass, use a WORKFORCE identity provider.';

/** Returns the settings for a program. Assumes that there are no findings. */
export function programSettings(
  provider: ConnectionProvider,
  options: ConnectionOptions,
  address: Address,
): ConnectionSettings {
  const found = caseOf(provider, options) as Case;
  const { environment } = found;
  const properties = propertiesOf(found);
  const inUri = Object.values(properties).every(fitsUri);
  const username = environment === "azure" ? options.managedIdentityClientId : undefined;
  return {
    authentication: environment === undefined ? "callback" : "built-in",
    uri: connectionString({
      address,
      username,
      database: options.database,
      parameters: [...commonParameters(address, options), ...trustParameters(options), ...MECHANISM_PARAMETERS],
      properties: inUri ? properties : {},
    }),
    uriSuffices: environment !== undefined && inUri,
    options: {
      authMechanism: MECHANISM,
      authSource: AUTH_SOURCE,
      authMechanismProperties: properties,
      ...tlsOptions(options),
    },
    env: options.tokenFile === undefined ? {} : { AZURE_FEDERATED_TOKEN_FILE: options.tokenFile },
    minimumDrivers: minimumDrivers(environment === "k8s" ? "kubernetes" : "elsewhere"),
    ...(environment === undefined ? { callback: callbackOf(found) } : {}),
    notes: [
      ...notesOf(found, inUri),
      ...aboutTls(options.tls),
      ...(options.tlsCaFile === undefined ? [] : [TRUST_STORES]),
    ],
  };
}

function caseOf(provider: ConnectionProvider, options: ConnectionOptions): Case | undefined {
  const { runsOn } = options;
  if (runsOn === undefined) return undefined;
  const environment = options.authentication === "callback" ? undefined : PLACES[runsOn].environment;
  return { provider, options, runsOn, environment, audience: provider.audience ?? options.audience };
}

/** FED402 */
function tokenResource({ options, environment, audience }: Case): Finding[] {
  const findings: Finding[] = [];
  if (audience === undefined && environment !== "k8s") {
    findings.push(
      finding("FED402", {
        path: "audience",
        message: "the audience of the identity provider is unknown, but the client requests a token for it",
        why: "A `reference` of another stack does not hold the audience.",
        fix: "Set audience to the audience of the identity provider.",
      }),
    );
  }
  if (options.audience !== undefined && audience !== options.audience) {
    findings.push(
      finding("FED402", {
        path: "audience",
        message: "the identity provider has another audience",
        why: "A server accepts only tokens for the audience of the identity provider.",
        fix: "Remove audience: the identity provider supplies it.",
      }),
    );
  }
  if (options.tokenResource !== undefined && environment !== "azure") {
    const message =
      environment === "gcp"
        ? "Google puts what it is asked for into the token, which must be the audience and nothing else"
        : "a token resource has a meaning only where the driver asks Azure for a token";
    findings.push(finding("FED402", { path: "tokenResource", message }));
  }
  const values = { audience, tokenResource: options.tokenResource };
  for (const [path, value] of Object.entries(values)) {
    if (value === undefined || isKept(value)) continue;
    const why = "Drivers would request a token for another resource.";
    const message = `"${path}" is empty, or contains a line break or another control character`;
    findings.push(finding("FED402", { path, message, why, fix: "Copy the value from the identity provider." }));
  }
  return findings;
}

/** FED404 */
function managedIdentity(found: Case): Finding[] {
  const { options, environment, audience } = found;
  const { managedIdentityClientId: id } = options;
  if (id === undefined) return [];
  const path = "managedIdentityClientId";
  const usesOne = environment === "azure" || flowOf(found) === "azure-managed-identity";
  if (!usesOne) return [finding("FED404", { path, message: "this connection uses no managed identity" })];
  if (!GUID.test(id)) return [finding("FED404", { path, message: "a client id has the form of a GUID" })];
  const application = [audience, options.tokenResource]
    .filter((name) => name !== undefined)
    .map((name) => name.replace(/^api:\/\//, "").toLowerCase());
  if (!application.includes(id.toLowerCase())) return [];
  const message = "this is the application that tokens are for, not the identity that asks for them";
  return [finding("FED404", { path, message })];
}

/** FED405 */
function tokenFile({ options, environment }: Case): Finding[] {
  const { tokenFile: file } = options;
  if (file === undefined) return [];
  const path = "tokenFile";
  if (environment !== "k8s")
    return [finding("FED405", { path, message: "drivers do not read a token from a file here" })];
  return /^\/[^\0]+$/.test(file) ? [] : [finding("FED405", { path, message: "a token file is an absolute path" })];
}

/** FED407 */
function issuer({ provider, runsOn, environment }: Case): Finding[] {
  const { issuerUri } = provider;
  if (issuerUri === undefined) return [];
  const wrong =
    (environment === "gcp" && !isGoogle(issuerUri) && "Google") ||
    (environment === "azure" && !isEntra(issuerUri) && "Entra ID");
  if (wrong === false) return [];
  const message = `on ${runsOn} a driver gets tokens of ${wrong}, which this identity provider does not stand for`;
  return [finding("FED407", { path: "runsOn", message })];
}

function propertiesOf({ options, environment, audience }: Case): {
  ENVIRONMENT?: Environment;
  TOKEN_RESOURCE?: string;
} {
  if (environment === undefined) return {};
  if (environment === "k8s") return { ENVIRONMENT: environment };
  return { ENVIRONMENT: environment, TOKEN_RESOURCE: options.tokenResource ?? (audience as string) };
}

/** The way to a token without the driver's help; absent where the driver helps. */
function flowOf({ provider: { issuerUri }, runsOn, environment }: Case): CallbackFlow | undefined {
  if (environment !== undefined) return undefined;
  const { callback } = PLACES[runsOn];
  if (issuerUri === undefined) return callback;
  if (isGoogle(issuerUri)) return "google-id-token";
  // The platform's own tokens are of no use if the identity provider expects those of another issuer.
  const ofEntra = callback === "azure-managed-identity";
  if (callback === "client-credentials" || isEntra(issuerUri) === ofEntra) return callback;
  return "client-credentials";
}

function callbackOf(found: Case): CallbackSettings {
  const { provider, options, audience = "" } = found;
  const flow = flowOf(found) as CallbackFlow;
  if (flow === "azure-managed-identity") {
    const { managedIdentityClientId } = options;
    return { flow, resource: audience, ...(managedIdentityClientId === undefined ? {} : { managedIdentityClientId }) };
  }
  const entra = provider.issuerUri !== undefined && isEntra(provider.issuerUri);
  return entra ? { flow, scope: `${audience}/.default` } : { flow, audience };
}

function notesOf({ provider, options, runsOn, environment, audience }: Case, inUri: boolean): string[] {
  if (environment === undefined) return [ADD_CALLBACK];
  const notes: string[] = [];
  if (!inUri) notes.push(PASS_OPTIONS);
  if (environment === "azure" && options.managedIdentityClientId === undefined) notes.push(WHICH_IDENTITY);
  if (environment === "k8s") {
    const claims = [
      ["iss", provider.issuerUri],
      ["aud", audience],
    ].flatMap(([claim, value]) => (value === undefined ? [] : [`${claim} ${value}`]));
    const wanted = claims.length === 0 ? "the issuer and audience of the identity provider" : claims.join(" and ");
    notes.push(`The driver sends the token in its file unchanged. The token must carry ${wanted}.`);
    if (options.tokenFile !== undefined) notes.push(OTHER_READERS);
    else if (runsOn === "kubernetes") notes.push(CLUSTER_AUDIENCE);
    notes.push(LATER_DRIVERS);
  }
  return notes;
}

const ADD_CALLBACK =
  "The program fetches its tokens. Add a function as OIDC_CALLBACK to options.authMechanismProperties, and pass the options with the connection string. examples/node-callback has the functions.";
const PASS_OPTIONS =
  "The token resource contains a comma, which a connection string cannot hold. Pass the options with the connection string.";
const TRUST_STORES =
  "The drivers for Java, Kotlin and Scala do not read a CA file. Import the certificate into the trust store of the JVM.";
const WHICH_IDENTITY =
  "If the machine has several managed identities, set managedIdentityClientId. Otherwise Azure issues no token.";
const OTHER_READERS =
  "Drivers read AZURE_FEDERATED_TOKEN_FILE first. Azure's own libraries read it too, so a program that uses both needs a callback instead.";
const CLUSTER_AUDIENCE =
  "Without tokenFile, the driver sends the pod's own service account token, whose audience is the cluster. Mount a projected token for the audience of the identity provider, and set tokenFile to its path.";
const LATER_DRIVERS =
  "Drivers added Kubernetes later than the other environments. If minimumDrivers says later, look up the version in the driver's release notes.";
