import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockState } from "../../../provider/engines/embedded/state/state-file.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mongofed-lock-"));
  file = join(folder, "dev.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lock = () => `${file}.lock`;
const held = () => JSON.parse(readFileSync(lock(), "utf8"));

/** The lock that this process would write, with changes. */
async function planted(changes: object): Promise<void> {
  const release = await lockState(file);
  const text = JSON.stringify({ ...held(), ...changes });
  await release();
  writeFileSync(lock(), text);
}

/** The pid of a process that has ended. */
const dead = () => spawnSync(process.execPath, ["-e", ""]).pid;

describe("the lock of a state file", () => {
  test("keeps a second run out until it is released, and leaves nothing behind", async () => {
    const release = await lockState(file);
    await expect(lockState(file)).rejects.toThrow(`Another run is at work on this stack (process ${process.pid}`);
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is taken over if its process has ended", async () => {
    await planted({ id: "gone", pid: dead() });
    const release = await lockState(file);
    expect(held().pid).toBe(process.pid);
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is taken over if another process has its pid by now", async () => {
    await planted({ id: "gone", begun: "1" });
    await (await lockState(file))();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is never taken over from another PID namespace or machine", async () => {
    await planted({ id: "elsewhere", pid: dead(), place: "host 0123 pid:[4026531999]" });
    await expect(lockState(file)).rejects.toThrow(`If that run no longer exists, remove ${lock()}`);
    expect(held().id).toBe("elsewhere");
  });

  test("that is empty is taken over once it is old", async () => {
    writeFileSync(lock(), "");
    await expect(lockState(file)).rejects.toThrow("Another run is at work");
    utimesSync(lock(), new Date(0), new Date(0));
    await (await lockState(file))();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is released by its holder only", async () => {
    const release = await lockState(file);
    rmSync(lock());
    const other = await lockState(file);
    const theirs = held().id;
    await release();
    expect(held().id).toBe(theirs);
    await other();
  });

  test("is taken over even if the run that took it over was killed while it did", async () => {
    await planted({ id: "gone", pid: dead() });
    const guard = { ...held(), id: "guard" };
    writeFileSync(`${lock()}.gone`, JSON.stringify(guard));
    const release = await lockState(file);
    expect(held().pid).toBe(process.pid);
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("that is stale lets exactly one of many processes in", async () => {
    const module = new URL("../../../provider/engines/embedded/state/state-file.ts", import.meta.url).href;
    // Each one that gets in stays in, so that a second one can only come by a fault.
    const script = `
      const { lockState } = await import(${JSON.stringify(module)});
      await new Promise((resolve) => setTimeout(resolve, Number(process.argv[1]) - Date.now()));
      try { await lockState(${JSON.stringify(file)}); console.log("in"); } catch { console.log("out"); }
      await new Promise((resolve) => process.stdin.on("end", resolve).resume());`;
    for (let round = 0; round < 2; round++) {
      rmSync(lock(), { force: true });
      await planted({ id: `gone-${round}`, pid: dead() });
      const start = String(Date.now() + 2_000);
      const children = Array.from({ length: 6 }, () =>
        spawn(process.execPath, ["--input-type=module", "-e", script, start], { stdio: ["pipe", "pipe", "inherit"] }),
      );
      const said = await Promise.all(
        children.map(
          (child) => new Promise<string>((done) => child.stdout.once("data", (text) => done(`${text}`.trim()))),
        ),
      );
      for (const child of children) child.stdin.end();
      expect(said.filter((word) => word === "in")).toEqual(["in"]);
      await Promise.all(children.map((child) => new Promise((done) => child.once("exit", done))));
    }
  });
});

describe("a disk that is full", () => {
  /** The shell limits the size of files that its children write, which ends writes as a full disk does. */
  const limited = (script: string) =>
    new Promise<string>((resolve) => {
      const command = `trap "" XFSZ; ulimit -f 0; exec ${process.execPath} --input-type=module -e '${script}'`;
      execFile("/bin/bash", ["-c", command], (_error, stdout, stderr) => resolve(stdout + stderr));
    });

  test("leaves no lock behind", async () => {
    const module = new URL("../../../provider/engines/embedded/state/state-file.ts", import.meta.url).href;
    const said = await limited(
      `const { lockState } = await import("${module}"); await lockState("${file}").catch((error) => process.stderr.write(error.code));`,
    );
    expect(said).toContain("EFBIG");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("leaves no half of a state behind", async () => {
    const module = new URL("../../../provider/engines/embedded/state/state-file.ts", import.meta.url).href;
    const said = await limited(
      `const { StateWriter } = await import("${module}"); await new StateWriter("${file}", () => ({})).save().catch((error) => process.stderr.write(error.code));`,
    );
    expect(said).toContain("EFBIG");
    expect(readdirSync(folder)).toEqual([]);
  });
});

test("a run removes what a killed run has left half written", async () => {
  writeFileSync(`${file}.0.tmp`, "{");
  writeFileSync(join(folder, "other.json.0.tmp"), "{");
  await (await lockState(file))();
  expect(existsSync(`${file}.0.tmp`)).toBe(false);
  expect(existsSync(join(folder, "other.json.0.tmp"))).toBe(true);
});
