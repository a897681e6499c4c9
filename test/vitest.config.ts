import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    // Engine tests start real processes; two of them at a time is what a small machine carries.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    setupFiles: ["./test/support/draws.ts"],
    reporters: ["default", "./test/support/closing-lines.ts"],
  },
});
