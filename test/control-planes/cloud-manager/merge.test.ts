import { describe, expect, test } from "vitest";
import type { Change } from "../../../provider/control-planes/cloud-manager/change.ts";
import { holds, merge, missing } from "../../../provider/control-planes/cloud-manager/merge.ts";
import { exampleAutomationConfig as example } from "../../../provider/emulator/index.ts";

const roleKeys = { role: "corp/dba", db: "admin", privileges: [], roles: [], authenticationRestrictions: [] };
const role: Change = { list: "roles", name: "corp/dba@admin", intent: "create", keys: roleKeys };
const userKeys = { user: "corp/ada", db: "$external", roles: [], mechanisms: [] };
const user: Change = { list: "usersWanted", name: "corp/ada@$external", intent: "create", keys: userKeys };
const providerKeys = {
  authNamePrefix: "corp",
  issuerUri: "https://idp.example.com",
  audience: "api://corp",
  clientId: "client",
  requestedScopes: undefined,
  userClaim: "sub",
  groupsClaim: "groups",
  supportsHumanFlows: true,
  useAuthorizationClaim: true,
};
const provider: Change = { list: "oidcProviderConfigs", name: "corp", intent: "create", keys: providerKeys };
const theirs = { list: "oidcProviderConfigs", name: "theirs" } as const;

/** The document of a merge that nothing was refused in. */
function merged(document: string, ...changes: Change[]): string {
  const { document: text, refused } = merge(document, changes);
  expect([...refused.values()]).toEqual([]);
  return text;
}

const refusals = (document: string, ...changes: Change[]) => [...merge(document, changes).refused.values()];

/** The example without any identity provider. */
const plain = merged(example, { ...theirs, intent: "delete" });

describe("a created entry", () => {
  test("stands at the end of its list, and every other byte is where it was", () => {
    expect(merged(example, role, user)).toBe(
      example
        .replace(/(\n {2}\],\n {2}"maintainedBy")/, (tail) => `\n  ,${JSON.stringify(roleKeys)}],${tail.slice(5)}`)
        .replace(/\n {4}\],\n {4}"usersDeleted"/, (tail) => `\n    ,${JSON.stringify(userKeys)}],${tail.slice(7)}`),
    );
  });

  test("makes a list that is not there", () => {
    expect(JSON.parse(merged('{"version":1}', role, user))).toEqual({
      version: 1,
      roles: [roleKeys],
      auth: { usersWanted: [userKeys] },
    });
  });

  test("is refused where its name is taken, unless it is what an earlier attempt has brought there", () => {
    const there = merged(example, role);
    expect(refusals(there, role)).toMatchObject([{ message: "role corp/dba@admin exists already" }]);
    expect(merge(there, [role], new Set([role]))).toEqual({ document: there, refused: new Map() });
    const other: Change = { ...role, keys: { ...roleKeys, roles: [{ role: "read", db: "app" }] } };
    expect(merge(there, [other], new Set([other])).refused.size).toBe(1);
  });

  test("one refusal does not keep the others back", () => {
    const { document, refused } = merge(merged(example, role), [role, user]);
    expect([holds(document, user), refused.size]).toEqual([true, 1]);
  });
});

describe("a changed entry", () => {
  test("keeps the keys and the numbers that are not ours", () => {
    const change: Change = { ...theirs, intent: "update", keys: { audience: "api://new", clientId: undefined } };
    expect(merged(example, change)).toBe(example.replace("api://theirs", "api://new"));
  });

  test("is not written anew where it means the same", () => {
    const same: Change = {
      list: "roles",
      name: "report-reader@admin",
      intent: "update",
      keys: {
        privileges: [
          { actions: ["listDatabases"], resource: { cluster: true } },
          { actions: ["find"], resource: { collection: "", db: "reports" } },
        ],
        roles: [],
      },
    };
    expect(merged(example, same)).toBe(example);
  });

  test("loses a key that is to be none, and gets no null in its place", () => {
    const there = merged(plain, provider);
    const user: Change = {
      ...provider,
      intent: "update",
      keys: { groupsClaim: undefined, useAuthorizationClaim: false },
    };
    const [entry] = JSON.parse(merged(there, user)).oidcProviderConfigs;
    expect(entry).not.toHaveProperty("groupsClaim");
    expect(entry.useAuthorizationClaim).toBe(false);
    // A null that somebody else has put there goes too.
    const nulled = there.replace('"groupsClaim":"groups"', '"groupsClaim":null');
    expect(JSON.parse(merged(nulled, user)).oidcProviderConfigs[0]).not.toHaveProperty("groupsClaim");
  });

  test("has empty privileges written where they are missing", () => {
    const there = merged(example, { ...role, keys: { role: "corp/dba", db: "admin" } });
    const change: Change = { ...role, intent: "update", keys: { privileges: [] } };
    expect(merged(there, change)).toContain('{"role":"corp/dba","db":"admin","privileges":[]}');
  });

  test("is refused where it is gone", () => {
    expect(refusals(example, { ...role, intent: "update" })).toMatchObject([
      { message: "role corp/dba@admin is not there any more" },
    ]);
  });
});

