import { createRequire } from "node:module";

// By name, not by path: sources and the built package lie at different depths below it.
const { version } = createRequire(import.meta.url)("mongofed/package.json") as { version: string };

/** `mongofed/1.2.3 (pulumi; list identity providers; node/24.1.0)` */
export function userAgent(engine: string, operation: string): string {
  return `mongofed/${version} (${comment(engine)}; ${comment(operation)}; node/${process.versions.node})`;
}

/** Operations may name resources in any script; a header and its comment syntax take less. */
function comment(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, "?")
    .replace(/[();\\]/g, " ")
    .slice(0, 100);
}
