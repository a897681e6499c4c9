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

/** A program's connection, with its place in the world looked up. */
interface Case {
  readonly provider: ConnectionProvider;
  readonly options: ConnectionOptions;
  readonly runsOn: RunsOn;
  /** Absent: by callback. */
  readonly environment: Environment | undefined;
  readonly audience: string | undefined;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is wrong with the connection of a program. */
export function programFindings(provider: ConnectionProvider, options: ConnectionOptions): Finding[] {
  const found = caseOf(provider, options);
  if (found === undefined) {
    const message = "a WORKLOAD provider serves programs, and where this one runs is not said";
    return [finding("FED403", { path: "runsOn", message, fix: FIX_RUNS_ON })];
  }
  return [...tokenResource(found), ...managedIdentity(found), ...tokenFile(found), ...issuer(found)];
}

const FIX_RUNS_ON =
  'Say where the program runs, runsOn: "azure-vm" for instance. For people, who use mongosh and Compass, use an identity provider of type WORKFORCE.';

/** What a program needs to connect. Assumes that there are no findings. */
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
        message: "the audience of the identity provider is not known, and a token is asked for it",
        why: "A `reference` of another stack does not hold the audience.",
        fix: "Give it beside the reference: audience, as it is set in the identity provider.",
      }),
    );
  }
  if (options.audience !== undefined && audience !== options.audience) {
    findings.push(
      finding("FED402", {
        path: "audience",
        message: "the identity provider has another audience",
        why: "A server takes only tokens for the audience of the identity provider.",
        fix: "Leave audience out: it comes with the identity provider.",
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
    const why = "Drivers would ask for a token for something else.";
    const message = `"${path}" is empty, or holds a line break or what else is no character of a name`;
    findings.push(finding("FED402", { path, message, why, fix: "Give it as it is set in the identity provider." }));
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
  if (!usesOne) return [finding("FED404", { path, message: "no managed identity is used here" })];
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
  if (environment !== "k8s") return [finding("FED405", { path, message: "no driver reads a token from a file here" })];
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
  // A place's own tokens are of no use where the identity provider stands for somebody else's.
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
    const wanted = claims.length === 0 ? "what the identity provider expects" : claims.join(" and ");
    notes.push(`The driver sends the token in its file as it is: the token must carry ${wanted}.`);
    if (options.tokenFile !== undefined) notes.push(OTHER_READERS);
    else if (runsOn === "kubernetes") notes.push(CLUSTER_AUDIENCE);
    notes.push(LATER_DRIVERS);
  }
  return notes;
}

const ADD_CALLBACK =
  "The program fetches its tokens: add a function as OIDC_CALLBACK to options.authMechanismProperties, and pass the options beside the connection string. examples/node-callback has the functions.";
const PASS_OPTIONS =
  "The token resource has a comma, which cannot stand in a connection string: pass the options beside it.";
const TRUST_STORES =
  "The drivers for Java and Kotlin read no CA file: import the certificate into the trust store of their JVM.";
const WHICH_IDENTITY =
  "If the machine has several managed identities, say which one by managedIdentityClientId, or Azure answers none.";
const OTHER_READERS =
  "AZURE_FEDERATED_TOKEN_FILE is what drivers read first. Azure's own libraries read it too: a program that uses both needs a callback instead.";
const CLUSTER_AUDIENCE =
  "Without tokenFile it is the pod's own service account token, whose audience is the cluster's: mount a projected token for the identity provider's audience, and name it by tokenFile.";
const LATER_DRIVERS =
  "Kubernetes came to the drivers later than the rest. Where minimumDrivers says later, look the version up in the driver's release notes.";
