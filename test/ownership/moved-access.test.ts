import { expect, test } from "vitest";
import { emulated } from "../support/emulator.ts";
import { describeEngines } from "../support/engines.ts";
import { FEDERATION, ORG, OTHER_PROJECT, PROJECT } from "../support/ids.ts";
import { good, newStack } from "../support/stack.ts";
import { contentOf } from "./scenarios.ts";

/** Access that moves or ends in the run that replaces or swaps its identity provider. */

const seed = (automationConfig?: "example") => ({
  organizations: [
    {
      id: ORG,
      name: "Platform",
      projects: [
        { id: PROJECT, name: "billing", clusters: [], ...(automationConfig && { automationConfig }) },
        { id: OTHER_PROJECT, name: "shop", clusters: [], ...(automationConfig && { automationConfig }) },
      ],
    },
  ],
  federations: [{ id: FEDERATION, connectedOrgs: [{ orgId: ORG }] }],
});
const provider = (name: string, place: string, more = "") =>
  `const ${name} = new IdentityProvider("${name}", { ${place}, idpType: "WORKLOAD", configurationName: "${name}",
    issuerUri: "https://idp.example.com", audience: "${name}", authorizationType: "USER", ${more} });`;
const user = (principal: string, through: string, projectId = PROJECT) =>
  `new FederatedUser("${principal}", { projectId: "${projectId}", identityProvider: ${through}, principal: "${principal}", roles: ["read@app"] });`;

describeEngines("access that moves to another project or ends", (engine) => {
  test("counts as that of the stack in the swap of its connection", async () => {
    const emulator = await emulated(seed());
    const settings = { env: emulator.env, config: { "mongofed:plane": "atlas", "mongofed:wait": "off" } };
    const stack = await newStack(engine);
    const place = `federationSettingsId: "${FEDERATION}"`;
    const connection = (to: string) => `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: ${to} });`;
    const both = provider("one", place) + provider("two", place);
    await stack.write(both, connection("one"), user("a", "one"), user("b", "one"), user("c", "one"));
    good(await stack.run("up", settings));
    await stack.write(both, connection("two"), user("a", "two"), user("b", "two", OTHER_PROJECT));
    good(await stack.run("up", { ...settings, flags: { skipPreview: false } }));
    const { databaseUsers } = emulator.world().atlas;
    expect(databaseUsers.map(({ username, projectId }) => [username.split("/")[1], projectId]).toSorted()).toEqual([
      ["a", PROJECT],
      ["b", OTHER_PROJECT],
    ]);
    good(await stack.run("destroy", settings));
  });

  test("counts as that of the stack where its provider gets another name", async () => {
    const emulator = await emulated(seed("example"));
    const settings = { env: emulator.env, config: { "mongofed:plane": "cloud-manager", "mongofed:wait": "off" } };
    const empty = contentOf(emulator);
    const stack = await newStack(engine);
    const named = (name: string) =>
      provider("one", `projectId: "${PROJECT}"`).replace('Name: "one"', `Name: "${name}"`);
    await stack.write(named("one"), user("a", "one"), user("b", "one"));
    good(await stack.run("up", settings));
    await stack.write(named("other"), user("a", "one"));
    good(await stack.run("up", { ...settings, flags: { skipPreview: false } }));
    expect(contentOf(emulator)).toContain("other/a");
    good(await stack.run("destroy", settings));
    expect(contentOf(emulator)).toBe(empty);
  });
});
