import { expect, test } from "vitest";
import { databaseRole, oidcRole } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { FEDERATION, IDP, PROJECT } from "../../support/ids.ts";
import { connectedOrganization, GRANTING_ROLES, LISTING_ROLE } from "../../support/project-keys.ts";
import { bad, callers, good, newStack, writes } from "../../support/stack.ts";

/** The identity provider, as the stack that owns it exports it. */
const reference = JSON.stringify({
  federationSettingsId: FEDERATION,
  identityProviderId: IDP,
  configurationName: "corp",
  idpType: "WORKFORCE",
  authorizationType: "GROUP",
});
const dba = (roles: string) => oidcRole("dba", reference, `roles: ${roles}`);

describeEngines("in an organization that another stack connected", (engine) => {
  test.each(GRANTING_ROLES)("a key with %s alone grants, changes and removes access", async (role) => {
    const { emulator, keyOf } = await connectedOrganization();
    const env = keyOf(role);
    const stack = await newStack(engine);
    const users = () =>
      emulator
        .world()
        .atlas.databaseUsers.map((user) => [
          user.username,
          (user.roles as { roleName: string }[]).map(({ roleName }) => roleName),
        ]);
    const name = `${IDP}/dba`;

    await stack.write(databaseRole("orders-reader"), dba('["readWrite@app", "orders-reader"]'));
    good(await stack.run("preview", { env }));
    good(await stack.run("up", { env }));
    expect(users()).toEqual([[name, ["readWrite", "orders-reader"]]]);
    expect(good(await stack.run("preview", { env })).text).toMatch(/3 unchanged/);

    await stack.write(databaseRole("orders-reader"), dba('["orders-reader"]'));
    good(await stack.run("up", { env }));
    expect(users()).toEqual([[name, ["orders-reader"]]]);

    good(await stack.run("destroy", { env }));
    expect(users()).toEqual([]);
    expect(emulator.world().atlas.customDbRoles).toEqual([]);
    expect(callers(emulator)).toEqual([role]);
    expect(writes(emulator).every((line) => line.includes(`/groups/${PROJECT}/`))).toBe(true);
  });

  test("a key with Project Read Only alone previews and reads, and an update names the missing role", async () => {
    const { emulator, keyOf } = await connectedOrganization();
    const env = keyOf(LISTING_ROLE);
    const stack = await newStack(engine);
    await stack.write(dba('["readWrite@app"]'));
    const preview = good(await stack.run("preview", { env })).text;
    expect(preview).toMatch(/2 to create/);
    const uncompared = `note     references that these credentials cannot compare with the live identity provider: identity provider ${IDP} of federation ${FEDERATION}`;
    expect(preview).toContain(uncompared);
    expect(bad(await stack.run("up", { env })).text).toMatch(/FED412[\s\S]*Project Database Access Admin/);
    expect(emulator.world().atlas.databaseUsers).toEqual([]);

    await stack.write(dba('["readWrite@app"]'));
    good(await stack.run("up", { env: keyOf("GROUP_OWNER") }));
    expect(good(await stack.run("preview", { env })).text).toMatch(/2 unchanged/);
    await stack.write(`export const found = OidcRole.get("found", "${PROJECT}/${IDP}/dba").roles;`);
    const read = good(await stack.run("preview", { env }));
    expect(read.text).toMatch(/found\s*: \[[\s\S]{0,40}"readWrite@app"/);
  });
});
