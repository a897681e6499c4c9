import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { mongofed } from "./command-line.ts";

test("--version is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await mongofed(["--version"])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
});

test.each([[[]], [["preview"]], [["emulator"]], [["explain"]], [["idp", "guide"]], [["idp", "preflight"]]])(
  "mongofed %j --help documents the exit codes",
  async (command) => {
    const { exitCode, stdout, stderr } = await mongofed([...command, "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const code of ["0 ", "1 ", "2 ", "130 "]) expect(stdout).toMatch(new RegExp(`^ {2}${code}`, "m"));
  },
);

test("without a command it says what there is, and ends as a mistake", async () => {
  const { exitCode, stderr } = await mongofed([]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("Usage: mongofed");
});

describe("a mistake is one line that says what, and what next", () => {
  test.each([
    ["an unknown command", ["prevew"], /unknown command 'prevew' \(Did you mean preview\?\) See mongofed --help\.$/],
    ["an unknown option", ["up", "--dif"], /unknown option '--dif' \(Did you mean --diff\?\)/],
    ["a config value without a key", ["up", "-c", "x"], /argument 'x' is invalid\. It must be key=value\./],
    ["nothing in parallel", ["up", "--parallel", "0"], /It must be a whole number from 1 to 9999\./],
    ["an unknown color", ["up", "--color", "red"], /Allowed choices are never, always, auto, raw\./],
    ["two views", ["up", "--diff", "--json"], /--diff and --json exclude each other/],
    ["an unknown subcommand", ["token", "chek"], /unknown command 'chek' \(Did you mean check\?\)/],
    ["an unknown subcommand", ["idp", "gide"], /unknown command 'gide' \(Did you mean guide\?\)/],
    ["help of an unknown command", ["help", "prevew"], /unknown command 'prevew' \(Did you mean preview\?\)/],
    ["help of an unknown subcommand", ["help", "idp", "gide"], /unknown command 'gide' \(Did you mean guide\?\)/],
    ["help of an unknown subcommand", ["token", "help", "chek"], /unknown command 'chek' \(Did you mean check\?\)/],
    ["a folder without a program", ["up", "-C", "test"], /no Pulumi\.yaml in .*test: name the folder .* with -C\./],
    ["a stack name that is a path", ["up", "-C", ".", "-s", "../x"], /the stack name "\.\.\/x" is not valid here/],
    ["no port", ["emulator", "--port", "70000"], /It must be a port, from 0 to 65535\./],
    ["a seed that is not there", ["emulator", "--seed", "nope.yaml"], /the seed cannot be used: .*nope\.yaml/],
    ["an argument too many", ["explain", "FED203", "FED204"], /too many arguments/],
  ])("%s", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await mongofed(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(message);
  });
});

test.each([[["help", "token", "check"]], [["token", "help", "check"]], [["token", "check", "--help"]]])(
  "mongofed %j shows the help of token check, without a made-up argument",
  async (args) => {
    const { exitCode, stdout } = await mongofed(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Usage: mongofed token check [options]\n");
    expect(stdout).not.toContain("[nothing");
  },
);

test.each(["head -c 1", "true"])("survives a reader that ends early: | %s", (reader) => {
  const main = new URL("../../provider/cli/main.ts", import.meta.url).pathname;
  // Larger than any buffer of a pipe.
  const command = `${process.execPath} ${main} explain --json | ${reader} >/dev/null; exit \${PIPESTATUS[0]}`;
  const { status, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
