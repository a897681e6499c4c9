import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { staleFiles } from "./support/reference.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const PAGES = globSync(["*.md", "docs/**/*.md", "examples/*/README.md"], { cwd: root });

test("the generated types, schema and reference pages follow their sources (npm run docs)", async () => {
  expect(await staleFiles()).toEqual([]);
});

test("the program in the README is the quickstart", () => {
  expect(read("README.md")).toContain(`\`\`\`ts\n${read("examples/quickstart/index.ts")}\`\`\``);
});

test("the README has at most 8 KB", () => {
  expect(Buffer.byteLength(read("README.md"))).toBeLessThanOrEqual(8 * 1024);
});

/** As GitHub makes them: lower case, without punctuation, with hyphens for spaces. */
function anchorsIn(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(PAGES)("the links of %s lead to files and headings that exist", (page) => {
  const text = read(page).replace(/^```[\s\S]*?^```$/gm, "");
  const broken = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(
    ([link, path = "", anchor]) => {
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return [link];
      return anchor === undefined || anchorsIn(read(target)).includes(anchor) ? [] : [link];
    },
  );
  expect(broken).toEqual([]);
});

test("every page of docs/ is in the index", () => {
  const index = read("docs/README.md");
  const missing = globSync("docs/*.md", { cwd: root }).filter(
    (page) => page !== "docs/README.md" && !index.includes(`](${page.slice("docs/".length)})`),
  );
  expect(missing).toEqual([]);
});
