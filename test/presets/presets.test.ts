import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { FindingError } from "../../provider/findings.ts";
import { entraObject } from "../../provider/presets/entra.ts";
import { githubRepository } from "../../provider/presets/github-actions.ts";
import { googleServiceAccount } from "../../provider/presets/google-cloud.ts";
import { type PresetName, presets } from "../../provider/presets/index.ts";
import { kubernetesServiceAccount } from "../../provider/presets/kubernetes.ts";
import { type Preset, type PresetSettings, settingsOf } from "../../provider/presets/preset.ts";
import { declarationFindings } from "../../provider/rules/index.ts";
import { FEDERATION } from "../support/ids.ts";

const tenantId = "1a2b3c4d-2222-4333-8444-5e6f7a8b9c0d";
const applicationId = "99999999-aaaa-4bbb-8ccc-dddddddddddd";

/** Valid options in every form that a preset accepts, with the expected inputs. */
const right: Record<PresetName, [options: object, expected: object][]> = {
  entraWorkforce: [
    [
      { tenantId: tenantId.toUpperCase(), applicationId },
      {
        idpType: "WORKFORCE",
        authorizationType: "GROUP",
        issuerUri: `https://login.microsoftonline.com/${tenantId}/v2.0`,
        audience: applicationId,
        clientId: applicationId,
        requestedScopes: [`${applicationId}/.default`, "offline_access"],
        userClaim: "oid",
      },
    ],
    [
      { tenantId, applicationId, cloud: "usGovernment", authorizationType: "USER" },
      { authorizationType: "USER", issuerUri: `https://login.microsoftonline.us/${tenantId}/v2.0` },
    ],
    [
      { tenantId, applicationId, cloud: "china" },
      { issuerUri: `https://login.partner.microsoftonline.cn/${tenantId}/v2.0` },
    ],
  ],
  entraWorkload: [
    [
      { tenantId, applicationId },
      {
        idpType: "WORKLOAD",
        authorizationType: "USER",
        issuerUri: `https://login.microsoftonline.com/${tenantId}/v2.0`,
        audience: applicationId,
        userClaim: "sub",
      },
    ],
    [
      { tenantId, applicationId, tokenVersion: 1 },
      { issuerUri: `https://sts.windows.net/${tenantId}/`, audience: `api://${applicationId}` },
    ],
    [{ tenantId, applicationId, tokenVersion: 1, applicationIdUri: "api://mongodb" }, { audience: "api://mongodb" }],
    [{ tenantId, applicationId, authorizationType: "GROUP" }, { authorizationType: "GROUP" }],
  ],
  googleCloud: [
    [
      { audience: "mongodb" },
      {
        idpType: "WORKLOAD",
        authorizationType: "USER",
        issuerUri: "https://accounts.google.com",
        audience: "mongodb",
        userClaim: "sub",
      },
    ],
  ],
  okta: [
    [
      { domain: "Example.okta.com", authorizationServer: "aus1", clientId: "0oa1" },
      {
        idpType: "WORKFORCE",
        authorizationType: "GROUP",
        issuerUri: "https://example.okta.com/oauth2/aus1",
        audience: "0oa1",
        clientId: "0oa1",
        requestedScopes: ["offline_access"],
        userClaim: "uid",
      },
    ],
    [{ domain: "example.okta.com", authorizationServer: "default", clientId: "0oa1" }, { audience: "api://default" }],
    [
      { domain: "id.example.com", authorizationServer: "aus1", clientId: "0oa1", audience: "mongodb" },
      { audience: "mongodb" },
    ],
  ],
  oktaWorkload: [
    [
      { domain: "example.okta.com", authorizationServer: "aus1", audience: "mongodb" },
      {
        idpType: "WORKLOAD",
        authorizationType: "USER",
        issuerUri: "https://example.okta.com/oauth2/aus1",
        audience: "mongodb",
        userClaim: "sub",
      },
    ],
  ],
  ping: [
    [
      { environmentId: tenantId, clientId: applicationId, audience: "mongodb", scope: "mongodb:login" },
      {
        idpType: "WORKFORCE",
        authorizationType: "GROUP",
        issuerUri: `https://auth.pingone.com/${tenantId}/as`,
        audience: "mongodb",
        clientId: applicationId,
        requestedScopes: ["mongodb:login"],
        userClaim: "sub",
      },
    ],
    [
      { issuerUri: "https://sso.example.com", clientId: "mongodb", audience: "mongodb", scope: "mongodb" },
      { issuerUri: "https://sso.example.com" },
    ],
  ],
  pingWorkload: [
    [
      { environmentId: tenantId, domain: "auth.pingone.eu", audience: "mongodb" },
      { idpType: "WORKLOAD", authorizationType: "USER", issuerUri: `https://auth.pingone.eu/${tenantId}/as` },
    ],
  ],
  githubActions: [
    [
      { audience: "mongodb" },
      {
        idpType: "WORKLOAD",
        authorizationType: "USER",
        issuerUri: "https://token.actions.githubusercontent.com",
        audience: "mongodb",
        userClaim: "sub",
      },
    ],
    [{ audience: "mongodb", enterprise: "octo" }, { issuerUri: "https://token.actions.githubusercontent.com/octo" }],
    [{ audience: "mongodb", host: "github.example.com" }, { issuerUri: "https://github.example.com/_services/token" }],
    [{ audience: "mongodb", host: "octo.ghe.com" }, { issuerUri: "https://token.actions.octo.ghe.com" }],
  ],
  oidc: [
    [
      { issuerUri: "https://sso.example.com/realms/corp", clientId: "mongosh", audience: "mongodb" },
      {
        idpType: "WORKFORCE",
        authorizationType: "GROUP",
        issuerUri: "https://sso.example.com/realms/corp",
        audience: "mongodb",
        clientId: "mongosh",
        requestedScopes: [],
        userClaim: "sub",
      },
    ],
    [
      {
        issuerUri: "https://corp.eu.auth0.com/",
        clientId: "c1",
        audience: "c1",
        requestedScopes: ["mongodb"],
        authorizationType: "USER",
      },
      { issuerUri: "https://corp.eu.auth0.com/", requestedScopes: ["mongodb"], authorizationType: "USER" },
    ],
  ],
  oidcWorkload: [
    [
      { issuerUri: "https://sso.example.com/realms/corp", audience: "mongodb-programs" },
      {
        idpType: "WORKLOAD",
        authorizationType: "USER",
        issuerUri: "https://sso.example.com/realms/corp",
        audience: "mongodb-programs",
        userClaim: "sub",
      },
    ],
  ],
  kubernetes: [
    [
      { issuerUri: "https://oidc.example.com/id/1/", audience: "mongodb" },
      {
        idpType: "WORKLOAD",
        authorizationType: "USER",
        issuerUri: "https://oidc.example.com/id/1/",
        audience: "mongodb",
        userClaim: "sub",
      },
    ],
  ],
};

