/**
 * Checks each row of the table of server behavior, which comes from the server's sources and documentation. Every token
 * is really signed, with keys of this run.
 */

import { describe, expect, test } from "vitest";
import {
  AUDIENCE,
  claims,
  curveKey,
  encode,
  header,
  ISSUER,
  issue,
  judged,
  key,
  keySet,
  NOW,
  NOW_MS,
  otherKey,
  people,
  programs,
  rsaKey,
  type Setting,
  seal,
  verdict,
  verdictOf,
} from "./issuer.ts";

type Row = [row: string, condition: string, token: () => string, verdict: string, setting?: Setting];

const without = (name: string) => JSON.stringify({ ...claims, [name]: undefined });
const withoutHeader = (name: string) => JSON.stringify({ ...header, [name]: undefined });
const p256 = curveKey("p256", "P-256");
const p384 = curveKey("p384", "P-384");
const p521 = curveKey("p521", "P-521");
const small = rsaKey("small", 1024);
const withKeys = (...keys: object[]) => ({ keys: { keys: [key.jwk, ...keys] } });
const padded = (text: string) => text.padEnd(Math.ceil(text.length / 4) * 4, "=");

const structure: Row[] = [
  ["T01", "one dot", () => issue().split(".").slice(0, 2).join("."), "refused FED101"],
  ["T01", "three dots", () => `${issue()}.`, "refused FED101"],
  ["T01", "five parts, an encrypted token", () => "a.b.c.d.e", "refused FED101"],
  ["T02", "an opaque token", () => "ya29.a0AfH6SMBx".replace(".", "-"), "refused FED101"],
  ["T03", "a plus in the claims", () => seal(`${encode(header)}.+${encode(claims).slice(1)}`), "refused FED141"],
  ["T03", "a length that cannot be", () => seal(`${encode(header)}.AAAAAAAAA`), "refused FED141"],
  [
    "T04",
    "padding that completes",
    () => seal(`${padded(encode(header))}.${padded(encode({ ...claims, x: "y" }))}`),
    "accepted | FED141",
  ],
  ["T05", "no alg", () => issue({}, withoutHeader("alg")), "refused FED129"],
  ["T06", "no kid", () => issue({}, withoutHeader("kid")), "refused FED109"],
  ["T06", "a kid that is null", () => issue({}, { kid: null }), "refused FED109"],
  ["T07", "no typ", () => issue({}, withoutHeader("typ")), "accepted"],
  ["T07", "a typ that is null", () => issue({}, { typ: null }), "accepted"],
  ["T08", "typ JWT", () => issue({}, { typ: "JWT" }), "accepted"],
  ["T09", "typ at+jwt", () => issue({}, { typ: "at+jwt" }), "refused FED102"],
  ["T09", "typ jwt", () => issue({}, { typ: "jwt" }), "refused FED102"],
  ["T09", "typ JOSE", () => issue({}, { typ: "JOSE" }), "refused FED102"],
  ...["RS256", "RS384", "RS512", "PS256"].map(
    (alg): Row => ["T10", `${alg} with an RSA key`, () => issue({}, { alg }), "accepted"],
  ),
  ["T11", "alg none", () => issue({}, { alg: "none" }), "refused FED120"],
  ["T11", "HS256", () => issue({}, { alg: "HS256" }), "refused FED121"],
  ...["PS384", "PS512", "EdDSA", "RS1"].map((alg): Row => ["T11", alg, () => issue({}, { alg }), "refused FED129"]),
  ["T11", "ES256 with an RSA key", () => issue({}, { alg: "ES256" }), "refused FED129"],
  [
    "T12",
    "ES256 on 8.0",
    () => issue({}, { alg: "ES256", kid: "p256" }, p256),
    "refused FED109 FED129 | FED135",
    withKeys(p256.jwk),
  ],
  [
    "T12",
    "ES256 on a newer server",
    () => issue({}, { alg: "ES256", kid: "p256" }, p256),
    "unknown FED129?",
    { ...withKeys(p256.jwk), server: "8.2" },
  ],
  [
    "T12",
    "ES384 on a newer server",
    () => issue({}, { alg: "ES384", kid: "p384" }, p384),
    "unknown FED129?",
    { ...withKeys(p384.jwk), server: "8.2" },
  ],
  [
    "T12",
    "an ES256 signature by another key",
    () => issue({}, { alg: "ES256", kid: "p256" }, curveKey("p256", "P-256")),
    "refused FED129? FED128",
    { ...withKeys(p256.jwk), server: "8.2" },
  ],
  [
    "T12",
    "RS256 with a key of a curve",
    () => issue({}, { kid: "p256" }),
    "refused FED129",
    { ...withKeys(p256.jwk), server: "8.2" },
  ],
  ["T13", "a P-521 key in the set, on 8.0", () => issue(), "accepted | FED135", withKeys(p521.jwk)],
  [
    "T13",
    "a P-521 key in the set, on a newer server",
    () => issue(),
    "unknown FED110?",
    { ...withKeys(p521.jwk), server: "8.2" },
  ],
  [
    "T13",
    "ES512",
    () => issue({}, { alg: "ES512", kid: "p521" }, p521),
    "refused FED109 FED129 | FED135",
    withKeys(p521.jwk),
  ],
  [
    "T13",
    "a P-256 key with coordinates of 33 bytes, on a newer server",
    () => issue(),
    "unknown FED110?",
    {
      ...withKeys({
        ...p256.jwk,
        x: encode(Buffer.concat([Buffer.alloc(1), Buffer.from(String(p256.jwk.x), "base64url")])),
      }),
      server: "8.2",
    },
  ],
  [
    "T13",
    "a P-256 key and an RSA key of one kid, on a newer server",
    () => issue(),
    "unknown FED110?",
    { ...withKeys({ ...p256.jwk, kid: key.kid }), server: "8.2" },
  ],
  ["T14", "a kid that is not in the set", () => issue({}, { kid: "key-9" }), "refused FED109"],
  ["T15", "an RSA key of 1024 bits in the set", () => issue(), "refused FED110", withKeys(small.jwk)],
  ["T15", "an RSA key with exponent 1", () => issue(), "refused FED110", withKeys({ ...otherKey.jwk, e: "AQ" })],
  ["T15", "an RSA key with exponent 3", () => issue(), "accepted", withKeys({ ...otherKey.jwk, e: "Aw" })],
  ["T15", "an empty kid in the set", () => issue(), "refused FED110", withKeys({ ...otherKey.jwk, kid: "" })],
  ["T15", "one kid twice", () => issue(), "refused FED110", withKeys({ ...otherKey.jwk, kid: key.kid })],
  ["T15", "a key without kid", () => issue(), "refused FED110", withKeys({ ...otherKey.jwk, kid: undefined })],
  [
    "T15",
    "a key of another type without kid",
    () => issue(),
    "refused FED110",
    withKeys({ kty: "OKP", crv: "Ed25519", x: "AAAA" }),
  ],
  [
    "T16",
    "a key of another type",
    () => issue(),
    "accepted | FED135",
    withKeys({ kty: "OKP", crv: "Ed25519", x: "AAAA", kid: "ed" }),
  ],
  ["T17", "a signature by another key", () => issue({}, {}, otherKey), "refused FED128"],
  [
    "T17",
    "a header that was changed",
    () => `${encode({ ...header, kid: "key-2" })}.${issue().split(".").slice(1).join(".")}`,
    "refused FED128",
  ],
  [
    "T17",
    "claims that were changed",
    () => [encode(header), encode({ ...claims, sub: "eve" }), issue().split(".")[2]].join("."),
    "refused FED128",
  ],
  ["T17", "a signature that goes on", () => `${issue()}AAAA`, "refused FED128"],
  ["T18", "no keys are given", () => issue(), "accepted", { keys: false }],
];

