/**
 * The SDK that Pulumi generates for TypeScript programs from the schema of the plugin. Only the CLI can generate it, so it lies
 * in `test/fixtures/pulumi-sdk`. Tests with a CLI compare it.
 */

import { globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { packageSchema } from "../../provider/engines/plugin/schema.ts";

export const sdkFixture = fileURLToPath(new URL("../fixtures/pulumi-sdk", import.meta.url));

/** Descriptions only become comments. The version is fixed, so that a release changes nothing. */
export function sdkSchema(): string {
  return JSON.stringify(packageSchema("1.0.0"), (key, value) =>
    key === "description" && typeof value === "string" ? undefined : value,
  );
}

/** The files of an SDK that matter to a program, by their paths. */
export async function sdkFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const paths = globSync(["package.json", "**/*.ts"], { cwd: folder }).toSorted();
  const texts = paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const);
  return new Map(await Promise.all(texts));
}

/** Compiles the SDK into a program's folder, as `pulumi package add` does. */
export async function installSdk(program: string): Promise<void> {
  const folder = join(program, "node_modules", "@pulumi", "mongofed");
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  for (const [path, text] of await sdkFiles(sdkFixture)) {
    const isSource = path.endsWith(".ts");
    const target = join(folder, isSource ? path.replace(/\.ts$/, ".js") : path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, isSource ? ts.transpileModule(text, { compilerOptions }).outputText : text);
  }
}
