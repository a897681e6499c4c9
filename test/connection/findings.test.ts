import { describe, expect, test } from "vitest";
import { type ConnectionProvider, connectionFor } from "../../provider/connection/index.ts";
import { FindingError } from "../../provider/findings.ts";
import type { ConnectionOptions } from "../../schema/connection.ts";

const host = "cluster0.abcde.mongodb.net";
const applicationId = "0d9e8f7a-6b5c-4d3e-2f1a-0b9c8d7e6f5a";
const managedIdentityClientId = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const entra: ConnectionProvider = {
  idpType: "WORKLOAD",
  issuerUri: "https://login.microsoftonline.com/8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b/v2.0",
  audience: applicationId,
};
const google: ConnectionProvider = { ...entra, issuerUri: "https://accounts.google.com", audience: "mongodb" };
const cluster: ConnectionProvider = { ...entra, issuerUri: "https://oidc.example.com", audience: "mongodb" };
const reference: ConnectionProvider = { idpType: "WORKLOAD" };
const staff: ConnectionProvider = { idpType: "WORKFORCE", audience: "corp" };

type Case = [name: string, provider: ConnectionProvider, options: ConnectionOptions, expected: string[]];
type Kept = [name: string, provider: ConnectionProvider, options: ConnectionOptions];

const cases: { code: string; breaks: Case[]; keeps: Kept[] }[] = [
  {
    code: "FED200",
    breaks: [
      ["an option that does not exist", staff, { host, port: 27017 } as never, ["FED200 port"]],
      ["a place that nobody knows", google, { host, runsOn: "heroku" } as never, ["FED200 runsOn"]],
      ["a redirect that is no address", staff, { host, redirectUri: "localhost" }, ["FED200 redirectUri"]],
      ["a name that no database has", staff, { host, database: "a/b" }, ["FED200 database"]],
      ["a CA file without TLS", staff, { host, tls: false, tlsCaFile: "ca.pem" }, ["FED200 tlsCaFile"]],
      ["several at once", staff, { host, tls: "yes", hosts: [1] } as never, ["FED200 hosts.0", "FED200 tls"]],
    ],
    keeps: [["a database of any script", staff, { host, database: "données" }]],
  },
  {
    code: "FED402",
    breaks: [
      ["a reference without the audience", reference, { host, runsOn: "gke" }, ["FED402 audience"]],
      ["the same with a callback", reference, { host, runsOn: "on-premises" }, ["FED402 audience"]],
      ["a token resource in a pod", cluster, { host, runsOn: "eks", tokenResource: "x" }, ["FED402 tokenResource"]],
      ["one on Google Cloud", google, { host, runsOn: "gke", tokenResource: "x" }, ["FED402 tokenResource"]],
      [
        "one beside a callback",
        entra,
        { host, runsOn: "azure-vm", authentication: "callback", tokenResource: "x" },
        ["FED402 tokenResource"],
      ],
      [
        "a line break that came along",
        { ...google, audience: "mongodb\n" },
        { host, runsOn: "gke" },
        ["FED402 audience"],
      ],
      ["an empty audience", { ...google, audience: "" }, { host, runsOn: "gke" }, ["FED402 audience"]],
      [
        "half a character",
        entra,
        { host, runsOn: "azure-vm", tokenResource: "api://\ud800" },
        ["FED402 tokenResource"],
      ],
      ["another audience than the provider's", google, { host, runsOn: "gke", audience: "x" }, ["FED402 audience"]],
    ],
    keeps: [
      ["a reference with the audience", reference, { host, runsOn: "gke", audience: "mongodb" }],
      ["a reference in a pod", reference, { host, runsOn: "eks" }],
      ["the provider's own audience again", google, { host, runsOn: "gke", audience: "mongodb" }],
      ["a token resource on an Azure machine", entra, { host, runsOn: "azure-vm", tokenResource: "api://x" }],
    ],
  },
  {
    code: "FED403",
    breaks: [
      ["mongosh through a workload provider", entra, { host }, ["FED403 runsOn"]],
      [
        "people's options of a workload provider",
        google,
        { host, runsOn: "gke", redirectUri: "http://localhost:1/", idTokenAsAccessToken: true },
        ["FED403 redirectUri", "FED403 idTokenAsAccessToken"],
      ],
      [
        "a program through a workforce provider",
        staff,
        {
          host,
          runsOn: "kubernetes",
          authentication: "callback",
          tokenFile: "/t",
          tokenResource: "x",
          managedIdentityClientId,
        },
        [
          "FED403 runsOn",
          "FED403 tokenResource",
          "FED403 managedIdentityClientId",
          "FED403 tokenFile",
          "FED403 authentication",
        ],
      ],
    ],
    keeps: [["people through theirs", staff, { host }]],
  },
  {
    code: "FED404",
    breaks: [
      [
        "where there are no managed identities",
        google,
        { host, runsOn: "gke", managedIdentityClientId },
        ["FED404 managedIdentityClientId"],
      ],
      [
        "where a service principal is used instead",
        entra,
        { host, runsOn: "azure-vm", authentication: "callback", managedIdentityClientId },
        ["FED404 managedIdentityClientId"],
      ],
      [
        "a name",
        entra,
        { host, runsOn: "azure-vm", managedIdentityClientId: "billing" },
        ["FED404 managedIdentityClientId"],
      ],
      [
        "the application that tokens are for",
        entra,
        { host, runsOn: "azure-vm", managedIdentityClientId: applicationId.toUpperCase() },
        ["FED404 managedIdentityClientId"],
      ],
      [
        "the same by its Application ID URI",
        { ...entra, audience: `api://${applicationId}` },
        { host, runsOn: "azure-vm", managedIdentityClientId: applicationId },
        ["FED404 managedIdentityClientId"],
      ],
    ],
    keeps: [
      ["on an Azure machine", entra, { host, runsOn: "azure-vm", managedIdentityClientId }],
      ["in Azure Functions", entra, { host, runsOn: "azure-functions", managedIdentityClientId }],
    ],
  },
  {
    code: "FED405",
    breaks: [
      ["a relative path", cluster, { host, runsOn: "eks", tokenFile: "token" }, ["FED405 tokenFile"]],
      ["outside of a pod", google, { host, runsOn: "gke", tokenFile: "/token" }, ["FED405 tokenFile"]],
    ],
    keeps: [["an absolute path", cluster, { host, runsOn: "aks", tokenFile: "/var/run/token" }]],
  },
  {
    code: "FED407",
    breaks: [
      ["tokens of Google for Entra ID", entra, { host, runsOn: "cloud-run" }, ["FED407 runsOn"]],
      ["tokens of Entra ID for Google", google, { host, runsOn: "azure-vm" }, ["FED407 runsOn"]],
      [
        "tokens of Google for nearly Google",
        { ...google, issuerUri: "https://accounts.google.com/" },
        { host, runsOn: "cloud-run" },
        ["FED407 runsOn"],
      ],
    ],
    keeps: [
      ["an issuer that is not known", reference, { host, runsOn: "azure-vm", audience: "x" }],
      ["a callback, which fetches them elsewhere", entra, { host, runsOn: "cloud-run", authentication: "callback" }],
      [
        "Entra ID of version 1",
        { ...entra, issuerUri: "https://sts.windows.net/8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b/" },
        { host, runsOn: "azure-vm" },
      ],
    ],
  },
  {
    code: "FED408",
    breaks: [
      ["no host", staff, {}, ["FED408 host"]],
      ["an empty list", staff, { hosts: [] }, ["FED408 host"]],
      ["both forms", staff, { host, hosts: [host] }, ["FED408 hosts"]],
      ["a connection string", staff, { host: `mongodb+srv://${host}` }, ["FED408 host"]],
      ["a port behind a DNS name", staff, { host: `${host}:27017` }, ["FED408 host"]],
      ["a DNS name that drivers do not look up", staff, { host: "localhost" }, ["FED408 host"]],
      ["an address in its place", staff, { host: "10.0.0.1" }, ["FED408 host"]],
      ["a path", staff, { hosts: ["db0.example.com/app"] }, ["FED408 hosts[0]"]],
      ["ports that do not exist", staff, { hosts: ["a:0", "a:65536", "a:1"] }, ["FED408 hosts[0]", "FED408 hosts[1]"]],
      ["an address that is none", staff, { hosts: ["[::g]:1"] }, ["FED408 hosts[0]"]],
      ["two hosts in one", staff, { hosts: ["a:1,b:2"] }, ["FED408 hosts[0]"]],
    ],
    keeps: [["names, addresses and ports", staff, { hosts: ["mongo_1", "10.0.0.1:1", "[::1]", "a.b:65535"] }]],
  },
];

describe.each(cases)("$code", ({ breaks, keeps }) => {
  test.each(breaks)("is found: %s", (_name, provider, options, expected) => {
    expect(found(provider, options).map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
  });
  test.each(keeps)("is not found: %s", (_name, provider, options) => {
    expect(found(provider, options)).toEqual([]);
  });
});

test("all findings come at once", () => {
  const options: ConnectionOptions = {
    runsOn: "gke",
    tokenResource: "x",
    tokenFile: "x",
    managedIdentityClientId: "x",
  };
  expect(found(entra, options).map(({ code }) => code)).toEqual(["FED408", "FED402", "FED404", "FED405", "FED407"]);
});

test("a password that was pasted with the host is not repeated", () => {
  for (const options of [{ host: "mongodb://ada:hunter2@db0.example.com" }, { hosts: ["ada:hunter2@db0"] }]) {
    const text = JSON.stringify(found(staff, options));
    expect(text).toContain("FED408");
    expect(text).not.toContain("hunter2");
  }
});

function found(provider: ConnectionProvider, options: ConnectionOptions): FindingError["findings"] {
  try {
    connectionFor(provider, options);
    return [];
  } catch (error) {
    if (error instanceof FindingError) return error.findings;
    throw error;
  }
}