const registered: Row[] = [
  ["C01", "no iss", () => issue(without("iss")), "refused FED111"],
  ["C01", "iss is null", () => issue({ iss: null }), "refused FED111"],
  ["C01", "iss is a number", () => issue({ iss: 1 }), "refused FED111"],
  ["C02", "iss with a slash at its end", () => issue({ iss: `${ISSUER}/` }), "refused FED107"],
  ["C02", "iss in another case", () => issue({ iss: "https://IDP.example.com" }), "refused FED107"],
  ["C02", "iss with http", () => issue({ iss: "http://idp.example.com" }), "refused FED107"],
  ["C02", "another iss", () => issue({ iss: "https://other.example.com" }), "refused FED132"],
  ["C03", "no aud", () => issue(without("aud")), "refused FED111"],
  ["C03", "aud is null", () => issue({ aud: null }), "refused FED111"],
  ["C03", "aud is a number", () => issue({ aud: 7 }), "refused FED111"],
  ["C03", "aud is an object", () => issue({ aud: {} }), "refused FED111"],
  ["C03", "aud is a list with a number", () => issue({ aud: [AUDIENCE, 7] }), "refused FED111"],
  ["C04", "aud is the audience", () => issue({ aud: AUDIENCE }), "accepted"],
  ["C05", "aud is a list of the audience alone", () => issue({ aud: [AUDIENCE] }), "accepted | FED106"],
  ["C06", "aud is a list of two, on 8.0", () => issue({ aud: [AUDIENCE, "other"] }), "refused FED106"],
  [
    "C06",
    "aud is a list of two, on 7.0.7",
    () => issue({ aud: [AUDIENCE, "other"] }),
    "refused FED106",
    { server: "7.0.7" },
  ],
  [
    "C06",
    "aud is a list of two, on 7.0",
    () => issue({ aud: [AUDIENCE, "other"] }),
    "refused FED106",
    { server: "7.0" },
  ],
  [
    "C06",
    "aud is a list of two, on 7.3",
    () => issue({ aud: [AUDIENCE, "other"] }),
    "refused FED106",
    { server: "7.3" },
  ],
  [
    "C06",
    "aud is a list of two, on 7.0.6",
    () => issue({ aud: [AUDIENCE, "other"] }),
    "unknown FED106?",
    { server: "7.0.6" },
  ],
  [
    "C06",
    "aud is a list of two, on 7.2",
    () => issue({ aud: [AUDIENCE, "other"] }),
    "unknown FED106?",
    { server: "7.2" },
  ],
  ["C07", "aud is the audience twice", () => issue({ aud: [AUDIENCE, AUDIENCE] }), "refused FED106"],
  ["C08", "aud is an empty list", () => issue({ aud: [] }), "refused FED132"],
  [
    "C09",
    "iss and aud belong to two providers",
    () => issue({ aud: "other" }),
    "refused FED132 FED132",
    { config: { identityProviders: [people, { ...programs, issuerUri: "https://b.example.com", audience: "other" }] } },
  ],
  ["C10", "azp is another client", () => issue({ azp: "another" }), "accepted"],
  ["C11", "no exp", () => issue(without("exp")), "refused FED111"],
  ["C11", "exp is null", () => issue({ exp: null }), "refused FED111"],
  ["C11", "exp is a text", () => issue({ exp: String(NOW + 9) }), "refused FED131"],
  ["C12", "exp was a millisecond ago", () => issue({ exp: NOW }), "refused FED108 | FED131", { at: NOW_MS + 1 }],
  ["C13", "exp is now", () => issue({ iat: NOW - 1, exp: NOW }), "accepted", { at: NOW_MS }],
  ["C14", "exp has a fraction", () => issue({ exp: NOW + 9.5 }), "unknown FED131?"],
  ["C14", "nbf has a fraction", () => issue({ nbf: NOW - 9.5 }), "unknown FED131?"],
  [
    "C14",
    "exp is written with a fraction of nothing",
    () => issue(JSON.stringify(claims).replace(/"exp":(\d+)/, '"exp":$1.0')),
    "accepted",
  ],
  ["C15", "nbf is null", () => issue({ nbf: null }), "accepted"],
  ["C16", "nbf lies 60 seconds ahead", () => issue({ nbf: NOW + 60 }), "accepted"],
  ["C17", "nbf lies 61 seconds ahead", () => issue({ nbf: NOW + 61 }), "refused FED108"],
  ["C18", "iat lies 61 seconds ahead", () => issue({ iat: NOW + 61 }), "unknown FED112?"],
  ["C18", "iat lies 60 seconds ahead", () => issue({ iat: NOW + 60 }), "accepted"],
  ["C18", "auth_time lies an hour ahead", () => issue({ iat: undefined, auth_time: NOW + 3600 }), "unknown FED112?"],
  ["C19", "auth_time is later than iat", () => issue({ auth_time: NOW + 2 }), "unknown FED112?"],
  ["C19", "auth_time is before iat", () => issue({ auth_time: NOW - 2 }), "accepted"],
  ["C20", "no iat", () => issue(without("iat")), "accepted"],
  [
    "C21",
    "no sub, though another claim names the user",
    () => issue({ sub: undefined, oid: "o" }),
    "refused FED111",
    { config: { identityProviders: [{ ...people, userClaim: "oid" }] } },
  ],
  ["C21", "sub is null", () => issue({ sub: null }), "refused FED111 FED138"],
  ["C21", "sub is a list", () => issue({ sub: ["ada"] }), "refused FED111 FED138"],
  ["C21", "sub is a number", () => issue({ sub: 7 }), "refused FED111 FED138"],
  ...["iss", "sub", "aud", "exp", "nbf"].map(
    (name): Row => [
      "C22",
      `${name} stands twice`,
      () => {
        const value = JSON.stringify({ nbf: NOW, ...claims }[name]);
        return issue(
          JSON.stringify({ ...claims, [name]: undefined }).replace("{", `{"${name}":${value},"${name}":${value},`),
        );
      },
      "refused FED130",
    ],
  ),
  ...["alg", "kid", "typ"].map(
    (name): Row => [
      "C22",
      `${name} stands twice`,
      () => issue({}, JSON.stringify(header).replace("{", `{"${name}":${JSON.stringify(header[name as "alg"])},`)),
      "refused FED130",
    ],
  ),
  [
    "C23",
    "claims that nobody knows",
    () => issue({ nonce: "n", scope: "openid", jti: "j", x: { y: [1] } }),
    "accepted",
  ],
];

