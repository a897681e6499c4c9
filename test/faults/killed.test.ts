import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startEmulator } from "../../provider/emulator/index.ts";
import type { Deployment } from "../../provider/engines/embedded/engine.ts";
import { runEmbedded } from "../support/embedded.ts";
import { writeProgram } from "../support/program.ts";
import { FEDERATION, ORG, OUR_ISSUER, seed } from "./world.ts";

/**
 * Real processes, and the real state in its file: the engine and its provider are killed with SIGKILL while a write is
 * at the control plane, and one more `up` goes on from what they left.
 */

const script = fileURLToPath(new URL("../engines/embedded/run-up.ts", import.meta.url));
const providers = `/federationSettings/${FEDERATION}/identityProviders`;
const organization = `/federationSettings/${FEDERATION}/connectedOrgConfigs/${ORG}`;

const provider = (name: string, more = "") => `
const ${name} = new IdentityProvider("${name}", {
  federationSettingsId: "${FEDERATION}",
  idpType: "WORKFORCE",
  configurationName: "${name}",
  issuerUri: "${OUR_ISSUER}",
  audience: "${name}",
  clientId: "mongodb",
  authorizationType: "GROUP",
  ${more}
}, { protect: false });`;
const connection = (to: string, more = "") =>
  `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: ${to}, ${more} }, { protect: false });`;
const program = (...parts: string[]) =>
  `import { IdentityProvider, OrgConnection } from "mongofed";\n${parts.join("\n")}\n`;

async function newStack() {
  const emulator = await startEmulator({ seed });
  onTestFinished(() => emulator.close());
  const written = await writeProgram(program());
  const stateDir = join(written.folder, "..", "state");
  const env = { ...emulator.env };
  const federation = () => emulator.world().atlas.federations[0]!;
  const theirs = () => ({
    providers: federation().identityProviders.filter(({ issuerUri }) => !String(issuerUri).startsWith(OUR_ISSUER)),
    orgs: federation().connectedOrgs.map(({ dataAccessIdentityProviderIds: _, ...rest }) => rest),
  });
  const before = JSON.stringify(theirs());

  return {
    emulator,
    /** Ours, by name, and those of them that the organization is connected to. */
    made() {
      const ours = federation().identityProviders.filter(({ issuerUri }) => String(issuerUri).startsWith(OUR_ISSUER));
      const org = federation().connectedOrgs.find(({ orgId }) => orgId === ORG)!;
      const nameOf = (id: string) => ours.find((one) => one.id === id)?.displayName ?? "somebody else's";
      return {
        providers: ours.map(({ displayName }) => displayName).sort(),
        connected: (org.dataAccessIdentityProviderIds ?? []).map(nameOf),
      };
    },
    async up(...parts: string[]) {
      await written.write(program(...parts));
      const flags = { skipPreview: true };
      const outcome = await runEmbedded({ command: "up", cwd: written.folder, stack: "dev", stateDir, env, flags });
      expect(JSON.stringify(theirs())).toBe(before);
      return { ...outcome, text: outcome.stdout + outcome.stderr };
    },
    /** `up`, until a request is at the server: then nobody is left to hear its answer. */
    async killedUp(
      request: { method: string; path: string },
      when: "before-commit" | "after-commit",
      ...parts: string[]
    ) {
      await written.write(program(...parts));
      emulator.clearRequests();
      const world = JSON.stringify(emulator.world().atlas);
      const fault = emulator.inject({ match: request, nth: 1, fault: { kind: "delay", ms: 600_000, when } });
      const engine = spawn(process.execPath, [script, written.folder, join(stateDir, "written.dev.json")], {
        env: { ...process.env, ...env },
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => engine.once("exit", resolve));
      const hit = () => emulator.faults().find(({ id }) => id === fault)?.hit;
      await expect.poll(hit, { timeout: 60_000, interval: 5 }).toBe(1);
      if (when === "after-commit") await expect.poll(() => JSON.stringify(emulator.world().atlas)).not.toBe(world);
      await killAll(engine);
      await ended;
      emulator.clearFaults();
      const state = JSON.parse(await readFile(join(stateDir, "written.dev.json"), "utf8")) as Deployment;
      // Creations that were under way stay until a refresh, so there may be more than this one.
      expect(state.deployment.pending_operations?.length).toBeGreaterThan(0);
    },
  };
}

/** The engine first, which then can no longer take its provider along. */
async function killAll(engine: ChildProcess): Promise<void> {
  const family = await childrenOf(engine.pid!);
  engine.kill("SIGKILL");
  for (const pid of family) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It noticed by itself that its engine is gone.
    }
  }
}

