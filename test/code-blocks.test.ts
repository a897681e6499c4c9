/** The code blocks of README and docs: commands exist, programs compile, and outputs are those of the product. */

import { execFileSync, spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { previewProgram } from "../provider/engines/embedded/testing/index.ts";
import * as mongofed from "../provider/index.ts";
import { IdentityProvider, OrgConnection } from "../provider/index.ts";
import { mongofed as runMongofed } from "./cli/command-line.ts";
import { FEDERATION, ORG } from "./support/ids.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: Record<string, string> };

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = globSync(["*.md", "docs/*.md", "examples/*/README.md"], { cwd: root })
  .filter((page) => page !== "docs/cli.md")
  .flatMap((page) => {
    const found = readFileSync(root + page, "utf8").matchAll(/^( *)```(\w*)\n(.*?)^\1```/gms);
    return [...found].map(([, indent = "", language = "", text = ""]) => ({
      page,
      language,
      text: text.replace(new RegExp(`^${indent}`, "gm"), ""),
    }));
  });
const having = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));

test("every block has a language that is checked here, or is an output", () => {
  const known = ["sh", "ts", "yaml", "json", "hcl", "python", "text"];
  expect(blocks.filter(({ language }) => !known.includes(language)).map(({ page, text }) => [page, text])).toEqual([]);
});

