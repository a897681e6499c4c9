import { expect, test } from "vitest";
import { formatReport } from "../../provider/engines/pulumi/report-text.ts";
import type { Context, DeclaredContext, Props } from "../../provider/resources/definition.ts";
import { RunMemory } from "../../provider/resources/memory.ts";
import { tokenCheck } from "../../provider/resources/token-check.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { people, projectId } from "../rules/declarations.ts";
import { wordedAll } from "../support/worded.ts";

/** A run in which asking for the control plane is a failure. */
function run(declared: DeclaredContext = {}): { context: Context; told: string[] } {
  const told: string[] = [];
  const context: Context = {
    plane: () => expect.unreachable("a check of tokens asks no control plane"),
    get offline(): never {
      return expect.unreachable("nor whether there is one");
    },
    drift: "correct",
    waitMs: 0,
    memory: new RunMemory(),
    declared,
    report: (one) => void told.push(formatReport(one)),
  };
  return { context, told };
}

const inputs = { tokens: { dba: { claims: "sha256:0", expect: { accepted: "staff", roles: ["readWrite@app"] } } } };

/** A program with one provider and one group, the group declared first. */
function sent(changes: Props = {}): DeclaredContext {
  const declarations = [
    { kind: "OidcRole", name: "dba", label: 'OidcRole "dba"', identityProvider: 1 },
    { kind: "IdentityProvider", name: "staff", label: 'IdentityProvider "staff"' },
  ] as const;
  const role = { group: "dba", roles: ["readWrite@app"], projectId };
  return {
    name: "who gets in",
    tokens: {
      materials: { dba: { claims: JSON.stringify({ sub: "canary", groups: ["dba"] }) } },
      declarations,
      inputs: [role, { ...people, ...changes }],
    },
  };
}

test("check judges what the gate sends, and drops it", async () => {
  const { context, told } = run(sent());
  expect(await tokenCheck.check(context, {}, inputs)).toEqual({ inputs, findings: [] });
  expect(told).toEqual(['tokens   1 of 1 as expected (TokenCheck "who gets in"); signature not checked of 1']);
});

test("check refuses a token that fares otherwise", async () => {
  const { context } = run(sent({ groupsClaim: "roles" }));
  const { inputs: checked, findings } = await tokenCheck.check(context, {}, inputs);
  expect(checked).toEqual(inputs);
  expect(wordedAll(findings)).toMatchObject([
    { code: "FED150", path: "tokens.dba" },
    { code: "FED150", path: "tokens.dba" },
  ]);
});

test("check says what it cannot judge yet, and passes", async () => {
  const { context, told } = run(sent({ audience: UNKNOWN }));
  expect(await tokenCheck.check(context, {}, inputs)).toEqual({ inputs, findings: [] });
  expect(told).toEqual([
    'tokens   not judged before this is known: audience of IdentityProvider "staff" (TokenCheck "who gets in")',
  ]);
});

test("check judges nothing where the gate has, and still looks at the inputs", async () => {
  const { context, told } = run();
  expect(await tokenCheck.check(context, {}, inputs)).toEqual({ inputs, findings: [] });
  const wrong = { tokens: { dba: { claims: "sha256:0", expect: { accepted: true, refused: true } } } };
  expect(wordedAll((await tokenCheck.check(context, {}, wrong)).findings)).toMatchObject([
    { code: "FED200", path: "tokens.dba.expect" },
  ]);
  expect(told).toEqual([]);
});

test("updates every change in place, even to an expectation without roles", async () => {
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
  expect(tokenCheck.subject({}, run({ name: "a" }).context)).toMatchObject({
    kind: "TokenCheck",
    name: "a",
  });
});
