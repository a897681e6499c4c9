import { expect, test } from "vitest";
import { describeEngines } from "../../support/engines.ts";
import { bad, emulatorOf, good, newStack, workload, writes } from "../../support/stack.ts";

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
});
