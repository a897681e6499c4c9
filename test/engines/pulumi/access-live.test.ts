import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { databaseRole, federatedUser, HOME, oidcRole, orgConnection, workload } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { IDP, ORG, OTHER_PROJECT, PROJECT } from "../../support/ids.ts";
import { bad, emulatorWithProject, good, newStack, projectKeyEnv, writes } from "../../support/stack.ts";

/** Rules that need the live project. A preview reports them if it can, before any write. */

/** An identity provider of another stack, as its reference. */
const reference = (authorizationType = "GROUP") =>
  `({ federationSettingsId: "${HOME.federation}", identityProviderId: "${IDP}", configurationName: "corp", idpType: "WORKLOAD", authorizationType: "${authorizationType}" } as const)`;

function withForeign(emulator: Emulator, { connected = true } = {}): Emulator {
  const fields = {
    id: IDP,
    protocol: "OIDC",
    idpType: "WORKLOAD",
    displayName: "corp",
    issuerUri: "https://corp.example.com",
    audience: "corp",
    authorizationType: "GROUP",
  };
  emulator.edit({ edit: "add-identity-provider", federationSettingsId: HOME.federation, fields });
  if (connected) emulator.edit({ edit: "connect", orgId: HOME.org, identityProviderId: IDP });
  return emulator;
}

describeEngines("access that the live project does not allow", (engine) => {
  test("is refused by the preview, all of it at once, or warned of where it is only unwise", async () => {
    const emulator = withForeign(
      await emulatorWithProject([
        { name: "old", mongoDBVersion: "7.0.10" },
        { name: "shared", instanceSize: "M0" },
      ]),
      { connected: false },
    );
    const { env } = emulator;
    emulator.edit({
      edit: "add-database-user",
      projectId: PROJECT,
      user: { username: `${IDP}/taken`, oidcAuthType: "IDP_GROUP" },
    });
    const stack = await newStack(engine);
    await stack.write(oidcRole("nobody", reference(), 'roles: ["orders-raeder"]'));
    const refused = bad(await stack.run("preview", { env }));
    for (const text of [
      new RegExp(`FED313 .*corp is not connected to organization Platform \\(${ORG}\\), which project billing`),
      /FED322 .*old \(M10, MongoDB 7\.0\.10\), shared \(M0, MongoDB .*\) of project .* take no tokens/,
      /FED324 .*no role "orders-raeder"/,
    ]) {
      expect(refused.text).toMatch(text);
    }
    await stack.write(databaseRole("reader", 'roles: ["nowhere@admin"]'));
    expect(bad(await stack.run("preview", { env })).text).toMatch(/FED324 .*no role "nowhere"/);
    expect(writes(emulator)).toEqual([]);

    emulator.edit({ edit: "connect", orgId: HOME.org, identityProviderId: IDP });
    emulator.edit({ edit: "update-cluster", projectId: PROJECT, name: "old", fields: { mongoDBVersion: "7.0.11" } });
    await stack.write(
      oidcRole("nobody", reference(), 'roles: ["reader"], scopes: [{ name: "elsewhere" }]'),
      oidcRole("somebody", reference(), 'roles: ["read@app"]'),
      databaseRole("reader"),
    );
    const warned = good(await stack.run("preview", { env }));
    expect(warned.text).toMatch(/warning {2}FED323 .*shared \(M0/);
    expect(warned.text).toMatch(/warning {2}FED325 .*no cluster elsewhere/);

    await stack.write(oidcRole("taken", reference(), 'roles: ["read@app"]'));
    expect(bad(await stack.run("preview", { env })).text).toMatch(
      /FED221 .*group taken through corp in project .* exists already[\s\S]*adopt: true/,
    );
    await stack.write(oidcRole("taken", reference(), 'roles: ["read@app"], adopt: true'));
    expect(bad(await stack.run("preview", { env })).text).toMatch(
      /FED225 .*\n(.*\n)*.*roles +live none +wanted \["read@app"\]/,
    );
    await stack.write(
      oidcRole("taken", reference(), 'roles: ["read@app"], adopt: "overwrite"').replace(
        / \}\);$/,
        " }, { protect: false });",
      ),
    );
    expect(good(await stack.run("up", { env, flags: { skipPreview: false } })).text).toMatch(
      /adopt {2}OidcRole "taken"/,
    );
    expect(writes(emulator)).toEqual([expect.stringMatching(/^PATCH .*databaseUsers\/admin\/.*taken$/)]);
  });

  test("grants access with a key of the project alone, and reports the skipped checks", async () => {
    const emulator = withForeign(await emulatorWithProject());
    emulator.edit({ edit: "add-project", id: OTHER_PROJECT, orgId: HOME.org, name: "other" });
    const env = { ...emulator.env, ...projectKeyEnv };
    const stack = await newStack(engine);
    await stack.write(oidcRole("dba", reference()));
    const done = good(await stack.run("up", { env, flags: { skipPreview: false } }));
    expect(done.text).toMatch(/not checked: whether corp is connected to organization/);
    expect(
      emulator
        .requests()
        .filter(({ path, credential }) => path.includes("/federationSettings/") && credential === "project").length,
    ).toBeLessThanOrEqual(4);

    await stack.write(
      oidcRole("dba", reference()),
      oidcRole("dba", reference())
        .replaceAll('dba"', 'other"')
        .replace("groupdba", "groupother")
        .replace(PROJECT, OTHER_PROJECT),
    );
    expect(bad(await stack.run("preview", { env })).text).toMatch(
      new RegExp(`FED412[\\s\\S]*project.*${OTHER_PROJECT}|${OTHER_PROJECT}[\\s\\S]*FED412`),
    );
  });

  test("a change waits until the clusters have it, says so, and is kept as incomplete when they do not", async () => {
    const emulator = await emulatorWithProject([{ name: "cluster0", applySeconds: 20 }]);
    const { env } = emulator;
    const stack = await newStack(engine);
    const program = [workload("apps"), orgConnection("apps"), federatedUser("billing", "apps")];
    await stack.write(...program);
    const slow = bad(await stack.run("up", { env, config: { "mongofed:wait": "1s" } }));
    expect(slow.text).toMatch(/FED421 .*FederatedUser "billing".* is made, and after 1 s cluster0 had not applied it/);
    expect(emulator.world().atlas.databaseUsers).toHaveLength(1);

    const off = good(await stack.run("up", { env, config: { "mongofed:wait": "off" } }));
    expect(off.text).toMatch(/1 updated/);
    emulator.advanceClock(60_000);
    expect(good(await stack.run("up", { env })).text).toMatch(/4 unchanged/);
  });
});
