/** The toy, built: once for all tests of a file. */

import { fileURLToPath } from "node:url";
import { type BuiltProvider, build } from "../../../support/built-provider.ts";

let built: Promise<BuiltProvider> | undefined;

export function toy(): Promise<BuiltProvider> {
  built ??= build("mongofed.internal/mongofed/toy", fileURLToPath(new URL("main.ts", import.meta.url)));
  return built;
}
