/** Mistakes that people really make, each told by its own code, with what stands where and the screen to change it. */

import { describe, expect, test } from "vitest";
import { tokensRules } from "../../provider/rules/tokens.ts";
import type { TokenFinding } from "../../provider/tokens/index.ts";
import type { TokenConfigInput } from "../../schema/token-config.ts";
import { issue, judged, people, programs, type Setting, verdict } from "./issuer.ts";

const TENANT = "1c1f0a2b-3c4d-5e6f-8091-a2b3c4d5e6f7";
const APP = "5f2c1111-2222-3333-4444-555566667777";
const V1 = `https://sts.windows.net/${TENANT}/`;
const V2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const OKTA = "https://corp.okta.com";
const GROUP = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const GOOGLE = "https://accounts.google.com";
const COGNITO = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12";
const KEYCLOAK = "https://sso.example.com/realms/corp";

type Diagnosis = [
  problem: string,
  claims: Record<string, unknown>,
  provider: Partial<TokenConfigInput["identityProviders"][number]>,
  verdict: string,
  told: RegExp,
  where?: RegExp | undefined,
  setting?: Setting & { readonly header?: Record<string, unknown> },
];

const by = (name: string, ...principals: string[]): Setting => ({
  config: { groups: [], users: principals.map((principal) => ({ identityProvider: name, principal })) },
});

