/** `mongofed idp preflight ISSUER`: what a server would find at an issuer. The one command that asks an issuer anything. */

import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { DEFAULT_SERVER_VERSION, serverVersionSchema } from "../../../schema/token-config.ts";
import { formatFinding, worded } from "../../findings.ts";
import type { Preflight, PreflightFinding, PreflightOutcome } from "../../preflight/index.ts";
import { printableJson } from "../../printable.ts";
import type { ColorChoice, Paint, Style } from "../../terminal/color.ts";
import { outputOf } from "../../terminal/output.ts";
import { neutralTerms } from "../../terms.ts";
import type { Report } from "../exit-codes.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import type { Io } from "../io.ts";

interface PreflightFlags {
  readonly workforce?: true;
  readonly serverVersion: string;
  readonly timeout: number;
  readonly caFile?: string;
  readonly allowPrivate?: true;
  readonly allowHttp?: true;
  readonly json?: true;
  readonly color: ColorChoice;
}

const HELP_AFTER = `
Fetches {issuer}/.well-known/openid-configuration and the key set that it names: over https, from public addresses,
without credentials, at most 1 MiB and 3 redirects each. Uses the proxies of the environment (https_proxy, no_proxy).
Example:
  mongofed idp preflight https://login.microsoftonline.com/{tenant}/v2.0 --workforce
Exit code 0: a server would load keys and, with --workforce, people could log in. 1: refused or undetermined.`;

/** After this many milliseconds, a line says what the command waits for. */
const QUIET_MS = 1500;

export function registerPreflight(idp: Command, io: Io, report: Report): void {
  idp
    .command("preflight")
    .description("online: fetch an issuer's metadata and keys, and check them as a server would")
    .argument("<issuer>", "the issuer as in issuerUri")
    .option("--workforce", "also check the endpoints that mongosh and Compass need")
    .option("--server-version <version>", "the MongoDB version", DEFAULT_SERVER_VERSION)
    .option("--timeout <seconds>", "the time limit for each of the two documents", secondsOf, 10)
    .option("--ca-file <file>", "PEM certificates to trust in addition to those of Node.js")
    .option("--allow-private", "also connect to private and loopback addresses")
    .option("--allow-http", "allow plain http to loopback hosts, for tests (with --allow-private)")
    .option("--json", "print as JSON")
    .addHelpText("after", HELP_AFTER)
    .action(async (issuer: string, flags: PreflightFlags) => report(await runPreflight(issuer, flags, io)));
}

function secondsOf(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("It must be a whole number of seconds, up to 999.");
  return Number(text);
}

async function runPreflight(issuer: string, flags: PreflightFlags, io: Io): Promise<number> {
  const { serverVersion, caFile } = flags;
  if (!serverVersionSchema.safeParse(serverVersion).success) {
    throw new UsageError(`"${serverVersion}" is not a MongoDB version: write it as 8.0 or 7.0.14`);
  }
  // Loaded here, so that the other commands start without an HTTP client's code.
  const { preflight } = await import("../../preflight/index.ts");
  const { HttpTargetError } = await import("../../http/index.ts");
  const slow = setTimeout(() => {
    io.stderr.write(`Waiting for the issuer, up to ${flags.timeout} s for each of its two documents ...\n`);
  }, QUIET_MS);
  try {
    const result = await preflight(issuer, {
      serverVersion,
      workforce: flags.workforce === true,
      timeoutMs: flags.timeout * 1000,
      allowPrivate: flags.allowPrivate === true,
      allowHttp: flags.allowHttp === true,
      caFile: caFile === undefined ? undefined : resolve(io.cwd, caFile),
      env: io.env,
      signal: io.signal,
    });
    const { paint } = outputOf(io.stdout, flags.color, io.env);
    io.stdout.write(flags.json ? `${printableJson(asJson(result))}\n` : asText(result, paint));
    return result.outcome === "loads" ? EXIT.ok : EXIT.failed;
  } catch (error) {
    if (io.signal.aborted) return EXIT.interrupted;
    if (error instanceof HttpTargetError) throw new UsageError(error.message, { cause: error });
    throw error;
  } finally {
    clearTimeout(slow);
  }
}

function asJson(result: Preflight): object {
  return { ...result, findings: result.findings.map((finding) => worded(finding, neutralTerms)) };
}

const STYLES: Record<PreflightOutcome, Style> = {
  loads: "create",
  "no-login": "error",
  refused: "error",
  unknown: "warning",
};

const LABELS: Record<PreflightFinding["effect"], string> = {
  refuses: "error",
  "no-login": "error",
  unknown: "unknown",
  advises: "advice",
};

/** Prints refusals first, then advice, then the summary. */
function asText({ findings, notes, outcome, summary }: Preflight, paint: Paint): string {
  const order = Object.keys(LABELS);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect));
  return [
    ...sorted.map(
      (finding) => `${paint(finding.severity, LABELS[finding.effect])} ${formatFinding(finding, neutralTerms)}\n\n`,
    ),
    ...notes.map((note) => `Note: ${note}.\n`),
    `${paint(STYLES[outcome], summary)}\n`,
  ].join("");
}
