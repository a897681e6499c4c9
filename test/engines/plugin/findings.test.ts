/** The plugin reports the findings of the classes, one resource after the other, without file and line. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, test, vi } from "vitest";
import { Handlers } from "../../../provider/engines/plugin/handlers.ts";
import { providerMessages } from "../../../provider/engines/plugin/messages.ts";
import { type Declaration, programFindings } from "../../../provider/rules/index.ts";
import { inRun, PROCESS_SCOPE } from "../../../provider/run-scope.ts";
import type { WordedFinding } from "../../../schema/finding.ts";
import { type Case, NOW } from "../../rules/case.ts";
import { accessCases } from "../../rules/cases-access.ts";
import { configurationCases } from "../../rules/cases-configuration.ts";
import { projectCases } from "../../rules/cases-projects.ts";
import { roleCases } from "../../rules/cases-roles.ts";
import { testFolder } from "../../support/program.ts";
import { urnOf } from "../../support/pulumi-plugin-client.ts";
import { wordedAll } from "../../support/worded.ts";

const cases: readonly Case[] = [...configurationCases, ...accessCases, ...roleCases, ...projectCases];
const { Struct } = structMessages;

/** The plugin needs references first, and connections before grants. */
const ORDER = [
  "IdentityProvider",
  "OrgConnection",
  "DatabaseRole",
  "ProjectTls",
  "OidcRole",
  "FederatedUser",
  "TokenCheck",
];

/** An output of another resource that is unknown until it exists. */
const outputOf = (urn: string) => ({
  "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  dependencies: [urn],
});

async function reported(declarations: readonly Declaration[]): Promise<WordedFinding[]> {
  const file = join(await testFolder(), "findings");
  const scope = {
    ...PROCESS_SCOPE,
    env: { MONGOFED_FINDINGS_FILE: file },
    engineAddress: undefined,
    print: () => {},
    state: new Map(),
  };
  await inRun(scope, async () => {
    const handlers = new Handlers();
    const configure = new providerMessages.ConfigureRequest();
    configure.setArgs(Struct.fromJavaScript({ offline: "true" }));
    handlers.configure(configure);
    const urns = new Map(declarations.map((one, index) => [one, urnOf(one.kind, `${one.name} ${index}`)]));
    for (const one of declarations.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))) {
      const through = one.identityProvider && urns.get(one.identityProvider);
      const given = JSON.parse(JSON.stringify(one.inputs));
      const request = new providerMessages.CheckRequest();
      request.setUrn(urns.get(one)!);
      request.setNews(Struct.fromJavaScript({ ...given, ...(through && { identityProvider: outputOf(through) }) }));
      await handlers.check(request);
    }
    await handlers.cancel();
  });
  try {
    return readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as WordedFinding);
  } catch {
    return [];
  }
}

/** A check of a new identity provider reports the values of FED232 as errors too. */
const short = (findings: readonly WordedFinding[]) =>
  findings
    .filter(({ code }) => code !== "FED231")
    .map(({ code, path, severity, message }) => `${code} ${severity} ${path}: ${message}`)
    .toSorted();

vi.useFakeTimers({ toFake: ["Date"], now: NOW });
vi.spyOn(process.stderr, "write").mockReturnValue(true);

describe.each(cases)("$code", ({ breaks, keeps }) => {
  test.each([...breaks, ...keeps])("%s", async (...[, program]) => {
    const declarations = program();
    expect(short(await reported(declarations))).toEqual(short(wordedAll(programFindings({ declarations, now: NOW }))));
  });
});
