/** Programs that a test writes: folders inside the clone, so that they find the packages that a user's program would. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { AtEnd } from "./at-end.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const workplace = join(root, ".mongofed", "tests");

/** An empty folder inside the clone that is gone at the end. */
export async function testFolder(atEnd: AtEnd = onTestFinished): Promise<string> {
  await mkdir(workplace, { recursive: true });
  const folder = await mkdtemp(join(workplace, "t-"));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

export interface WrittenProgram {
  readonly folder: string;
  /** Replaces `index.ts`. */
  write(text: string): Promise<void>;
}

/** A Pulumi project of ES modules in TypeScript, which Node runs itself. */
export async function writeProgram(text: string, name = "written", atEnd?: AtEnd): Promise<WrittenProgram> {
  const folder = join(await testFolder(atEnd), "program");
  const put = async (file: string, content: string) => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  };
  await put("Pulumi.yaml", `name: ${name}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n`);
  await put("package.json", `${JSON.stringify({ name, private: true, type: "module", main: "index.ts" })}\n`);
  await put("index.ts", text);
  return { folder, write: (changed) => put("index.ts", changed) };
}
