import { expect, test } from "vitest";
import { HOME, identityProvider, orgConnection } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { IDP } from "../../support/ids.ts";
import { bad, callers, emulatorOf, good, newStack, providersIn, writes } from "../../support/stack.ts";

describeEngines("a preview that asks no control plane", (engine) => {
  test("without credentials checks what it can, and says once what it has not looked at", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"), orgConnection("staff"));
    const first = good(await stack.run("preview"));
    expect(first.text).toMatch(/\+ 3 to create/);
    expect(first.text).toContain(
      "this preview asked no control plane: the environment and the stack configuration hold no credentials",
    );
    expect(first.text).toMatch(
      /not checked until up:\n.*IdentityProvider "staff" \(staff\): whether it exists already/,
    );

    good(await stack.run("up", { env: emulator.env }));
    emulator.clearRequests();
    // A build that may not see the secrets is handed empty variables.
    const unchanged = good(await stack.run("preview"));
    expect(unchanged.text).toMatch(/3 unchanged/);
    const [, diagnostics = ""] = unchanged.text.split("Diagnostics:");
    expect(diagnostics.match(/this preview asked no control plane/g)).toHaveLength(1);

    await stack.write(identityProvider("staff").replace("mongodb", "another"), orgConnection("staff"));
    const changed = good(await stack.run("preview", { flags: { diff: true } }));
    expect(changed.text).toMatch(/~ clientId *: "mongodb" => "another"/);
    expect(changed.text).toMatch(/~ 1 to update/);

    // The rules of the program need no control plane.
    await stack.write(identityProvider("staff").replace("https:", "http:"));
    expect(bad(await stack.run("preview")).text).toContain("FED212 invalid-issuer");
    expect(emulator.requests()).toEqual([]);
  });

  test("is asked for by mongofed:offline; the up is as ever, and without credentials refuses", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine);
    const config = { "mongofed:offline": "true" };
    await stack.write(identityProvider("staff"));
    const preview = good(await stack.run("preview", { env: emulator.env, config }));
    expect(preview.text).toContain(
      "this preview asked no control plane: the stack configuration says mongofed:offline",
    );
    expect(emulator.requests()).toEqual([]);

    const without = bad(await stack.run("up", { config }));
    expect(without.text).toContain("FED410 missing-credentials: no credentials for MongoDB Atlas");
    expect((without.deployment.deployment.resources ?? []).map(({ urn }) => urn).join()).not.toContain("staff");

    const up = good(await stack.run("up", { env: emulator.env, config }));
    expect(up.text).not.toContain("asked no control plane");
    expect(providersIn(emulator)).toEqual(["staff"]);
    expect(callers(emulator)).toEqual(["owner"]);
  });

  test("cannot read what the stack does not manage, nor refresh, and says so", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"));
    good(await stack.run("up", { env: emulator.env }));
    const refresh = bad(await stack.run("preview", { flags: { refresh: true } }));
    expect(refresh.text).toContain("FED410 missing-credentials");

    await stack.write(`IdentityProvider.get("other", "${HOME.federation}/${IDP}");`);
    const get = bad(await stack.run("preview"));
    expect(get.text).toMatch(/cannot be read offline.*hold no credentials/);
    expect(get.text).not.toMatch(/\n\s+at /);
  });

  test("is no way around a credential that is half, nor around a setting that is misspelt", async () => {
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"));
    const half = bad(await stack.run("preview", { env: { MONGODB_ATLAS_CLIENT_ID: "mdb_sa_id_1" } }));
    expect(half.text).toContain("MONGODB_ATLAS_CLIENT_ID is set, MONGODB_ATLAS_CLIENT_SECRET is not");
    expect(half.text).not.toContain("asked no control plane");
    const misspelt = bad(await stack.run("preview", { config: { "mongofed:offline": "yes" } }));
    expect(misspelt.text).toContain("mongofed:offline");
    // Nor around the name of the control plane, which nobody is asked about here.
    const nowhere = { "mongofed:offline": "true", "mongofed:plane": "opsmanager" };
    expect(bad(await stack.run("preview", { config: nowhere })).text).toContain('mongofed:plane is "opsmanager"');
  });

  test("holds for the one provider whose credentials are missing", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine);
    await stack.write(
      'const eu = new Provider("ops-eu", { credentials: "env:OPS_EU" });',
      identityProvider("american"),
      identityProvider("european", "{ provider: eu }"),
    );
    const preview = good(await stack.run("preview", { env: emulator.env }));
    expect(preview.text).toContain(
      'this preview asked no control plane: the environment holds no OPS_EU_… credentials, which Provider "ops-eu" names',
    );
    expect(preview.text).not.toMatch(/"american" .*whether it exists already/);
    expect(callers(emulator)).toEqual(["owner"]);
    expect(writes(emulator)).toEqual([]);
  });
});
