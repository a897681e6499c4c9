/**
 * The forty problems that people report most. Each that a token and a configuration can show is told by its code, in
 * plain words, with the screen of the identity provider where it is put right; the others are told elsewhere, or cannot
 * come about.
 */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { connectionFor } from "../../provider/connection/index.ts";
import { FindingError } from "../../provider/findings.ts";
import { programFindings } from "../../provider/rules/index.ts";
import type { TokenConfigInput } from "../../schema/token-config.ts";
import { apps, connect, group, reference, staff } from "../rules/declarations.ts";
import { AUDIENCE, issue, judged, key, NOW, NOW_MS, people, programs, rsaKey, type Setting } from "./issuer.ts";

const TENANT = "1c1f0a2b-3c4d-5e6f-8091-a2b3c4d5e6f7";
const APP = "5f2c1111-2222-3333-4444-555566667777";
const ENTRA = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const OKTA_ORG = "https://corp.okta.com";
const OKTA = `${OKTA_ORG}/oauth2/default`;
const PING = "https://auth.pingone.eu/e/as";
const GOOGLE = "https://accounts.google.com";
const KEYCLOAK = "https://sso.example.com/realms/corp";
const AUTH0 = "https://corp.auth0.com/";
const GROUP = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

type Provider = TokenConfigInput["identityProviders"][number];

interface Case {
  /** Default: the token of a good login, with these claims. */
  readonly token?: string;
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly provider: Partial<Provider>;
  readonly setting?: Setting;
  readonly code: string;
  /** The values in the message: those that differ, or the missing one. */
  readonly says: RegExp;
  /** The screen, as its owner calls it; where there is none, the command or setting. */
  readonly where: RegExp;
}

const of = (issuerUri: string, changes: Partial<Provider> = {}) => ({ ...people, issuerUri, ...changes });
const user = (issuerUri: string) => ({ ...programs, issuerUri });
const granted = (...principals: string[]): Setting => ({
  config: { groups: [], users: principals.map((principal) => ({ identityProvider: "apps", principal })) },
});

const ENTRA_SCREEN = /^Where: Microsoft Entra admin center > /m;
const OKTA_SCREEN = /^Where: Okta Admin Console > Security > API > Authorization Servers/m;

