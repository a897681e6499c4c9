import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { federatedUser, identityProvider, oidcRole, orgConnection, workload } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { FEDERATION, IDP, OTHER_IDP } from "../../support/ids.ts";
import { bad, emulatorWithProject, good, newStack, type Outcome, type Stack, writes } from "../../support/stack.ts";
import { issue, keySet } from "../../tokens/issuer.ts";

/** Nobody else writes these. */
const CLAIM = "canary-claim-5b1d";
const signed = issue({ aud: "staff", groups: ["dba"], note: CLAIM });
const signature = signed.slice(signed.lastIndexOf(".") + 1);

/** A token from a file with its keys, one from the environment, and claims alone. */
const check = (more = "") => `
new TokenCheck("who gets in", {
  tokens: {
    "a DBA": { token: fromFile("tokens/dba.jwt"), keys: fromFile("tokens/jwks.json"),
      expect: { accepted: staff, principal: "ada", roles: ["readWrite@app"], can: ["insert app.orders"] } },
    "an intern": { claims: { sub: "i-1", groups: ["interns"], note: "${CLAIM}" },
      expect: { accepted: staff, roles: [], cannot: ["find app.orders"] } },
    "a forged one": { token: fromEnv("FORGED_JWT"), keys: fromFile("tokens/jwks.json"), expect: { refused: "FED128" } },
    ${more}
  },
});`;
const env = { FORGED_JWT: `${issue({ aud: "staff", note: CLAIM }).slice(0, -signature.length)}${"A".repeat(342)}` };

const people = [identityProvider("staff"), orgConnection("staff"), oidcRole("dba", "staff")];
const text = (part: string, from: string, to: string) => {
  expect(part).toContain(from);
  return part.replaceAll(from, to);
};

async function putTokens({ folder }: Stack): Promise<void> {
  await mkdir(join(folder, "tokens"));
  await writeFile(join(folder, "tokens", "dba.jwt"), `${signed}\n`);
  await writeFile(join(folder, "tokens", "jwks.json"), JSON.stringify(keySet));
}

function expectNothingOfTokens({ text, files, deployment }: Outcome): void {
  const all = `${text}${files}${JSON.stringify(deployment)}`;
  const [, claims = ""] = signed.split(".");
  for (const secret of [signed, claims, signature, env.FORGED_JWT, CLAIM, keySet.keys[0]?.n ?? "?", "i-1"]) {
    expect(all.includes(secret), `holds ${secret.slice(0, 20)}`).toBe(false);
  }
}

