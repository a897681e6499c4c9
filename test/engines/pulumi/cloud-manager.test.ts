import { expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { cloudManagerSeed, emulated } from "../../support/emulator.ts";
import { describeEngines } from "../../support/engines.ts";
import { ORG, PROJECT } from "../../support/ids.ts";
import { bad, good, newStack, type Outcome, type RunSettings } from "../../support/stack.ts";

const seed = cloudManagerSeed({ agents: { goalMs: 100, authMs: 50 } });

/** As many as travel together under the parallelism of these runs, the identity providers and the database role not counted. */
const GROUPS = 12;
const flags = { parallel: 16 };
/** PUTs of a run in which all that can travel together does: 2 to 4; a busy machine takes more to let it arrive together. */
const FEW = 10;

interface Names {
  readonly staff?: string;
  readonly apps?: string;
}

const providers = ({ staff = "corp", apps = "apps" }: Names = {}, more = "") => `
const projectId = "${PROJECT}";
const staff = new IdentityProvider("staff", {
  projectId, idpType: "WORKFORCE", configurationName: "${staff}", issuerUri: "https://login.example.com/v2.0",
  audience: "api://corp", clientId: "client-1", authorizationType: "GROUP", ${more}
});
const apps = new IdentityProvider("apps", {
  projectId, idpType: "WORKLOAD", configurationName: "${apps}", issuerUri: "https://accounts.example.com",
  audience: "api://apps", authorizationType: "USER", ${more}
});`;

const access = (dbaRoles = '["readWriteAnyDatabase@admin", "orders-reader"]') => `
new DatabaseRole("orders-reader", {
  projectId, roleName: "orders-reader",
  privileges: [{ resource: { database: "orders", collection: "" }, actions: ["find"] }],
});
const dba = new OidcRole("dba", {
  identityProvider: staff, group: "dba", roles: ${dbaRoles},
  privileges: [{ resource: { cluster: true }, actions: ["listDatabases"] }],
  authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }],
});
const billing = new FederatedUser("billing", { identityProvider: apps, principal: "billing", roles: ["read@billing"] });
for (let n = 0; n < ${GROUPS}; n++) {
  new OidcRole(\`team-\${n}\`, { identityProvider: staff, group: \`team-\${n}\`, roles: ["read@app"] });
}
export const role = dba.id;
export const user = billing.id;`;

// biome-ignore lint/suspicious/noExplicitAny: tests look into every corner of a document.
type Document = any;

const textOf = (emulator: Emulator) => emulator.world().cloudManager.deployments[0]!.automationConfig;
const documentOf = (emulator: Emulator): Document => JSON.parse(textOf(emulator));
/** The document but for the number of its saves, which the server counts. */
const withoutVersion = (emulator: Emulator) => textOf(emulator).replace(/"version":\d+/, '"version":0');

const namesIn = (document: Document) => ({
  providers: document.oidcProviderConfigs.map((one: Document) => one.authNamePrefix),
  roles: document.roles.map((one: Document) => one.role).filter((name: string) => !name.includes("team-")),
  users: document.auth.usersWanted.map((one: Document) => one.user),
});

describeEngines("a project of Cloud Manager", (engine) => {
  test("gets its identity providers and access, keeps them, renames them, and is as it was in the end", async () => {
    const emulator = await emulated(seed);
    const stack = await newStack(engine);
    const before = withoutVersion(emulator);
    const secrets = [emulator.credentials.privateKey, "not-a-secret-1", "not-a-secret-2"];
    const config = { "mongofed:plane": "cloud-manager" };

    /** Counts the requests of a run, without those that only fetched a nonce. */
    const cost = { configs: 0, statuses: 0, puts: 0, others: 0 };
    const run = async (command: "preview" | "up" | "refresh" | "destroy", settings: RunSettings = {}) => {
      emulator.clearRequests();
      const env = emulator.env;
      // One whole life for each control plane with real processes.
      const outcome = await stack.run(command, {
        env,
        processes: true,
        ...settings,
        config: { ...config, ...settings.config },
        flags,
      });
      const requests = emulator.requests().filter(({ status }) => status !== 401);
      const of = (method: string, end: string) =>
        requests.filter((one) => one.method === method && one.path.endsWith(end)).length;
      cost.configs = of("GET", "/automationConfig");
      cost.statuses = of("GET", "/automationStatus");
      cost.puts = of("PUT", "/automationConfig");
      // A run asks once whether another system owns the project.
      const owners = of("GET", "/controlledFeature");
      expect(owners).toBeLessThanOrEqual(1);
      cost.others = requests.length - cost.configs - cost.statuses - cost.puts - owners;
      for (const secret of secrets) expect(outcome.text + outcome.files).not.toContain(secret);
      return outcome;
    };
    const previewing = async () => {
      const outcome = await run("preview");
      expect(cost).toMatchObject({ statuses: 0, puts: 0, others: 0 });
      return outcome;
    };

    // Not on another control plane, nor with what only that one has
    const connection = `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: {
      federationSettingsId: "${ORG}", identityProviderId: "${ORG}", configurationName: "atlas", idpType: "WORKLOAD", authorizationType: "USER" } });`;
    await stack.write(connection);
    expect(bad(await previewing()).text).toMatch(
      /FED206.*an OrgConnection exists on MongoDB Atlas only, and this run uses Cloud Manager/,
    );

    // Created
    await stack.write(providers(), access());
    good(await previewing());
    expect(cost.configs).toBe(1);
    const created = good(await run("up"));
    expect(cost.puts).toBeLessThanOrEqual(FEW);
    expect(created.text).toMatch(new RegExp(`role *: "${PROJECT}/corp/dba"`));
    const made = documentOf(emulator);
    expect(namesIn(made)).toEqual({
      providers: ["corp", "theirs", "apps"],
      roles: ["report-reader", "orders-reader", "corp/dba"],
      users: ["backup-operator", "theirs/0f1e2d3c", "apps/billing"],
    });
    expect(made.roles).toContainEqual({
      role: "corp/dba",
      db: "admin",
      privileges: [{ resource: { cluster: true }, actions: ["listDatabases"] }],
      roles: [
        { role: "readWriteAnyDatabase", db: "admin" },
        { role: "orders-reader", db: "admin" },
      ],
      authenticationRestrictions: [{ clientSource: ["10.0.0.0/8"] }],
    });

    // Unchanged
    const settled = withoutVersion(emulator);
    const unchanged = (outcome: Outcome) => expect(good(outcome).text).toMatch(new RegExp(`${GROUPS + 6} unchanged`));
    unchanged(await previewing());
    expect(cost.configs).toBe(1);

    // Drift
    const projectId = PROJECT;
    const corp = made.oidcProviderConfigs[0];
    emulator.edit({
      edit: "put-automation-entry",
      projectId,
      list: "oidcProviderConfigs",
      entry: { ...corp, userClaim: "email" },
    });
    const dba = made.roles.find(({ role }: Document) => role === "corp/dba");
    emulator.edit({
      edit: "put-automation-entry",
      projectId,
      list: "roles",
      entry: { ...dba, roles: [{ role: "root", db: "admin" }] },
    });
    emulator.edit({
      edit: "remove-automation-entry",
      projectId,
      list: "usersWanted",
      name: "apps/billing@$external",
    });
    const drift = good(await previewing());
    expect(drift.text).toMatch(/drift {2}IdentityProvider "staff" \(corp\) was changed[\s\S]*userClaim +live "email"/);
    expect(drift.text).toMatch(/roles +live \["root@admin"\] .*up puts it back/);
    expect(drift.text).toMatch(
      /FederatedUser "billing" \(principal billing through apps\) was deleted outside this stack/,
    );
    good(await run("up"));
    expect(cost.puts).toBeLessThanOrEqual(FEW);
    expect(withoutVersion(emulator)).toBe(settled);

    // Changed in place, and not waited for
    await stack.write(providers({}, 'userClaim: "oid",'), access('["read@app"]'));
    expect(bad(await previewing()).text).toMatch(/FED224[\s\S]*userClaim of apps[\s\S]*billing/);
    await stack.write(providers({}, 'userClaim: "oid", allowLockout: true,'), access('["read@app"]'));
    good(await run("up", { config: { "mongofed:wait": "off" } }));
    expect(cost.puts).toBeLessThanOrEqual(FEW);
    expect(cost.statuses).toBe(0);
    expect(documentOf(emulator).oidcProviderConfigs.map(({ userClaim }: Document) => userClaim)).toEqual([
      "oid",
      "sub",
      "oid",
    ]);

    // Renamed
    const auditors = { role: "corp/auditors", db: "admin", privileges: [], roles: [{ role: "read", db: "app" }] };
    emulator.edit({ edit: "put-automation-entry", projectId, list: "roles", entry: auditors });
    await stack.write(providers({ staff: "people", apps: "programs" }), access());
    const refused = bad(await previewing());
    expect(refused.text).toMatch(
      /FED224.*replacing corp by people.* would lock out one principal that this stack does not manage: auditors/,
    );
    expect(refused.text).toMatch(
      /these cannot log in until then: role corp\/dba, role corp\/team-0, .*, role corp\/team-11, role corp\/auditors$/m,
    );
    await stack.write(providers({ staff: "people", apps: "programs" }, "allowLockout: true,"), access());
    const renaming = good(await previewing());
    expect(renaming.text).toMatch(
      new RegExp(`corp becomes people[\\s\\S]*cannot log in until then: (role corp/[\\w-]+(, |$)){${GROUPS + 2}}`, "m"),
    );
    expect(renaming.text).toMatch(/apps becomes programs[\s\S]*cannot log in until then: user apps\/billing$/m);
    good(await run("up"));
    expect(cost.puts).toBeLessThanOrEqual(2 * FEW);
    expect(namesIn(documentOf(emulator))).toEqual({
      providers: ["people", "theirs", "programs"],
      roles: ["report-reader", "orders-reader", "corp/auditors", "people/dba"],
      users: ["backup-operator", "theirs/0f1e2d3c", "programs/billing"],
    });
    unchanged(await previewing());

    // Refreshed, and gone
    unchanged(await run("refresh"));
    expect(cost).toMatchObject({ configs: 1, statuses: 0, puts: 0, others: 0 });
    good(await run("destroy"));
    expect(cost.puts).toBeLessThanOrEqual(FEW);
    emulator.edit({ edit: "remove-automation-entry", projectId, list: "roles", name: "corp/auditors@admin" });
    expect(withoutVersion(emulator)).toBe(before);
  });
});
