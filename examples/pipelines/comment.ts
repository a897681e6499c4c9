/**
 * Puts the text of a preview under its pull request (GitHub) or merge request (GitLab): one comment for each stack, found
 * again by a hidden marker and its author, and rewritten. On GitHub the summary of the job shows it too.
 *
 *     node comment.ts FILE STACK [MARKDOWN]
 *
 * MARKDOWN stands above the text. It must come from this job: the text of a preview is code that nobody has reviewed.
 *
 * GitHub: GITHUB_TOKEN that may write to pull requests, PULL_REQUEST. GitLab: COMMENT_TOKEN with the scope `api`. The
 * runner sets the rest. Without a token, as in pull requests from forks, it writes no comment.
 */
import { appendFile, readFile } from "node:fs/promises";

/** GitHub takes 65,536 characters. */
const MOST = 65_536;
const CUT = "\n… The rest is in the log of the job.";
const TIMEOUT_MS = 30_000;
/** More comments than 10,000 no pull request has. */
const MOST_PAGES = 100;

/** Where the comments of one pull request are. */
interface Thread {
  /** The list: GET to read, POST to add. */
  readonly comments: string;
  /** One of them. */
  comment(id: number): string;
  /** How one is changed. */
  readonly method: "PATCH" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  /** The account that the token belongs to. */
  author(): Promise<string>;
}

interface Comment {
  readonly id: number;
  readonly body?: string;
  /** On GitHub. */
  readonly user?: { readonly login: string } | null;
  /** On GitLab. */
  readonly author?: { readonly username: string };
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
      // The token of a job may not ask who it is.
      author: async () => env.COMMENT_AUTHOR ?? "github-actions[bot]",
    };
  }
  if (!env.COMMENT_TOKEN) return undefined;
  const headers = { "PRIVATE-TOKEN": env.COMMENT_TOKEN };
  const notes = `${env.CI_API_V4_URL}/projects/${env.CI_PROJECT_ID}/merge_requests/${env.CI_MERGE_REQUEST_IID}/notes`;
  return {
    comments: notes,
    comment: (id) => `${notes}/${id}`,
    method: "PUT",
    headers,
    author: async () =>
      ((await (await ask(`${env.CI_API_V4_URL}/user`, { headers })).json()) as { username: string }).username,
  };
}

/**
 * The whole text in one fence, which no text can close: a pull request decides what a preview says. Inside a fence
 * nothing is a mention, a link, an image or HTML.
 */
function bodyOf(marker: string, stack: string, text: string, markdown: string): string {
  const plain = text
    .toWellFormed()
    // A lone carriage return ends a line of Markdown, too.
    .replace(/\r\n?/g, "\n")
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)
    .trim();
  for (let length = plain.length; ; ) {
    const shown = length < plain.length ? `${plain.slice(0, length).replace(/[\ud800-\udbff]$/, "")}${CUT}` : plain;
    const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const fence = "`".repeat(longest + 1);
    const body = `${marker}\n**Preview of ${stack}**\n\n${markdown}\n${fence}text\n${shown}\n${fence}\n`;
    if (body.length <= MOST) return body;
    // A third, because the fence on both sides may be as long as the text.
    length = Math.min(length, MOST) - Math.ceil((Math.min(body.length, 3 * MOST) - MOST) / 3);
  }
}

async function ask(
  url: string,
  { headers }: Pick<Thread, "headers">,
  method = "GET",
  body?: string,
): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, "Content-Type": "application/json" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify({ body }) }),
  });
  if (!response.ok) throw new Error(`${method} ${url}: HTTP ${response.status}`);
  return response;
}

/** Looks through all pages, because the comment is often the oldest of many. Anybody can write the marker. */
async function find(marker: string, there: Thread): Promise<number | undefined> {
  const us = await there.author();
  for (let page = 1; page <= MOST_PAGES; page++) {
    const response = await ask(`${there.comments}?per_page=100&page=${page}`, there);
    const comments = (await response.json()) as readonly Comment[];
    const found = comments.find(
      ({ body, user, author }) => body?.startsWith(marker) && (user?.login ?? author?.username) === us,
    );
    if (found !== undefined || comments.length < 100) return found?.id;
  }
  return undefined;
}

/** Half of a comment. Whole lines only, because a table ends with its last whole line. */
function halfOf(markdown: string): string {
  const half = markdown.slice(0, MOST / 2);
  return half.length < markdown.length ? `${half.slice(0, half.lastIndexOf("\n"))}\n\n${CUT.trim()}\n` : markdown;
}

const [file, stack, markdown] = process.argv.slice(2);
if (file === undefined || stack === undefined) throw new Error("usage: node comment.ts FILE STACK [MARKDOWN]");
if (!/^[\w./ ()-]{1,200}$/.test(stack)) throw new Error("the stack name holds characters that no stack name can hold");
const marker = `<!-- mongofed preview of ${stack} -->`;
const above = markdown === undefined ? "" : halfOf(await readFile(markdown, "utf8"));
const body = bodyOf(marker, stack, await readFile(file, "utf8"), above);
if (process.env.GITHUB_STEP_SUMMARY) await appendFile(process.env.GITHUB_STEP_SUMMARY, body);
const there = thread(process.env);
if (there === undefined) {
  console.log("No token that may comment: the preview is in the log.");
} else {
  const id = await find(marker, there);
  if (id === undefined) await ask(there.comments, there, "POST", body);
  else await ask(there.comment(id), there, there.method, body);
  console.log(id === undefined ? "Commented." : "The comment is up to date.");
}
