import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import {
  databaseRole,
  federatedUser,
  identityProvider,
  oidcRole,
  orgConnection,
  workload,
} from "../../support/declarations.ts";
import { describeEngines } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { bad, emulatorWithProject, good, newStack, writes } from "../../support/stack.ts";

/** The users of the project: name, database, roles. */
function users(emulator: Emulator): Record<string, string[]> {
  const ids = emulator.world().atlas.federations[0]?.identityProviders ?? [];
  const named = (username: string) =>
    ids.reduce((name, { id, displayName }) => name.replace(id, String(displayName)), username);
  return Object.fromEntries(
    emulator
      .world()
      .atlas.databaseUsers.map(({ username, databaseName, oidcAuthType, roles }) => [
        `${named(username)} ${oidcAuthType} on ${databaseName}`,
        (roles as { roleName: string; databaseName: string; collectionName?: string }[]).map(
          ({ roleName, databaseName, collectionName }) =>
            `${roleName}@${databaseName}${collectionName === undefined ? "" : `.${collectionName}`}`,
        ),
      ]),
  );
}

/** Returns the writes in order: method and kind of object. */
const order = (emulator: Emulator) =>
  writes(emulator).map((line) =>
    line
      .replace(/\/api\/atlas\/v2\/(groups|federationSettings)\/[0-9a-f]{24}\//, "")
      .replace(/\/(admin|%24external|\$external|[0-9a-f]{24}|roles\/).*$/, ""),
  );

describeEngines("groups, users and roles", (engine) => {
  test("live their lives in whatever order they are declared", async () => {
    const emulator = await emulatorWithProject();
    const { env } = emulator;
    const stack = await newStack(engine);
    const parts = [
      identityProvider("staff"),
      workload("apps"),
      oidcRole("dba", "staff", 'roles: ["readWrite@app", "orders-reader", "read@app.orders"]'),
      federatedUser(
        "billing",
        "apps",
        'roles: [{ role: "read", database: "billing" }], labels: [{ key: "a", value: "b" }]',
      ),
      databaseRole("orders-reader", 'roles: ["base@admin"]'),
      databaseRole("base"),
      orgConnection("apps"),
      orgConnection("staff"),
      "export const username = groupdba.username;",
    ];
    await stack.write(...parts);
    good(await stack.run("preview", { env }));
    expect(writes(emulator)).toEqual([]);
    good(await stack.run("up", { env }));
    expect(users(emulator)).toEqual({
      "staff/dba IDP_GROUP on admin": ["readWrite@app", "orders-reader@admin", "read@app.orders"],
      "apps/billing USER on $external": ["read@billing"],
    });
    const made = order(emulator);
    expect(made.lastIndexOf("POST customDBRoles/roles")).toBeLessThan(made.indexOf("POST databaseUsers"));
    expect(made.lastIndexOf("PATCH connectedOrgConfigs")).toBeLessThan(made.lastIndexOf("POST databaseUsers"));

    emulator.clearRequests();
    const unchanged = good(await stack.run("up", { env, flags: { skipPreview: false } }));
    expect(unchanged.text).toMatch(/9 unchanged/);
    expect(writes(emulator)).toEqual([]);

    await stack.write(
      ...parts.map((part) => part.replace('"readWrite@app", ', "").replace('"a", value: "b"', '"a", value: "c"')),
    );
    good(await stack.run("up", { env }));
    expect(users(emulator)["staff/dba IDP_GROUP on admin"]).toEqual(["orders-reader@admin", "read@app.orders"]);
    const billing = emulator.world().atlas.databaseUsers.find(({ username }) => username.endsWith("/billing"));
    expect(billing?.labels).toEqual([{ key: "a", value: "c" }]);

    // Of an identity provider that changes in place, what access takes from it is known in the preview.
    const edited = parts.map((part) => part.replace('audience: "staff"', 'audience: "staff", description: "people"'));
    const [federation] = emulator.world().atlas.federations;
    const prefix = federation?.identityProviders.find(({ displayName }) => displayName === "apps")?.id;
    await stack.write(
      ...edited.map((part) => part.replace('"readWrite@app", ', "").replace('"a", value: "b"', '"a", value: "c"')),
      `export const uri = userbilling.connection({ runsOn: "kubernetes", host: "cluster0.abcde.mongodb.net" }).uri;`,
      `export const found = FederatedUser.get("found", "${PROJECT}/${prefix}/billing").roles;`,
    );
    const preview = good(await stack.run("preview", { env, flags: { skipPreview: false } }));
    expect(preview.text).toMatch(/1 to update[\s\S]* unchanged/);
    const told = good(await stack.run("up", { env }));
    expect(told.text).toMatch(/username\s*: "[0-9a-f]{24}\/dba"/);
    expect(told.text).toMatch(/uri\s*: "mongodb\+srv:\/\/cluster0\.abcde\.mongodb\.net.*MONGODB-OIDC.*ENVIRONMENT:k8s/);
    expect(told.text).toMatch(/found\s*: \[[\s\S]{0,40}"read@billing"/);

    await stack.write(...edited);
    emulator.clearRequests();
    good(await stack.run("destroy", { env }));
    expect(users(emulator)).toEqual({});
    const gone = order(emulator);
    expect(gone.lastIndexOf("DELETE databaseUsers")).toBeLessThan(gone.indexOf("DELETE customDBRoles"));
    expect(gone.lastIndexOf("DELETE databaseUsers")).toBeLessThan(gone.lastIndexOf("PATCH connectedOrgConfigs"));
    expect(gone.lastIndexOf("PATCH connectedOrgConfigs")).toBeLessThan(gone.lastIndexOf("DELETE identityProviders"));
  });

  test("drift of every input is told, and put back; what expired is not drift", async () => {
    const emulator = await emulatorWithProject();
    const { env } = emulator;
    const stack = await newStack(engine);
    await stack.write(
      workload("apps"),
      orgConnection("apps"),
      federatedUser("billing", "apps", 'roles: ["read@app"], scopes: [{ name: "cluster0" }], description: "ours"'),
      databaseRole("reader"),
    );
    good(await stack.run("up", { env }));
    const before = emulator.world().atlas;
    const { username = "" } = before.databaseUsers[0] ?? {};
    emulator.edit({
      edit: "update-database-user",
      projectId: PROJECT,
      username,
      fields: {
        roles: [{ roleName: "atlasAdmin", databaseName: "admin" }],
        scopes: [],
        labels: [{ key: "by", value: "hand" }],
        description: "theirs",
      },
    } as never);
    const preview = good(await stack.run("preview", { env, flags: { skipPreview: false } }));
    expect(preview.text).toMatch(/drift {2}FederatedUser "billing" \(principal billing through apps\) was changed/);
    for (const row of [
      /roles +live \["atlasAdmin@admin"\] +recorded \["read@app"\] +wanted \["read@app"\] +up puts it back/,
      /scopes +live none/,
      /labels +live \[.*"hand"/,
      /description +live "theirs" +recorded "ours"/,
    ]) {
      expect(preview.text).toMatch(row);
    }
    good(await stack.run("up", { env }));
    expect(emulator.world().atlas.databaseUsers).toEqual(before.databaseUsers);
    bad(await stack.run("preview", { env, config: { "mongofed:wait": "soon" } }));
  });
});
