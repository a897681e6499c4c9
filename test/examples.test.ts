import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startEmulator } from "../provider/emulator/index.ts";
import { describeEngines } from "./support/engines.ts";
import { testFolder } from "./support/program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Without a Pulumi.yaml it is no program of ours, but code that a client uses: it has tests of its own. */
const examples = readdirSync(join(root, "examples"), { withFileTypes: true })
  .filter(({ name }) => existsSync(join(root, "examples", name, "Pulumi.yaml")))
  .map(({ name }) => name);

/** What the quickstart asks of a user; the examples bring a `Pulumi.demo.yaml` of their own. */
const quickstartConfig = {
  federationSettingsId: "5f1ed0c0ffee5f1ed0c0ffe3",
  orgId: "5f1ed0c0ffee5f1ed0c0ffe1",
  tenantId: "8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b",
  applicationId: "0d9e8f7a-6b5c-4d3e-2f1a-0b9c8d7e6f5a",
};

describeEngines("every example", (engine) => {
  test.each([
    ...examples.map((name) => ({ name, cwd: join(root, "examples", name), stack: "demo", config: {} })),
    { name: "the quickstart by the Pulumi.yaml of the root", cwd: root, stack: "prod", config: quickstartConfig },
  ])("lives: $name", async ({ cwd, stack, config }) => {
    const emulator = await startEmulator();
    onTestFinished(() => emulator.close());
    const stateDir = join(await testFolder(), "state");
    const before = emulator.world().atlas;
    const run = (command: "up" | "preview" | "destroy") =>
      engine.run({
        command,
        cwd,
        stack,
        stateDir,
        config,
        env: emulator.env,
        flags: { skipPreview: command !== "preview" },
      });
    const up = await run("up");
    expect(up.exitCode, up.stdout + up.stderr).toBe(0);
    const again = await run("preview");
    expect(again.stdout).toMatch(/\d+ unchanged/);
    expect(again.stdout).not.toMatch(/to (create|update|delete|replace)/);
    const destroy = await run("destroy");
    expect(destroy.exitCode, destroy.stdout + destroy.stderr).toBe(0);
    expect(emulator.world().atlas).toEqual(before);
  });
});

test("the demo shows the whole life of the quickstart", async () => {
  const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, [join(root, "examples", "demo.ts")], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
  expect(code, output).toBe(0);
  expect(output).toMatch(/^(No Pulumi CLI found: using the embedded engine|Using the Pulumi CLI)/m);
  expect(output).toMatch(/3 errors in 4 declarations/);
  expect(output).toMatch(/audience +live "api:\/\/old"/);
  expect(output).toMatch(/nothing is left running/);
});

test("the demo names the examples that there are", async () => {
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [join(root, "examples", "demo.ts"), "nonsense"],
      { cwd: root },
      (error, stdout, stderr) => resolve(`${error?.code} ${stdout}${stderr}`),
    );
  });
  expect(output).toBe(`2 error: there is no example "nonsense". There are: ${examples.join(", ")}.\n`);
});
