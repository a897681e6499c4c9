import { expect, test } from "vitest";
import { pulumiTerms } from "../../provider/engines/pulumi/terms.ts";
import { reportText } from "../../provider/reports.ts";
import type { Definition } from "../../provider/resources/definition.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { oidcRole } from "../../provider/resources/oidc-role.ts";
import type { Report } from "../../schema/report.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { emulated } from "../control-planes/cloud-manager/harness.ts";
import { PROJECT } from "../support/ids.ts";
import { newRun, preview, projectWorkforce, type Run, type State, up } from "./harness.ts";

/** An identity provider of a project that gets another name, as engines replace it: what depends on it goes first. */

const reference = { projectId: PROJECT, configurationName: "corp", idpType: "WORKFORCE", authorizationType: "GROUP" };
const groups = ["a", "b", "c"].map((group) => ({ identityProvider: reference, group, roles: ["read@app"] }));

async function made() {
  const world = await emulated();
  const run = (): Run => newRun(world.newPlane(), { waitMs: 0 });
  const first = run();
  const provider = await up(identityProvider, first, projectWorkforce);
  const grants: State[] = [];
  for (const group of groups) grants.push(await up(oidcRole, first, group));
  /** Sends the calls that precede any deletion: the provider is to be replaced, together with its dependents. */
  const renaming = async (context: Run) => {
    const renamed = { ...projectWorkforce, configurationName: "people", allowLockout: true };
    const differences = [await preview(identityProvider, context, provider, renamed)];
    for (const [index, grant] of grants.entries()) {
      differences.push(await preview(oidcRole, context, grant, { ...groups[index], identityProvider: UNKNOWN }));
    }
    return differences;
  };
  const remove = (definition: Definition, context: Run, { id, outputs }: State) =>
    definition.delete(context, id, outputs);
  const left = () => world.document().roles.filter(({ role }: { role: string }) => role.startsWith("corp/")).length;
  return { ...world, run, provider, grants, renaming, remove, left };
}

test("its roles are deleted in one write, whichever the engine begins with", async () => {
  const { run, provider, grants, renaming, remove, left, emulator, count } = await made();
  const context = run();
  expect((await renaming(context)).map(({ deleteBeforeReplace }) => deleteBeforeReplace)).toEqual([
    true,
    false,
    false,
    false,
  ]);
  emulator.clearRequests();
  await remove(oidcRole, context, grants[1]!);
  expect(left()).toBe(0);
  await remove(oidcRole, context, grants[0]!);
  await remove(oidcRole, context, grants[2]!);
  expect(count("PUT")).toBe(1);
  await remove(identityProvider, context, provider);
  expect(count("PUT")).toBe(2);
});

test("a run that was killed in between is gone on with: what is not there any more is on its way out, not vanished", async () => {
  const { run, grants, renaming, remove } = await made();
  const killed = run();
  await renaming(killed);
  await remove(oidcRole, killed, grants[0]!);
  const next = run();
  expect((await renaming(next)).slice(1)).toEqual(
    grants.map(() => ({ changes: true, replaces: ["identityProvider"], deleteBeforeReplace: false })),
  );
  for (const grant of grants) await remove(oidcRole, next, grant);
});

test("a role whose identity provider stays is deleted alone", async () => {
  const { run, grants, remove, left } = await made();
  await remove(oidcRole, run(), grants[0]!);
  expect(left()).toBe(2);
});

test("a rename names the roles and users that it affects, at most 20, and counts the rest", async () => {
  const { run, provider } = await made();
  const reports: Report[] = [];
  const context = { ...run(), report: (one: Report) => void reports.push(one) };
  const renamed = { ...projectWorkforce, configurationName: "people", allowLockout: true };
  await preview(identityProvider, context, provider, renamed);
  const affected = ["a", "b", "c"].map((who) => ({ by: "GROUP", who }));
  expect(reports).toContainEqual({ type: "renaming", from: "corp", to: "people", affected });

  const many = Array.from({ length: 23 }, (_, n) => ({
    by: n < 22 ? ("GROUP" as const) : ("USER" as const),
    who: `${n}`,
  }));
  const { details } = reportText({ type: "renaming", from: "corp", to: "people", affected: many }, pulumiTerms);
  expect(details).toEqual([expect.stringMatching(/: role corp\/0, .*role corp\/19 and 3 more$/)]);
});
