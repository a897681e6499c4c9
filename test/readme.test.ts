import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { readmeWithReference } from "./support/reference.ts";

test("the README describes every input, in the words of the schemas (npm run docs)", async () => {
  const { is, should } = await readmeWithReference();
  expect(is).toBe(should);
});

test("the program in the README is the quickstart", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const quickstart = await readFile(new URL("../examples/quickstart/index.ts", import.meta.url), "utf8");
  expect(readme).toContain(`\`\`\`ts\n${quickstart}\`\`\``);
});