const users: Setting = {
  config: {
    identityProviders: [programs],
    groups: [],
    users: [{ identityProvider: "apps", principal: "ada", roles: ["read@app"] }],
  },
};
const byOid: Setting = { config: { identityProviders: [{ ...people, userClaim: "oid" }] } };

const principals: Row[] = [
  ["P01", "no user claim", () => issue(), "refused FED138", byOid],
  ["P02", "the user claim is a number", () => issue({ oid: 7 }), "refused FED138", byOid],
  ["P02", "the user claim is null", () => issue({ oid: null }), "refused FED138", byOid],
  [
    "P03",
    "a user claim with a dot is a name, no path",
    () => issue({ user: { id: "ada" } }),
    "refused FED138",
    { config: { identityProviders: [{ ...people, userClaim: "user.id" }] } },
  ],
  ["P05", "the user claim is empty", () => issue({ oid: "" }), "accepted | FED140", byOid],
  ["P06", "the client says another user", () => issue(), "refused FED142", { userName: "eve" }],
  [
    "P07",
    "the user is of another domain than the provider's",
    () => issue({ sub: "ada@b.example" }),
    "accepted | FED219 FED406",
    { config: { identityProviders: [{ ...people, associatedDomains: ["a.example"] }] } },
  ],
  [
    "P07",
    "so is the name that the client gives",
    () => issue({ sub: "ada@b.example" }),
    "accepted | FED219 FED406",
    { userName: "ada@b.example", config: { identityProviders: [{ ...people, associatedDomains: ["a.example"] }] } },
  ],
  [
    "P07",
    "the user is of the provider's domain, in other letters",
    () => issue({ sub: "ada@A.example" }),
    "accepted | FED219",
    { config: { identityProviders: [{ ...people, associatedDomains: ["a.example"] }] } },
  ],
  ["P06", "the client says the same user", () => issue(), "accepted", { userName: "ada" }],
  ["G01", "no groups claim", () => issue(without("groups")), "refused FED139"],
  ["G02", "a list of groups", () => issue({ groups: ["dba", "dev"] }), "accepted"],
  ["G03", "one group as a text", () => issue({ groups: "dba" }), "accepted"],
  ["G03", "a text is not split", () => issue({ groups: "dba dev" }), "accepted | FED201"],
  ["G04", "an empty list", () => issue({ groups: [] }), "accepted | FED201"],
  ["G05", "a list with a number", () => issue({ groups: ["dba", 7] }), "refused FED307"],
  ...[{}, 7, true, null].map(
    (groups): Row => ["G06", `groups is ${JSON.stringify(groups)}`, () => issue({ groups }), "refused FED307"],
  ),
  [
    "G07",
    "a nested claim",
    () => issue({ realm_access: { roles: ["dba"] } }),
    "refused FED139",
    { config: { identityProviders: [{ ...people, groupsClaim: "realm_access.roles" }] } },
  ],
  ["G08", "a group with a slash before it", () => issue({ groups: ["/dba"] }), "unknown FED308?"],
  ["G09", "a group twice", () => issue({ groups: ["dba", "dba"] }), "accepted"],
  [
    "G10",
    "too many groups for the token",
    () => issue({ groups: undefined, _claim_names: { groups: "src1" } }),
    "refused FED302",
  ],
  ["G11", "a group in another case", () => issue({ groups: ["DBA"] }), "accepted | FED201"],
  ["U01", "the user exists", () => issue(), "accepted", users],
  ["U02", "the user does not exist", () => issue({ sub: "eve" }), "refused FED207", users],
  [
    "U02",
    "no user at all is declared here",
    () => issue(),
    "unknown FED207?",
    { config: { ...users.config, users: [] } },
  ],
  ["U03", "groups count for nothing", () => issue({ groups: 7 }), "accepted", users],
  ["A01", "one of the groups has no role", () => issue({ groups: ["dev", "dba"] }), "accepted"],
  [
    "A08",
    "two providers have one prefix, and the other's group has a role",
    () => issue({ groups: ["ops"] }),
    "accepted | FED143",
    {
      config: {
        identityProviders: [people, { ...people, name: "other", audience: "other" }],
        groups: [{ identityProvider: "other", group: "ops", roles: ["root@admin"] }],
      },
    },
  ],
  [
    "A08",
    "two providers have one prefix, and the other's user has the same name",
    () => issue(),
    "accepted | FED143",
    {
      config: {
        identityProviders: [programs, { ...programs, name: "other", audience: "other" }],
        groups: [],
        users: [{ identityProvider: "other", principal: "ada", roles: ["root@admin"] }],
      },
    },
  ],
  ["A02", "no group has a role", () => issue({ groups: ["dev"] }), "accepted | FED201"],
];

