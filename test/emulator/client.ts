import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../provider/emulator/index.ts";

/** The parts of a response that tests need. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  json: any;
}

export interface Sent {
  body?: unknown;
  /** The date of the version to ask for; the whole header if it has a slash; null leaves it out. */
  accept?: string | null;
  contentType?: string;
  authorization?: string | null;
  signal?: AbortSignal;
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** The answer to a digest challenge, worked out here by the book (RFC 7616) and not by the emulator's code. */
export function digestAnswer(options: {
  challenge: string;
  username: string;
  password: string;
  method: string;
  uri: string;
  count?: number;
}): string {
  const part = (name: string) => new RegExp(`[ ,]${name}="([^"]*)"`).exec(options.challenge)![1]!;
  const nc = (options.count ?? 1).toString(16).padStart(8, "0");
  const cnonce = "0a4f113b";
  const ha1 = md5(`${options.username}:${part("realm")}:${options.password}`);
  const ha2 = md5(`${options.method}:${options.uri}`);
  const response = md5(`${ha1}:${part("nonce")}:${nc}:${cnonce}:auth:${ha2}`);
  return (
    `Digest username="${options.username}", realm="${part("realm")}", nonce="${part("nonce")}", uri="${options.uri}", ` +
    `algorithm=MD5, qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"`
  );
}

/** A client that knows digest and nothing else: one challenge for each request, no retries. */
export function clientOf(emulator: Emulator, key: { publicKey: string; privateKey: string } = emulator.credentials) {
  const call = async (method: string, path: string, sent: Sent = {}): Promise<Answer> => {
    const target = path.startsWith("/api/") ? path : `/api/atlas/v2${path}`;
    let authorization = sent.authorization;
    if (authorization === undefined) {
      const challenge = (await fetch(emulator.url + target)).headers.get("www-authenticate")!;
      const { publicKey: username, privateKey: password } = key;
      authorization = digestAnswer({ challenge, username, password, method, uri: target });
    }
    const accept = sent.accept === undefined ? "2025-03-12" : sent.accept;
    const headers = new Headers();
    if (authorization !== null) headers.set("authorization", authorization);
    // fetch would send */* of its own accord.
    headers.set("accept", accept === null ? "*/*" : accept.includes("/") ? accept : versioned(accept));
    if (sent.body !== undefined) headers.set("content-type", sent.contentType ?? "application/json");
    const body = typeof sent.body === "string" ? sent.body : JSON.stringify(sent.body);
    const response = await fetch(emulator.url + target, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(sent.signal === undefined ? {} : { signal: sent.signal }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  };
  return {
    get: (path: string, sent?: Sent) => call("GET", path, sent),
    post: (path: string, body: unknown, sent?: Sent) => call("POST", path, { body, ...sent }),
    patch: (path: string, body: unknown, sent?: Sent) => call("PATCH", path, { body, ...sent }),
    delete: (path: string, sent?: Sent) => call("DELETE", path, sent),
    call,
  };
}

/** `200`, or `404 USERNAME_NOT_FOUND`: the status, and the code of a refusal. */
export const outcome = ({ status, json }: Pick<Answer, "status" | "json">): string =>
  json?.errorCode === undefined ? String(status) : `${status} ${json.errorCode}`;

export const versioned = (date: string) => `application/vnd.atlas.${date}+json`;

/** An emulator for one test, with a client, closed when the test is done. */
export async function emulated(options?: EmulatorOptions) {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  const federation = `/federationSettings/${emulator.ids.federationSettingsId}`;
  return {
    emulator,
    client: clientOf(emulator),
    orgId: emulator.ids.orgId,
    projectId: emulator.ids.projectId!,
    federationSettingsId: emulator.ids.federationSettingsId!,
    providers: `${federation}/identityProviders`,
    connections: `${federation}/connectedOrgConfigs`,
    connection: `${federation}/connectedOrgConfigs/${emulator.ids.orgId}`,
  };
}

export const allProviders = "?protocol=OIDC&protocol=SAML&idpType=WORKFORCE&idpType=WORKLOAD";

let audiences = 0;

/** A workforce identity provider that the API takes; each has an audience of its own. */
export function workforce(fields: object = {}) {
  return {
    displayName: "corp-entra",
    protocol: "OIDC",
    idpType: "WORKFORCE",
    issuerUri: "https://login.example.com/tenant/v2.0",
    audience: `audience-${++audiences}`,
    authorizationType: "GROUP",
    userClaim: "sub",
    groupsClaim: "groups",
    clientId: "client",
    ...fields,
  };
}

export function workload(fields: object = {}) {
  const { clientId: _, ...shared } = workforce();
  return { ...shared, displayName: "apps", idpType: "WORKLOAD", ...fields };
}
