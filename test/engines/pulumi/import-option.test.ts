import { expect, test } from "vitest";
import { describeEngines } from "../../support/engines.ts";
import { FEDERATION, IDP, ORG, PROJECT } from "../../support/ids.ts";
import { bad, emulatorWithProject, newStack, writes } from "../../support/stack.ts";

const through = `{ federationSettingsId: "${FEDERATION}", identityProviderId: "${IDP}", configurationName: "corp", idpType: "WORKLOAD", authorizationType: "USER" }`;
const user = `projectId: "${PROJECT}", identityProvider: ${through}, principal: "app:1", roles: ["read@app"]`;

describeEngines("the option import", (engine) => {
  test("is refused in the preview with the input that takes over an object, for all declarations at once", async () => {
    const emulator = await emulatorWithProject([]);
    const { env } = emulator;
    const stack = await newStack(engine, { apart: true });
    await stack.write(
      `new DatabaseRole("role", { projectId: "${PROJECT}", roleName: "reader", roles: ["read@app"] }, { import: "${PROJECT}/reader" });`,
      `new FederatedUser("user", { ${user} }, { import: "${PROJECT}/${IDP}/app:1" });`,
      `new OrgConnection("org", { orgId: "${ORG}", identityProvider: ${through} }, { import: "${FEDERATION}/${ORG}/${IDP}" });`,
    );
    for (const command of ["preview", "up"] as const) {
      const { text } = bad(await stack.run(command, { env }));
      for (const line of [2, 3, 4]) expect(text).toMatch(new RegExp(`FED235 import-option.*\\n.*index.ts:${line}:1`));
      expect(text).toContain("adopt: true");
      expect(text).not.toContain("code must be a string");
      expect(text).not.toMatch(/^ +at /m);
    }
    expect(writes(emulator)).toEqual([]);
  });
});
