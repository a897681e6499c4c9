import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { ABROAD, HOME, identityProvider } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { bad, emulatorOf, good, newStack, writes } from "../../support/stack.ts";

const CANARY = "c4n4ry-5ecret";

/** A key of its own, with the given role in the given organization. */
function addKey(emulator: Emulator, publicKey: string, orgId: string, roleName: string): Record<string, string> {
  emulator.edit({
    edit: "add-credential",
    credential: { kind: "api-key", name: publicKey, publicKey, privateKey: CANARY, roles: [{ orgId, roleName }] },
  });
  return { MONGODB_ATLAS_PUBLIC_API_KEY: publicKey, MONGODB_ATLAS_PRIVATE_API_KEY: CANARY };
}

describeEngines("credentials", (engine) => {
  test("that are refused, or lack the access, are named with their source and what to do", async () => {
    const emulator = await emulatorOf();
    const { url } = emulator;
    emulator.edit({ edit: "add-organization", id: ABROAD.org, name: "Elsewhere" });
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"));
    const cases: { env: Record<string, string>; code: string; texts: (string | RegExp)[] }[] = [
      {
        env: {
          MONGODB_ATLAS_PUBLIC_API_KEY: emulator.credentials.publicKey,
          MONGODB_ATLAS_PRIVATE_API_KEY: CANARY,
        },
        code: "FED411 refused-credentials",
        texts: [/HTTP 401/, "from the environment (MONGODB_ATLAS_PUBLIC_API_KEY)"],
      },
      {
        env: { MONGODB_ATLAS_CLIENT_ID: "mdb_sa_id_nobody", MONGODB_ATLAS_CLIENT_SECRET: CANARY },
        code: "FED411 refused-credentials",
        texts: [/401/, "from the environment (MONGODB_ATLAS_CLIENT_ID)"],
      },
      {
        env: addKey(emulator, "reader", HOME.org, "ORG_READ_ONLY"),
        code: "FED412 missing-permission",
        texts: [/role Organization Owner/, "from the environment (MONGODB_ATLAS_PUBLIC_API_KEY)"],
      },
      {
        env: addKey(emulator, "foreigner", ABROAD.org, "ORG_OWNER"),
        code: "HTTP 404",
        texts: [`federation ${HOME.federation}`, "credentials (from the environment (MONGODB_ATLAS_PUBLIC_API_KEY))"],
      },
    ];
    for (const { env, code, texts } of cases) {
      const refused = bad(await stack.run("preview", { env: { ...env, MONGODB_ATLAS_BASE_URL: url } }));
      expect(refused.text).toContain(code);
      for (const text of texts) expect(refused.text).toMatch(text);
      expect(refused.text).toContain('IdentityProvider "staff" (staff)');
      expect(refused.text + refused.files).not.toContain(CANARY);
      expect(refused.text).not.toMatch(/\n\s+at |asked no control plane/);
    }
    expect(writes(emulator)).toEqual([]);
  });

  test("of the environment win over those of the stack configuration, with their base URL", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"));
    const config = {
      "mongofed:publicKey": "retired",
      "mongofed:privateKey": { value: CANARY, secret: true },
      "mongofed:baseUrl": "http://127.0.0.1:9",
    };
    const preview = good(await stack.run("preview", { env: emulator.env, config }));
    const [, diagnostics = ""] = preview.text.split("Diagnostics:");
    expect(
      diagnostics.match(/warning +mongofed:baseUrl of the stack configuration is not used/g),
      preview.text,
    ).toHaveLength(1);
    good(await stack.run("up", { env: emulator.env, config }));

    // A destroy sees the configuration of the last up, so only a key in the environment can be rotated.
    const destroy = good(await stack.run("destroy", { env: emulator.env }));
    expect(destroy.text + destroy.files).not.toContain(CANARY);
  });

  test("of the stack configuration alone make the whole life of a stack", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"));
    const { publicKey, privateKey } = emulator.credentials;
    const config = {
      "mongofed:publicKey": publicKey,
      "mongofed:privateKey": { value: privateKey, secret: true },
      "mongofed:baseUrl": emulator.url,
    };
    good(await stack.run("up", { config }));
    good(await stack.run("destroy", { config }));
  });

  test("that the stack configuration holds in plain text are refused with the command, unless for this machine", async () => {
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"));
    const config = { "mongofed:publicKey": "ours", "mongofed:privateKey": CANARY };
    const refused = bad(await stack.run("preview", { config }));
    expect(refused.text).toContain("FED416 plain-text-secret");
    expect(refused.text).toContain('run "pulumi config set --secret mongofed:privateKey …"');
    expect(refused.text).not.toContain(CANARY);

    const emulator = await emulatorOf();
    const { publicKey, privateKey } = emulator.credentials;
    const local = {
      "mongofed:baseUrl": emulator.url,
      "mongofed:publicKey": publicKey,
      "mongofed:privateKey": privateKey,
    };
    good(await stack.run("preview", { config: local }));
  });
});
