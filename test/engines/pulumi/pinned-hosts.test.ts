import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { HOME, identityProvider, orgConnection } from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { bad, emulatorOf, good, newStack } from "../../support/stack.ts";

const EVIL = "https://ops.evil.example:8443";

/** The key of the emulator's owner under the names that a Provider gives. */
function keyOf({ credentials: { publicKey, privateKey } }: Emulator, prefix = "OPS_EU") {
  return { [`${prefix}_PUBLIC_API_KEY`]: publicKey, [`${prefix}_PRIVATE_API_KEY`]: privateKey };
}

const provider = (name: string, baseUrl: string, more = "") =>
  `const ${name} = new Provider("${name}", { baseUrl: "${baseUrl}", credentials: "env:OPS_EU", ${more} });`;

describeEngines("the host of named credentials", (engine) => {
  test("is printed and recorded by the first up; another one, or a second one, is refused before a request", async () => {
    const [emulator, other] = [await emulatorOf(), await emulatorOf()];
    const stack = await newStack(engine);
    const env = keyOf(emulator);
    const staff = identityProvider("staff", "{ provider: eu }");
    await stack.write(provider("eu", emulator.url), staff);
    const line = `credentials OPS_EU go to ${emulator.url}`;
    expect(good(await stack.run("preview", { env })).text).toContain(
      `${line}. The first up records that, and a change then needs OPS_EU_BASE_URL in the environment.`,
    );
    good(await stack.run("up", { env }));
    expect(good(await stack.run("preview", { env })).text).toContain(`${line}, as recorded`);

    const changed = (host: string) =>
      `the base URL for the credentials OPS_EU is ${host}, and the recorded one is ${emulator.url}`;
    for (const host of [EVIL, other.url]) {
      // A changed line, and a new resource beside an unchanged one.
      await stack.write(provider("eu", host), staff);
      expect(bad(await stack.run("preview", { env })).text).toContain(changed(host));
      await stack.write(
        provider("eu", emulator.url),
        provider("us", host),
        staff,
        identityProvider("more", "{ provider: us }"),
      );
      const up = bad(await stack.run("up", { env }));
      expect(up.text).toContain("FED417 unconfirmed-host");
      expect(up.text).toContain(changed(host));
      expect(up.text).toContain(`set OPS_EU_BASE_URL to ${host}`);
    }
    // Neither a read nor a lookup uses the key before.
    await stack.write(
      provider("us", other.url),
      `IdentityProvider.get("theirs", "${HOME.federation}/5f1e2d3c4b5a69788796a5b4", undefined, { provider: us });`,
    );
    expect(bad(await stack.run("preview", { env })).text).toContain(changed(other.url));
    await stack.write(
      `import { lookupIdentityProvider } from "mongofed";`,
      provider("us", other.url),
      `await lookupIdentityProvider({ federationSettingsId: "${HOME.federation}" }, { provider: us });`,
    );
    expect(bad(await stack.run("preview", { env })).text).toContain(changed(other.url));
    expect(other.requests()).toEqual([]);

    // The refused runs have recorded nothing, and a run without a program does not use the changed provider.
    await stack.write(provider("eu", emulator.url), staff);
    good(await stack.run("up", { env }));
    good(await stack.run("destroy", { env }));
  });

  test("changes once the environment confirms it, for the same credentials only", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine);
    const env = keyOf(emulator);
    const staff = identityProvider("staff", "{ provider: eu }");
    await stack.write(provider("eu", emulator.url), staff, orgConnection("staff", "{ provider: eu }"));
    good(await stack.run("up", { env }));
    // The same control plane under another name.
    const moved = emulator.url.replace("127.0.0.1", "localhost");
    await stack.write(provider("eu", moved), staff, orgConnection("staff", "{ provider: eu }"));
    expect(bad(await stack.run("preview", { env })).text).toContain("FED417");
    const confirmed = { ...env, OPS_EU_BASE_URL: moved };
    expect(good(await stack.run("preview", { env: confirmed })).text).not.toContain("credentials OPS_EU go to");
    good(await stack.run("up", { env: confirmed }));
    const others = { ...env, ...keyOf(emulator, "OPS_US"), OPS_US_BASE_URL: moved };
    await stack.write(
      provider("eu", moved).replace("OPS_EU", "OPS_US"),
      staff,
      orgConnection("staff", "{ provider: eu }"),
    );
    expect(bad(await stack.run("preview", { env: others })).text).toContain("FED227 other-control-plane");
  });

  test("is refused where a stack configuration names the credentials of the environment", async () => {
    const emulator = await emulatorOf();
    const stack = await newStack(engine);
    await stack.write(identityProvider("staff"));
    const config = { "mongofed:provider": "x", "mongofed:credentials": "env:OPS_EU", "mongofed:baseUrl": emulator.url };
    const refused = bad(await stack.run("preview", { env: keyOf(emulator), config }));
    expect(refused.text).toContain(
      "FED420 invalid-setting: mongofed:credentials is not a setting of the stack configuration",
    );
    expect(emulator.requests()).toEqual([]);
  });
});
