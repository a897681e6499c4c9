/**
 * Runs the commands that stand in pipeline files, as their runners would: the same shell, the same variables. Commands
 * that need a real runner are skipped and listed in `NOT_RUN`.
 */

import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { parse } from "yaml";
import { testFolder } from "../support/program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = join(root, "examples", "pipelines");

/** Actions and commands that fetch code, Node.js, the Pulumi CLI or packages from the network, or pass on files. */
export const NOT_RUN = [
  "actions/checkout",
  "actions/setup-node",
  "actions/upload-artifact",
  "actions/download-artifact",
  "pulumi/actions",
  "npm ci",
  "npm ci --ignore-scripts",
];

/**
 * The Pulumi CLI, as far as the embedded engine does the same: it has no service to log in to, makes a stack when it
 * first hears of it, and asks no questions. Anything else that a pipeline might ask ends with 64.
 */
const PULUMI = `#!/usr/bin/env bash
set -eu
case "$*" in
  "login --local" | "stack init "*) exit 0 ;;
  "stack export "*) exec cat "$SERVICE/state.json" ;;
  "preview "* | "up "*) ;;
  *) echo "not played: pulumi $*" >&2; exit 64 ;;
esac
args=()
for arg in "$@"; do [ "$arg" = --non-interactive ] || args+=("$arg"); done
# Logged in, the state is one for all; else it is beside the program.
[ -z "\${PULUMI_ACCESS_TOKEN:-}" ] || args+=(--state "$SERVICE/state.json")
exec node "${join(root, "dist/provider/cli/main.js")}" "\${args[@]}"
`;

/** The commands of packages that `npm ci` would install. */
const NPX = `#!/usr/bin/env bash
[ "$1" = mongofed ] || { echo "not installed: $1" >&2; exit 64; }
shift
exec node "${join(root, "dist/provider/cli/main.js")}" "$@"
`;

export interface Ran {
  readonly exitCode: number;
  readonly output: string;
}

/** A runner's machine: a checkout, a `pulumi` on PATH, and the state that all of them share. */
export class Machine {
  readonly checkout: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(checkout: string, env: NodeJS.ProcessEnv) {
    this.checkout = checkout;
    this.#env = env;
  }

  /** @param service what outlives the machine; another one's, to go on from there */
  static async start(service: string, env: Readonly<Record<string, string>>): Promise<Machine> {
    const folder = await testFolder();
    const checkout = join(folder, "checkout");
    const bin = join(folder, "bin");
    await cp(example, checkout, { recursive: true, filter: (file) => !file.includes("node_modules") });
    await mkdir(bin);
    await writeFile(join(bin, "pulumi"), PULUMI);
    await chmod(join(bin, "pulumi"), 0o755);
    await writeFile(join(bin, "npx"), NPX);
    await chmod(join(bin, "npx"), 0o755);
    const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
    // A runner knows nothing of whoever runs the tests.
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(PULUMI|MONGODB|GITHUB|CI_|MONGOFED)/.test(name),
    );
    return new Machine(checkout, { ...Object.fromEntries(inherited), PATH: path, SERVICE: service, ...env });
  }

  /** One script, and the variables that are its own. It ends with the first command that fails, but for those in pipes. */
  run(script: string, env: Readonly<Record<string, string>>): Promise<Ran> {
    return new Promise((resolve) => {
      const args = ["--noprofile", "--norc", "-e", "-c", script];
      const options = { cwd: this.checkout, env: { ...this.#env, ...env } };
      execFile("bash", args, options, (error, stdout, stderr) =>
        resolve({ exitCode: error === null ? 0 : Number(error.code), output: stdout + stderr }),
      );
    });
  }
}

interface Workflow {
  readonly on: unknown;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly env?: Readonly<Record<string, string>>;
  readonly defaults?: { readonly run: { readonly shell: string } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

interface WorkflowJob {
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly WorkflowStep[];
}

interface WorkflowStep {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | number>>;
}

export async function workflow(name: string): Promise<Workflow> {
  return parse(await readFile(join(example, ".github", "workflows", `${name}.yml`), "utf8"));
}

/** The condition of jobs that need a token: GitHub gives none to pull requests from forks. */
export const SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository";

/** Runs the jobs of a workflow in one checkout. After a failed step only those steps and jobs run that say `always()`. */
export async function runWorkflow(
  name: string,
  machine: Machine,
  expressions: Readonly<Record<string, string>>,
): Promise<Ran> {
  const { env = {}, defaults, jobs } = await workflow(name);
  // Which means with pipefail; the default of GitHub has none.
  if (defaults?.run.shell !== "bash") throw new Error(`${name}.yml does not ask for bash`);
  const ended = { exitCode: 0, output: "" };
  for (const job of Object.values(jobs)) {
    if (job.if?.includes(SAME_REPOSITORY) && expressions[SAME_REPOSITORY] !== "true") continue;
    let failed = ended.exitCode !== 0 && !job.if?.startsWith("always()");
    for (const step of job.steps) {
      const command = step.uses?.split("@")[0] ?? step.run ?? "";
      if (NOT_RUN.includes(command)) continue;
      if (step.run === undefined) throw new Error(`${name}.yml uses ${command}, which nobody runs here`);
      if (failed && !step.if?.startsWith("always()")) continue;
      const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, evaluated(String(value), expressions)]);
      const { exitCode, output } = await machine.run(`set -o pipefail\n${step.run}`, {
        GITHUB_ACTIONS: "true",
        GITHUB_STEP_SUMMARY: join(machine.checkout, "summary.md"),
        ...env,
        ...Object.fromEntries(own),
      });
      ended.output += output;
      if (exitCode !== 0) {
        ended.exitCode = exitCode;
        failed = true;
      }
    }
  }
  return ended;
}

function evaluated(value: string, expressions: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const known = expressions[expression];
    if (known === undefined) throw new Error(`what is \${{ ${expression} }}?`);
    return known;
  });
}

