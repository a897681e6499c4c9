import { createRequire } from "node:module";

export const version = (createRequire(import.meta.url)("mongofed/package.json") as { version: string }).version;
