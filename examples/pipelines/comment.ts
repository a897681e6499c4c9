/**
 * Puts what a preview said under its pull request (GitHub) or merge request (GitLab): one comment for each stack, which
 * is found again by a marker that nobody sees, and rewritten.
 *
 *     node comment.ts FILE STACK
 *
 * GitHub: GITHUB_TOKEN that may write to pull requests, PULL_REQUEST. GitLab: COMMENT_TOKEN with the scope `api`. The
 * rest each of them sets by itself. Without a token it writes nothing, and is content: forks have none.
 */
import { readFile } from "node:fs/promises";

/** GitHub takes 65,536 characters; what is around the text is far less than the rest of them. */
const MOST = 60_000;

/** Where the comments of one pull request are. */
interface Thread {
  /** The list: GET to read, POST to add. */
  readonly comments: string;
  /** One of them. */
  comment(id: number): string;
  /** How one is changed. */
  readonly method: "PATCH" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
}

function thread(env: NodeJS.ProcessEnv): Thread | undefined {
  if (env.GITHUB_ACTIONS) {
    if (!env.GITHUB_TOKEN) return undefined;
    const issues = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/issues`;
    return {
      comments: `${issues}/${env.PULL_REQUEST}/comments`,
      comment: (id) => `${issues}/comments/${id}`,
      method: "PATCH",
      headers: { Authorization: `Bearer ${env.GITHUB_TOKEN}`, Accept: "application/vnd.github+json" },
    };
  }
  if (!env.COMMENT_TOKEN) return undefined;
  const notes = `${env.CI_API_V4_URL}/projects/${env.CI_PROJECT_ID}/merge_requests/${env.CI_MERGE_REQUEST_IID}/notes`;
  return {
    comments: notes,
    comment: (id) => `${notes}/${id}`,
    method: "PUT",
    headers: { "PRIVATE-TOKEN": env.COMMENT_TOKEN },
  };
}

/** The text is somebody's pull request: a fence that is longer than any in it keeps it from being more than text. */
function bodyOf(marker: string, stack: string, text: string): string {
  const shown = text.length > MOST ? `${text.slice(0, MOST)}\n… The rest is in the log of the job.` : text;
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${marker}\n**Preview of ${stack}**\n\n${fence}\n${shown.trim()}\n${fence}\n`;
}

async function ask(url: string, { headers }: Thread, method = "GET", body?: string): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify({ body }) }),
  });
  if (!response.ok) throw new Error(`${method} ${url}: HTTP ${response.status}`);
  return response;
}

/** Looks through all pages: the comment is often the oldest of many. */
async function find(marker: string, there: Thread): Promise<number | undefined> {
  for (let page = 1; ; page++) {
    const response = await ask(`${there.comments}?per_page=100&page=${page}`, there);
    const comments = (await response.json()) as { readonly id: number; readonly body?: string }[];
    const found = comments.find(({ body }) => body?.startsWith(marker));
    if (found !== undefined || comments.length < 100) return found?.id;
  }
}

const [file, stack] = process.argv.slice(2);
if (file === undefined || stack === undefined) throw new Error("usage: node comment.ts FILE STACK");
const there = thread(process.env);
if (there === undefined) {
  console.log("No token that may comment: the preview is in the log.");
} else {
  const marker = `<!-- mongofed preview of ${stack} -->`;
  const id = await find(marker, there);
  const body = bodyOf(marker, stack, await readFile(file, "utf8"));
  if (id === undefined) await ask(there.comments, there, "POST", body);
  else await ask(there.comment(id), there, there.method, body);
  console.log(id === undefined ? "Commented." : "The comment is up to date.");
}
