import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { MongoClient } from "mongodb";
import { describe, expect, test } from "vitest";
import { type ConnectionProvider, type ConnectionSettings, connectionFor } from "../../provider/connection/index.ts";
import { FindingError } from "../../provider/findings.ts";
import { type ConnectionOptions, type RunsOn, runsOnSchema } from "../../schema/connection.ts";

const host = "cluster0.abcde.mongodb.net";
const managedIdentityClientId = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const entra: ConnectionProvider = {
  idpType: "WORKLOAD",
  issuerUri: "https://login.microsoftonline.com/8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b/v2.0",
  audience: "0d9e8f7a-6b5c-4d3e-2f1a-0b9c8d7e6f5a",
};
const google: ConnectionProvider = {
  idpType: "WORKLOAD",
  issuerUri: "https://accounts.google.com",
  audience: "mongodb.example.com",
};
const cluster: ConnectionProvider = {
  idpType: "WORKLOAD",
  issuerUri: "https://oidc.eks.example.com/id/1",
  audience: "mongodb",
};
const staff: ConnectionProvider = { idpType: "WORKFORCE", audience: "corp" };

/** Returns the options that the real driver parses. */
function understood({ uri, options }: Pick<ConnectionSettings, "uri"> & Partial<ConnectionSettings>) {
  const { options: read } = new MongoClient(uri, options as never);
  const { username, password, source, mechanism, mechanismProperties } = read.credentials!;
  const { ENVIRONMENT, TOKEN_RESOURCE } = mechanismProperties as Record<string, unknown>;
  return {
    hosts: read.srvHost ?? read.hosts.map(String).join(","),
    srv: read.srvHost !== undefined,
    tls: read.tls,
    database: read.dbName,
    replicaSet: read.replicaSet,
    login: { username, password, source, mechanism, ENVIRONMENT, TOKEN_RESOURCE },
  };
}

/**
 * The properties as the specification has them read, by the letter: split at commas, then at the first colon, then
 * decoded once. The Node.js driver decodes before it splits, so that it alone would not notice a lack of escaping.
 */
function propertiesBySpecification(uri: string): Record<string, string> {
  const raw = /[?&]authMechanismProperties=([^&]*)/.exec(uri)?.[1];
  if (raw === undefined) return {};
  return Object.fromEntries(
    raw.split(",").map((pair) => {
      const colon = pair.indexOf(":");
      return [pair.slice(0, colon), decodeURIComponent(pair.slice(colon + 1))];
    }),
  );
}

