import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPlugin } from "../.ci/build-plugin.ts";
import { SOURCE } from "../provider/cli/commands/terraform.ts";
import { startEmulator } from "../provider/emulator/index.ts";
import { FEDERATION, ORG } from "./support/ids.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** An empty machine fetches the dependencies first. */
const INSTALL_MS = 600_000;

let folder: string;
let files: string[];
let packedSize: number;

/** Runs in the folder of the consumer, which knows nothing of the clone. */
async function run(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env, maxBuffer: 1 << 26 });
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mongofed-package-"));
  await buildPlugin(join(root, "plugin"));
  await run("node", [join(root, ".ci/build-terraform.ts"), "--files-only"]);
  const packed = await run("npm", ["pack", root, "--json", "--ignore-scripts"]);
  const parsed: unknown = JSON.parse(packed);
  const [tarball] = (Array.isArray(parsed) ? parsed : Object.values(parsed as object)) as {
    filename: string;
    size: number;
    files: { path: string }[];
  }[];
  files = tarball!.files.map(({ path }) => path);
  packedSize = tarball!.size;
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "consumer", private: true, type: "module", main: "index.ts" }),
  );
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", tarball!.filename]);
}, INSTALL_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ownVersion(): Promise<string> {
  return (JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string }).version;
}

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

/** Two versions of a package may be installed below each other. */
const twoCopies = `import { fromFile, type IdentityProvider, OidcRole, OrgConnection, TokenCheck } from "mongofed";
import * as mongofed from "second";
import { previewProgram } from "mongofed/testing";
const common = { federationSettingsId: "f", configurationName: "c", issuerUri: "i", audience: "a" };
const staff = new mongofed.IdentityProvider("s", { ...common, idpType: "WORKLOAD", authorizationType: "GROUP" });
const any: IdentityProvider = staff;
const grant = { projectId: "p", group: "g", roles: ["read@app"] };
const role: mongofed.OidcRole = new OidcRole("r", { ...grant, identityProvider: staff });
new OrgConnection("o", { orgId: "o", identityProvider: any });
const token = { token: mongofed.fromFile("a.jwt"), keys: fromFile("keys.json"), expect: { accepted: staff } };
new TokenCheck("t", { access: [role, new mongofed.OidcRole("m", { ...grant, identityProvider: any })], tokens: { token } });
// @ts-expect-error the types are not \`any\`
new OrgConnection("e", { orgId: 1, identityProvider: previewProgram });
`;

describe("the package", () => {
  test("contains what a user needs and nothing else", () => {
    const strangers = files.filter(
      (file) =>
        !/^(dist|provider|schema)\/.+\.(js|ts|map|css)$|^provider\/formats\/page\/tsconfig\.json$|^(package\.json|dist\/commonjs\/package\.json|README\.md|LICENSE)$|^docs\/.+\.(md|png)$|^(CHANGELOG|SECURITY)\.md$|^examples\/.+\.(ts|md|ya?ml|json|csv|tf|tfvars|py|txt|jwt)$|^dist\/terraform-provider\/(\w+\.cjs|terraform-provider-mongofed_v[\d.]+)$|^plugin\/(\w+\.cjs|package\.json|PulumiPlugin\.yaml|pulumi-resource-mongofed)$/.test(
          file,
        ),
    );
    expect(strangers).toEqual([]);
    for (const file of [
      "README.md",
      "LICENSE",
      "dist/provider/index.js",
      "dist/provider/index.d.ts",
      "dist/provider/engines/pulumi/provider.js",
      "plugin/pulumi-resource-mongofed",
    ]) {
      expect(files).toContain(file);
    }
  });

  test("has at most 4 MB, and maps only sources that it ships", async () => {
    expect(packedSize).toBeLessThanOrEqual(4 * 1024 * 1024);
    const shipped = new Set(files);
    const maps = files.filter((path) => path.endsWith(".map"));
    expect(maps.length).toBeGreaterThan(0);
    for (const path of maps) {
      const { sources } = JSON.parse(await readFile(join(folder, "node_modules/mongofed", path), "utf8")) as {
        sources: string[];
      };
      for (const source of sources) expect(shipped, path).toContain(join(dirname(path), source));
    }
  });

  test("carries the documentation, the plugin, and the provider for Terraform, which one command installs", async () => {
    for (const path of [
      "docs/README.md",
      "docs/codes/FED203.md",
      "examples/quickstart/index.ts",
      "plugin/PulumiPlugin.yaml",
    ])
      expect(files).toContain(path);
    const output = await run(join(folder, "node_modules", ".bin", "mongofed"), ["terraform", "mirror"]);
    expect(output).toContain(`path    = ${JSON.stringify(join(folder, "mirror"))}`);
    const versioned = join(folder, "mirror", SOURCE, await ownVersion());
    const program = join(versioned, "linux_amd64", `terraform-provider-mongofed_v${await ownVersion()}`);
    // Started by hand, a provider explains itself instead of a handshake.
    const started = await promisify(execFile)(program, [], { env: process.env }).catch((error: object) => error);
    expect(JSON.stringify(started)).toMatch(/plugin|Terraform/i);
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

  test.each([
    ["CommonJS", "node16"],
    ["CommonJS", "nodenext"],
    ["an ES module", "node16"],
  ])("compiles in %s with module %s, where two copies of it fit together", async (format, module) => {
    const second = join(folder, "node_modules", "second");
    await cp(join(folder, "node_modules", "mongofed"), second, { recursive: true });
    const name = `two-copies.${format === "CommonJS" ? "cts" : "mts"}`;
    await writeFile(join(folder, name), twoCopies);
    const types = ["--typeRoots", join(root, "node_modules", "@types"), "--types", "node"];
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2023", "--module", module, ...types];
    await run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), ...options, name]);
  });

  test("says its version", async () => {
    const version = await ownVersion();
    expect((await run(join(folder, "node_modules", ".bin", "mongofed"), ["--version"])).trim()).toBe(version);
  });
});
