import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSeed, stateFromSeed } from "../../provider/emulator/seed.ts";
import { mongofed } from "./command-line.ts";

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

test("prints only lines that a shell can source", async () => {
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

test("prints the id of every federation, organization and project", async () => {
  const seed = join(folder, "two.yaml");
  writeFileSync(
    seed,
    `organizations:
  - { id: 5f1ed0c0ffee5f1ed0c0aaaa, name: "Ours\\u001b[2J", projects: [{ id: 5f1ed0c0ffee5f1ed0c0aaa1, name: a }, { id: 5f1ed0c0ffee5f1ed0c0aaa2, name: b, automationConfig: example }] }
  - { id: 5f1ed0c0ffee5f1ed0c0bbbb, name: Theirs }
federations: [{ id: 5f1ed0c0ffee5f1ed0c0ffff, connectedOrgs: [{ orgId: 5f1ed0c0ffee5f1ed0c0aaaa }] }]
`,
  );
  const { lines } = await emulator("SIGINT", "--seed", seed);
  expect(lines.slice(2, 7)).toEqual([
    "# Federation 5f1ed0c0ffee5f1ed0c0ffff: organization 5f1ed0c0ffee5f1ed0c0aaaa",
    "# Organization 5f1ed0c0ffee5f1ed0c0aaaa: Ours\\u{1b}[2J",
    "# Project 5f1ed0c0ffee5f1ed0c0aaa1: a (Atlas)",
    "# Project 5f1ed0c0ffee5f1ed0c0aaa2: b (Cloud Manager)",
    "# Organization 5f1ed0c0ffee5f1ed0c0bbbb: Theirs",
  ]);
});

test("--schema prints the JSON Schema of a seed, which the documented seed names", async () => {
  const { exitCode, stdout } = await mongofed(["emulator", "--schema"]);
  expect(exitCode).toBe(0);
  const fields = Object.keys(JSON.parse(stdout).properties);
  expect(fields).toContain("organizations");
  const page = readFileSync(new URL("../../docs/emulator.md", import.meta.url), "utf8");
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const file = join(folder, "documented.yaml");
  writeFileSync(file, example);
  expect(() => stateFromSeed(readSeed(file), Date.now())).not.toThrow();
  const reference = readFileSync(new URL("../../docs/seed.md", import.meta.url), "utf8");
  for (const key of fields) expect(reference).toContain(`\`${key}\``);
});