describe("a program", () => {
  test("on an Azure machine", () => {
    const settings = connectionFor(entra, { runsOn: "azure-vm", host });
    expect(settings).toMatchObject({
      authentication: "built-in",
      uri: `mongodb+srv://${host}/?authMechanism=MONGODB-OIDC&authSource=%24external&authMechanismProperties=ENVIRONMENT:azure,TOKEN_RESOURCE:${entra.audience}`,
      uriSuffices: true,
      options: {
        authMechanism: "MONGODB-OIDC",
        authSource: "$external",
        authMechanismProperties: { ENVIRONMENT: "azure", TOKEN_RESOURCE: entra.audience },
      },
      env: {},
    });
    expect(settings).not.toHaveProperty("mongosh");
    expect(settings).not.toHaveProperty("compass");
    expect(settings).not.toHaveProperty("callback");
    expect(settings.notes.join()).toContain("several managed identities");
  });

  test("says which of several managed identities it is, by the username", () => {
    const settings = connectionFor(entra, { runsOn: "azure-vm", host, managedIdentityClientId });
    expect(understood(settings).login).toMatchObject({ username: managedIdentityClientId, password: "" });
    expect(settings.notes).toEqual([]);
  });

  test("asks Azure for the Application ID URI where that is what Azure knows", () => {
    const settings = connectionFor(entra, { runsOn: "azure-vm", host, tokenResource: "api://mongodb" });
    expect(settings.uri).toContain("TOKEN_RESOURCE:api%3A%2F%2Fmongodb");
    expect(understood({ uri: settings.uri }).login.TOKEN_RESOURCE).toBe("api://mongodb");
  });

  const built: Partial<Record<RunsOn, [string, ConnectionProvider]>> = {
    "compute-engine": ["gcp", google],
    "app-engine-standard": ["gcp", google],
    "app-engine-flexible": ["gcp", google],
    "cloud-functions": ["gcp", google],
    "cloud-run": ["gcp", google],
    gke: ["gcp", google],
    "cloud-build": ["gcp", google],
    "azure-vm": ["azure", entra],
    aks: ["k8s", cluster],
    eks: ["k8s", cluster],
    kubernetes: ["k8s", cluster],
  };

  test.each(Object.entries(built))("on %s needs no code: the driver gets tokens", (runsOn, [environment, provider]) => {
    const settings = connectionFor(provider, { runsOn: runsOn as RunsOn, host });
    expect(settings.authentication).toBe("built-in");
    const TOKEN_RESOURCE = environment === "k8s" ? undefined : provider.audience;
    const login = {
      username: "",
      password: "",
      source: "$external",
      mechanism: "MONGODB-OIDC",
      ENVIRONMENT: environment,
      TOKEN_RESOURCE,
    };
    expect(understood({ uri: settings.uri }).login).toEqual(login);
    expect(understood(settings).login).toEqual(login);
  });

  const callbacks: [RunsOn, ConnectionProvider, object][] = [
    ["azure-app-service", entra, { flow: "azure-managed-identity", resource: entra.audience }],
    ["azure-functions", entra, { flow: "azure-managed-identity", resource: entra.audience }],
    ["azure-container-apps", entra, { flow: "azure-managed-identity", resource: entra.audience }],
    ["azure-functions", cluster, { flow: "client-credentials", audience: "mongodb" }],
    ["github-actions", cluster, { flow: "github-actions", audience: "mongodb" }],
    ["github-actions", entra, { flow: "client-credentials", scope: `${entra.audience}/.default` }],
    ["on-premises", entra, { flow: "client-credentials", scope: `${entra.audience}/.default` }],
    ["on-premises", cluster, { flow: "client-credentials", audience: "mongodb" }],
    ["elsewhere", google, { flow: "google-id-token", audience: google.audience }],
    ["elsewhere", { idpType: "WORKLOAD", audience: "x" }, { flow: "client-credentials", audience: "x" }],
  ];

  test.each(callbacks)("on %s brings a callback (%o)", (runsOn, provider, callback) => {
    const settings = connectionFor(provider, { runsOn, host });
    expect(settings).toMatchObject({ authentication: "callback", uriSuffices: false, callback });
    expect(settings.notes.join()).toContain("OIDC_CALLBACK");
    const OIDC_CALLBACK = async () => ({ accessToken: "" });
    const withCallback = { ...settings.options, authMechanismProperties: { OIDC_CALLBACK } };
    expect(understood({ uri: settings.uri, options: withCallback as never }).login.mechanism).toBe("MONGODB-OIDC");
    expect(() => understood({ uri: settings.uri }), "without it, the driver says so").toThrow("OIDC_CALLBACK");
  });

  test("every place is one or the other", () => {
    const told = [...Object.keys(built), ...callbacks.map(([runsOn]) => runsOn)];
    expect([...new Set(told)].sort()).toEqual([...runsOnSchema.options].sort());
  });

  test("may bring a callback where the driver could: a service principal on an Azure machine", () => {
    const settings = connectionFor(entra, { runsOn: "azure-vm", host, authentication: "callback" });
    expect(settings.callback).toEqual({ flow: "client-credentials", scope: `${entra.audience}/.default` });
    expect(settings.uri).not.toContain("ENVIRONMENT");
  });

  test("on Azure without the driver's help says which managed identity, too", () => {
    const { callback, uri } = connectionFor(entra, { runsOn: "azure-functions", host, managedIdentityClientId });
    expect(callback).toMatchObject({ managedIdentityClientId });
    expect(uri, "a callback gets no username").not.toContain(managedIdentityClientId);
  });

  test("in a pod reads the token where it is mounted", () => {
    const { env, notes } = connectionFor(cluster, { runsOn: "kubernetes", host, tokenFile: "/var/run/mongodb/token" });
    expect(env).toEqual({ AZURE_FEDERATED_TOKEN_FILE: "/var/run/mongodb/token" });
    expect(notes.join()).toContain(`iss ${cluster.issuerUri} and aud mongodb`);
    expect(connectionFor(cluster, { runsOn: "kubernetes", host }).notes.join()).toContain("projected token");
  });

  test("through a reference, which holds no audience, is told it beside", () => {
    const reference: ConnectionProvider = { idpType: "WORKLOAD" };
    const { options } = connectionFor(reference, { runsOn: "gke", host, audience: "mongodb" });
    expect(options.authMechanismProperties.TOKEN_RESOURCE).toBe("mongodb");
    expect(connectionFor(reference, { runsOn: "eks", host }).uri, "a pod needs none").toContain("ENVIRONMENT:k8s");
  });

  test("needs these drivers, and in a pod later ones", () => {
    const versions = (runsOn: RunsOn, provider: ConnectionProvider) =>
      connectionFor(provider, { runsOn, host }).minimumDrivers.map(
        ({ driver, version, later }) => `${driver} ${version}${later ? " or later" : ""}`,
      );
    expect(versions("azure-vm", entra)).toEqual([
      "Java (sync) 5.1",
      "Java (Reactive Streams) 5.1",
      "C#/.NET 2.25",
      "Go 1.17",
      "PyMongo 4.7",
      "Node.js 6.7",
      "Kotlin 5.1",
      "Scala 5.1",
      "Rust 3.2",
    ]);
    const inPods = versions("eks", cluster);
    expect(inPods).toContain("Node.js 6.7 or later");
    expect(inPods).toContain("Rust 3.2");
  });
});

