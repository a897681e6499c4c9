import { expect, test } from "vitest";
import type { Emulator } from "../../provider/emulator/index.ts";
import { seed } from "../control-planes/cloud-manager/harness.ts";
import { workload } from "../support/declarations.ts";
import { emulated } from "../support/emulator.ts";
import { describeEngines } from "../support/engines.ts";
import { ORG, PROJECT } from "../support/ids.ts";
import { bad, emulatorWithProject, good, newStack, type RunSettings, type Stack } from "../support/stack.ts";

/** Objects that somebody deletes outside the stack, while the program protects them. */

const settingsOf = ({ env }: Emulator, plane: "atlas" | "cloud-manager") => ({
  env,
  config: { "mongofed:plane": plane, "mongofed:wait": "off" },
});
const protect = "{ protect: true }";
const role = `new DatabaseRole("reader", { projectId: "${PROJECT}", roleName: "reader", roles: ["read@app"] }, ${protect});`;
const user = `new FederatedUser("app", { projectId: "${PROJECT}", identityProvider: corp, principal: "app:1", roles: ["reader"] }, ${protect});`;
const connection = `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: corp }, ${protect});`;
const projectProvider = `const corp = new IdentityProvider("corp", { projectId: "${PROJECT}", idpType: "WORKLOAD", configurationName: "corp",
  issuerUri: "https://idp.example.com", audience: "mongodb", authorizationType: "USER" }, ${protect});`;

/** Each object is created again in place, and the run after that changes nothing. */
async function comesBack(stack: Stack, settings: RunSettings, subject: string): Promise<void> {
  const preview = good(await stack.run("preview", settings));
  expect(preview.text).toContain(`${subject} was deleted outside this stack: up creates it again`);
  expect(preview.text).not.toMatch(/to replace/);
  good(await stack.run("up", settings));
  expect(good(await stack.run("preview", settings)).text).not.toMatch(/to (create|update|replace|delete)/);
}

describeEngines("a protected object that was deleted by hand", (engine) => {
  test("is created again in Atlas under its id", async () => {
    const emulator = await emulatorWithProject([]);
    const settings = settingsOf(emulator, "atlas");
    const stack = await newStack(engine);
    await stack.write(workload("corp", protect), connection, role, user);
    good(await stack.run("up", settings));
    const made = emulator.world().atlas;
    const { id } = emulator.world().atlas.federations[0]!.identityProviders[0]! as { readonly id: string };
    emulator.edit({
      edit: "remove-database-user",
      projectId: PROJECT,
      databaseName: "$external",
      username: `${id}/app:1`,
    });
    await comesBack(stack, settings, 'FederatedUser "app" (principal app:1 through corp)');
    expect(emulator.world().atlas).toEqual(made);
  });

  test("is created again in Atlas with the command that the preview names, where its id changes", async () => {
    const emulator = await emulatorWithProject([]);
    const settings = settingsOf(emulator, "atlas");
    const stack = await newStack(engine);
    await stack.write(workload("corp", protect), connection);
    good(await stack.run("up", settings));
    const { id } = emulator.world().atlas.federations[0]!.identityProviders[0]! as { readonly id: string };
    emulator.edit({ edit: "remove-identity-provider", id });
    expect(bad(await stack.run("preview", settings)).text).toContain(
      'IdentityProvider "corp" (corp) was deleted outside this stack: up creates it again, with a new id. It is protected: run `pulumi up --refresh`',
    );
    good(await stack.run("up", { ...settings, flags: { refresh: true } }));
    expect(good(await stack.run("preview", settings)).text).not.toMatch(/to (create|update|replace|delete)/);
    const [federation] = emulator.world().atlas.federations;
    expect(federation?.connectedOrgs[0]?.dataAccessIdentityProviderIds).toEqual([federation?.identityProviders[0]?.id]);
  });

  test("is created again in Cloud Manager", async () => {
    const emulator = await emulated(seed);
    const settings = settingsOf(emulator, "cloud-manager");
    const stack = await newStack(engine);
    await stack.write(projectProvider, role, user);
    good(await stack.run("up", settings));
    const remove = (list: "usersWanted" | "oidcProviderConfigs", name: string) =>
      emulator.edit({ edit: "remove-automation-entry", projectId: PROJECT, list, name });
    remove("usersWanted", "corp/app:1@$external");
    await comesBack(stack, settings, 'FederatedUser "app" (principal app:1 through corp)');
    remove("oidcProviderConfigs", "corp");
    await comesBack(stack, settings, 'IdentityProvider "corp" (corp)');
    const document = JSON.stringify(emulator.world().cloudManager);
    for (const name of ["corp/app:1", "corp", "reader"]) expect(document).toContain(`\\"${name}\\"`);
  });
});
