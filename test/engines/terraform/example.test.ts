import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { plainEnv } from "../../support/find-terraform.ts";
import { describeTerraform } from "../../support/terraform.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

describeTerraform("the example of Terraform", (cli) => {
  test("is formatted as its CLI formats", async () => {
    expect(await run(cli().command, ["fmt", "-check", "-recursive", join(root, "examples", "terraform")])).toEqual({
      code: 0,
      output: "",
    });
  });

  test("lives in the demo: two configurations, two environments each, from nothing to nothing", async () => {
    const env = { ...plainEnv, TERRAFORM_COMMAND: cli().command };
    const { code, output } = await run(process.execPath, [join(root, "examples", "demo.ts"), "terraform"], env);
    expect(code, output).toBe(0);
    expect(output.match(/^Apply complete! Resources: (4|5) added, 0 changed, 0 destroyed/gm)).toHaveLength(4);
    expect(output.match(/^No changes\./gm)).toHaveLength(2);
    expect(output).toContain("The demo has removed all its objects");
  }, 600_000);
});

function run(command: string, args: string[], env = plainEnv): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd: root, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : Number(error.code),
        output: stdout + stderr,
      }),
    );
  });
}
