import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findEngine } from "../support/find-engine.ts";

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mongofed-find-"));
  // The stand-ins are shell scripts: they need a shell, but no CLI may be found by chance.
  env = { PATH: join(folder, "path"), PULUMI_HOME: join(folder, "home") };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function cli(path: string, script: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return file;
}
const saying = (version: string) => `#!/bin/sh\necho v${version}\n`;

describe.skipIf(process.platform === "win32")("which engine runs a program", () => {
  test("PULUMI_COMMAND before all", async () => {
    cli("path/pulumi", saying("3.1.0"));
    const command = cli("elsewhere/pulumi", saying("3.2.0"));
    expect(await findEngine({ ...env, PULUMI_COMMAND: command })).toEqual({
      kind: "pulumi",
      command,
      version: "3.2.0",
      how: "named by PULUMI_COMMAND",
    });
  });

  test("PULUMI_COMMAND may be a name that PATH knows", async () => {
    const command = cli("path/pulumi-dev", saying("3.2.0"));
    expect(await findEngine({ ...env, PULUMI_COMMAND: "pulumi-dev" })).toMatchObject({ command });
  });

  test("a PULUMI_COMMAND that does not run is an error, not another engine", async () => {
    cli("path/pulumi", saying("3.1.0"));
    await expect(findEngine({ ...env, PULUMI_COMMAND: join(folder, "nope") })).rejects.toThrow(
      "does not run as a Pulumi CLI. Correct it, or unset it.",
    );
  });

  test("then PATH", async () => {
    const command = cli("path/pulumi", saying("3.1.0"));
    cli("home/versions/3.9.0/bin/pulumi", saying("3.9.0"));
    expect(await findEngine({ ...env, PATH: ["", env.PATH].join(delimiter) })).toMatchObject({
      command,
      how: "found on PATH",
    });
  });

  test("then the newest version that a launcher has downloaded", async () => {
    cli("home/versions/3.9.0/bin/pulumi", saying("3.9.0"));
    const newest = cli("home/versions/3.10.0/bin/pulumi", saying("3.10.0"));
    cli("home/bin/pulumi", saying("3.8.0"));
    expect(await findEngine(env)).toMatchObject({ command: newest, version: "3.10.0" });
  });

  test("then the one that the install script has placed", async () => {
    const command = cli("home/bin/pulumi", saying("3.8.0"));
    expect(await findEngine(env)).toMatchObject({ command, version: "3.8.0" });
  });

  test("a launcher on PATH is never started: it would download", async () => {
    cli(
      "path/pulumi",
      `#!/usr/bin/env node\nrequire("fs").writeFileSync(${JSON.stringify(join(folder, "started"))}, "")`,
    );
    expect(await findEngine(env)).toMatchObject({ kind: "embedded" });
  });

  test.each([
    ["an empty line", "#!/bin/sh\necho\n"],
    ["nothing", "#!/bin/sh\nexit 0\n"],
  ])("uses a CLI that prints %s as its version, which is then unknown", async (_, script) => {
    const command = cli("path/pulumi", script);
    expect(await findEngine(env)).toMatchObject({ kind: "pulumi", command, version: "unknown" });
    expect(await findEngine({ ...env, PULUMI_COMMAND: command })).toMatchObject({ command, version: "unknown" });
  });

  test("one that does not work is passed over", async () => {
    cli("path/pulumi", "#!/bin/sh\nexit 1\n");
    const command = cli("home/bin/pulumi", saying("3.8.0"));
    expect(await findEngine(env)).toMatchObject({ command });
  });

  test("else the embedded engine, and where was looked", async () => {
    expect(await findEngine(env)).toEqual({
      kind: "embedded",
      how: `no CLI found (looked at PULUMI_COMMAND, PATH and ${join(folder, "home")})`,
    });
  });
});