const make = (name: PresetName, options: unknown) =>
  settingsOf(presets[name] as Preset<z.ZodType, PresetSettings>, options);

const cases = (Object.keys(right) as PresetName[]).flatMap((name) =>
  right[name].map(([options, expected]) => ({ name, options, expected })),
);

describe("turns known values into the inputs of an identity provider", () => {
  test.each(cases)("$name of $options", ({ name, options, expected }) => {
    expect(make(name, options)).toMatchObject(expected);
  });

  test.each(cases)("the rules have nothing to say of $name of $options", ({ name, options }) => {
    const findings = declarationFindings({
      kind: "IdentityProvider",
      name: "idp",
      location: { file: "index.ts", line: 1, column: 1, label: "idp" },
      inputs: { federationSettingsId: FEDERATION, configurationName: "corp", ...make(name, options) },
    });
    expect(findings).toEqual([]);
  });

  test("entraWorkload leaves an Application ID URI of version 2 tokens to the rules, which only warn about existing providers", () => {
    const inputs = make("entraWorkload", { tenantId, applicationId, applicationIdUri: "api://mongodb" });
    expect(inputs).toMatchObject({ audience: "api://mongodb" });
  });

  test("the first case of each preset names every input that it sets", () => {
    for (const name of ["entraWorkforce", "okta", "ping", "oidc", "entraWorkload", "kubernetes"] as const)
      expect(Object.keys(make(name, right[name][0]![0])).sort()).toEqual(Object.keys(right[name][0]![1]).sort());
  });
});

/** Everything that is said: path and message, and the fix, which says what to do. */
function said(task: () => unknown): string[] {
  try {
    task();
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    expect(error.findings.every(({ code, why, fix }) => code === "FED200" && why !== "" && fix !== "")).toBe(true);
    return error.findings.map(({ path, message, fix }) => `${path}: ${message} / ${fix}`);
  }
  return [];
}

