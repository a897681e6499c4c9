import { status } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";
import type { Finding } from "../../../../schema/finding.ts";
import { formatFinding, moreAbout } from "../../../findings.ts";
import { entryText, typeToken } from "../entry.ts";
import { recordFindings } from "../findings-file.ts";
import { pulumiTerms } from "../terms.ts";
import { say } from "./report.ts";
import { type Run, shared, unregistered } from "./state.ts";

/** The exit code that tells Pulumi's language host that the user knows the reason, so that it adds no text. */
const EXIT_USER_KNOWS = 32;

/**
 * Keeps the exit code failing while any declaration is unregistered or an overwrite check is due, so that Pulumi never
 * takes a partial program for a complete one.
 */
export function failWhilePending(run: Run): void {
  if (run.host !== "process") return;
  const pending = shared.processRuns.some((other) => unregistered(other).length > 0 || other.overwrites.due);
  if (pending && (process.exitCode ?? 0) === 0) process.exitCode = EXIT_USER_KNOWS;
  else if (!pending && process.exitCode === EXIT_USER_KNOWS && !shared.ended) process.exitCode = undefined;
}

/**
 * Ends the program as failed. Declarations that are still held stay unregistered.
 *
 * @param texts the printed errors. Default: each error by itself
 */
export async function refuse(
  run: Run,
  errors: readonly Finding[],
  {
    texts = errors.map((error) => formatFinding(error, pulumiTerms)),
    summary = summaryOf(errors, run.all.length),
  }: { readonly texts?: readonly string[]; readonly summary?: string } = {},
): Promise<void> {
  if (run.ended !== undefined) return;
  run.ended = new pulumi.RunError(summary);
  shared.ended ||= run.host === "process";
  if (run.host === "process") process.exitCode = EXIT_USER_KNOWS;
  try {
    recordFindings(errors);
    for (const text of texts) await say(text, "error");
    if (run.host === "process") await say(summary, "error");
  } catch (error) {
    process.stderr.write(`error: ${summary} (${error instanceof Error ? error.message : String(error)})\n`);
  }
  if (run.host === "process") process.exit(EXIT_USER_KNOWS);
  const ended = run.ended;
  registerFailing(run.stack, summary, () => {
    for (const held of run.all) held.refuse(ended);
  });
}

function summaryOf(errors: readonly Finding[], declarations: number): string {
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return `${count(errors.length, "error")} in ${count(declarations, "declaration")}. None of them was registered, nothing was changed. More: ${moreAbout(errors[0]?.code ?? "CODE")}`;
}

interface Monitor {
  registerResource(request: resourceProto.RegisterResourceRequest, done: (error: unknown) => void): void;
}

/**
 * Ends an inline program. It cannot exit, and if it rejects, Pulumi reports it twice and can hang. So the gate registers
 * one more resource whose check fails with the summary, and the engine itself ends the run.
 */
function registerFailing(stack: object, summary: string, done: () => void): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor | undefined;
  if (monitor === undefined) {
    done();
    return;
  }
  const request = new resourceProto.RegisterResourceRequest();
  request.setType(typeToken("Program"));
  request.setName("program");
  request.setCustom(true);
  request.setAcceptsecrets(true);
  request.setObject(structProto.Struct.fromJavaScript({ text: summary, __provider: entryText("Program") }));
  const urn = (stack as { urn?: { promise?(): Promise<string> } }).urn?.promise?.() ?? Promise.resolve("");
  urn.then(
    (parent) => {
      request.setParent(parent);
      monitor.registerResource(request, (error) => {
        if (!engineEnded(error)) done();
      });
    },
    () => done(),
  );
}

/**
 * Whether the engine has ended the run, as it should. The gate refuses nothing then: a rejected registration is an
 * unhandled rejection of the whole process, and would fail every other inline program in it.
 */
function engineEnded(error: unknown): boolean {
  const code = (error as { code?: number } | null)?.code;
  return code === status.CANCELLED || code === status.UNAVAILABLE;
}