describe("a deleted entry", () => {
  test("leaves the document as it was before it was created", () => {
    const del = ({ list, name }: typeof role | typeof user) => ({ list, name, intent: "delete" }) as Change;
    const there = merged(example, role, user, provider);
    expect(merged(there, del(role as never), del(user as never), { ...theirs, name: "corp", intent: "delete" })).toBe(
      example,
    );
  });

  test("and is not there counts as deleted, without a byte changed", () => {
    expect(merged(example, { list: "roles", name: "nobody@admin", intent: "delete" })).toBe(example);
  });
});

describe("identity providers", () => {
  const mechanisms = (text: string) => JSON.parse(text).auth.deploymentAuthMechanisms;
  const agent = (text: string) => JSON.parse(text).auth.autoAuthMechanisms;
  const names = (text: string) =>
    JSON.parse(text).oidcProviderConfigs?.map((one: Record<string, unknown>) => one.authNamePrefix);
  const workload: Change = {
    ...provider,
    name: "apps",
    keys: { ...providerKeys, authNamePrefix: "apps", clientId: undefined, supportsHumanFlows: false },
  };

  test("for people stand before those for programs, whatever comes first", () => {
    expect(names(merged(example, provider))).toEqual(["corp", "theirs"]);
    expect(names(merged(example, workload, provider))).toEqual(["corp", "theirs", "apps"]);
    expect(names(merged(example, provider, workload))).toEqual(["corp", "theirs", "apps"]);
  });

  test("for people that somebody has put behind are brought to the front with the next change", () => {
    const behind = merged(example, { ...provider, keys: { ...providerKeys, supportsHumanFlows: false } }).replace(
      /("supportsHumanFlows":)false(,"useAuthorizationClaim":true)/,
      "$1true$2",
    );
    expect(names(behind)).toEqual(["theirs", "corp"]);
    expect(names(merged(behind, { ...provider, intent: "update", keys: { audience: "x" } }))).toEqual([
      "corp",
      "theirs",
    ]);
  });

  test("switch OIDC on for clients with the first and off with the last, and never for the Agent", () => {
    expect([names(plain), mechanisms(plain), agent(plain)]).toEqual([undefined, ["SCRAM-SHA-256"], ["SCRAM-SHA-256"]]);
    const one = merged(plain, provider);
    expect([mechanisms(one), agent(one)]).toEqual([["SCRAM-SHA-256", "MONGODB-OIDC"], ["SCRAM-SHA-256"]]);
    const two = merged(one, workload);
    expect(mechanisms(merged(two, { ...workload, intent: "delete" } as Change))).toEqual(mechanisms(one));
    expect(merged(one, { ...provider, intent: "delete" } as Change)).toBe(plain);
  });

  test("get the mechanism back that somebody has taken out", () => {
    const without = merged(plain, provider).replace(',"MONGODB-OIDC"', "");
    const change: Change = { ...provider, intent: "update", keys: { audience: "api://corp" } };
    expect(holds(without, change)).toBe(false);
    expect(mechanisms(merged(without, change))).toEqual(["SCRAM-SHA-256", "MONGODB-OIDC"]);
  });

  test.each([
    [
      "authentication is switched off",
      '"disabled": false,\n    "autoAuth',
      '"disabled": true,\n    "autoAuth',
      /switched off/,
    ],
    [
      "the Agent has no mechanism",
      '"autoAuthMechanisms": ["SCRAM-SHA-256"]',
      '"autoAuthMechanisms": []',
      /Agent has no/,
    ],
    [
      "OIDC would be the only one",
      '"deploymentAuthMechanisms": ["SCRAM-SHA-256"]',
      '"deploymentAuthMechanisms": []',
      /only authentication/,
    ],
  ])("are refused where %s", (_, from, to, message) => {
    expect(plain).toContain(from);
    expect(refusals(plain.replace(from, to), provider)).toMatchObject([
      { message: expect.stringMatching(message), fix: expect.stringContaining("Deployment, Security, Settings") },
    ]);
  });

  test("cannot be deleted as the last one where nothing else lets anybody in", () => {
    const alone = example.replace('["SCRAM-SHA-256", "MONGODB-OIDC"]', '["MONGODB-OIDC"]');
    expect(refusals(alone, { ...theirs, intent: "delete" })).toMatchObject([
      { message: /no authentication mechanism/ },
    ]);
  });
});