describe("commands", () => {
  /** Commands of other tools, with the subcommands that the pages use. */
  const OTHERS: Readonly<Record<string, RegExp>> = {
    cd: /./,
    cp: /./,
    curl: /./,
    export: /./,
    git: /^clone /,
    node: /./,
    npm: /^(?:ci|test|install|init -y|pkg set|run [\w:]+)\b/,
    npx: /^mongofed\b/,
    printf: /./,
    pulumi:
      /^(?:preview|up|refresh|destroy|cancel|import|stack (?:init|export)|config set|package add|plugin install|state delete)\b/,
    terraform: /^(?:init|plan|apply|show|state rm|workspace select)\b/,
  };
  const commands = having("sh").flatMap(({ page, text }) =>
    text
      .replace(/\\\n/g, " ")
      .split("\n")
      .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
      .filter((line) => line !== "")
      .flatMap((line) => line.split(/ \| | && /))
      .map((command) => ({ page, command: command.replace(/^(?:\w+=(?:"[^"]*"|\S*) )+/, "").trim() })),
  );
  const own = commands.flatMap(({ page, command }) => {
    const [, args] = /^(?:npx )?mongofed\b ?(.*)$/.exec(command) ?? [];
    return args === undefined ? [] : [{ page, args }];
  });

  test.each(commands)("$page: $command is a command that exists", ({ command }) => {
    const [name = "", ...rest] = command.split(" ");
    if (name === "mongofed") return;
    expect(OTHERS[name], command).toBeDefined();
    expect(rest.join(" ")).toMatch(OTHERS[name] ?? /^/);
    const [, script] = /^run ([\w:]+)/.exec(rest.join(" ")) ?? [];
    if (name === "npm" && script !== undefined) expect(scripts).toHaveProperty([script]);
  });

  test.each(own)("$page: mongofed $args takes these options", async ({ args }) => {
    const words = args
      .replace(/ [<>] .*$/, "")
      .split(" ")
      .filter(Boolean);
    const names = words.slice(0, words.findIndex((one, index) => index > 0 && !/^[a-z]+$/.test(one)) >>> 0);
    const path = names.filter((one) => /^[a-z]+$/.test(one)).slice(0, 2);
    const help = await helpOf(path);
    for (const option of words.filter((one) => one.startsWith("-")).map((one) => one.split("=")[0] ?? ""))
      expect(help, `mongofed ${args}`).toMatch(new RegExp(`(?:^|[ ,])${option}\\b`, "m"));
  });

  /** The second word may be an argument. */
  async function helpOf(path: readonly string[]): Promise<string> {
    const exact = await runMongofed([...path, "--help"]);
    return exact.exitCode === 0 ? exact.stdout : (await runMongofed([...path.slice(0, 1), "--help"])).stdout;
  }
});

test("programs in TypeScript compile", () => {
  const files = new Map(
    having("ts").map(({ page, text }, index) => [`${root}.mongofed/blocks/${index}.ts`, { page, text: program(text) }]),
  );
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [`${root}node_modules/@types`],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) => {
    const own = files.get(file);
    return own === undefined
      ? getSourceFile(file, ...rest)
      : ts.createSourceFile(file, own.text, ts.ScriptTarget.ES2023, true);
  };
  const compiled = ts.createProgram([...files.keys()], options, host);
  const problems = ts.getPreEmitDiagnostics(compiled).map(({ file, messageText }) => {
    return `${files.get(file?.fileName ?? "")?.page}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  expect(problems).toEqual([]);
}, 60_000);

/** A fragment with the names that its page leaves out. */
function program(text: string): string {
  const shown = text.replace(/\{ …, /g, "{ ...rest, ").replace(/\{ … \}/g, "{ ...rest }");
  const isFree = (name: string) => {
    const isDeclared = new RegExp(`\\b(?:const (?:\\{[^}]*\\b)?|import [^;]*\\b)${name}\\b`).test(shown);
    return new RegExp(`\\b${name}\\b`).test(shown) && !isDeclared;
  };
  // The callback of an example has the name of a preset.
  const others = ["uri", "options", "callback", "clientWith", "githubActions", "test", "expect"].filter(isFree);
  const imports = Object.keys(mongofed).filter((name) => isFree(name) && !others.includes(name));
  const texts = ["projectId", "tenantId", "applicationId", "issuerUri", "clientId", "interns", "PROJECT"].filter(
    isFree,
  );
  const providers = ["staff", "apps"].filter(isFree);
  return [
    `import { ${[...imports, "type IdentityProvider as AnyProvider"].join(", ")} } from "mongofed";`,
    /mongofed\/testing/.test(shown)
      ? ""
      : 'declare const preview: Awaited<ReturnType<typeof import("mongofed/testing").previewProgram>>;',
    ...texts.map((name) => `declare const ${name}: string;`),
    ...providers.map((name) => `declare const ${name}: AnyProvider;`),
    ...["rest", ...others].map((name) => `declare const ${name}: any;`),
    shown,
    "export {};",
  ].join("\n");
}

test.each(having("yaml", "json"))("$page: data in $language can be read", ({ text }) => {
  for (const document of parseAllDocuments(text)) expect(document.errors).toEqual([]);
});

const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

test.skipIf(!has("python3", "--version")).each(having("python"))("$page: Python compiles", ({ text }) => {
  execFileSync("python3", ["-c", "import sys; compile(sys.stdin.read(), 'block', 'exec')"], {
    input: text.replaceAll("…", "*rest"),
  });
});

test.skipIf(!has("terraform", "version")).each(having("hcl"))("$page: HCL is formatted", ({ text }) => {
  expect(execFileSync("terraform", ["fmt", "-"], { input: text, encoding: "utf8" })).toBe(text);
});

test("the error in the README is the one that a preview prints", async () => {
  const [error] = having("text").filter(({ page, text }) => page === "README.md" && text.startsWith("error: "));
  const preview = await previewProgram(
    () => {
      const connect = (name: string, configurationName: string) => {
        const identityProvider = new IdentityProvider(name, {
          ...{ federationSettingsId: FEDERATION, configurationName, idpType: "WORKFORCE", clientId: "mongodb" },
          ...{ issuerUri: "https://idp.example.com", audience: name, authorizationType: "GROUP" },
        });
        return new OrgConnection(name, { orgId: ORG, identityProvider });
      };
      connect("platform", "corp-entra");
      connect("platform-contractors", "contractors");
      return {};
    },
    { emulator: true },
  );
  const [{ text = "" } = {}] = preview.messages.filter(({ severity }) => severity === "error");
  const withoutPlaces = (message: string) => message.trim().replace(/(-->|and) \S+/g, "$1");
  expect(`error: ${withoutPlaces(text)}`).toBe(withoutPlaces(error?.text ?? ""));
});