const diagnoses: Diagnosis[] = [
  [
    "Entra: a token of version 1, the issuer of version 2",
    { iss: V1 },
    { issuerUri: V2 },
    "refused FED103",
    /sts\.windows\.net/,
    /Manifest > requestedAccessTokenVersion/,
  ],
  [
    "Entra: a token of version 2, the issuer of version 1",
    { iss: V2 },
    { issuerUri: V1 },
    "refused FED103",
    /v2\.0/,
    /Manifest/,
  ],
  [
    "Entra: another tenant",
    { iss: V2.replace("1c1f", "9999") },
    { issuerUri: V2 },
    "refused FED132",
    /the issuer of corp/,
    /Endpoints/,
  ],
  [
    "Entra: a token for Graph",
    { iss: V2, aud: "00000003-0000-0000-c000-000000000000" },
    { issuerUri: V2, audience: APP },
    "refused FED104 | FED104",
    /00000003/,
    /Expose an API/,
  ],
  [
    "Entra: a token for Graph, which is configured so",
    { iss: V2, aud: "https://graph.microsoft.com" },
    { issuerUri: V2, audience: "https://graph.microsoft.com" },
    "accepted | FED104",
    /Microsoft Graph/,
  ],
  [
    "Entra: a nonce in the header, as tokens for Graph have it",
    { iss: V2 },
    { issuerUri: V2 },
    "accepted | FED104",
    /Microsoft Graph/,
    undefined,
    { header: { nonce: "x" } },
  ],
  [
    "Entra: the URI is configured, the token has the id",
    { iss: V2, aud: APP },
    { issuerUri: V2, audience: `api://${APP}` },
    "refused FED105",
    /"api:\/\/5f2c.*"5f2c/,
    /Manifest/,
  ],
  [
    "Entra: the id is configured, the token has the URI",
    { iss: V2, aud: `api://${APP}` },
    { issuerUri: V2, audience: APP },
    "refused FED105",
    /"5f2c.*"api/,
    /Manifest/,
  ],
  [
    "Entra: groups by object id, granted by name",
    { iss: V2, groups: [GROUP] },
    { issuerUri: V2 },
    "accepted | FED301",
    /by object id, corp grants to "dba"/,
  ],
  [
    "Entra: too many groups",
    { iss: V2, groups: undefined, hasgroups: true },
    { issuerUri: V2 },
    "refused FED302",
    /too many groups/,
    /Add groups claim/,
  ],
  [
    "Entra: no groups claim",
    { iss: V2, groups: undefined },
    { issuerUri: V2 },
    "refused FED139",
    /"groups" is missing/,
    /Add groups claim/,
  ],
  [
    "Entra: the application's id in place of the object id",
    { iss: V2, sub: "obj", azp: APP },
    { ...programs, issuerUri: V2 },
    "refused FED207 | FED304",
    /is the application's id/,
    undefined,
    by("apps", APP),
  ],
  [
    "Google: the mail address in place of the unique id",
    { iss: GOOGLE, sub: "1234", email: "a@p.iam.gserviceaccount.com" },
    { ...programs, issuerUri: GOOGLE },
    "refused FED207 | FED305",
    /is a mail address/,
    undefined,
    by("apps", "a@p.iam.gserviceaccount.com"),
  ],
  [
    "Keycloak 25 and later: no sub",
    { iss: KEYCLOAK, sub: undefined },
    { issuerUri: KEYCLOAK, userClaim: "email" },
    "refused FED111 FED138",
    /the claim sub is missing/,
    /client scope `basic`/,
  ],
  [
    "Cognito: no aud",
    { iss: COGNITO, aud: undefined, client_id: "c" },
    { issuerUri: COGNITO },
    "refused FED111",
    /the claim aud is missing/,
    /pre token generation trigger/,
  ],
  [
    "AD FS: the federation service identifier in the access token",
    { iss: "http://adfs.example.com/adfs/services/trust" },
    { issuerUri: "https://adfs.example.com/adfs" },
    "refused FED132",
    /in the token it is "http:\/\/adfs/,
    /Set-AdfsProperties -Identifier/,
  ],
  [
    "an issuer that no configuration can have",
    { iss: "http://idp.example.com/x" },
    { issuerUri: "https://idp.example.com" },
    "refused FED132",
    /the issuer of corp/,
    /mongofed refuses the one of this token \(FED212\): the issuer must begin with https/,
  ],
  [
    "Okta: the org server, by its audience",
    { iss: OKTA, aud: OKTA },
    { issuerUri: OKTA },
    "refused FED115 | FED115",
    /in the token it is "https:\/\/corp\.okta\.com"/,
    /Authorization Servers/,
  ],
  [
    "Okta: the org server, by its issuer",
    { iss: OKTA },
    { issuerUri: `${OKTA}/oauth2/default` },
    "refused FED115 | FED115",
    /oauth2\/default/,
  ],
  [
    "Okta: exactly a hundred groups",
    { iss: OKTA, groups: Array.from({ length: 100 }, (_, n) => `g${n}`).with(0, "dba") },
    { issuerUri: OKTA },
    "accepted | FED303 FED115",
    /exactly 100 groups/,
    /Filter/,
  ],
  [
    "Okta: the audience is another",
    { iss: `${OKTA}/oauth2/default`, aud: "api://default" },
    { issuerUri: `${OKTA}/oauth2/default` },
    "refused FED132",
    /"mongodb", in the token it is "api:\/\/default"/,
    /Settings > Audience/,
  ],
  [
    "a slash too many in the issuer",
    { iss: "https://corp.auth0.com/" },
    { issuerUri: "https://corp.auth0.com" },
    "refused FED107",
    /corp\.auth0\.com\/"/,
    /with a slash at its end/,
  ],
  [
    "the metadata document in place of the issuer",
    { iss: KEYCLOAK },
    { issuerUri: `${KEYCLOAK}/.well-known/openid-configuration` },
    "refused FED107",
    /well-known/,
    /Realm settings/,
  ],
  [
    "Keycloak: access tokens of their own type",
    { iss: KEYCLOAK },
    { issuerUri: KEYCLOAK },
    "refused FED102",
    /"at\+jwt"/,
    /Use "at\+jwt"/,
    { header: { typ: "at+jwt" } },
  ],
  [
    "Keycloak: roles within a claim",
    { iss: KEYCLOAK, realm_access: { roles: ["dba"] } },
    { issuerUri: KEYCLOAK, groupsClaim: "realm_access.roles" },
    "refused FED139",
    /inside "realm_access"/,
    /Mappers/,
  ],
  [
    "Keycloak: paths of groups",
    { iss: KEYCLOAK, groups: ["/dba"] },
    { issuerUri: KEYCLOAK },
    "unknown FED308?",
    /"\/dba"/,
  ],
  [
    "Keycloak: groups as an object",
    { iss: KEYCLOAK, groups: { dba: true } },
    { issuerUri: KEYCLOAK },
    "refused FED307",
    /is an object/,
    /Mappers/,
  ],
  ["Keycloak: an ID token", { iss: KEYCLOAK, typ: "ID" }, { issuerUri: KEYCLOAK }, "accepted | FED114", /ID token/],
  [
    "Keycloak: HS512, the default of some clients",
    { iss: KEYCLOAK },
    { issuerUri: KEYCLOAK },
    "refused FED129",
    /"PS384"/,
    /signature algorithm/,
    { header: { alg: "PS384" } },
  ],
  [
    "Ping: an ID token",
    { iss: "https://auth.pingone.eu/e/as", at_hash: "x" },
    { issuerUri: "https://auth.pingone.eu/e/as" },
    "accepted | FED114",
    /ID token/,
  ],
  [
    "GitHub: the audience that nobody asked for",
    { iss: "https://token.actions.githubusercontent.com", aud: "https://github.com/corp" },
    { ...programs, issuerUri: "https://token.actions.githubusercontent.com" },
    "refused FED132",
    /github\.com\/corp/,
    /workflow file/,
    by("apps", "ada"),
  ],
  [
    "Kubernetes: the audience of the cluster",
    { iss: "https://oidc.eks.eu-west-1.amazonaws.com/id/A", aud: ["https://kubernetes.default.svc"] },
    { ...programs, issuerUri: "https://oidc.eks.eu-west-1.amazonaws.com/id/A" },
    "refused FED132 | FED106",
    /kubernetes\.default/,
    /serviceAccountToken/,
    by("apps", "ada"),
  ],
  [
    "people by their mail address",
    { email: "ada@example.com" },
    { userClaim: "email" },
    "accepted | FED219",
    /"ada@example.com" can pass/,
  ],
  [
    "people by a mail address in another claim",
    { oid: "ada@example.com" },
    { userClaim: "oid" },
    "accepted | FED219",
    /can pass to another person/,
  ],
  [
    "a claim in another case",
    { Groups: ["dba"], groups: undefined },
    {},
    "refused FED139 | FED133",
    /the token has "Groups"/,
  ],
  ["a nonce with a scope, as an access token has it", { nonce: "n", scp: "openid" }, {}, "accepted", /^$/],
];

