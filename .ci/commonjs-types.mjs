// Copies the declaration files of the entry points to dist/commonjs. TypeScript with `module: node16` refuses to
// `require` an ES module, although Node.js can: there it needs declarations that count as CommonJS.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist");
const entries = Object.values(JSON.parse(readFileSync(join(dist, "../package.json"), "utf8")).exports);
const done = new Set();
for (const { import: entry } of entries.filter(({ import: entry }) => entry)) copy(resolve(dist, "..", entry.types));
writeFileSync(join(dist, "commonjs/package.json"), '{"type":"commonjs"}\n');

function copy(file) {
  if (done.has(file)) return;
  done.add(file);
  const text = readFileSync(file, "utf8").replace(/\/\/# sourceMappingURL=.*/, "");
  const target = join(dist, "commonjs", relative(dist, file));
  mkdirSync(dirname(target), { recursive: true });
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
  for (const [, name] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)\.ts"/g))
    copy(`${resolve(dirname(file), name)}.d.ts`);
}
