import * as pulumi from "@pulumi/pulumi";
import type { Finding } from "../../../../schema/finding.ts";
import {
  finding,
  type Kind,
  type Program,
  plainSecrets,
  prerequisites,
  programFindings,
  providerSettings,
  relatedDeclarationsOf,
} from "../../../rules/index.ts";
import { keepForEnd } from "./at-end.ts";
import { checkHosts } from "./credential-hosts.ts";
import { tellDeclared } from "./declared.ts";
import { destroysStack } from "./destroys.ts";
import { refuse } from "./end.ts";
import { tellOwners } from "./owners.ts";
import { programOf } from "./program.ts";
import { recordProgram, reportFinding, say } from "./report.ts";
import { type Held, type Released, type Run, shared } from "./state.ts";
import {
  type JudgedCheck,
  judgeChecks,
  lineOf,
  secretMaterials,
  secretsIn,
  sentDeclarations,
  tableOf,
  unmetFindings,
  unreadableFindings,
} from "./token-checks.ts";
import { urnOf } from "./urn.ts";

/** Judges all declarations of a run together, and releases those that wait. */
export function openGate(run: Run): void {
  clearTimeout(run.timer);
  const batch = run.waiting;
  if (batch.length === 0 || run.ended !== undefined) return;
  run.waiting = [];
  judge(run, batch).catch((error: unknown) => refuse(run, [internalError(error)]));
}

async function judge(run: Run, batch: readonly Held[]): Promise<void> {
  const program = programOf(run);
  const isRecorded = recordProgram(program);
  const checks = run.all.flatMap(({ tokens }, index) => {
    const declaration = program.declarations[index];
    return tokens && declaration && !isRecorded ? [{ declaration, tokens }] : [];
  });
  const problems = [
    ...checks.flatMap(({ declaration, tokens }) => unreadableFindings(declaration, tokens)),
    ...programFindings(program),
    ...run.all.filter(({ isImport }) => isImport).map(importFinding),
  ];
  // Pulumi only deletes then: a rule about a declaration must not keep its object.
  const isExcused = problems.some(isError) && destroysStack(run);
  const findings = [
    ...problems.filter((found) => !isExcused || !isError(found)),
    ...plainSecrets(pulumi.runtime.getConfig, isConfigSecret).map((verdict) => finding("FED416", verdict)),
    ...providerSettings(pulumi.runtime.getConfig).map((verdict) => finding("FED420", verdict)),
  ];
  await reportOnce(
    run,
    findings.filter((found) => !isError(found)),
  );
  const errors = findings.filter(isError);
  const hosts = await checkHosts(run, run.providers);
  errors.push(...hosts.findings);
  if (errors.length > 0) return refuse(run, errors);
  for (const line of hosts.lines) if (isNew(run, line)) await say(line, "info");
  const judged = await judgeChecks(
    program,
    new Map(isExcused ? [] : checks.map(({ declaration, tokens }) => [declaration, tokens.watched])),
  );
  const unmet = judged.filter(({ verdict }) => verdict.unmet.length > 0);
  if (unmet.length > 0 && !destroysStack(run))
    return refuse(run, unmet.flatMap(unmetFindings), { texts: unmet.map(tableOf) });
  await reportJudged(run, judged, new Set(findings.map(({ code }) => code)));
  // The program itself failed in the meantime: Pulumi has reported why, and the exit code is a failing one already.
  if (shared.programFailed) return;
  keepForEnd(run);
  tellDeclared(run, batch, program.declarations);
  await tellOwners(run, program);
  release(run, batch, program, judged);
}

function isError({ severity }: Finding): boolean {
  return severity === "error";
}

/** FED235: Pulumi would stop at such a resource with a stack trace. */
function importFinding({ kind, name, location }: Held): Finding {
  const fix = WITHOUT_ADOPT[kind];
  const message = `${kind} "${name}" has the option import`;
  return { ...finding("FED235", { message, ...(fix === undefined ? {} : { fix }) }), locations: [location] };
}

/** Kinds that have no input `adopt`. */
const WITHOUT_ADOPT: Partial<Record<Kind, string>> = {
  ProjectTls: "Remove the option `import`. A ProjectTls takes over the settings that its project has.",
  TokenCheck: "Remove the option `import`. No control plane holds a TokenCheck.",
};

/** The SDK has it, and keeps it out of its types. */
function isConfigSecret(name: string): boolean {
  const { runtime } = pulumi as unknown as { runtime: { isConfigSecret(name: string): boolean } };
  return runtime.isConfigSecret(name);
}

/** Reports warnings that this run has not reported: each batch is judged together with those before it. */
async function reportOnce(run: Run, warnings: readonly Finding[]): Promise<void> {
  for (const warning of warnings) if (isNew(run, JSON.stringify(warning))) await reportFinding(warning);
}

/** @param known codes that the rules have reported of the declarations: tokens only show the same again. */
async function reportJudged(run: Run, judged: readonly JudgedCheck[], known: ReadonlySet<string>): Promise<void> {
  for (const check of judged) {
    const { advice, leftOut, unknown } = check.verdict;
    await reportOnce(run, [...advice.filter(({ code }) => !known.has(code)), ...leftOut]);
    // The handler reports a check whose values are unknown here.
    const line = lineOf(check);
    if (unknown.length === 0 && isNew(run, line)) await say(line, "info");
  }
}

function isNew({ reported }: Run, text: string): boolean {
  const known = reported.has(text);
  reported.add(text);
  return !known;
}

/** Releases a batch. Everything is computed before the first release: a failure in here must leave all of them held. */
function release(run: Run, batch: readonly Held[], program: Program, judged: readonly JudgedCheck[]): void {
  const resources = new Map(run.all.map((held, index) => [program.declarations[index], held.resource]));
  const open = new Set(
    judged.filter(({ verdict }) => verdict.unknown.length > 0).map(({ declaration }) => declaration),
  );
  const released = program.declarations.map((declaration, index): Released => {
    const needed = prerequisites(program, declaration).map((other) => resources.get(other));
    return {
      dependsOn: needed.filter((resource) => resource !== undefined),
      related: relatedDeclarationsOf(program, declaration, true),
      isProtected: (run.all[index]?.resource as { readonly __protect?: boolean } | undefined)?.__protect === true,
      urn: urnOf(run.all[index]!.resource!),
      tokens: open.has(declaration) ? sentForTokens(run, program, index) : undefined,
    };
  });
  const isDue = new Set(batch);
  run.all.forEach((held, index) => {
    if (isDue.has(held)) held.release(released[index]!);
  });
}

/** The values by which the handler judges a check that could not be judged here, as the program gave them. */
function sentForTokens(run: Run, program: Program, index: number): object {
  const given = program.declarations.map((declaration, at) => ({ declaration, inputs: run.all[at]?.given ?? {} }));
  const { declarations, inputs } = sentDeclarations(given);
  const { tokens } = run.all[index] ?? {};
  return { declarations, inputs, secrets: secretsIn(inputs), materials: tokens ? secretMaterials(tokens) : {} };
}

function internalError(error: unknown): Finding {
  const text = error instanceof Error ? error.message : String(error);
  if (process.env.MONGOFED_DEBUG === "1" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return finding("FED492", { message: text });
}
