import { expect, test } from "vitest";
import { oidcRole } from "../../provider/resources/oidc-role.ts";
import { emulated, inParallel } from "../control-planes/cloud-manager/harness.ts";
import { PROJECT } from "../support/ids.ts";
import { newRun, preview, type Run, refresh, type State, same, up } from "./harness.ts";

/** Counts the requests of many resources in one automation config, through the definitions and over HTTP. */

const COUNT = 1000;
const PARALLELISM = 16;

const programs = Array.from({ length: COUNT }, (_, n) => ({
  projectId: PROJECT,
  identityProvider: {
    projectId: PROJECT,
    configurationName: "corp",
    idpType: "WORKFORCE",
    authorizationType: "GROUP",
  },
  group: `group-${n}`,
  roles: ["read@app"],
}));

test("a thousand grants, sixteen at a time, are 65 writes at most, and one read each time nothing is written", async () => {
  const world = await emulated();
  world.emulator.edit({
    edit: "put-automation-entry",
    projectId: PROJECT,
    list: "oidcProviderConfigs",
    entry: {
      authNamePrefix: "corp",
      issuerUri: "https://login.example.com/v2.0",
      audience: "api://corp",
      clientId: "client-1",
      userClaim: "sub",
      groupsClaim: "groups",
      supportsHumanFlows: true,
      useAuthorizationClaim: true,
      JWKSPollSecs: 0,
    },
  });
  const before = world.document();
  /** Starts a run as a new process. */
  const run = (): Run => newRun(world.newPlane(), { waitMs: 0 });
  /** Does it for all, in a run of its own. Answers with what came of it, and what was asked. */
  async function all<T, Result>(items: readonly T[], work: (context: Run, item: T) => Promise<Result>) {
    world.emulator.clearRequests();
    const context = run();
    const results = await inParallel(items, PARALLELISM, (item) => work(context, item));
    return results.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
  }

  const states: State[] = await all(programs, (context, program) => up(oidcRole, context, program));
  expect(world.count("PUT")).toBeLessThanOrEqual(65);
  expect(world.document().roles).toHaveLength(before.roles.length + COUNT);

  const pairs = states.map((state, n) => [state, programs[n]!] as const);
  const differences = await all(pairs, (context, [state, program]) => preview(oidcRole, context, state, program));
  expect(differences.every((difference) => JSON.stringify(difference) === JSON.stringify(same))).toBe(true);
  // The document, and once the system that manages the project.
  expect([world.count("GET"), world.count("PUT")]).toEqual([2, 0]);

  await all(states, (context, state) => refresh(oidcRole, context, state));
  expect([world.count("GET"), world.count("PUT")]).toEqual([1, 0]);

  await all(states, (context, { id, outputs }) => oidcRole.delete(context, id, outputs));
  expect(world.count("PUT")).toBeLessThanOrEqual(65);
  expect({ ...world.document(), version: 0 }).toEqual({ ...before, version: 0 });
});
