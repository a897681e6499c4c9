import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { mongofed } from "./command-line.ts";

test("--version is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  for (const flag of ["--version", "-v"])
    expect(await mongofed([flag])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
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

describe("completion", () => {
  const main = new URL("../../provider/cli/main.ts", import.meta.url).pathname;
  const complete = (...words: string[]) => {
    const { stdout, status } = spawnSync(process.execPath, [main, "complete", "--", ...words], { encoding: "utf8" });
    expect(status).toBe(0);
    return stdout.split("\n").flatMap((line) => (/^:|^$/.test(line) ? [] : [line.split("\t")[0]]));
  };

  test.each(["bash", "zsh", "fish", "powershell"])("prints a script for %s", async (shell) => {
    const { stdout, status } = spawnSync(process.execPath, [main, "completion", shell], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout).toMatch(/mongofed"? ?complete --|mongofed complete/);
  });

  test("suggests commands, options, values and files", () => {
    expect(complete("dri")).toEqual(["drift"]);
    expect(complete("idp", "gu")).toEqual(["guide"]);
    expect(complete("access", "--plane", "")).toEqual(["atlas", "cloud-manager", "ops-manager"]);
    expect(complete("access", "diff", "--mark")).toEqual([]);
    expect(complete("drift", "--markd")).toEqual(["--markdown"]);
    expect(complete("drift", "--state", "pack")).toContain("package.json");
    expect(complete("drift", "--state", "docs/READ")).toEqual(["docs/README.md"]);
  });

  test("works in a real bash", () => {
    const script = `
      mongofed() { ${process.execPath} ${main} "$@"; }
      _get_comp_words_by_ref() { cur="\${COMP_WORDS[COMP_CWORD]}"; words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
      source <(mongofed completion bash)
      COMP_WORDS=(mongofed dri); COMP_CWORD=1; COMP_LINE="mongofed dri"; COMP_POINT=12
      __mongofed_complete; echo "\${COMPREPLY[@]}"`;
    // Outside of a completion, bash complains that `compopt` has no completion to change.
    expect(spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout).toBe("drift\n");
  });
});

test("every help ends with a page of the documentation that exists", async () => {
  const { stdout } = await mongofed(["--help"]);
  const names = [...(stdout.split("Commands:")[1] ?? "").matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name);
  expect(names).toContain("completion");
  for (const command of [[], ["token", "check"], ["access", "diff"], ...names.map((name) => [name])]) {
    const help = (await mongofed([...command, "--help"])).stdout;
    const [, page = ""] = /\nDocumentation: (\S+) in the package\n$/.exec(help) ?? [];
    expect(existsSync(new URL(`../../${page}`, import.meta.url)), `${command.join(" ")}: ${page}`).toBe(true);
  }
});

test.each([["access", "diff"], ["drift"], ["import"], ["emulator"], ["token", "check"], ["preview"]])(
  "%s %s takes --color",
  async (...command) => {
    const { stdout } = await mongofed([...command.filter(Boolean), "--help"]);
    expect(stdout).toContain("--color <when>");
  },
);