describeEngines("a check of tokens", (engine) => {
  test("passes before anything exists, is recorded as digests, changes in place, and goes", async () => {
    const emulator = await emulatorWithProject();
    const stack = await newStack(engine);
    await putTokens(stack);
    await stack.write(...people, check());
    // Without credentials, and nothing of it is asked.
    const preview = good(await stack.run("preview", { env }));
    expect(preview.text).toContain('tokens   3 of 3 as expected (TokenCheck "who gets in")');
    expect(emulator.requests()).toEqual([]);

    const up = good(await stack.run("up", { env: { ...emulator.env, ...env } }));
    const recorded = up.deployment.deployment.resources?.find(({ type }) => type.endsWith(":TokenCheck"));
    expect(recorded?.inputs).toMatchObject({
      tokens: {
        "a DBA": {
          token: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          keys: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          expect: { accepted: "staff", principal: "ada" },
        },
        "an intern": { claims: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), expect: { roles: [] } },
      },
    });
    expect(Object.keys(recorded?.inputs ?? {}).sort()).toEqual(["__provider", "tokens"]);
    expectNothingOfTokens(preview);
    expectNothingOfTokens(up);

    emulator.clearRequests();
    expect(good(await stack.run("preview", { env: { ...emulator.env, ...env } })).text).toMatch(/5 unchanged/);
    await stack.write(...people, text(check(), '"i-1"', '"i-2"'));
    const changed = good(await stack.run("up", { env: { ...emulator.env, ...env } }));
    expect(changed.text).toMatch(/~ 1 updated/);
    expect(changed.text).not.toMatch(/replace/);
    expect(writes(emulator)).toEqual([]);
    good(await stack.run("destroy", { env: { ...emulator.env } }));
  });

  test("ends the preview with all tokens that fare otherwise, and nothing is changed", async () => {
    const emulator = await emulatorWithProject();
    const stack = await newStack(engine, { apart: true });
    await putTokens(stack);
    const run = (command: "preview" | "up") => stack.run(command, { env: { ...emulator.env, ...env } });

    const [staff, connected, dba] = people as [string, string, string];
    await stack.write(text(staff, 'audience: "staff"', 'audience: "another"'), connected, dba, check());
    const audience = bad(await run("up"));
    expect(audience.text).toContain("FED150 unmet-expectation: 2 of 3 tokens as expected");
    expect(audience.text).toMatch(/--> index\.ts:\d+:\d+ {3}TokenCheck "who gets in"/);
    expect(audience.text).toMatch(/FAILED +a DBA +the token: expected accepted through staff, is refused for FED132/);
    expect(audience.text).toMatch(/fix {2}\S/);
    // Before anything exists, the id that the user's name begins with is not known.
    expect(audience.text).toMatch(/ok +an intern +accepted as <id of staff>\/i-1 with no role/);
    expect(audience.text).toContain("None of them was registered, nothing was changed");
    expect(emulator.requests()).toEqual([]);

    await stack.write(staff, connected, text(dba, 'group: "dba"', 'group: "dbas"'), check());
    const group = bad(await run("preview"));
    expect(group.text).toMatch(/FAILED +a DBA +the set of roles: expected readWrite@app, is none/);
    expect(group.text).toMatch(
      /FED201 no-granted-role: none of its groups has a role: wanted on admin "<id of staff>\/dba"\n +fix/,
    );

    await stack.write(
      text(staff, 'audience: "staff"', 'audience: "staff", groupsClaim: "roles"'),
      connected,
      dba,
      check(),
    );
    const claim = bad(await run("preview"));
    expect(claim.text).toContain('FED139 missing-groups-claim: the groups claim "roles" is missing');
    for (const title of ["a DBA", "an intern"]) expect(claim.text).toMatch(new RegExp(`FAILED +${title} +the token`));
    for (const outcome of [audience, group, claim]) {
      for (const secret of [signed, signature, CLAIM, env.FORGED_JWT]) expect(outcome.text).not.toContain(secret);
    }
  });

  test("that names a file or variable which is not there ends the preview with all of them", async () => {
    const stack = await newStack(engine, { apart: true });
    await stack.write(...people, check());
    const { text } = bad(await stack.run("preview"));
    // The CLI prints each twice: as it comes, and again at the end.
    const [, ...told] = text.split("FED151 unreadable-token: ");
    expect(new Set(told.map((rest) => rest.split("\n")[0])).size).toBe(4);
    expect(text).toContain('FED151 unreadable-token: "a DBA": the file tokens/dba.jwt cannot be read: ENOENT');
    expect(text).toContain('FED151 unreadable-token: "a DBA": the file tokens/jwks.json cannot be read: ENOENT');
    expect(text).toContain('"a forged one": the environment variable FORGED_JWT is not set, or empty');
    expect(text).toMatch(/--> index\.ts:\d+:\d+ {3}TokenCheck "who gets in" \. tokens\.a DBA\.token/);
  });

  test("waits for what another resource makes known, and is judged then", async () => {
    const emulator = await emulatorWithProject();
    const stack = await newStack(engine);
    const settings = { env: { ...emulator.env, HOOK_JWT: `${signed}.${signature}`, SECRET_JWT: signed } };
    const apps = text(
      text(workload("apps"), 'audience: "apps"', "audience: staff.identityProviderId"),
      'configurationName: "apps"',
      'configurationName: "apps", userClaim: pulumi.secret("canary_claim")',
    );
    const late = (claim: string) => `
new TokenCheck("late", { tokens: {
  "the hook": { claims: { sub: "h-1", ${claim}: "hook", note: "${CLAIM}" }, expect: { accepted: apps, roles: ["readWrite@app"] } },
  "a stranger": { claims: { sub: "e-1", canary_claim: "eve" }, identityProvider: apps, expect: { refused: "FED207" } },
  "a broken one": { token: fromEnv("HOOK_JWT"), expect: { refused: "FED101" } },
  "a secret one": { token: pulumi.secret(process.env.SECRET_JWT ?? ""), expect: { accepted: staff } },
} });`;
    const program = [
      'import * as pulumi from "@pulumi/pulumi";',
      ...people,
      apps,
      orgConnection("apps"),
      federatedUser("hook", "apps"),
    ];
    const first = await stack
      .write(...program, late("another_claim"))
      .then(() => stack.run("preview", settings))
      .then(good);
    expect(first.text).toContain(
      'tokens   not judged before this is known: audience of IdentityProvider "apps" (TokenCheck "late")',
    );
    const failed = bad(await stack.run("up", settings));
    expect(failed.text).toMatch(
      /FED150 unmet-expectation: "the hook": the token is expected to be accepted through apps/,
    );
    expect(failed.text).toMatch(/"the hook": the set of roles is expected to be readWrite@app, and is none/);
    // Of the secret in the program the message says no more than that there is one.
    expect(failed.text).toContain("[secret]");
    expect(failed.text).not.toContain("canary_claim");
    expectNothingOfTokens(failed);

    await stack.write(...program, late("canary_claim"));
    const passed = good(await stack.run("up", settings));
    expect(passed.text).toContain('tokens   4 of 4 as expected (TokenCheck "late")');
    expectNothingOfTokens(passed);
    good(await stack.run("destroy", settings));
  });

  test("judges claims through references of another stack, by group and by user, and says which tokens nobody here can judge", async () => {
    const stack = await newStack(engine);
    const reference = (configurationName: string, id: string, type: string) =>
      `const ${configurationName} = { federationSettingsId: "${FEDERATION}", identityProviderId: "${id}",
        configurationName: "${configurationName}", ${type} } as const;`;
    await stack.write(
      ...people,
      reference("corp", IDP, 'idpType: "WORKFORCE", authorizationType: "GROUP"'),
      reference("hooks", OTHER_IDP, 'idpType: "WORKLOAD", authorizationType: "USER"'),
      oidcRole("readers", "corp"),
      federatedUser("hook", "hooks"),
      `new TokenCheck("both", { tokens: {
        "of ours": { claims: { sub: "a@b.example", groups: ["dba"] }, expect: { accepted: staff } },
        "of theirs": { claims: { sub: "b", groups: ["readers"] }, expect: { accepted: corp, roles: ["readWrite@app"] } },
        "of a program": { claims: { sub: "hook" }, expect: { accepted: hooks, can: ["insert app.orders"] } },
        "of a stranger": { claims: { sub: "eve" }, identityProvider: hooks, expect: { refused: "FED207" } },
        "a real one": { token: process.env.REAL_JWT ?? "", expect: { accepted: corp } },
      } });`,
    );
    const { text } = good(await stack.run("preview", { env: { REAL_JWT: issue({ iss: "https://theirs.example" }) } }));
    expect(text).toContain('FED152 token-not-checked: not checked: "a real one"');
    expect(text).toContain("tokens   4 of 4 as expected");
    expect(text).toContain("of corp, hooks only a reference is here");
    // A mistake that the server lets pass: told, and nothing more.
    expect(text).toContain('FED219 reassignable-user-claim: "of ours": "a@b.example" can pass to another person');
  });
});
