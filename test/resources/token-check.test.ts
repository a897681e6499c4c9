import { expect, test } from "vitest";
import { formatReport } from "../../provider/engines/pulumi/report-text.ts";
import type { Context, Props } from "../../provider/resources/definition.ts";
import { RunMemory } from "../../provider/resources/memory.ts";
import { tokenCheck } from "../../provider/resources/token-check.ts";
import { DECLARATIONS, DECLARED_AS, DECLARED_INPUTS, TOKEN_MATERIALS } from "../../schema/hidden.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { people, projectId } from "../rules/declarations.ts";

/** A run in which asking for the control plane is a failure. */
function run(): { context: Context; told: string[] } {
  const told: string[] = [];
  const context: Context = {
    plane: () => expect.unreachable("a check of tokens asks no control plane"),
    get offline(): never {
      return expect.unreachable("nor whether there is one");
    },
    drift: "correct",
    waitMs: 0,
    memory: new RunMemory(),
    report: (one) => void told.push(formatReport(one)),
  };
  return { context, told };
}

const inputs = { tokens: { dba: { claims: "sha256:0", expect: { accepted: "staff", roles: ["readWrite@app"] } } } };

/** What the gate sends of a program with one provider and one group, the group declared first. */
function sent(changes: Props = {}): Props {
  const declarations = [
    { kind: "OidcRole", name: "dba", label: 'OidcRole "dba"', identityProvider: 1 },
    { kind: "IdentityProvider", name: "staff", label: 'IdentityProvider "staff"' },
  ];
  const role = { group: "dba", roles: ["readWrite@app"], projectId };
  return {
    ...inputs,
    [DECLARED_AS]: "who gets in",
    [TOKEN_MATERIALS]: { dba: { claims: JSON.stringify({ sub: "canary", groups: ["dba"] }) } },
    [DECLARATIONS]: JSON.stringify(declarations),
    [DECLARED_INPUTS]: [role, { ...people, ...changes }],
  };
}

test("check judges what the gate sends, and drops it", async () => {
  const { context, told } = run();
  expect(await tokenCheck.check(context, {}, sent())).toEqual({ inputs, findings: [] });
  expect(told).toEqual(['tokens   1 of 1 as expected (TokenCheck "who gets in"); signature not checked of 1']);
});

test("check refuses a token that fares otherwise", async () => {
  const { context } = run();
  const { inputs: checked, findings } = await tokenCheck.check(context, {}, sent({ groupsClaim: "roles" }));
  expect(checked).toEqual(inputs);
  expect(findings).toMatchObject([
    { code: "FED150", path: "tokens.dba" },
    { code: "FED150", path: "tokens.dba" },
  ]);
});

test("check says what it cannot judge yet, and passes", async () => {
  const { context, told } = run();
  expect(await tokenCheck.check(context, {}, sent({ audience: UNKNOWN }))).toEqual({ inputs, findings: [] });
  expect(told).toEqual([
    'tokens   not judged before this is known: audience of IdentityProvider "staff" (TokenCheck "who gets in")',
  ]);
});

test("check judges nothing where the gate has, and still looks at the inputs", async () => {
  const { context, told } = run();
  expect(await tokenCheck.check(context, {}, { ...inputs, [DECLARED_AS]: "a" })).toEqual({ inputs, findings: [] });
  const wrong = { tokens: { dba: { claims: "sha256:0", expect: { accepted: true, refused: true } } } };
  expect((await tokenCheck.check(context, {}, wrong)).findings).toMatchObject([
    { code: "FED200", path: "tokens.dba.expect" },
  ]);
  expect(told).toEqual([]);
});

test("whatever changes is an update in place, down to an expectation of no role at all", async () => {
  const { context } = run();
  const changes = async (news: Props) => await tokenCheck.diff(context, "token-check", inputs, news);
  expect(await changes(structuredClone(inputs))).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });
  const none = { tokens: { dba: { claims: "sha256:0", expect: { accepted: "staff", roles: [] } } } };
  const left = { tokens: { dba: { claims: "sha256:0", expect: { accepted: "staff" } } } };
  for (const news of [none, left]) expect(await changes(news)).toMatchObject({ changes: true, replaces: [] });
  expect((await tokenCheck.diff(context, "token-check", none, left)).changes).toBe(true);
});

test("it lives without a server", async () => {
  const { context } = run();
  const created = await tokenCheck.create(context, inputs);
  expect(created.outputs).toEqual(inputs);
  expect(await tokenCheck.update(context, created.id, {}, inputs)).toEqual(inputs);
  expect(await tokenCheck.read(context, created.id, created.outputs)).toEqual({ ...created, inputs });
  await expect(tokenCheck.read(context, created.id, {})).rejects.toThrow(/on no server/);
  expect(await tokenCheck.delete(context, created.id, inputs)).toBeUndefined();
  expect(tokenCheck.subject({ [DECLARED_AS]: "a" }, context)).toMatchObject({ kind: "TokenCheck", name: "a" });
});
