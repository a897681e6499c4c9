/** `mongofed token check | explain | config | schema`: whether a token would get in, and what stands in it. Offline. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Finding } from "../../../schema/finding.ts";
import {
  DEFAULT_SERVER_VERSION,
  serverVersionSchema,
  type TokenConfig,
  tokenConfigJsonSchema,
  tokenConfigSchema,
} from "../../../schema/token-config.ts";
import { formatFinding, worded } from "../../findings.ts";
import { printableJson } from "../../printable.ts";
import type { ColorChoice, Paint } from "../../terminal/color.ts";
import { outputOf, widthOf } from "../../terminal/output.ts";
import { plainTable } from "../../terminal/plain-table.ts";
import { neutralTerms } from "../../terms.ts";
import {
  excerpt,
  explainToken,
  isLetIn,
  type Judgement,
  judge,
  keySetIn,
  type Login,
  screenKeys,
  serverOf,
  textOfBytes,
  tokenIn,
} from "../../tokens/index.ts";
import type { Report } from "../exit-codes.ts";
import { EXIT, UsageError } from "../exit-codes.ts";
import { unknownCommand } from "../help.ts";
import type { Io } from "../io.ts";
import { declaredConfig, type ProgramOptions } from "./token-program.ts";

interface TokenOptions extends ProgramOptions {
  readonly config?: string;
  readonly keys?: string;
  readonly file?: string;
  readonly env?: string;
  readonly at: string;
  readonly serverVersion?: string;
  readonly clientAddress?: string;
  readonly serverAddress?: string;
  readonly userName?: string;
  readonly project?: string;
  readonly json?: true;
  readonly color: ColorChoice;
}

const HELP_AFTER = `
Pass the token by stdin, a file or an environment variable. Shells record command lines, so it is no argument.
mongofed sends nothing and does not print the token. Example:
  mongofed token check --program . --stack prod --keys jwks.json < token.jwt
With --program, mongofed runs the program only to read its declarations, without control plane and credentials.
Exit code 0: accepted. 1: refused or undetermined.`;

const STACK_HELP = "its stack; else PULUMI_STACK, the only Pulumi.<stack>.yaml, or dev";

/** Larger than this nothing is read: no token and no configuration is. In bytes. */
const MAX_INPUT = 16 * 1024 * 1024;

export function registerToken(program: Command, io: Io, report: Report): void {
  const token = program.command("token").description("check a token offline, exactly as a MongoDB server would");
  const descriptions = {
    check: "show whether a server accepts the token, the login, and the fix of each problem",
    explain: "the same, and describe every field of the token",
  };
  for (const [name, description] of Object.entries(descriptions)) {
    token
      .command(name)
      .description(description)
      .allowExcessArguments()
      .option("--program <folder>", "check against the declarations of the Pulumi program in this folder")
      .option("-s, --stack <name>", STACK_HELP)
      .option("--config <file>", "the same with a JSON file (mongofed token config writes it)")
      .option("--keys <file>", "the issuer's key set (JWKS); without it the signature is not checked")
      .option("--file <file>", "read the token from this file")
      .option("--env <name>", "read the token from this environment variable")
      .option("--at <moment>", "the time of use: now, issuedAt, or ISO 8601", "now")
      .option(
        "--server-version <version>",
        `the MongoDB version (default: of the configuration, or ${DEFAULT_SERVER_VERSION})`,
      )
      .option("--client-address <ip>", "the address of the client, for authentication restrictions")
      .option("--server-address <ip>", "the address of the server, for authentication restrictions")
      .option("--user-name <name>", "the user name in the connection string")
      .option("--project <id>", "only access in this project")
      .option("--json", "print as JSON")
      .addHelpText("after", HELP_AFTER)
      .action(async (options: TokenOptions, command: Command) => {
        if (command.args.length > 0) throw tokenAsArgument();
        report(await runToken(name === "explain", options, io));
      });
  }
  token
    .command("config")
    .description("print the declarations of a program as the JSON file for --config")
    .requiredOption("--program <folder>", "where Pulumi.yaml is")
    .option("-s, --stack <name>", STACK_HELP)
    .action(async (options: ProgramOptions & { readonly program: string }) => {
      io.stdout.write(`${printableJson(await declaredConfig(options.program, options.stack, io))}\n`);
    });
  token
    .command("schema")
    .description("print the JSON Schema of the file for --config")
    .action(() => void io.stdout.write(`${printableJson(tokenConfigJsonSchema())}\n`));
  // Commander would repeat the word that it does not know, which may be a token.
  token.on("command:*", ([word = ""]: string[]) => {
    throw /^[a-z-]{1,20}$/.test(word) ? unknownCommand(word, token) : tokenAsArgument();
  });
}