/** By /proc, where there is one; elsewhere the children end by themselves, or with the test. */
async function childrenOf(parent: number): Promise<number[]> {
  const entries = await readdir("/proc").catch(() => []);
  const pids = entries.filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")));
  return pids.filter((_, index) => stats[index]!.split(") ").at(-1)?.split(" ")[1] === String(parent));
}

const post = { method: "POST", path: `${providers}$` };
const patch = { method: "PATCH", path: `${providers}/` };
const connect = { method: "PATCH", path: organization };
const remove = { method: "DELETE", path: `${providers}/` };

const foreignIds = ["somebody else's", "somebody else's"];

/** A run each of engine, program and provider takes a second or two, and a busy machine several times that. */
const SLOW = { timeout: 300_000 };

test("killed while it creates: what is not known to be ours is named, and taken over on request", SLOW, async () => {
  const stack = await newStack();
  const both = [provider("staff"), connection("staff")];
  await stack.killedUp(post, "before-commit", ...both);
  expect(stack.made()).toEqual({ providers: [], connected: foreignIds });
  await stack.killedUp(post, "after-commit", ...both);
  expect(stack.made().providers).toEqual(["staff"]);

  const refused = await stack.up(...both);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.text).toMatch(/interrupted while creating[\s\S]*FED221[\s\S]*adopt: true/);
  expect(stack.made().providers).toEqual(["staff"]);

  await stack.killedUp(connect, "after-commit", provider("staff", "adopt: true,"), connection("staff"));
  expect(stack.made()).toEqual({ providers: ["staff"], connected: [...foreignIds, "staff"] });
  const repaired = await stack.up(provider("staff"), connection("staff", "adopt: true"));
  expect(repaired.exitCode, repaired.text).toBe(0);
  expect(stack.made()).toEqual({ providers: ["staff"], connected: [...foreignIds, "staff"] });
  expect((await stack.up(...both)).text).toMatch(/3 unchanged/);
});

test("killed while it changes, swaps, disconnects and deletes: one more run finishes it", SLOW, async () => {
  const stack = await newStack();
  const old = [provider("staff"), provider("people")];
  expect((await stack.up(...old, connection("staff"))).exitCode).toBe(0);

  const renamed = [provider("staff", 'configurationName: "renamed",'), provider("people"), connection("people")];
  await stack.killedUp(patch, "after-commit", ...renamed);
  await stack.killedUp(connect, "after-commit", ...renamed);
  const changed = await stack.up(...renamed);
  expect(changed.exitCode, changed.text).toBe(0);
  expect(stack.made()).toEqual({ providers: ["people", "renamed"], connected: [...foreignIds, "people"] });

  const left = provider("staff", 'configurationName: "renamed",');
  await stack.killedUp(connect, "after-commit", left);
  expect(stack.made()).toEqual({ providers: ["people", "renamed"], connected: foreignIds });
  await stack.killedUp(remove, "after-commit", left);
  const deleted = await stack.up(left);
  expect(deleted.exitCode, deleted.text).toBe(0);
  expect(stack.made()).toEqual({ providers: ["renamed"], connected: foreignIds });
  expect((await stack.up(left)).text).toMatch(/2 unchanged/);
});