describe.each(Object.entries({ structure, registered, principals }))("%s", (_, rows) => {
  test.each(rows)("%s: %s", async (_row, _condition, token, expected, setting) => {
    expect(await verdictOf(token(), setting)).toBe(expected);
  });
});

describe("predictions", () => {
  test("P04: slashes, spaces and @ are kept", async () => {
    const { login } = await judged(issue({ sub: "a/b c@d" }));
    expect(login?.user).toBe("corp/a/b c@d");
  });

  test("user and group roles carry the prefix; one that is not known yet is shown as such", async () => {
    const unknown = await judged(issue(), { config: { identityProviders: [{ ...people, prefix: undefined }] } });
    expect(unknown.login).toMatchObject({
      user: "<id of corp>/ada",
      groups: ["<id of corp>/dba"],
      roles: ["readWrite@app"],
    });
  });

  test("G02, G09: each group is asked for once", async () => {
    const { login } = await judged(issue({ groups: ["dba", "dev", "dba"] }));
    expect(login?.groups).toEqual(["corp/dba", "corp/dev"]);
  });

  test("G08: no second slash, as Percona Server does", async () => {
    const { login } = await judged(issue({ groups: ["/dba"] }));
    expect(login).toMatchObject({ groups: ["corp/dba"], roles: ["readWrite@app"] });
  });

  test("U04: by group, a user of the same name counts for nothing", async () => {
    const { login } = await judged(issue(), {
      config: { users: [{ identityProvider: "corp", principal: "ada", roles: ["root@admin"] }] },
    });
    expect(login?.roles).toEqual(["readWrite@app"]);
  });

  test("A03: a group of another provider is not this one's", async () => {
    const outcome = await judged(issue(), {
      config: {
        identityProviders: [people, { ...programs, audience: "other", authorizationType: "GROUP" }],
        groups: [{ identityProvider: "apps", group: "dba", roles: ["root@admin"] }],
      },
    });
    expect(verdict(outcome)).toBe("accepted | FED201");
  });

  test("A04: inherited roles count, through any number of others and through circles", async () => {
    const { login } = await judged(issue(), {
      config: {
        groups: [{ identityProvider: "corp", group: "dba", roles: ["a@admin"] }],
        databaseRoles: [
          { roleName: "a", roles: ["b"] },
          { roleName: "b", roles: ["a", "readWriteAnyDatabase@admin"] },
        ],
      },
    });
    expect(login?.effective.map(({ role, through }) => [role, through.length])).toEqual([
      ["a@admin", 1],
      ["b@admin", 2],
      ["readWriteAnyDatabase@admin", 3],
      ["readAnyDatabase@admin", 4],
    ]);
  });

  describe("A05, A06: authentication restrictions", () => {
    const at = (...lists: object[][]): Setting => ({
      config: {
        groups: [
          { identityProvider: "corp", group: "dba", roles: ["a@admin"], authenticationRestrictions: lists[0] ?? [] },
        ],
        databaseRoles: [{ roleName: "a", authenticationRestrictions: lists[1] ?? [] }],
      },
    });
    const inside = [{ clientSource: ["10.0.0.0/8", "fd00::/8"] }];
    test.each<[string, Setting, string]>([
      ["an address in the range", { ...at(inside), clientAddress: "10.1.2.3" }, "accepted"],
      ["an address of IPv6 in the range", { ...at(inside), clientAddress: "fd12::1" }, "accepted"],
      ["an address outside", { ...at(inside), clientAddress: "11.1.2.3" }, "refused FED144"],
      ["no address given", at(inside), "conditional"],
      [
        "a range with bits of the host",
        { ...at([{ clientSource: ["10.9.9.9/8"] }]), clientAddress: "10.1.2.3" },
        "accepted",
      ],
      ["a single address", { ...at([{ clientSource: ["10.1.2.3"] }]), clientAddress: "10.1.2.4" }, "refused FED144"],
      [
        "one of two documents met",
        { ...at([{ clientSource: ["11.0.0.0/8"] }, ...inside]), clientAddress: "10.1.2.3" },
        "accepted",
      ],
      [
        "a document of which one part is not met",
        {
          ...at([{ clientSource: ["10.0.0.0/8"], serverAddress: ["10.9.9.9"] }]),
          clientAddress: "10.1.2.3",
          serverAddress: "10.9.9.8",
        },
        "refused FED144",
      ],
      [
        "the other part not given",
        { ...at([{ clientSource: ["10.0.0.0/8"], serverAddress: ["10.9.9.9"] }]), clientAddress: "10.1.2.3" },
        "conditional",
      ],
      ["an empty list, and no address given", at([{ clientSource: [] }]), "refused FED144"],
      [
        "a range that is none",
        { ...at([{ clientSource: ["10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/8/8"] }]), clientAddress: "10.1.2.3" },
        "refused FED144",
      ],
      ["an empty list", { ...at([{ clientSource: [] }]), clientAddress: "10.1.2.3" }, "refused FED144"],
      [
        "an inherited role's not met",
        { ...at(inside, [{ clientSource: ["11.0.0.0/8"] }]), clientAddress: "10.1.2.3" },
        "refused FED144",
      ],
      ["a socket that is no address", { ...at(inside), clientAddress: "/tmp/mongodb.sock" }, "refused FED144"],
    ])("%s", async (_, setting, expected) => {
      expect(await verdictOf(issue(), setting)).toBe(expected);
    });
  });
});