const inTokens: Record<string, readonly Case[]> = {
  "1 an opaque token": [
    {
      token: "ya29.a0AfH6SMBx",
      provider: {},
      code: "FED101",
      says: /access token of Google/,
      where: /identity token \(metadata server/,
    },
    { token: "00abcDEF", provider: of(OKTA), code: "FED101", says: /opaque token/, where: OKTA_SCREEN },
    {
      token: "opaque",
      provider: of(PING),
      code: "FED101",
      says: /opaque token/,
      where: /PingOne > Applications > Resources/,
    },
    { token: "opaque", provider: of(AUTH0), code: "FED101", says: /opaque token/, where: /Auth0 Dashboard > .*APIs/ },
    { token: "a.b.c.d.e", provider: of(ENTRA), code: "FED101", says: /encrypted/, where: ENTRA_SCREEN },
  ],
  "2 the type at+jwt": [
    {
      header: { typ: "at+jwt" },
      provider: of(KEYCLOAK),
      code: "FED102",
      says: /"at\+jwt"/,
      where: /Advanced > Use "at\+jwt"/,
    },
    {
      header: { typ: "at+jwt" },
      provider: of(AUTH0),
      code: "FED102",
      says: /"JWT" or none/,
      where: /JSON Web Token \(JWT\) Profile/,
    },
  ],
  "3 an Entra ID token of version 1": [
    {
      claims: { iss: `https://sts.windows.net/${TENANT}/` },
      provider: of(ENTRA),
      code: "FED103",
      says: /v2\.0", in the token it is "https:\/\/sts\.windows\.net/,
      where: /Manifest > requestedAccessTokenVersion/,
    },
    {
      claims: { iss: `https://sts.windows.net/${TENANT}/` },
      provider: of(`${ENTRA}/.well-known/openid-configuration`),
      code: "FED103",
      says: /openid-configuration", in the token it is "https:\/\/sts/,
      where: /Manifest/,
    },
  ],
  "4 a token for Microsoft Graph": [
    {
      claims: { aud: "00000003-0000-0000-c000-000000000000" },
      provider: of(ENTRA, { audience: APP }),
      code: "FED104",
      says: /"5f2c.*"00000003/,
      where: /Expose an API/,
    },
    { header: { nonce: "n" }, provider: of(ENTRA), code: "FED104", says: /Microsoft Graph/, where: /Expose an API/ },
  ],
  "5 the audience as GUID or as URI": [
    {
      claims: { aud: APP },
      provider: of(ENTRA, { audience: `api://${APP}` }),
      code: "FED105",
      says: /"api:\/\/5f2c.*"5f2c/,
      where: ENTRA_SCREEN,
    },
  ],
  "6 several audiences": [
    {
      claims: { aud: [AUDIENCE, "account"] },
      provider: of(KEYCLOAK),
      code: "FED106",
      says: /2 audiences: "mongodb", "account"/,
      where: /Mappers > Audience/,
    },
  ],
  "7 a trailing slash": [
    {
      claims: { iss: AUTH0 },
      provider: of(AUTH0.slice(0, -1)),
      code: "FED107",
      says: /corp\.auth0\.com", in the token it is ".*com\/"/,
      where: /with a slash at its end/,
    },
    {
      claims: { iss: ENTRA },
      provider: of(`${ENTRA}/.well-known/openid-configuration`),
      code: "FED107",
      says: /openid-configuration", in the token it is "https:/,
      where: /Endpoints/,
    },
  ],
  "8 expired, or not valid yet": [
    { claims: { exp: NOW - 7200 }, provider: {}, code: "FED108", says: /expired 2 hours before/, where: /NTP/ },
    { claims: { nbf: NOW + 90 }, provider: {}, code: "FED108", says: /valid in 90 seconds only/, where: /NTP/ },
  ],
  "9 no kid, or one that the keys do not have": [
    {
      header: { kid: "rotated" },
      provider: of(OKTA),
      code: "FED109",
      says: /no key "rotated"; it has "key-1"/,
      where: /Settings > Signing Keys/,
    },
    {
      header: { kid: undefined },
      provider: of(KEYCLOAK),
      code: "FED109",
      says: /has no kid/,
      where: /Realm settings > Keys/,
    },
    { header: { kid: "rotated" }, provider: {}, code: "FED109", says: /no key/, where: /do not revoke them/ },
  ],
  "10 keys that the server does not take": [
    {
      setting: { keys: { keys: [key.jwk, rsaKey("small", 1024).jwk] } },
      provider: of(KEYCLOAK),
      code: "FED110",
      says: /key "small" drops the whole key set: it has 1024 bits/,
      where: /Realm settings > Keys/,
    },
    { header: { alg: "ES256" }, provider: of(AUTH0), code: "FED129", says: /"ES256"/, where: /Signing Algorithm/ },
  ],
  "11 a claim that must be there": [
    {
      claims: { sub: undefined },
      provider: of(KEYCLOAK, { userClaim: "email" }),
      code: "FED111",
      says: /sub is missing/,
      where: /client scope `basic`/,
    },
    {
      claims: { sub: undefined },
      provider: of(ENTRA),
      code: "FED111",
      says: /sub is missing/,
      where: /Add optional claim/,
    },
  ],
  "12 clocks that disagree": [
    { claims: { iat: NOW + 3600 }, provider: {}, code: "FED112", says: /iat lies 60 minutes ahead/, where: /NTP/ },
  ],
  "14 an ID token in place of an access token": [
    {
      claims: { at_hash: "x" },
      provider: of(PING),
      code: "FED114",
      says: /ID token/,
      where: /PingOne > Applications > Resources/,
    },
  ],
  "15 Okta's org authorization server": [
    {
      claims: { iss: OKTA_ORG, aud: OKTA_ORG },
      provider: of(OKTA_ORG),
      code: "FED115",
      says: /corp\.okta\.com/,
      where: OKTA_SCREEN,
    },
    {
      claims: { iss: OKTA_ORG },
      provider: of(OKTA),
      code: "FED115",
      says: /oauth2\/default", in the token/,
      where: OKTA_SCREEN,
    },
  ],
  "16 in, and allowed nothing": [
    {
      claims: { groups: ["ops"] },
      provider: of(OKTA),
      code: "FED201",
      says: /wanted on admin "corp\/ops"/,
      where: /Claims > Access Token > groups/,
    },
  ],
  "22 a user that is not there": [
    {
      claims: { sub: "eve" },
      provider: user(GOOGLE),
      setting: granted("ada"),
      code: "FED207",
      says: /no user "apps\/eve" on \$external/,
      where: /Unique ID/,
    },
  ],
  "26 groups by object id, granted by name": [
    {
      claims: { groups: [GROUP] },
      provider: of(ENTRA),
      code: "FED301",
      says: /by object id, corp grants to "dba"/,
      where: /Add groups claim/,
    },
  ],
  "27 too many groups for the token": [
    {
      claims: { groups: undefined, _claim_names: { groups: "src1" } },
      provider: of(ENTRA),
      code: "FED302",
      says: /too many groups/,
      where: /Add groups claim/,
    },
  ],
  "28 groups that were cut off": [
    {
      claims: { groups: ["dba", ...Array.from({ length: 99 }, (_, n) => `g${n}`)] },
      provider: of(OKTA),
      code: "FED303",
      says: /exactly 100 groups/,
      where: /groups > Filter/,
    },
  ],
  "29 the client id in place of the object id": [
    {
      claims: { sub: "object", appid: APP },
      provider: user(ENTRA),
      setting: granted(APP),
      code: "FED304",
      says: /is the application's id; the user is named by "object"/,
      where: /Enterprise applications > .*Object ID/,
    },
  ],
  "30 the mail address of a Google service account": [
    {
      claims: { sub: "1234", email: "a@p.iam.gserviceaccount.com" },
      provider: user(GOOGLE),
      setting: granted("a@p.iam.gserviceaccount.com"),
      code: "FED305",
      says: /is a mail address; the user is named by "1234"/,
      where: /Service Accounts > .*Unique ID/,
    },
  ],
  "31 a user claim that changes hands": [
    {
      claims: { upn: "ada@example.com" },
      provider: of(ENTRA, { userClaim: "upn" }),
      code: "FED219",
      says: /can pass to another person/,
      where: ENTRA_SCREEN,
    },
  ],
  "32 groups that are no list of texts": [
    {
      claims: { groups: { dba: true } },
      provider: of(KEYCLOAK),
      code: "FED307",
      says: /is an object/,
      where: /Mappers > Group Membership/,
    },
  ],
  "33 paths of Keycloak": [
    {
      claims: { groups: ["/dba"] },
      provider: of(KEYCLOAK),
      code: "FED308",
      says: /begins with a slash: "\/dba"/,
      where: /Full group path/,
    },
  ],
  "40 several providers for people, told apart by their domains": [
    {
      claims: { sub: "ada@b.example" },
      provider: { associatedDomains: ["a.example"] },
      code: "FED406",
      says: /of no domain of corp: "a\.example"/,
      where: /Federation Management Console/,
    },
  ],
};

const rows = Object.entries(inTokens).flatMap(([problem, cases]) =>
  cases.map((each, index): [string, Case] => [`${problem}${index === 0 ? "" : `, ${index + 1}.`}`, each]),
);

test.each(rows)("%s", async (_, { token, claims, header, provider, setting, code, says, where }) => {
  const identityProvider = { ...people, ...provider, clientId: undefined };
  const given = { iss: identityProvider.issuerUri, ...claims };
  const { config, ...rest } = setting ?? {};
  const { server, advice } = await judged(token ?? issue(given, header), {
    at: NOW_MS,
    ...rest,
    config: {
      groups: [{ identityProvider: identityProvider.name, group: "dba", roles: ["readWrite@app"] }],
      ...config,
      identityProviders: [identityProvider],
    },
  });
  const found = [...server, ...advice].filter((each) => each.code === code);
  expect(
    found.map(({ message }) => message).join("\n"),
    [...server, ...advice].map((each) => each.code).join(),
  ).toMatch(says);
  expect(found.map(({ fix }) => fix).join("\n")).toMatch(where);
  for (const { why } of found) expect(why).toMatch(/^[`A-Z].*\.$/s);
});

describe("problems of a configuration alone", () => {
  test.each<[string, Parameters<typeof programFindings>[0]["declarations"], string]>([
    ["17 one issuer and audience twice", [staff(), apps()], "FED202"],
    [
      "18 two providers for people",
      [staff(), connect("a", staff()), connect("b", staff({ configurationName: "other", audience: "x" }))],
      "FED203",
    ],
    ["19 a client id for programs", [apps({ clientId: "c" })], "FED204"],
    ["19 no client id for people", [staff({ clientId: undefined })], "FED204"],
    ["20 a groups claim that is ignored", [apps({ groupsClaim: "groups" })], "FED205"],
    ["25 the legacy id", [group(reference({ identityProviderId: "0oa1b2c3d4e5f6a7b8c9" }))], "FED210"],
    ["34 groups as a scope", [staff({ issuerUri: ENTRA, requestedScopes: ["groups"] })], "FED220"],
    ["31 a user claim that changes hands", [staff({ userClaim: "email" })], "FED219"],
  ])("%s", (_, declarations, code) => {
    expect(programFindings({ declarations }).map((found) => found.code)).toContain(code);
  });
});

describe("problems of clients", () => {
  const host = "cluster0.abcde.mongodb.net";
  const workload = { idpType: "WORKLOAD", issuerUri: ENTRA, audience: APP } as const;
  const codesOf = (...given: Parameters<typeof connectionFor>) => {
    try {
      connectionFor(...given);
      return [];
    } catch (error) {
      if (error instanceof FindingError) return error.findings.map(({ code }) => code);
      throw error;
    }
  };
  const reference = { idpType: "WORKLOAD" } as const;
  test.each<[string, Parameters<typeof connectionFor>, string]>([
    ["36 no token resource", [reference, { host, runsOn: "azure-vm" }], "FED402"],
    ["37 a provider for programs in mongosh", [workload, { host }], "FED403"],
    [
      "38 the wrong id of a managed identity",
      [workload, { host, runsOn: "azure-vm", managedIdentityClientId: APP }],
      "FED404",
    ],
    ["39 the token file of a pod", [workload, { host, runsOn: "kubernetes", tokenFile: "token" }], "FED405"],
  ])("%s", (_, given, code) => {
    expect(codesOf(...given)).toContain(code);
  });

  test("35 a host that mongosh does not trust", () => {
    const { mongosh } = connectionFor({ idpType: "WORKFORCE" }, { hosts: ["db0.example.com:27017"] });
    expect(mongosh?.authorizationCode).toContain("--oidcTrustedEndpoint");
  });
});

/** No token and no configuration shows these, or nobody can make them here. */
const NOT_SEEN: Record<number, string> = {
  13: "mongosh misses an ID token, or a nonce: that is between it and the identity provider",
  21: "a new configuration name replaces the identity provider, which every preview shows",
  23: "a connection is one membership, and is written after reading all of them",
  24: "the authentication mechanisms of a project are never reduced to one",
};

test("all forty are here", () => {
  const here = [...readFileSync(new URL(import.meta.url), "utf8").matchAll(/"(\d{1,2}) [a-z]/gi)].map(([, number]) =>
    Number(number),
  );
  expect([...new Set([...here, ...Object.keys(NOT_SEEN).map(Number)])].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
});