describe("the connection string", () => {
  /** The values of the specification's own test vectors. */
  test.each(["foo", "mongodb://test-cluster", "abcd%ef:g&hi", "a$b"])("carries the token resource %s", (audience) => {
    for (const runsOn of ["azure-vm", "cloud-run"] as const) {
      const issuerUri = runsOn === "azure-vm" ? entra.issuerUri : google.issuerUri;
      const { uri } = connectionFor({ idpType: "WORKLOAD", issuerUri, audience }, { runsOn, host });
      expect(understood({ uri }).login.TOKEN_RESOURCE).toBe(audience);
      expect(propertiesBySpecification(uri).TOKEN_RESOURCE).toBe(audience);
    }
  });

  test("carries no token resource with a comma: the options do", () => {
    const settings = connectionFor({ ...google, audience: "mongodb://a,b" }, { runsOn: "gke", host });
    expect(settings.uriSuffices).toBe(false);
    expect(settings.notes.join()).toContain("comma");
    expect(understood(settings).login.TOKEN_RESOURCE).toBe("mongodb://a,b");
    expect(() => understood({ uri: settings.uri }), "without them, the driver says so").toThrow("ENVIRONMENT");
  });

  test("any audience decodes to itself, is in the options, or is refused", () => {
    const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), halves);
    fc.assert(
      fc.property(anyText, fc.boolean(), (audience, ofVm) => {
        const provider = { ...(ofVm ? entra : google), audience };
        let settings: ConnectionSettings;
        try {
          settings = connectionFor(provider, { runsOn: ofVm ? "azure-vm" : "gke", host });
        } catch (error) {
          expect(codesOf(error)).toEqual(["FED402 audience"]);
          expect(audience, "refused without a reason").toMatch(/^$|[\p{Cc}\p{Cs}\u2028\u2029]/u);
          return;
        }
        expect(understood(settings).login.TOKEN_RESOURCE).toBe(audience);
        expect(settings.uriSuffices).toBe(!audience.includes(","));
        if (!settings.uriSuffices) return;
        expect(understood({ uri: settings.uri }).login.TOKEN_RESOURCE).toBe(audience);
        expect(propertiesBySpecification(settings.uri)).toEqual({
          ENVIRONMENT: ofVm ? "azure" : "gcp",
          TOKEN_RESOURCE: audience,
        });
      }),
      { numRuns: 500 },
    );
  });

  test("any host, database and replica set is named or refused", () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom("db0.example.com", "[::1]", "10.0.0.1", "a_b", "x".repeat(64)));
    const entry = fc.oneof(
      piece,
      fc.tuple(piece, fc.integer({ min: 0, max: 70_000 })).map(([name, port]) => `${name}:${port}`),
    );
    let accepted = 0;
    fc.assert(
      fc.property(entry, fc.option(fc.string()), fc.option(fc.string()), (name, database, replicaSet) => {
        let uri: string;
        try {
          uri = connectionFor(cluster, {
            runsOn: "eks",
            hosts: [name],
            ...(database === null ? {} : { database }),
            ...(replicaSet === null ? {} : { replicaSet }),
          }).uri;
        } catch (error) {
          expect(error).toBeInstanceOf(FindingError);
          return;
        }
        accepted += 1;
        const read = understood({ uri });
        const withPort = /:\d+$/.test(name) && !name.endsWith("]") ? name : `${name}:27017`;
        expect(read).toMatchObject({ hosts: withPort.toLowerCase(), srv: false, tls: true });
        expect(read.database).toBe(database ?? "test");
        expect(read.replicaSet).toBe(replicaSet ?? undefined);
      }),
      { numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  test("names a list of hosts, and encrypts unless it is told not to", () => {
    const options: ConnectionOptions = {
      runsOn: "eks",
      hosts: ["db0.example.com:27017", "[fd00::1]:27018"],
      database: "app",
    };
    const { uri } = connectionFor(cluster, { ...options, replicaSet: "rs0" });
    expect(uri).toMatch(/^mongodb:\/\/db0\.example\.com:27017,\[fd00::1\]:27018\/app\?tls=true&replicaSet=rs0&auth/);
    const plain = connectionFor(cluster, { ...options, tls: false });
    expect(understood(plain).tls).toBe(false);
    expect(plain.notes.join()).toContain("Without TLS");
    const srv = connectionFor(cluster, { runsOn: "eks", host, tls: false });
    expect(understood({ uri: srv.uri }).tls, "a DNS name implies TLS, so it is said").toBe(false);
  });
});

