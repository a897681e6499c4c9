import { expect, test } from "vitest";
import { code, fitted, plain } from "../../provider/formats/markdown-text.ts";

test.each([
  ["a|b", "a&#124;b"],
  ["<img src=x>", "&#60;img src=x&#62;"],
  ["[x](https://evil.example)", /^&#91;x&#93;&#40;https&#58;&#8205;\/\/evil\.example&#41;$/],
  ["`code`", "&#96;code&#96;"],
  ["*bold* _it_", "&#42;bold&#42; &#95;it&#95;"],
  ["&lt;", "&#38;&#8205;lt;"],
  ["line\nbreak\u202e", "line&#92;nbreak&#92;u&#123;202e&#125;"],
  ["- item", "&#45; item"],
  ["1. item", "&#49;&#46; item"],
])("writes %j as plain text", (text, expected) => {
  if (typeof expected === "string") expect(plain(text)).toBe(expected);
  else expect(plain(text)).toMatch(expected);
});

test.each([
  "@octocat",
  "ada@example.com",
  "org/repo#12",
  "#12",
  "!5",
  "~label",
  "$1",
  "%2",
  "GH-12",
  "www.evil.example",
  "https://x.example",
  ":tada:",
])("breaks what GitHub or GitLab would link in %j", (text) => {
  const rendered = plain(text).replace(/&#(\d+);/g, (_, digits) => String.fromCodePoint(Number(digits)));
  expect(rendered.replaceAll("\u200d", "")).toBe(text);
  expect(rendered).not.toMatch(/@\w|#\d|![0-9]|~[a-z]|\$\d|%\d|GH-\d|www\.|:\/\/|:[a-z]+:/);
});

test("uses a code span only for text that cannot end it or its cell", () => {
  expect(code("readWrite@app")).toBe("`readWrite@app`");
  expect(code("a`b")).toBe("a&#96;b");
  expect(code("a|b")).toBe("a&#124;b");
});

test("fits sections into a comment and says how many rows it leaves out", () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => `| row ${index} |`);
  const leftOut = (count: number) => `${count} rows are left out`;
  const text = fitted([
    { head: ["# One"], rows, leftOut },
    { head: ["# Two"], rows: ["| last |"], leftOut },
  ]);
  expect(text.length).toBeLessThanOrEqual(65_536);
  const kept = text.match(/^\| row /gm)?.length ?? 0;
  expect(text).toContain(`**${10_000 - kept} rows are left out**`);
  expect(text).toContain("# Two\n\n**1 rows are left out**");
});
