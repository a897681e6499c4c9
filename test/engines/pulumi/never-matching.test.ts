import { expect, test } from "vitest";
import { workload } from "../../support/declarations.ts";
import { cloudManagerSeed, emulated } from "../../support/emulator.ts";
import { describeEngines } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { bad, emulatorOf, good, newStack, writes } from "../../support/stack.ts";

const WITH_SLASH = "https://accounts.google.com/";

describeEngines("an issuer that no token carries", (engine) => {
  test("stops the preview of a new identity provider, and warns about an existing one", async () => {
    const emulator = await emulatorOf();
    const { env } = emulator;
    const stack = await newStack(engine);
    const google = workload("apps").replace("https://idp.example.com", "https://accounts.google.com");
    const wrong = google.replace("https://accounts.google.com", WITH_SLASH);

    await stack.write(wrong);
    expect(bad(await stack.run("preview", { env })).text).toMatch(
      /FED231 no-token-matches: tokens of Google carry the issuer "https:\/\/accounts\.google\.com", not /,
    );
    expect(writes(emulator)).toEqual([]);

    await stack.write(google);
    good(await stack.run("up", { env }));
    await stack.write(wrong);
    const preview = good(await stack.run("preview", { env }));
    expect(preview.text).toContain("FED232 values-hardly-match");
    expect(preview.text).not.toContain("FED231");
  });

  test("stops the preview of a replacement, and of an adoption that finds nothing, and warns about an adopted one", async () => {
    const emulator = await emulated(cloudManagerSeed());
    const { env } = emulator;
    const config = { "mongofed:plane": "cloud-manager", "mongofed:wait": "off" };
    const stack = await newStack(engine);
    const provider = (name: string, issuer: string, more = "") => `
      new IdentityProvider("apps", { projectId: "${PROJECT}", idpType: "WORKLOAD", configurationName: "${name}",
        issuerUri: "${issuer}", audience: "mongodb", authorizationType: "USER", ${more} });`;
    const refusal = /FED231 no-token-matches: tokens of Google carry the issuer/;

    await stack.write(provider("apps", WITH_SLASH, "adopt: true"));
    expect(bad(await stack.run("preview", { env, config })).text).toMatch(refusal);
    await stack.write(provider("apps", "https://accounts.google.com"));
    good(await stack.run("up", { env, config }));
    emulator.clearRequests();
    await stack.write(provider("programs", WITH_SLASH));
    expect(bad(await stack.run("preview", { env, config })).text).toMatch(refusal);
    expect(writes(emulator)).toEqual([]);

    const entry = {
      authNamePrefix: "theirs-too",
      issuerUri: WITH_SLASH,
      audience: "mongodb",
      userClaim: "sub",
      supportsHumanFlows: false,
      useAuthorizationClaim: false,
    };
    emulator.edit({ edit: "put-automation-entry", projectId: PROJECT, list: "oidcProviderConfigs", entry });
    const other = await newStack(engine);
    await other.write(provider("theirs-too", WITH_SLASH, "adopt: true"));
    const adoption = good(await other.run("preview", { env, config }));
    expect(adoption.text).toContain("FED232 values-hardly-match");
    expect(adoption.text).not.toContain("FED231");
    good(await other.run("up", { env, config }));
  });
});