describe("the TLS settings", () => {
  const tls = (keys: Record<string, unknown>, processes: Record<string, Record<string, unknown>> = {}): Change => ({
    list: "tls",
    intent: "update",
    keys,
    processes: new Map(Object.entries(processes)),
  });

  test("change in place, and foreign keys stay", () => {
    expect(merged(example, tls({ clientCertificateMode: "REQUIRE" }))).toBe(example.replace("OPTIONAL", "REQUIRE"));
    expect(merged(example, tls({ CAFilePath: undefined }))).toBe(
      example.replace(' "CAFilePath": "/etc/mongodb/ca.pem",', ""),
    );
    expect(merged(example, tls({ clientCertificateMode: "OPTIONAL" }))).toBe(example);
  });

  test("are made where there are none", () => {
    expect(merged("{}", tls({ CAFilePath: "/ca.pem" }))).toBe('{"tls":{"CAFilePath":"/ca.pem"}}');
  });

  test("change to the byte in one process, and in no other one", () => {
    const lowered = merged(example, tls({}, { "orders-1": { mode: "preferTLS" } }));
    expect(lowered.length).toBe(example.length - "require".length + "prefer".length);
    expect(JSON.parse(lowered).processes.map((one: { args2_6: { net: unknown } }) => one.args2_6.net)).toMatchObject([
      { tls: { mode: "requireTLS" } },
      { tls: { mode: "preferTLS" } },
      { tls: { mode: "requireTLS" } },
    ]);
    expect(merged(lowered, tls({}, { "orders-1": { mode: "requireTLS" } }))).toBe(example);
    expect(merged(example, tls({}, { "orders-1": { mode: "requireTLS" }, gone: { mode: "allowTLS" } }))).toBe(example);
    const both = merged(example, tls({}, { "orders-0": { clusterCAFile: "/c.pem" } }));
    expect(merged(both, tls({}, { "orders-0": { clusterCAFile: undefined } }))).toBe(example);
  });

  test.each([
    [
      '{"tls":{"mode":"disabled","certificateKeyFile":"/s.pem"}}',
      '{"tls":{"mode":"allowTLS","certificateKeyFile":"/s.pem"}}',
    ],
    ['{"tls":{"certificateSelector":"subject=db"}}', '{"tls":{"certificateSelector":"subject=db","mode":"allowTLS"}}'],
    ['{"ssl":{"mode":"disabled","PEMKeyFile":"/s.pem"}}', '{"ssl":{"mode":"allowSSL","PEMKeyFile":"/s.pem"}}'],
    ['{"ssl":{"PEMKeyFile":"/s.pem"}}', '{"ssl":{"PEMKeyFile":"/s.pem","mode":"allowSSL"}}'],
    ['{"ssl":{"mode":"preferTLS"}}', '{"ssl":{"mode":"allowTLS"}}'],
    ['{"tls":{},"ssl":{"mode":"preferSSL"}}', '{"tls":{},"ssl":{"mode":"allowSSL"}}'],
    ["{}", '{"tls":{"mode":"allowTLS"}}'],
  ])("of a process %s keep its section and its spelling", (net, expected) => {
    const of = (one: string) => `{"processes":[{"name":"a","hostname":"h","args2_6":{"net":${one}}}]}`;
    const change = tls({}, { a: { mode: "allowTLS" } });
    expect(merged(of(net), change)).toBe(of(expected));
    expect([holds(of(net), change), holds(of(expected), change)]).toEqual([false, true]);
  });

  test("show a process without TLS as disabled, and are not written", () => {
    const document = '{"processes":[{"name":"a","hostname":"h"},null,7]}';
    const change = tls({}, { a: { mode: "disabled", clusterCAFile: undefined } });
    expect(merged(document, change)).toBe(document);
    expect(holds(document, change)).toBe(true);
  });
});

test("a look finds what is missing, and takes empty for absent", () => {
  const there = merged(example, role, provider);
  expect(missing(there, [role, provider, user])).toEqual([user]);
  expect(holds(there, { ...provider, intent: "update", keys: { requestedScopes: [] } })).toBe(true);
  expect(holds(there, { ...provider, intent: "update", keys: { audience: "other" } })).toBe(false);
  expect(holds(there, { list: "roles", name: "corp/dba@admin", intent: "delete" })).toBe(false);
});

test("an entry that is of no shape that we know is left alone", () => {
  const strange = '{"roles":[null,7,"x",{"db":"admin"}],"oidcProviderConfigs":[]}';
  expect(JSON.parse(merged(strange, role)).roles).toEqual([null, 7, "x", { db: "admin" }, roleKeys]);
});