interface GitlabFile {
  readonly default: { readonly image: string; readonly before_script: readonly string[] };
  readonly variables: Readonly<Record<string, string>>;
}

interface GitlabJob {
  readonly variables?: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  readonly environment?: unknown;
  readonly resource_group?: string;
}

export async function gitlabJobs(): Promise<{ file: GitlabFile; job: (name: string) => GitlabJob }> {
  const file = parse(await readFile(join(example, ".gitlab-ci.yml"), "utf8"));
  return { file, job: (name) => file[name] };
}

/** One job, with the variables of the file and its own. */
export async function runGitlabJob(
  name: string,
  machine: Machine,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const { file, job } = await gitlabJobs();
  const before = file.default.before_script.filter((command) => !NOT_RUN.includes(command));
  const { script, variables = {} } = job(name);
  return machine.run([...before, ...script].join("\n"), { ...file.variables, ...variables, ...env });
}

interface ServedComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
  readonly author: { readonly username: string };
}

/** A list of comments as both services keep it, with a hundred of other people before ours. */
export async function commentServer(others: readonly string[] = []): Promise<{
  readonly url: string;
  /** The objects that mongofed wrote. */
  readonly ours: () => readonly string[];
  readonly requests: readonly string[];
}> {
  const by = (id: number, name: string, body: string): ServedComment => ({
    id,
    body,
    user: { login: name },
    author: { username: name },
  });
  const comments = Array.from({ length: 100 }, (_, id) => by(id, "somebody", others[id] ?? `comment ${id}`));
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    requests.push(`${request.method} ${pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const authorized = request.headers.authorization === "Bearer t" || request.headers["private-token"] === "t";
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (!authorized) return answer(401, {});
    if (pathname.endsWith("/user")) return answer(200, { username: "bot" });
    if (request.method === "GET") {
      const page = Number(searchParams.get("page")) - 1;
      return answer(200, comments.slice(page * 100, page * 100 + 100));
    }
    const { body } = JSON.parse(text);
    if (request.method === "POST") {
      // Its token decides who it is.
      const name = request.headers.authorization === undefined ? "bot" : "github-actions[bot]";
      comments.push(by(comments.length, name, body));
    } else {
      const changed = comments[Number(pathname.split("/").at(-1))];
      if (changed === undefined) return answer(404, {});
      changed.body = body;
    }
    return answer(200, {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, ours: () => comments.slice(100).map(({ body }) => body), requests };
}
