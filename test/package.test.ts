import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEmulator } from "../provider/emulator/index.ts";
import { FEDERATION, ORG } from "./support/ids.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** An empty machine fetches the dependencies first. */
const INSTALL_MS = 600_000;

let folder: string;
let files: string[];

/** Runs in the folder of the consumer, which knows nothing of the clone. */
async function run(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env, maxBuffer: 1 << 26 });
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mongofed-package-"));
  const packed = await run("npm", ["pack", root, "--json", "--ignore-scripts"]);
  const parsed: unknown = JSON.parse(packed);
  const [tarball] = (Array.isArray(parsed) ? parsed : Object.values(parsed as object)) as {
    filename: string;
    files: { path: string }[];
  }[];
  files = tarball!.files.map(({ path }) => path);
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "consumer", private: true, type: "module", main: "index.ts" }),
  );
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", tarball!.filename]);
}, INSTALL_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

const program = `import { IdentityProvider, OrgConnection } from "mongofed";
const staff = new IdentityProvider("staff", {
  federationSettingsId: "${FEDERATION}",
  idpType: "WORKFORCE",
  configurationName: "corp",
  issuerUri: "https://idp.example.com",
  audience: "mongodb",
  clientId: "mongodb",
  authorizationType: "GROUP",
});
new OrgConnection("platform", { orgId: "${ORG}", identityProvider: staff });
`;

describe("the package", () => {
  test("contains what a user needs and nothing else", () => {
    const strangers = files.filter(
      (file) => !/^(dist|provider|schema)\/.+\.(js|ts|map)$|^(package\.json|README\.md|LICENSE)$/.test(file),
    );
    expect(strangers).toEqual([]);
    for (const file of [
      "README.md",
      "LICENSE",
      "dist/provider/index.js",
      "dist/provider/index.d.ts",
      "dist/provider/engines/pulumi/provider.js",
    ]) {
      expect(files).toContain(file);
    }
  });

  test("lets a program of an empty folder be previewed, by its own command", async () => {
    await writeFile(
      join(folder, "Pulumi.yaml"),
      "name: consumer\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
    );
    await writeFile(join(folder, "index.ts"), program);
    const emulator = await startEmulator();
    try {
      const output = await run(join(folder, "node_modules", ".bin", "mongofed"), ["preview"], {
        ...process.env,
        ...emulator.env,
      });
      expect(output).toMatch(/\+ 3 to create/);
      expect(emulator.requests().length).toBeGreaterThan(0);
    } finally {
      await emulator.close();
    }
  });

  test("is loaded by ES modules and by CommonJS, through every entry", async () => {
    for (const entry of ["mongofed", "mongofed/provider", "mongofed/testing"]) {
      await run(process.execPath, ["--input-type=module", "-e", `import "${entry}"`]);
      await run(process.execPath, ["--input-type=commonjs", "-e", `require("${entry}")`]);
    }
    expect(await run(process.execPath, ["-p", 'require("mongofed/package.json").name'])).toBe("mongofed\n");
  });

  test("says its version", async () => {
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    expect((await run(join(folder, "node_modules", ".bin", "mongofed"), ["--version"])).trim()).toBe(version);
  });
});
