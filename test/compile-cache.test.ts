import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LAUNCHER } from "../.ci/bundle.ts";
import { compileCacheFolder, compileCacheVariable } from "../provider/compile-cache.ts";

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "mongofed-cache-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Makes the cache folder before mongofed does, as another user of the machine could. */
function planted(mode: number): string {
  const folder = join(base, "mongofed-node");
  mkdirSync(folder);
  chmodSync(folder, mode);
  return folder;
}

/** The folder that the launcher of the Terraform provider hands to Node.js. */
function launched(env: NodeJS.ProcessEnv, umask = "022"): string | undefined {
  const bin = mkdtempSync(join(base, "bin-"));
  writeFileSync(join(bin, "provider"), LAUNCHER, { mode: 0o755 });
  writeFileSync(join(bin, "node"), '#!/bin/sh\necho "cache=$NODE_COMPILE_CACHE"\n', { mode: 0o755 });
  const command = `umask ${umask}; exec ${join(bin, "provider")}`;
  const output = execFileSync("/bin/sh", ["-c", command], {
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: base, ...env },
    encoding: "utf8",
  });
  return /cache=(.*)/.exec(output)?.[1] || undefined;
}

const both = [
  ["mongofed", (env: NodeJS.ProcessEnv) => compileCacheFolder(env)],
  ["the launcher of the Terraform provider", (env: NodeJS.ProcessEnv) => launched(env)],
] as const;

describe.each(both)("the cache of compiled code of %s", (_name, folderOf) => {
  test("lies in a folder of the user with mode 0700, whatever the umask", () => {
    const before = process.umask(0o000);
    try {
      const folder = folderOf({ XDG_CACHE_HOME: base });
      expect(folder).toBe(join(base, "mongofed-node"));
      expect(statSync(folder ?? "").mode & 0o777).toBe(0o700);
      expect(folderOf({ XDG_CACHE_HOME: base })).toBe(folder);
    } finally {
      process.umask(before);
    }
  });

  test.each([0o777, 0o770, 0o755])("is not used where others can reach into it: mode %o", (mode) => {
    planted(mode);
    expect(folderOf({ XDG_CACHE_HOME: base })).toBeUndefined();
  });

  test("is not used where it is a link", () => {
    const elsewhere = join(base, "elsewhere");
    mkdirSync(elsewhere, { mode: 0o700 });
    symlinkSync(elsewhere, join(base, "mongofed-node"));
    expect(folderOf({ XDG_CACHE_HOME: base })).toBeUndefined();
  });

  test.runIf(process.getuid?.() === 0)("is not used where it belongs to somebody else", () => {
    chownSync(planted(0o700), 12345, 12345);
    expect(folderOf({ XDG_CACHE_HOME: base })).toBeUndefined();
  });

  test("is not used where others can replace it", () => {
    const shared = join(base, "shared");
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    expect(folderOf({ XDG_CACHE_HOME: shared })).toBeUndefined();
  });

  test("is not used where it cannot be created", () => {
    writeFileSync(join(base, "file"), "");
    expect(folderOf({ XDG_CACHE_HOME: join(base, "file") })).toBeUndefined();
  });
});

test("a folder that the user names in NODE_COMPILE_CACHE is used", () => {
  expect(compileCacheVariable({ NODE_COMPILE_CACHE: "/own" })).toEqual({ NODE_COMPILE_CACHE: "/own" });
  expect(launched({ NODE_COMPILE_CACHE: "/own" })).toBe("/own");
});

test("the command line compiles into the private folder only", () => {
  const temporary = join(base, "tmp");
  mkdirSync(temporary);
  const main = new URL("../provider/cli/main.ts", import.meta.url).pathname;
  const { PATH, HOME } = process.env;
  execFileSync(process.execPath, [main, "--version"], {
    env: { PATH, HOME, TMPDIR: temporary, XDG_CACHE_HOME: base },
  });
  expect(existsSync(join(temporary, "node-compile-cache"))).toBe(false);
  expect(existsSync(join(base, "mongofed-node"))).toBe(true);
});
