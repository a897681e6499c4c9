import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("../../provider/cli/main.ts", import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mongofed-emulator-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The real process: what is tested is how it ends. */
async function emulator(signal: NodeJS.Signals, ...args: string[]) {
  const child = spawn(process.execPath, [main, "emulator", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.includes("Stop it with Ctrl-C")) break;
  }
  const env: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) env[name] = value;
  }
  const reachable = await fetch(env.MONGODB_ATLAS_BASE_URL ?? "").then(
    () => true,
    () => false,
  );
  child.kill(signal);
  const [exitCode] = await once(child, "exit");
  return { lines, env, reachable, exitCode };
}

test.each(["SIGINT", "SIGTERM"] as const)("listens until %s, and ends cleanly", async (signal) => {
  const { env, reachable, exitCode } = await emulator(signal);
  expect(env.MONGODB_ATLAS_BASE_URL).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(env.MCLI_OPS_MANAGER_URL, "both control planes are there").toBe(env.MONGODB_ATLAS_BASE_URL);
  expect({ reachable, exitCode }).toEqual({ reachable: true, exitCode: 0 });
});

test("whatever it prints can be read by a shell", async () => {
  const { lines } = await emulator("SIGINT");
  for (const line of lines) expect(line).toMatch(/^(# .*|export \w+=('.*'|[\w./:@-]+))$/);
});

test("starts from a seed, and goes on from its state", async () => {
  const seed = join(folder, "seed.yaml");
  const state = join(folder, "state.json");
  writeFileSync(seed, "organizations:\n  - id: 5f1ed0c0ffee5f1ed0c0aaaa\n    name: Ours\n");
  const first = await emulator("SIGINT", "--seed", seed, "--state", state);
  expect(first.env.MONGODB_ATLAS_ORG_ID).toBe("5f1ed0c0ffee5f1ed0c0aaaa");
  expect(first.lines).toContain(`# State: ${state}`);
  const second = await emulator("SIGINT", "--state", state);
  expect(second.env.MONGODB_ATLAS_PRIVATE_API_KEY).toBe(first.env.MONGODB_ATLAS_PRIVATE_API_KEY);
});
