import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { seed } from "../../control-planes/cloud-manager/harness.ts";
import { emulated } from "../../support/emulator.ts";
import { describeEngines } from "../../support/engines.ts";
import { PROJECT } from "../../support/ids.ts";
import { good, newStack } from "../../support/stack.ts";

const config = { "mongofed:plane": "cloud-manager", "mongofed:wait": "off" };
/** `FOREIGN_WRITES=1000` tries as many as the goal asks for. */
const WRITES = Number(process.env.FOREIGN_WRITES ?? 60);
const USERS_PER_RUN = 8;
const EVERY_MS = 25;
/** The time between a read of mongofed and its PUT, in which others can save. */
const PUT_MS = 40;

const program = (users: number) => `
const apps = new IdentityProvider("apps", { projectId: "${PROJECT}", idpType: "WORKLOAD", configurationName: "apps",
  issuerUri: "https://idp.example.com", audience: "mongodb", authorizationType: "USER" });
for (let index = 0; index < ${users}; index++)
  new FederatedUser("user" + index, { identityProvider: apps, principal: "p" + index, roles: ["read@app"] });
`;

interface Document {
  readonly version: number;
  readonly auth: { readonly usersWanted: readonly { readonly user: string }[] };
}

const documentOf = (emulator: Emulator): Document =>
  JSON.parse(emulator.world().cloudManager.deployments[0]?.automationConfig ?? "");

/** Adds a user of somebody else. Returns the version that this save made. */
function foreignWrite(emulator: Emulator, user: string): number {
  const document = JSON.stringify({ user, db: "$external", roles: [], mechanisms: [], authenticationRestrictions: [] });
  emulator.edit({ edit: "put-automation-entry", projectId: PROJECT, list: "usersWanted", entry: document });
  return documentOf(emulator).version;
}

describeEngines("a foreign writer of the same automation config", (engine) => {
  test("keeps each write, or a failing run names the version that it overwrote", async () => {
    const emulator = await emulated(seed);
    emulator.inject({ match: { method: "PUT" }, fault: { kind: "delay", ms: PUT_MS, when: "before-commit" } });
    const stack = await newStack(engine);
    const writes = new Map<string, number>();
    const named = new Set<number>();
    let users = 0;
    const run = async () => {
      const outcome = await stack.run("up", { env: emulator.env, config, flags: { parallel: USERS_PER_RUN } });
      if (outcome.exitCode === 0) return;
      for (const [, versions = ""] of outcome.text.matchAll(/the place of versions? ([\d, ]+)/g))
        for (const version of versions.split(", ")) named.add(Number(version));
    };
    while (writes.size < WRITES) {
      users += USERS_PER_RUN;
      await stack.write(program(users));
      const writer = setInterval(() => {
        const user = `foreign-${writes.size}`;
        writes.set(user, foreignWrite(emulator, user));
      }, EVERY_MS);
      await run().finally(() => clearInterval(writer));
    }
    const quiet = good(await stack.run("up", { env: emulator.env, config }));
    expect(quiet.text).not.toContain("somebody else");
    const present = new Set(documentOf(emulator).auth.usersWanted.map(({ user }) => user));
    const lost = [...writes].filter(([user]) => !present.has(user));
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.filter(([, version]) => !named.has(version))).toEqual([]);
    expect([...present].filter((user) => user.startsWith("apps/"))).toHaveLength(users);
  });
});
