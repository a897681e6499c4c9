import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Emulator } from "../../provider/emulator/index.ts";
import { runEmbedded } from "../support/embedded.ts";
import { emulated } from "../support/emulator.ts";
import { writeProgram } from "../support/program.ts";
import { configOf, DEPLOYMENT, seed } from "./world.ts";

/**
 * Two stacks with provider processes of their own, and somebody who reads, edits and puts back without a second look,
 * all at one automation config at one time. Who wins is left to chance; what has to hold is the same each time.
 * `test/control-planes/cloud-manager/interleavings.test.ts` draws the schedules for the writer alone.
 */

const GROUPS = 8;
/** Between a foreign read and the write that follows it: as long as a request of ours takes. */
const FOREIGN_MS = 5;

/** The identity provider of the groups of both stacks, which neither manages. */
const ours = {
  authNamePrefix: "ours",
  issuerUri: "https://idp.example.com",
  audience: "mongodb",
  clientId: "mongodb",
  userClaim: "sub",
  groupsClaim: "groups",
  supportsHumanFlows: true,
  useAuthorizationClaim: true,
  JWKSPollSecs: 0,
};

const program = (prefix: string) => `import { OidcRole } from "mongofed";
for (let n = 0; n < ${GROUPS}; n++) {
  new OidcRole(\`${prefix}-\${n}\`, {
    identityProvider: { projectId: "${DEPLOYMENT}", configurationName: "ours", idpType: "WORKFORCE", authorizationType: "GROUP" },
    group: \`${prefix}-\${n}\`,
    roles: ["read@app"],
  }, { protect: false });
}
`;

async function newStack(emulator: Emulator, prefix: string) {
  const written = await writeProgram(program(prefix), prefix);
  await writeFile(join(written.folder, "Pulumi.dev.yaml"), "config:\n  mongofed:plane: cloud-manager\n");
  const stateDir = join(written.folder, "..", `state-${prefix}`);
  return async () => {
    const run = { command: "up" as const, cwd: written.folder, stack: "dev", stateDir, env: emulator.env };
    const { exitCode, stdout, stderr } = await runEmbedded({ ...run, flags: { skipPreview: true, parallel: 4 } });
    return { exitCode, text: stdout + stderr };
  };
}

/** Adds a role each time, to the document that was read a moment before. Answers with its name by the version that holds it. */
async function foreignWrites(emulator: Emulator, until: { readonly over: boolean }): Promise<Map<number, string>> {
  const made = new Map<number, string>();
  for (let n = 0; !until.over; n++) {
    const document = configOf(emulator.world());
    await sleep(FOREIGN_MS);
    const entry = `{"role":"theirs-${n}","db":"admin","privileges":[],"roles":[],"n":9007199254740993}`;
    const edited = document.replace('{"role":"report-reader"', `${entry},{"role":"report-reader"`);
    emulator.edit({ edit: "put-automation-config", projectId: DEPLOYMENT, document: edited });
    made.set(JSON.parse(configOf(emulator.world())).version, `theirs-${n}`);
    await sleep(40);
  }
  return made;
}

const rolesIn = (emulator: Emulator): string[] =>
  JSON.parse(configOf(emulator.world())).roles.map(({ role }: { role: string }) => role);

test("two processes and somebody else at one document: all of it is there, or was named as lost", async () => {
  const emulator = await emulated(seed);
  emulator.edit({ edit: "put-automation-entry", projectId: DEPLOYMENT, list: "oidcProviderConfigs", entry: ours });
  const stacks = { left: await newStack(emulator, "left"), right: await newStack(emulator, "right") };
  const wanted = (prefix: string) => Array.from({ length: GROUPS }, (_, n) => `ours/${prefix}-${n}`);

  const during = { over: false };
  const foreign = foreignWrites(emulator, during);
  const runs = await Promise.all([stacks.left(), stacks.right()]);
  during.over = true;
  const made = await foreign;
  const told = runs.map(({ text }) => text).join("\n");

  const there = new Set(rolesIn(emulator));
  const lost = [...told.matchAll(/versions? ([\d, ]+)/g)].flatMap(([, list]) => list!.split(", ").map(Number));
  for (const [version, role] of made)
    expect(there.has(role) || lost.includes(version), `${role} of ${version}`).toBe(true);
  const losses = /another client save[ds]|FED265 overwritten/;
  for (const { exitCode, text } of runs) expect(exitCode === 0, text).toBe(!losses.test(text));

  // Nobody else writes now, and what was lost is put back.
  for (const [prefix, up] of Object.entries(stacks)) {
    const { exitCode, text } = await up();
    expect(exitCode, text).toBe(0);
    expect(rolesIn(emulator)).toEqual(expect.arrayContaining(wanted(prefix)));
  }
  expect([...there].filter((role) => !rolesIn(emulator).includes(role))).toEqual([]);
});
