import { expect, test } from "vitest";
import { ABROAD, HOME, identityProvider, orgConnection } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { bad, emulatorOf, good, newStack, writes } from "../../support/stack.ts";

describeEngines("a state that is bound to its control plane", (engine) => {
  test("is not taken to another one, nor to another organization's key", async () => {
    const emulator = await emulatorOf();
    const elsewhere = await emulatorOf();
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"), orgConnection("staff"));
    const { deployment } = good(await stack.run("up", { env: emulator.env }));
    const before = emulator.world();
    emulator.clearRequests();

    for (const command of ["preview", "up", "refresh", "destroy"] as const) {
      const outcome = bad(await stack.run(command, { env: elsewhere.env }));
      expect(outcome.text).toContain("FED227 other-control-plane");
      expect(outcome.text).toContain(emulator.url);
      expect(outcome.text).toContain(elsewhere.url);
      expect(outcome.deployment.deployment.resources?.length).toBe(deployment.deployment.resources?.length);
    }
    expect(writes(elsewhere)).toEqual([]);

    emulator.edit({ edit: "add-organization", id: ABROAD.org, name: "Elsewhere" });
    const credential = {
      kind: "api-key" as const,
      name: "abroad",
      publicKey: "abroad00",
      privateKey: "11111111-2222-3333-4444-555555555555",
      roles: [{ orgId: ABROAD.org, roleName: "ORG_OWNER" }],
    };
    emulator.edit({ edit: "add-credential", credential });
    const env = {
      ...emulator.env,
      MONGODB_ATLAS_PUBLIC_API_KEY: credential.publicKey,
      MONGODB_ATLAS_PRIVATE_API_KEY: credential.privateKey,
    };
    for (const command of ["preview", "destroy"] as const) {
      const outcome = bad(await stack.run(command, { env }));
      expect(outcome.text).toMatch(new RegExp(`FED228 federation-unreachable: federation ${HOME.federation}`));
      expect(outcome.text).toContain("MONGODB_ATLAS_PUBLIC_API_KEY");
    }
    expect(writes(emulator)).toEqual([]);
    expect(emulator.world().atlas.federations).toEqual(before.atlas.federations);
  });
});