test("all findings come in the order of a server: claims, provider, header, time, key, user, clock", async () => {
  const token = issue(
    { sub: undefined, aud: "other", exp: NOW - 1, iat: NOW + 999, groups: undefined },
    { typ: "at+jwt", kid: "key-9" },
  );
  expect(await verdictOf(token)).toBe("refused FED111 FED132 FED102 FED108 FED109 FED138 FED112? FED139 | FED131");
});

test("a token of a provider that several projects have says so, unless one of them is named", async () => {
  const twice = {
    identityProviders: [
      { ...people, projectId: "a" },
      { ...people, name: "there", projectId: "b" },
    ],
  };
  const notes = async (setting: Setting) => (await judged(issue(), { config: twice, ...setting })).notes;
  expect(await notes({})).toEqual([
    "other projects have an identity provider of this issuer and audience, too (there)",
  ]);
  expect(await notes({ projectId: "a" })).toEqual([]);
  expect((await judged(issue(), { config: twice, projectId: "b" })).login?.identityProvider).toBe("there");
});

test("a token without keys says that its signature was not checked", async () => {
  const { signature, notes } = await judged(issue({}, {}, otherKey), { keys: false });
  expect({ signature, notes }).toEqual({
    signature: "not checked",
    notes: ["the signature was not checked: no keys were given"],
  });
  expect((await judged(issue(), { keys: keySet })).signature).toBe("valid");
});
