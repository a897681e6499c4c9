import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { staleFiles } from "./support/reference.ts";

test("the argument types and the tables of inputs follow the field tables (npm run docs)", () => {
  expect(staleFiles()).toEqual([]);
});

test("the program in the README is the quickstart", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const quickstart = await readFile(new URL("../examples/quickstart/index.ts", import.meta.url), "utf8");
  expect(readme).toContain(`\`\`\`ts\n${quickstart}\`\`\``);
});
