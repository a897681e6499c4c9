import { expect, test } from "vitest";
import { isDestroy } from "../../provider/engines/pulumi/gate/destroys.ts";
import { databaseRole, federatedUser, orgConnection, workload } from "../support/declarations.ts";
import { describeEngines } from "../support/engines.ts";
import { FEDERATION, OTHER_ORG, PROJECT } from "../support/ids.ts";
import { bad, emulatorWithProject, good, newStack, providersIn } from "../support/stack.ts";

/** `destroy` deletes what was created, whatever the program says by then. */

const config = { "mongofed:wait": "off" };
const failingCheck = `new TokenCheck("check", { tokens: { deploy: { claims: { iss: "https://other.example.com", aud: "corp", sub: "app" },
  expect: { role: "readWrite@app" } } } } as never);`;

describeEngines("pulumi destroy --run-program", (engine) => {
  test.skipIf(engine.name === "embedded")("goes on where rules and token checks refuse the program", async () => {
    const emulator = await emulatorWithProject([]);
    const { env } = emulator;
    const stack = await newStack(engine);
    const parts = [workload("corp"), orgConnection("corp"), federatedUser("app", "corp"), databaseRole("reader")];
    await stack.write(...parts);
    good(await stack.run("up", { env, config }));
    const broken = workload("other").replace("https://idp.example.com", "http://x");
    await stack.write(...parts, broken, failingCheck);
    good(await stack.run("destroy", { env, config, flags: { runProgram: true } }));
    expect(providersIn(emulator)).toEqual([]);
    const { databaseUsers, customDbRoles } = emulator.world().atlas;
    expect([databaseUsers, customDbRoles]).toEqual([[], []]);
  });
});

describeEngines("a preview that deletes", (engine) => {
  test("names who loses access by a disconnection, and what up will refuse", async () => {
    const emulator = await emulatorWithProject([]);
    const { env } = emulator;
    const stack = await newStack(engine);
    const role = databaseRole("reader");
    await stack.write(workload("corp"), orgConnection("corp"), federatedUser("app", "corp"), role);
    good(await stack.run("up", { env, config }));
    const { id } = emulator.world().atlas.federations[0]!.identityProviders[0]! as { readonly id: string };

    // Only the stack itself grants access through the connection.
    await stack.write(role);
    expect(good(await stack.run("preview", { env, config })).text).not.toContain("FED");

    const user = { username: `${id}/theirs`, oidcAuthType: "USER" as const, roles: [] };
    emulator.edit({ edit: "add-database-user", projectId: PROJECT, user });
    const preview = good(await stack.run("preview", { env, config }));
    expect(preview.text).toMatch(
      /warning +FED224 locked-out: deleting OrgConnection "connect corp" of organization Platform .* would lock out one principal: theirs \(billing\)/,
    );
    expect(bad(await stack.run("up", { env, config })).text).toContain("theirs (billing)");
    good(await stack.run("preview", { env, config }));

    emulator.edit({
      edit: "remove-database-user",
      projectId: PROJECT,
      databaseName: "$external",
      username: user.username,
    });
    emulator.edit({ edit: "add-organization", id: OTHER_ORG, name: "Payments" });
    emulator.edit({ edit: "add-connected-org", federationSettingsId: FEDERATION, orgId: OTHER_ORG });
    emulator.edit({ edit: "connect", orgId: OTHER_ORG, identityProviderId: id });
    expect(good(await stack.run("preview", { env, config })).text).toMatch(
      /warning +FED214 still-connected: IdentityProvider "corp" is still connected to .*, so up will not delete it/,
    );
    const refused = bad(await stack.run("up", { env, config }));
    expect(refused.text).toMatch(/FED214 .*so it was not deleted\. This run has disconnected it from Platform/);
    emulator.edit({ edit: "disconnect", orgId: OTHER_ORG, identityProviderId: id });
    good(await stack.run("destroy", { env, config }));
    expect(providersIn(emulator)).toEqual([]);
  });
});

test("recognizes the command that destroys a stack", () => {
  const given = (line: string) => isDestroy(line.split(" "));
  expect(given("/opt/pulumi/bin/pulumi destroy --run-program --yes")).toBe(true);
  expect(given("pulumi -C infra --color never down")).toBe(true);
  expect(given("pulumi --cwd=infra destroy")).toBe(true);
  expect(given("pulumi up --stack destroy")).toBe(false);
  expect(given("pulumi --cwd destroy up")).toBe(false);
  expect(given("pulumi-language-nodejs destroy")).toBe(false);
  expect(isDestroy([])).toBe(false);
});