describe.each(diagnoses)("%s", (_, claims, provider, expected, told, where, setting = {}) => {
  test(expected, async () => {
    const identityProvider = { ...people, ...provider };
    const { header, config, ...rest } = setting;
    const judgement = await judged(issue(claims, header), {
      ...rest,
      config: {
        groups: [{ identityProvider: identityProvider.name, group: "dba" }],
        ...config,
        identityProviders: [{ ...identityProvider, clientId: undefined }],
      },
    });
    expect(verdict(judgement)).toBe(expected);
    const findings: TokenFinding[] = [...judgement.server, ...judgement.advice];
    expect(findings.map(({ message }) => message).join("\n")).toMatch(told);
    if (where) expect(findings.map(({ fix }) => fix).join("\n")).toMatch(where);
  });
});

test("of several providers, the one that is meant is told of, and the login goes on with it", async () => {
  const judgement = await judged(issue({ iss: `${people.issuerUri}/` }), {
    config: { identityProviders: [{ ...programs, issuerUri: "https://b.example.com" }, people] },
  });
  expect(judgement.server.map(({ code, message }) => [code, message.includes("corp")])).toEqual([["FED107", true]]);
  expect(judgement.login?.user).toBe("corp/ada");
});

test("a code that a token can show has a case in these tests", async () => {
  const { readFileSync, globSync } = await import("node:fs");
  const here = new URL(".", import.meta.url);
  const cases = globSync(["*.test.ts", "../engines/pulumi/token-check.test.ts", "../cli/preflight.test.ts"], {
    cwd: here,
  }).map((file) => readFileSync(new URL(file, here), "utf8"));
  for (const code of Object.keys(tokensRules.codes))
    expect(cases.join("\n"), code).toMatch(new RegExp(`"[^"\\n]*${code}[^"\\n]*"`));
});
