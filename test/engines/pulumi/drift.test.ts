import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { HOME, identityProvider, orgConnection } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { bad, emulatorOf, good, newStack, writes } from "../../support/stack.ts";

const staffIn = (emulator: Emulator) => emulator.world().atlas.federations[0]?.identityProviders[0];
const settings = {
  displayName: "by hand",
  issuerUri: "https://old.example.com",
  audience: "old",
  clientId: "old",
  requestedScopes: ["openid"],
  associatedDomains: ["old.example.com"],
  userClaim: "email",
  groupsClaim: "roles",
  description: "by hand",
};
/** The expected row of each of them. */
const table = [
  /configurationName +live "by hand" +recorded "staff" +wanted "staff"/,
  /issuerUri +live "https:\/\/old\.example\.com" +recorded "https:\/\/idp\.example\.com" +wanted "https:\/\/idp\.example\.com"/,
  /audience +live "old" +recorded "staff" +wanted "staff"/,
  /clientId +live "old" +recorded "mongodb" +wanted "mongodb"/,
  /requestedScopes +live \["openid"\] +recorded none +wanted none/,
  /associatedDomains +live \["old\.example\.com"\] +recorded none +wanted none/,
  /userClaim +live "email" +recorded "sub" +wanted "sub"/,
  /groupsClaim +live "roles" +recorded "groups" +wanted "groups"/,
  /description +live "by hand" +recorded none +wanted none/,
];

describeEngines("drift", (engine) => {
  test("of every input is told without and with a refresh, and put back in one request", async () => {
    const emulator = await emulatorOf();
    const { env } = emulator;
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"));
    good(await stack.run("up", { env }));
    const before = staffIn(emulator);
    emulator.edit({ edit: "update-identity-provider", id: String(before?.id), fields: settings });
    emulator.clearRequests();
    for (const refresh of [false, true]) {
      const { text } = good(await stack.run("preview", { env, flags: { refresh } }));
      for (const line of table) expect(text).toMatch(line);
      expect(text).toMatch(/1 to update/);
    }
    good(await stack.run("up", { env }));
    expect(writes(emulator)).toHaveLength(1);
    expect(staffIn(emulator)).toMatchObject({ ...before, updatedAt: expect.anything() });
  });

  test("names what was added to a list and removed from it, with and without a refresh, and so does an adoption", async () => {
    const emulator = await emulatorOf();
    const { env } = emulator;
    const stack = await newStack(engine);
    const scopes = (names: readonly string[]) => `requestedScopes: ${JSON.stringify(names)}`;
    const wanted = Array.from({ length: 30 }, (_, index) => `scope-${index}`);
    const program = (more = "") => identityProvider("staff", "{}", HOME, `${scopes(wanted)}, ${more}`);
    await stack.write(program());
    good(await stack.run("up", { env }));
    const fields = { requestedScopes: [...wanted.slice(1), "by-hand"] };
    emulator.edit({ edit: "update-identity-provider", id: String(staffIn(emulator)?.id), fields });
    for (const refresh of [false, true]) {
      const { text } = good(await stack.run("preview", { env, flags: { refresh } }));
      expect(text).toMatch(/added +"by-hand"\s+removed "scope-0"/);
    }
    const other = await newStack(engine);
    await other.write(program("adopt: true"));
    expect(bad(await other.run("preview", { env })).text).toMatch(/FED225[\s\S]*added +"scope-0"\s+removed "by-hand"/);
    await other.write(program('adopt: "overwrite"'));
    expect(good(await other.run("preview", { env })).text).toMatch(/adopt [\s\S]*added +"scope-0"\s+removed "by-hand"/);
  });

  test("is told and left with warn, fails the run with fail, and is not looked for with off", async () => {
    const emulator = await emulatorOf();
    const { env } = emulator;
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"), orgConnection("staff"));
    good(await stack.run("up", { env }));
    const id = String(staffIn(emulator)?.id);
    emulator.edit({ edit: "update-identity-provider", id, fields: { audience: "old" } });
    emulator.edit({ edit: "disconnect", orgId: HOME.org, identityProviderId: id });
    emulator.clearRequests();

    const mode = (drift: string) => ({ env, config: { "mongofed:drift": drift } });
    const warned = good(await stack.run("up", mode("warn")));
    expect(warned.text).toMatch(/audience +live "old" +recorded "staff" +wanted "staff" +left as it is/);
    expect(warned.text).toMatch(/OrgConnection .*was disconnected outside this stack: left as it is/);
    const failed = bad(await stack.run("up", mode("fail")));
    expect(failed.text).toMatch(/audience +live "old" .*refused/);
    expect(failed.text).toContain("FED230 drift-refused");
    const off = good(await stack.run("up", mode("off")));
    expect(off.text).not.toMatch(/drift {2}/);
    const invalid = bad(await stack.run("preview", mode("yes")));
    expect(invalid.text).toContain('FED420 invalid-setting: mongofed:drift is "yes"');
    expect(writes(emulator)).toEqual([]);
    good(await stack.run("up", mode("correct")));
    expect(writes(emulator)).toHaveLength(2);
  });
});