describe("people", () => {
  test("log in by mongosh, with a browser or without", () => {
    const { authentication, mongosh, uri } = connectionFor(staff, { host });
    expect(authentication).toBe("interactive");
    expect(mongosh).toEqual({
      authorizationCode: `mongosh mongodb+srv://${host}/ --authenticationMechanism MONGODB-OIDC`,
      deviceAuthorization: `mongosh mongodb+srv://${host}/ --authenticationMechanism MONGODB-OIDC --oidcFlows=device-auth`,
      minimumVersion: "2.1.4",
    });
    expect(uri).toBe(`mongodb+srv://${host}/?authMechanism=MONGODB-OIDC&authSource=%24external`);
  });

  test("enter this in Compass", () => {
    expect(connectionFor(staff, { host }).compass).toEqual({
      fields: [
        { tab: "General", field: "Connection String Scheme", value: "mongodb+srv" },
        { tab: "General", field: "Host", value: host },
        { tab: "Authentication", field: "Authentication Method", value: "OIDC" },
        { tab: "TLS/SSL", field: "SSL/TLS Connection", value: "On" },
      ],
      minimumVersion: "1.38",
    });
  });

  test("say that a deployment under another domain is trusted, or nobody would send it a token", () => {
    const trusted = (options: ConnectionOptions) => {
      const { mongosh, compass, notes } = connectionFor(staff, options);
      const said = [
        mongosh?.authorizationCode.includes("--oidcTrustedEndpoint"),
        mongosh?.deviceAuthorization.includes("--oidcTrustedEndpoint"),
        compass?.fields.some(({ field }) => field === "Consider Target Endpoint Trusted"),
        notes.length > 0,
      ];
      expect(new Set(said).size).toBe(1);
      return said[0];
    };
    expect(trusted({ hosts: ["db0.example.com:27017"] })).toBe(true);
    expect(trusted({ host: "cluster0.mongodb.net.example.com" })).toBe(true);
    expect(trusted({ hosts: ["localhost:27017", "evilmongodb.net"] }), "one is enough").toBe(true);
    expect(trusted({ hosts: ["localhost:27017", "127.0.0.1", "[::1]:27018"] })).toBe(false);
    expect(trusted({ host: "Cluster0.abcde.MongoDB.net" })).toBe(false);
  });

  test("with another redirect, and with ID tokens", () => {
    const redirectUri = "http://localhost:8080/back";
    const { mongosh, compass } = connectionFor(staff, { host, redirectUri, idTokenAsAccessToken: true });
    expect(mongosh?.authorizationCode).toMatch(/ --oidcIdTokenAsAccessToken --oidcRedirectUri=http:\/\/localhost:8080/);
    expect(mongosh?.deviceAuthorization).toMatch(/ --oidcIdTokenAsAccessToken --oidcFlows=device-auth$/);
    expect(mongosh?.minimumVersion).toBe("2.3.0");
    expect(compass?.fields.map(({ field }) => field)).toEqual(
      expect.arrayContaining(["Auth Code Flow Redirect URI", "Use ID token instead of Access Token"]),
    );
    const usual = connectionFor(staff, { host, redirectUri: "http://localhost:27097/redirect" });
    expect(JSON.stringify(usual), "the default need not be said").not.toContain("27097");
  });

  test("of Cloud Manager and Ops Manager may have an older shell, and for Compass no version is published", () => {
    const { mongosh, compass } = connectionFor({ ...staff, deployment: "project" }, { hosts: ["db0.example.com"] });
    expect(mongosh?.minimumVersion).toBe("1.9.1");
    expect(compass).not.toHaveProperty("minimumVersion");
  });

  test("of a private certificate authority, for the shell, Compass and a driver", () => {
    const tlsCaFile = "/etc/my certificates/ca.pem";
    const { mongosh, compass, uri, options } = connectionFor(staff, { hosts: ["db0.example.com"], tlsCaFile });
    expect(words(mongosh!.authorizationCode).join(" ")).toContain(`--tlsCAFile ${tlsCaFile}`);
    expect(compass?.fields).toContainEqual({ tab: "TLS/SSL", field: "Certificate Authority (.pem)", value: tlsCaFile });
    expect(new URL(uri).searchParams.get("tlsCAFile")).toBe(tlsCaFile);
    expect(options.tlsCAFile).toBe(tlsCaFile);
    expect(JSON.stringify(connectionFor(staff, { host }))).not.toMatch(/tlsCAFile|Certificate/);
    const program = connectionFor(cluster, { runsOn: "eks", host, tlsCaFile });
    expect(new URL(program.uri).searchParams.get("tlsCAFile")).toBe(tlsCaFile);
    expect(program.options.tlsCAFile).toBe(tlsCaFile);
    expect(program.notes).toContainEqual(expect.stringContaining("Java, Kotlin and Scala do not read a CA file"));
  });

  test("a shell passes any words on unchanged", () => {
    const odd = fc.string({ minLength: 1, unit: fc.constantFrom(..."ab'\"$`\\ ;&|*?!#~(){}[]<>\n%=é") });
    fc.assert(
      fc.property(odd, (replicaSet) => {
        const { mongosh } = connectionFor(staff, {
          hosts: ["db0.example.com"],
          replicaSet,
          redirectUri: "http://h/'$x",
        });
        const [uri, ...rest] = words(mongosh!.authorizationCode);
        expect(new URL(uri!).searchParams.get("replicaSet")).toBe(replicaSet);
        expect(rest.at(-1)).toBe("--oidcRedirectUri=http://h/'$x");
      }),
      { numRuns: 40 },
    );
  });
});

/** Returns the arguments of `mongosh` that a real shell parses from a command. */
function words(command: string): string[] {
  const script = `mongosh() { printf '%s\\0' "$@"; }; ${command}`;
  return spawnSync("sh", ["-c", script], { encoding: "utf8" }).stdout.split("\0").slice(0, -1);
}

/** Text with half of a surrogate pair somewhere, which no encoding of a URI can carry. */
const halves = fc.tuple(fc.string(), fc.constantFrom("\ud800", "\udfff"), fc.string()).map((parts) => parts.join(""));

function codesOf(error: unknown): string[] {
  return error instanceof FindingError ? error.findings.map(({ code, path }) => `${code} ${path}`) : [String(error)];
}
