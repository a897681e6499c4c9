import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Declaration } from "../../../provider/rules/index.ts";
import type { WordedFinding as Finding } from "../../../schema/finding.ts";
import { containsUnknown, UNKNOWN } from "../../../schema/unknown.ts";
import { type Case, NOW } from "../../rules/case.ts";
import { accessCases } from "../../rules/cases-access.ts";
import { configurationCases } from "../../rules/cases-configuration.ts";
import { projectCases } from "../../rules/cases-projects.ts";
import { roleCases } from "../../rules/cases-roles.ts";
import { describeEngines } from "../../support/engines.ts";
import { testFolder } from "../../support/program.ts";
import { bad, good, newStack, type Outcome, type Stack } from "../../support/stack.ts";

const cases: readonly Case[] = [...configurationCases, ...accessCases, ...roleCases, ...projectCases];
/** Others are wrong in form, and stay so. */
const MOMENT = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/;
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const SCOPES = ["federationSettingsId", "orgId", "projectId"];

/** Programs stand side by side in one: each gets a federation, an organization and a project of its own. */
function inScope(value: unknown, index: number): unknown {
  if (Array.isArray(value)) return value.map((item) => inScope(item, index));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (SCOPES.includes(key) && typeof item === "string" && /^[0-9a-f]{24}$/.test(item)) {
        return [key, item.slice(0, 12) + index.toString(16).padStart(4, "0") + item.slice(16)];
      }
      // The cases are judged at a moment of their own, the engine at this one.
      if (key === "deleteAfterDate" && typeof item === "string" && MOMENT.test(item)) {
        const ahead = Date.parse(item) - NOW;
        // A time slightly in the future must still be in the future when the engine checks it later.
        const margin = ahead > WEEK_MS || (ahead > 0 && ahead < HOUR_MS) ? HOUR_MS : 0;
        return [key, new Date(Date.now() + ahead + margin).toISOString()];
      }
      return [key, inScope(item, index)];
    }),
  );
}

/** A program of text for what the rules see as declarations. */
function textOf(declarations: readonly Declaration[], index: number): string {
  const variables = new Map(declarations.map((declaration, at) => [declaration, `case${index}_${at}`]));
  // A variable is used after it is declared, which the rules do not mind either way.
  return [...declarations]
    .sort((a, b) => Number(a.identityProvider !== undefined) - Number(b.identityProvider !== undefined))
    .map((declaration) => {
      const { identityProvider } = declaration;
      const given = inScope(declaration.inputs, index) as Record<string, unknown>;
      const through = identityProvider && variables.get(identityProvider);
      const inputs = Object.entries(given).map(([key, value]) =>
        key === "identityProvider" && through !== undefined ? `${key}: ${through}` : `${key}: ${JSON.stringify(value)}`,
      );
      const { kind, name } = declaration;
      const text = `new ${kind}("${index} ${name} ${variables.get(declaration)}", { ${inputs.join(", ")} } as never);`;
      return `const ${variables.get(declaration)} = ${text}`;
    })
    .join("\n");
}

/** A program cannot write unknown values, and a nonexistent input has no value. */
function isWritable(declarations: readonly Declaration[]): boolean {
  return declarations.every(({ inputs, identityProvider }) => {
    const { identityProvider: _, ...rest } = inputs;
    const given = identityProvider === undefined ? inputs : rest;
    return !containsUnknown(given) && JSON.stringify(given)?.includes(UNKNOWN) === false;
  });
}

/**
 * Rules that stay silent while a declaration may be the missing one. Beside the broken programs of other rules, whose
 * references are wrong, one always may.
 */
const ALONE = ["FED314"];

interface Written {
  readonly code: string;
  readonly index: number;
  readonly text: string;
  readonly expected: readonly string[];
}

/** The first writable program of each rule. */
function programs(of: "breaks" | "keeps"): Written[] {
  return cases.map((one, index) => {
    const found = one[of].map(([name, program, findings = []]) => ({ name, declarations: program(), findings }));
    const first = found.find(({ declarations }) => isWritable(declarations));
    if (first === undefined) throw new Error(`${one.code} has no program that can be written down`);
    return { code: one.code, index, text: textOf(first.declarations, index), expected: first.findings };
  });
}

async function findingsIn(file: string): Promise<Finding[]> {
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Finding);
}

/** Previews programs as one, and compares what is told of each. */
async function tell(stack: Stack, written: readonly Written[]): Promise<Outcome> {
  await stack.write(...written.map(({ text }) => text));
  const file = join(await testFolder(), "findings");
  const outcome = await stack.run("preview", { env: { MONGOFED_FINDINGS_FILE: file } });
  const told = await findingsIn(file);
  for (const { code, index, expected } of written) {
    const found = told
      .filter(({ locations }) => locations[0]?.label.includes(`"${index} `))
      .map((one) => (one.path === "" ? one.code : `${one.code} ${one.path}`));
    expect(found.toSorted(), `${code}\n${outcome.text}`).toEqual(expected.toSorted());
  }
  for (const { message, locations } of told) {
    expect(outcome.text).toContain(message.split("\n")[0]);
    expect(locations[0]?.file).toBe("index.ts");
  }
  return outcome;
}

describeEngines("every rule over a program", (engine) => {
  test("a preview reports all findings at once, each at its place, without any request", async () => {
    const broken = programs("breaks").filter(({ code }) => !ALONE.includes(code));
    const stack = await newStack(engine, { apart: true });
    const outcome = bad(await tell(stack, broken));
    expect(outcome.text).toContain("None of them was registered");
  });

  test.each(ALONE)("is told by a preview: %s, which is a warning", async (code) => {
    good(
      await tell(
        await newStack(engine, { apart: true }),
        programs("breaks").filter((one) => one.code === code),
      ),
    );
  });

  test("has nothing to say of a program that just does not break it", async () => {
    const stack = await newStack(engine, { apart: true });
    await stack.write(...programs("keeps").map(({ text }) => text));
    const file = join(await testFolder(), "findings");
    good(await stack.run("preview", { env: { MONGOFED_FINDINGS_FILE: file } }));
    expect(await findingsIn(file)).toEqual([]);
  });
});
