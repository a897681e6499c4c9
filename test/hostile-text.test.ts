/** Text that others choose reaches no terminal, log or CI system as anything but text. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import { toAtlasError } from "../provider/control-planes/atlas/errors.ts";
import { toCloudManagerError } from "../provider/control-planes/cloud-manager/errors.ts";
import { formatFinding } from "../provider/findings.ts";
import { path } from "../provider/http/index.ts";
import { declarationFindings, finding } from "../provider/rules/index.ts";
import { neutralTerms } from "../provider/terms.ts";
import { mongofed } from "./cli/command-line.ts";
import { clientOf, errorOf, get, serve } from "./http/harness.ts";
import { staff } from "./rules/declarations.ts";
import { issue, keySet, people } from "./tokens/issuer.ts";

const HOSTILE = "x\u001b[2J\u009b31m\u202e\u2066y\r\n::error::stolen\n   ##[set-env name=a]b\n##vso[task.complete]z";

/** Nothing that a terminal obeys, and no command of a CI system at the beginning of a line, colors apart. */
function expectHarmless(text: string): void {
  expect(text.replace(/\n/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
  expect(text).not.toMatch(/^\s*::|##\w*\[/m);
}

const folder = mkdtempSync(join(tmpdir(), "mongofed-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SERVER = { product: "Ops Manager", api: "the API", credentialsSource: "the environment" };

describe("an error of the API", () => {
  test.each(["errorCode", "detail", "reason"])("with hostile text as %s", async (field) => {
    const body = { error: 400, errorCode: "BAD", detail: "d", [field]: HOSTILE };
    const server = await serve((_request, response) =>
      response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(body)),
    );
    const error = await errorOf(clientOf(server.url).request(get({ operation: `read ${HOSTILE}` })));
    const call = { operation: `read "${HOSTILE}"`, method: "GET", path: path`/x`, version: "2023-01-01" } as const;
    const atlas = toAtlasError(error, { ...call, bucket: "projects" }, { ...SERVER, product: "Atlas" }) as Error;
    const project = toCloudManagerError(error, "read", SERVER) as Error;
    for (const { message } of [error, atlas, project]) expectHarmless(message);
    expect(project.message.split("\n").map((line) => line.slice(0, 6))).toEqual(["read: ", "  fix "]);
  });

  test("with a hostile content type", async () => {
    const server = await serve((_request, response) =>
      response.writeHead(200, { "content-type": "text/\u009b31m::error::" }).end("{}"),
    );
    expectHarmless((await errorOf(clientOf(server.url).request(get()))).message);
  });
});

test("a finding about a hostile name is one line of text", () => {
  const found = finding("FED201", { message: `the group "${HOSTILE}" is unknown`, why: HOSTILE, fix: HOSTILE });
  expect(found.message).not.toContain("\n");
  expectHarmless(formatFinding(found, neutralTerms));
});

test("findings about a program with hostile values", () => {
  const found = declarationFindings(staff({ issuerUri: `https://${HOSTILE}`, associatedDomains: [HOSTILE] }));
  expect(found.length).toBeGreaterThan(0);
  for (const each of found) expectHarmless(formatFinding(each, neutralTerms));
});

describe("a token with hostile claims", () => {
  const config = { identityProviders: [people], groups: [{ identityProvider: "corp", group: HOSTILE }] };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "jwks.json"), JSON.stringify(keySet));
  const token = issue({ sub: HOSTILE, groups: [HOSTILE], [HOSTILE]: HOSTILE }, { kid: HOSTILE });

  test.each(["check", "explain"])("%s", async (command) => {
    for (const options of [[], ["--json"], ["--color", "always"]]) {
      const args = ["token", command, "--config", "config.json", "--keys", "jwks.json", ...options];
      const { stdout, stderr } = await mongofed(args, { cwd: folder, stdin: Readable.from([token]) });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the colors of mongofed.
      expectHarmless((stdout + stderr).replace(/\u001b\[\d+m/g, ""));
      if (options[0] === "--json") expect(() => JSON.parse(stdout)).not.toThrow();
    }
  });
});

test("a command line with hostile words", async () => {
  for (const args of [
    ["explain", HOSTILE],
    [HOSTILE],
    ["token", "check", "--config", HOSTILE],
    ["idp", "guide", HOSTILE],
  ])
    expectHarmless((await mongofed(args, { cwd: folder })).stderr);
});

describe("a dot segment inside a name", () => {
  test.each(["..", ".", "../x", "corp/../x", "corp/.", "a\\..\\b"])("never reaches a URL path: %s", (name) => {
    expect(() => path`/users/${name}`).toThrow("cannot be a part of a URL path");
  });

  test.each(["a..b", "...", "corp/ada", ".hidden", "x./y"])("is not seen in %s", (name) => {
    expect(path`/users/${name}`).toBe(`/users/${encodeURIComponent(name)}`);
  });
});

test("an answer that is too large is not blamed on what was sent", async () => {
  const server = await serve((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify("x".repeat(2_000)));
  });
  const error = await errorOf(clientOf(server.url, { maxResponseBytes: 1_000 }).request(get()));
  const { message } = toCloudManagerError(error, "read the automation config", SERVER) as Error;
  expect(message).toContain("Ops Manager answered more than mongofed reads.");
  expect(message).not.toContain("refused what was sent");
});
