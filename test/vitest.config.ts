import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import ProcessesFirst from "./support/processes-first.ts";

/**
 * Tests of functions, which leave nothing behind in a module, in the environment or on the disk. Their files share
 * modules, because loading them again for each file takes longer than the tests.
 */
const UNITS = ["control-planes", "emulator", "presets", "resources", "rules", "schema", "tokens"].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    // Tests that start processes take minutes on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // A small machine has two cores.
    maxWorkers: 2,
    sequence: { sequencer: ProcessesFirst },
    setupFiles: ["./test/support/draws.ts"],
    // A shared machine that stalls for seconds fails a test of real processes: CI repeats it once, and names it.
    retry: process.env.CI ? 1 : 0,
    reporters: ["default", "./test/support/closing-lines.ts"],
    projects: [
      { extends: true, test: { name: "units", include: UNITS, isolate: false } },
      {
        extends: true,
        test: {
          name: "runs",
          include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: [...UNITS, "**/node_modules/**"],
        },
      },
    ],
  },
});
