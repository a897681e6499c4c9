/** Runs that are limited to some resources: the embedded engine does what the Pulumi CLI does. */

import { expect, test } from "vitest";
import { databaseRole } from "../../support/declarations.ts";
import { describeEngines, type TestEngine } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { bad, emulatorWithProject, good, newStack } from "../../support/stack.ts";

const urn = (kind: string, name: string) => `urn:pulumi:dev::written::pulumi-nodejs:dynamic/mongofed:${kind}::${name}`;
const role = (name: string) => urn("DatabaseRole", name);

async function stackOf(engine: TestEngine) {
  const emulator = await emulatorWithProject([]);
  const stack = await newStack(engine);
  const settings = { env: emulator.env, config: { "mongofed:wait": "off" } };
  return {
    write: stack.write,
    run: (command: "up" | "destroy" | "refresh", flags = {}) => stack.run(command, { ...settings, flags }),
    roles: () =>
      emulator
        .world()
        .atlas.customDbRoles.map(({ roleName, actions }) => `${roleName}: ${actions.map(({ action }) => action)}`)
        .sort(),
  };
}

const names = ({ deployment }: { deployment: { deployment: { resources?: { urn: string }[] } } }) =>
  (deployment.deployment.resources ?? []).flatMap((one) => /DatabaseRole::(.*)$/.exec(one.urn)?.[1] ?? []).sort();
/** A second privilege. */
const larger = `privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find", "insert"] }]`;

describeEngines("a limited run", (engine) => {
  test("changes, creates and deletes its targets only", async () => {
    const { write, run, roles } = await stackOf(engine);
    await write(databaseRole("a"), databaseRole("b"), databaseRole("c"));
    good(await run("up"));
    await write(databaseRole("a", larger), databaseRole("b", larger), databaseRole("d"), databaseRole("e"));
    const first = good(await run("up", { targets: [role("a"), role("d")] }));
    expect(names(first)).toEqual(["a", "b", "c", "d"]);
    expect(roles()).toEqual(["a: FIND,INSERT", "b: FIND", "c: FIND", "d: FIND"]);
    const second = good(await run("up", { targets: [role("c")] }));
    expect(names(second)).toEqual(["a", "b", "d"]);
    good(await run("destroy", { targets: [role("d")] }));
    expect(roles()).toEqual(["a: FIND,INSERT", "b: FIND"]);
  });

  test("leaves what it excludes", async () => {
    const { write, run, roles } = await stackOf(engine);
    await write(databaseRole("a"), databaseRole("b"), databaseRole("c"));
    good(await run("up"));
    await write(databaseRole("a", larger), databaseRole("b", larger), databaseRole("d"));
    const up = good(await run("up", { excludes: [role("a"), role("c"), role("d")] }));
    expect(names(up)).toEqual(["a", "b", "c"]);
    expect(roles()).toEqual(["a: FIND", "b: FIND,INSERT", "c: FIND"]);
    const rest = good(await run("destroy", { excludes: [role("b")] }));
    expect(names(rest)).toEqual(["b"]);
  });

  test("refuses a target that depends on a resource that it does not create", async () => {
    const { write, run } = await stackOf(engine);
    await write(`const first = new DatabaseRole("first", { projectId: "${PROJECT}", roleName: "first", ${larger} });
      new DatabaseRole("r", { projectId: "${PROJECT}", roleName: "r", ${larger} }, { dependsOn: first });`);
    const refused = bad(await run("up", { targets: [role("r")] }));
    expect(refused.text).toContain("which was was not specified in --target list");
  });
});
