import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ignoreChanges } from "../../../provider/engines/embedded/plan/property-path.ts";
import { inlineProject, loadProject } from "../../../provider/engines/embedded/project.ts";
import { SecretsManager } from "../../../provider/engines/embedded/state/secrets.ts";
import { makeUrn, urnName, urnQualifiedType, urnType } from "../../../provider/engines/embedded/state/urn.ts";
import {
  annotateSecrets,
  forProvider,
  isSecret,
  makeSecret,
  revealed,
  UNKNOWN,
} from "../../../provider/engines/embedded/state/values.ts";

test.each([
  ["a", { a: 2 }, { a: 1 }, { a: 1 }, []],
  ["a", { a: 2 }, {}, {}, []],
  ["a.b", { a: { b: 2, c: 3 } }, { a: { b: 1 } }, { a: { b: 1, c: 3 } }, []],
  ["a[1]", { a: [5, 6] }, { a: [1, 2] }, { a: [5, 2] }, []],
  ["a[3]", { a: [5, 6] }, { a: [1, 2] }, { a: [5, 6] }, []],
  ["a[1]", { a: [5] }, { a: [1, 2] }, { a: [5] }, ["a[1]"]],
  ['a["x y"]', { a: { "x y": 2 } }, { a: { "x y": 1 } }, { a: { "x y": 1 } }, []],
  ["*", { a: 2, b: 3 }, { a: 1 }, { a: 1 }, []],
  ["a[*].b", { a: [{ b: 2 }, { b: 3 }] }, { a: [{ b: 0 }, { b: 1 }] }, { a: [{ b: 0 }, { b: 1 }] }, []],
  ["a.b", {}, { a: { b: 1 } }, {}, ["a.b"]],
])("ignoring %s", (path, news, olds, expected, invalid) => {
  expect(ignoreChanges(news, olds, [path])).toEqual({ inputs: expected, invalid });
});

test("an ignored part of a secret stays secret", () => {
  const { inputs } = ignoreChanges({ a: { b: "new" } }, { a: makeSecret({ b: "old" }) }, ["a.b"]);
  expect(inputs).toEqual({ a: { b: makeSecret("old") } });
});

// Written by the Pulumi CLI for this passphrase.
const CLI_SALT = "v1:CLmUh65QN6M=:v1:/Iq1KnFPPfZANq1n:zh/WsNrIL1d5PVsAGNE76b/QttdK0g==";
const CLI_SECRET = "v1:9UDs2qUh9M0dStcz:p3HFVskVwA8Do8sRw3eAbDbEWus8/E0=";
const PASSPHRASE = "correct horse";

test("secrets that the CLI has sealed are opened, and only with their passphrase", () => {
  expect(new SecretsManager(PASSPHRASE, CLI_SALT).openText(CLI_SECRET)).toBe("hunter2");
  expect(() => new SecretsManager("wrong", CLI_SALT).openText(CLI_SECRET)).toThrow("is not the one that protects");
  expect(() => new SecretsManager(undefined, CLI_SALT).openText(CLI_SECRET)).toThrow("set PULUMI_CONFIG_PASSPHRASE");
});

test("one manager decrypts the secrets of another", () => {
  const manager = new SecretsManager(PASSPHRASE, undefined);
  const sealed = manager.seal({}, { password: makeSecret("hunter2") });
  expect(revealed(new SecretsManager(PASSPHRASE, manager.state).open(sealed))).toEqual({ password: "hunter2" });
});

test("an output under the name of a secret input is secret again", () => {
  const outs = annotateSecrets(
    { a: "x", tree: { b: "y", c: "z" }, list: ["p", "q"], new: "n" },
    {
      a: makeSecret("x"),
      tree: { b: makeSecret("y"), c: "z" },
      list: ["p", makeSecret("q")],
    },
  );
  expect(isSecret(outs.a)).toBe(true);
  expect(outs.tree).toEqual({ b: makeSecret("y"), c: "z" });
  expect(outs.list).toEqual(makeSecret(["p", "q"]));
  expect(outs.new).toBe("n");
});

test("providers are sent plain values, ids instead of resources, and the unknown as it is", () => {
  const reference = {
    "4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e",
    urn: "urn:x",
    id: "id-1",
  };
  expect(forProvider({ a: makeSecret({ b: makeSecret("x") }), r: reference, u: UNKNOWN })).toEqual({
    a: { b: "x" },
    r: "id-1",
    u: UNKNOWN,
  });
});

test("urns", () => {
  const stack = makeUrn("dev", "p", "", "pulumi:pulumi:Stack", "p-dev");
  const group = makeUrn("dev", "p", stack, "my:Group", "g");
  const child = makeUrn("dev", "p", group, "a:b:C", "x::y");
  expect(child).toBe("urn:pulumi:dev::p::my:Group$a:b:C::x::y");
  expect([urnType(child), urnName(child), urnQualifiedType(child)]).toEqual(["a:b:C", "x::y", "my:Group$a:b:C"]);
});

describe("a project name that is a path", () => {
  test.each(["../x", "a/b", "..", "a b", "x".repeat(101)])("is refused: %s", async (name) => {
    const folder = await mkdtemp(join(tmpdir(), "mongofed-name-"));
    await writeFile(join(folder, "Pulumi.yaml"), `name: ${JSON.stringify(name)}\nruntime: nodejs\n`);
    await expect(loadProject(folder)).rejects.toThrow(`The project name ${JSON.stringify(name)} is not valid.`);
    expect(() => inlineProject({ name, program: () => undefined })).toThrow("is not valid");
    await rm(folder, { recursive: true });
  });
});