const entra = { tenantId, applicationId };
const server = { domain: "example.okta.com", authorizationServer: "aus1", clientId: "0oa1" };
const environment = { environmentId: tenantId, clientId: "c", audience: "a", scope: "s" };

describe("reports invalid options with the fix", () => {
  test.each<[string, PresetName, unknown, RegExp[]]>([
    [
      "a tenant by its name and an application by its address, both at once",
      "entraWorkforce",
      { tenantId: "corp.onmicrosoft.com", applicationId: "https://portal.azure.com/x" },
      [
        /^tenantId: "tenantId" of entraWorkforce is not the tenant id: 32 .* \/ .*"Directory \(tenant\) ID"\.$/,
        /^applicationId: .* is an address, not the application id \/ .*"Application \(client\) ID"\.$/,
      ],
    ],
    [
      "nothing but a slip in a name",
      "entraWorkforce",
      { tenant: tenantId },
      [
        /^tenantId: "tenantId" of entraWorkforce is missing \/ The directory: /,
        /^applicationId: .* is missing \/ The app registration: /,
        /^tenant: entraWorkforce has no option "tenant" \/ It takes tenantId, applicationId, cloud, authorizationType\.$/,
      ],
    ],
    ["nothing at all", "entraWorkforce", undefined, [/^: the argument of entraWorkforce is missing/]],
    [
      "a cloud that is none",
      "entraWorkforce",
      { ...entra, cloud: "de" },
      [/^cloud: .* must be public, usGovernment or china/],
    ],
    ["a token version", "entraWorkload", { ...entra, tokenVersion: null }, [/^tokenVersion: .* must be 1 or 2/]],
    [
      "version 1 in a national cloud",
      "entraWorkload",
      { ...entra, cloud: "china", tokenVersion: 1 },
      [/^: .* asks for version 1 tokens of a national cloud \/ Set requestedAccessTokenVersion to 2/],
    ],
    ["an audience with a space behind it", "googleCloud", { audience: "mongodb " }, [/^audience: .* whitespace/]],
    ["an empty audience", "googleCloud", { audience: "" }, [/^audience: .* is empty/]],
    [
      "an issuer where the domain is wanted",
      "okta",
      { ...server, domain: "https://example.okta.com/oauth2/aus1" },
      [/^domain: .* is an address, not a domain \/ .*authorizationServer\.$/],
    ],
    ["a domain that is none", "okta", { ...server, domain: "okta" }, [/^domain: .* is not a domain/]],
    [
      "the Admin Console",
      "okta",
      { ...server, domain: "example-admin.okta.com" },
      [/^domain: .* \/ Leave -admin away/],
    ],
    [
      "Okta's org authorization server by its issuer",
      "okta",
      { ...server, authorizationServer: "https://example.okta.com" },
      [/^authorizationServer: .* is the issuer of the org authorization server \/ Name a custom authorization server/],
    ],
    [
      "Okta's org authorization server by a word",
      "oktaWorkload",
      { domain: "example.okta.com", authorizationServer: "org", audience: "a" },
      [/^authorizationServer: .* is the org authorization server/],
    ],
    [
      "an issuer where the authorization server is wanted",
      "okta",
      { ...server, authorizationServer: "https://example.okta.com/oauth2/aus1" },
      [/^authorizationServer: .* is an address, not the id of an authorization server/],
    ],
    [
      "two issuers, and a wrong id beside them",
      "ping",
      { ...environment, environmentId: "staging", issuerUri: "https://sso.example.com" },
      [/^environmentId: .* is not the environment id/, /^: .* exclude each other/],
    ],
    ["no issuer", "pingWorkload", { audience: "a" }, [/^: .* environmentId and issuerUri are missing/]],
    [
      "an issuer without https",
      "ping",
      { ...environment, environmentId: undefined, issuerUri: "sso" },
      [/^issuerUri: .* is not an https address/],
    ],
    [
      "an issuer without https and a scope that is no text",
      "oidc",
      { issuerUri: "sso.example.com", clientId: "c", audience: "a", requestedScopes: [""] },
      [/^issuerUri: .* is not an https address/, /^requestedScopes\.0: .* is empty/],
    ],
    ["an address as enterprise", "githubActions", { audience: "a", enterprise: "https://x" }, [/^enterprise: .* slug/]],
    [
      "two issuers of GitHub",
      "githubActions",
      { audience: "a", enterprise: "x", host: "octo.ghe.com" },
      [/exclude each other/],
    ],
    [
      "the issuer that only pods know",
      "kubernetes",
      { issuerUri: "https://kubernetes.default.svc.cluster.local", audience: "a" },
      [/^issuerUri: .* only the cluster's own pods know \/ Have the API server issue under a public address/],
    ],
  ])("%s", (_, name, options, expected) => {
    const lines = said(() => make(name, options));
    expect(lines, lines.join("\n")).toHaveLength(expected.length);
    for (const [index, line] of lines.entries()) expect(line).toMatch(expected[index]!);
  });

  test("no value stands in what is told: it may be a secret that was pasted there", () => {
    const canary = "c4n4ry.secret/value@x";
    for (const [name, preset] of Object.entries(presets)) {
      const options = Object.fromEntries(Object.keys(preset.options.shape).map((key) => [key, canary]));
      expect(said(() => make(name as PresetName, { ...options, extra: canary })).join("\n")).not.toContain("c4n4ry");
    }
  });
});

describe("principals", () => {
  test.each([
    [() => entraObject("entraManagedIdentity", tenantId.toUpperCase()), tenantId],
    [() => googleServiceAccount("123456789012345678901"), "123456789012345678901"],
    [
      () => githubRepository({ owner: "octo-org", repository: "app", branch: "main" }),
      "repo:octo-org/app:ref:refs/heads/main",
    ],
    [() => githubRepository({ owner: "octo-org", repository: "app", tag: "v1" }), "repo:octo-org/app:ref:refs/tags/v1"],
    [
      () => githubRepository({ owner: "octo-org", repository: "app", environment: "prod: eu" }),
      "repo:octo-org/app:environment:prod%3A eu",
    ],
    [
      () => githubRepository({ owner: "octo-org", repository: "app", pullRequest: true }),
      "repo:octo-org/app:pull_request",
    ],
    [
      () => githubRepository({ owner: "octo-org", ownerId: "1", repository: "app", repositoryId: "2", branch: "main" }),
      "repo:octo-org@1/app@2:ref:refs/heads/main",
    ],
    [
      () => kubernetesServiceAccount({ namespace: "prod", name: "billing.api" }),
      "system:serviceaccount:prod:billing.api",
    ],
  ])("%s is %s", (task, expected) => expect(task()).toBe(expected));

  const repository = { owner: "octo-org", repository: "app" };
  test.each<[string, () => unknown, RegExp[]]>([
    [
      "a group's name",
      () => entraObject("entraGroup", "DBA Team"),
      [/is not the object id.*Groups, the group, Overview/],
    ],
    ["a person's login", () => entraObject("entraUser", "ada@example.com"), [/is a mail address or login name/]],
    [
      "Azure's resource id",
      () => entraObject("entraManagedIdentity", "/subscriptions/1/resourceGroups/2"),
      [/is the resource id of Azure.*"Object \(principal\) ID"/],
    ],
    [
      "a service account's mail address",
      () => googleServiceAccount("app@project.iam.gserviceaccount.com"),
      [/is the mail address of the service account \/ Copy the unique id, 21 digits: .*uniqueId/],
    ],
    ["a number that lost digits", () => googleServiceAccount(1e20), [/must be a text: a number/]],
    ["a shorter number", () => googleServiceAccount("123"), [/is not a unique id of 21 digits/]],
    [
      "no context",
      () => githubRepository(repository),
      [/does not say what .* exactly one of branch, tag, environment, pullRequest/],
    ],
    [
      "two contexts",
      () => githubRepository({ ...repository, branch: "main", tag: "v1" }),
      [/says branch and tag at once/],
    ],
    ["a ref as branch", () => githubRepository({ ...repository, branch: "refs/heads/main" }), [/Leave refs\/heads\//]],
    [
      "one of two numbers",
      () => githubRepository({ ...repository, branch: "main", ownerId: "1" }),
      [/Give both, or none/],
    ],
    [
      "owner and repository in one, and no context",
      () => githubRepository({ owner: "octo-org/app", repository: "https://github.com/octo-org/app" }),
      [/^owner: /, /^repository: /, /does not say what/],
    ],
    [
      "names that Kubernetes has not",
      () => kubernetesServiceAccount({ namespace: "Prod", name: "system:serviceaccount:prod:x" }),
      [/^namespace: /, /^name: /],
    ],
  ])("refuse %s", (_, task, expected) => {
    const lines = said(task);
    expect(lines, lines.join("\n")).toHaveLength(expected.length);
    for (const [index, line] of lines.entries()) expect(line).toMatch(expected[index]!);
  });
});