function tokenAsArgument(): UsageError {
  return new UsageError(
    "a token is not taken from the command line, where shells remember it: mongofed token check < token.jwt, or --file, or --env",
  );
}

async function runToken(explain: boolean, options: TokenOptions, io: Io): Promise<number> {
  const config = await readConfig(options, io);
  const server = serverOf(config?.serverVersion ?? options.serverVersion ?? DEFAULT_SERVER_VERSION);
  const keys = options.keys === undefined ? undefined : screenKeys(keySetIn(await readText(options.keys, io)), server);
  const { source, notes } = tokenIn(await readToken(options, io));
  const verdict = await judge(source, {
    at: options.at,
    ...(config ? { config } : {}),
    ...(keys ? { keys } : {}),
    ...(options.clientAddress === undefined ? {} : { clientAddress: options.clientAddress }),
    ...(options.serverAddress === undefined ? {} : { serverAddress: options.serverAddress }),
    ...(options.userName === undefined ? {} : { userName: options.userName }),
    ...(options.project === undefined ? {} : { projectId: options.project }),
  }).catch((error: unknown) => {
    if (error instanceof TypeError) throw new UsageError(error.message, { cause: error });
    throw error;
  });
  const undetermined = config === undefined && isLetIn(verdict);
  const judgement: Judgement = {
    ...verdict,
    // Without a configuration nothing says that anybody lets the token in.
    outcome: undetermined ? "unknown" : verdict.outcome,
    notes: [...notes, ...verdict.notes],
  };
  const fields = explain ? explainToken(source, config, server) : undefined;
  const { paint } = outputOf(io.stdout, options.color, io.env);
  if (options.json) {
    io.stdout.write(`${printableJson({ ...asJson(judgement), ...(fields ? { fields } : {}) })}\n`);
  } else {
    const rows = (fields ?? []).map(({ part, name, value, meaning }) => [
      paint("resource", `${part}.${name}`),
      value,
      meaning,
    ]);
    if (rows.length > 0) io.stdout.write(`${plainTable(rows, { width: widthOf(io.stdout, io.env) })}\n`);
    io.stdout.write(asText(judgement, undetermined ? UNDETERMINED : HEADLINES[judgement.outcome], paint));
  }
  return isLetIn(judgement) ? EXIT.ok : EXIT.failed;
}

async function readConfig(options: TokenOptions, io: Io): Promise<TokenConfig | undefined> {
  const { config: path, program, stack, serverVersion } = options;
  if (serverVersion !== undefined && !serverVersionSchema.safeParse(serverVersion).success) {
    throw new UsageError(`"${serverVersion}" is not a MongoDB version: write it as 8.0 or 7.0.14`);
  }
  if (path !== undefined && program !== undefined)
    throw new UsageError("--program and --config exclude each other: take one of them");
  if (stack !== undefined && program === undefined) throw new UsageError("--stack is for --program");
  const config = program === undefined ? await configInFile(path, io) : await declaredConfig(program, stack, io);
  return config === undefined || serverVersion === undefined ? config : { ...config, serverVersion };
}

async function configInFile(path: string | undefined, io: Io): Promise<TokenConfig | undefined> {
  if (path === undefined) return undefined;
  const text = await readText(path, io);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`the configuration ${path} is not JSON`);
  }
  const { success, data, error } = tokenConfigSchema.safeParse(json);
  if (success) return data;
  const problems = error.issues.map(({ path: at, message }) => `${at.join(".") || "the document"}: ${message}`);
  throw new UsageError(
    `the configuration ${path} is not valid: ${problems.join("; ")}. mongofed token schema describes it`,
  );
}

