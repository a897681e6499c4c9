import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import ProcessesFirst from "./support/processes-first.ts";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    // Engine tests start real processes, and one of a whole life a dozen of them: a busy machine takes minutes for it.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // What a small machine carries.
    maxWorkers: 2,
    sequence: { sequencer: ProcessesFirst },
    setupFiles: ["./test/support/draws.ts"],
    reporters: ["default", "./test/support/closing-lines.ts"],
  },
});
