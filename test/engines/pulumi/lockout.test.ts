import { expect, test } from "vitest";
import { HOME, identityProvider, orgConnection } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { bad, emulatorOf, good, newStack, providersIn, writes } from "../../support/stack.ts";

const allowing = (text: string) =>
  text
    .replace('authorizationType: "GROUP"', "$&, allowLockout: true")
    .replace("identityProvider: staff", "$&, allowLockout: true");

describeEngines("the lockout guard", (engine) => {
  test("refuses in the preview and in destroy, and lets through what the stack has recorded", async () => {
    const emulator = await emulatorOf();
    const { env } = emulator;
    emulator.edit({ edit: "add-project", id: PROJECT, orgId: HOME.org, name: "billing" });
    const stack = await newStack(engine);
    const parts = [identityProvider("staff"), orgConnection("staff")];
    await stack.write(...parts);
    good(await stack.run("up", { env }));
    const id = String(emulator.world().atlas.federations[0]?.identityProviders[0]?.id);
    const user = { username: `${id}/dba`, oidcAuthType: "IDP_GROUP" as const };
    emulator.edit({ edit: "add-database-user", projectId: PROJECT, user });
    const before = emulator.world();
    emulator.clearRequests();

    await stack.write(...parts.map((part) => part.replace('audience: "staff"', 'audience: "new"')));
    const preview = bad(await stack.run("preview", { env }));
    expect(preview.text).toMatch(/FED224 locked-out: changing audience of staff .* one principal: dba \(billing\)/);

    const destroy = bad(await stack.run("destroy", { env }));
    expect(destroy.text).toMatch(/FED224 locked-out: disconnecting .* dba \(billing\)/);
    expect(writes(emulator)).toEqual([]);
    expect(emulator.world().atlas).toEqual(before.atlas);

    await stack.write(...parts.map(allowing));
    good(await stack.run("up", { env }));
    expect(writes(emulator)).toEqual([]);
    good(await stack.run("destroy", { env }));
    expect(providersIn(emulator)).toEqual([]);
  });
});