/** From one source, or, if none is named, from stdin. */
async function readToken({ file, env }: TokenOptions, io: Io): Promise<string> {
  if (file !== undefined && env !== undefined)
    throw new UsageError("--file and --env exclude each other: take one of them");
  if (file !== undefined) return readText(file, io);
  if (env === undefined) return readStdin(io);
  // Text that is not a name may be the token itself, so the error does not repeat it.
  if (!/^[A-Za-z_]\w*$/.test(env))
    throw new UsageError("--env takes the name of an environment variable, and this is none");
  const token = io.env[env];
  if (!token) throw new UsageError(`the environment variable ${env} is not set, or empty`);
  return token;
}

async function readText(path: string, io: Io): Promise<string> {
  const bytes = await readFile(resolve(io.cwd, path)).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${path} cannot be read: ${error.code ?? "unknown error"}`);
  });
  if (bytes.length > MAX_INPUT) throw new UsageError(`${path} is too large: ${bytes.length} bytes`);
  return textOfBytes(bytes);
}

async function readStdin(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of io.stdin) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > MAX_INPUT) throw new UsageError(`stdin holds more than ${MAX_INPUT} bytes, which is no token`);
  }
  return textOfBytes(Buffer.concat(chunks));
}

/** Without what the roles allow one by one: pages of actions that nobody asked for. */
function asJson({ login, ...judgement }: Judgement): object {
  const findings = (found: Judgement["server"]) => found.map((finding) => worded(finding, neutralTerms));
  const plain = { ...judgement, server: findings(judgement.server), advice: findings(judgement.advice) };
  if (login === undefined) return plain;
  const { grants, effective, ...rest } = login;
  return {
    ...plain,
    login: {
      ...rest,
      grants: grants.map(({ name }) => name),
      effective: effective.map(({ role, through, undeclared }) => ({ role, through, undeclared })),
    },
  };
}

const HEADLINES: Record<Judgement["outcome"], string> = {
  accepted: "accepted: a server would let this token in",
  conditional: "accepted from the addresses that its roles allow",
  refused: "refused: a server would not let this token in",
  unknown: "uncertain: no source says what a server does with this token",
};

const UNDETERMINED = "undetermined: without --program or --config nothing says whether a server lets this token in";

/** The verdict, what the server says, what is advised, as whom it logs in, and what was not looked at. */
function asText(
  { outcome, server, advice, login, notes, judgedAt, signature }: Judgement,
  headline: string,
  paint: Paint,
): string {
  const style = outcome === "refused" ? "error" : outcome === "unknown" ? "warning" : "create";
  const block = (finding: Finding, label: string) =>
    `\n${paint(finding.severity, label)} ${formatFinding({ ...finding, locations: [] }, neutralTerms)}\n`;
  return [
    `${paint(style, headline)}\n`,
    ...server.map((finding) => block(finding, finding.effect === "refuses" ? "error" : "unknown")),
    ...advice.map((finding) => block(finding, "advice")),
    ...(login ? [`\n${loginText(login, outcome)}`] : []),
    `\nJudged as of ${judgedAt}; signature ${signature}.\n`,
    ...notes.map((note) => `Note: ${note}.\n`),
  ].join("");
}

function loginText(login: Login, outcome: Judgement["outcome"]): string {
  const put = outcome === "refused" || outcome === "unknown" ? "After these fixes, it logs in" : "It logs in";
  const rows = [
    ["roles granted", login.roles.join(", ") || "none"],
    ["with those inherited", [...new Set(login.effective.map(({ role }) => role))].join(", ") || "none"],
    ...(login.projects.length > 1
      ? login.projects.map(({ projectId, roles }) => [`in project ${projectId}`, roles.join(", ") || "none"])
      : []),
  ];
  return `${put} through ${login.identityProvider} as ${excerpt(login.user)} on $external.\n${plainTable(rows, { indent: 2 })}`;
}
