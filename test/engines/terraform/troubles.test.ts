/** Failures under the real CLI and their messages. */

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { FEDERATION, PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack, writes } from "./stack.ts";

const broken = `
resource "mongofed_identity_provider" "staff" {
  federation_settings_id = "5F1"
  idp_type               = "WORKFORCE"
  configuration_name     = "corp"
  issuer_uri             = "http://idp.example.com"
  audience               = "api://corp"
  authorization_type     = "GROUP"
}

resource "mongofed_database_role" "orders" {
  project_id = "${PROJECT}"
  role_name  = "orders"
  roles      = ["clusterMonitor@app"]
  privileges = [{ resource = { database = "app", collection = "" }, actions = ["fnd"] }]
}

resource "mongofed_token_check" "who" {
  tokens = {
    "a.b" = {
      claims = "{}"
      expect = { accepted = "true", refused = "true" }
    }
  }
}
`;

const role = (more = "") => `
resource "mongofed_database_role" "orders" {
  project_id = "${PROJECT}"
  role_name  = "orders"
  roles      = ["read@app"]
  ${more}
}
`;

/** Two of them cannot be connected to one organization, nor be told apart. */
const twins = ["one", "two"].map(
  (name) => `
resource "mongofed_identity_provider" "${name}" {
  federation_settings_id = "${FEDERATION}"
  idp_type               = "WORKLOAD"
  configuration_name     = "${name}"
  issuer_uri             = "https://idp.example.com"
  audience               = "api://same"
  authorization_type     = "USER"
}
`,
);

interface Printed {
  readonly diagnostics: readonly {
    readonly severity: string;
    readonly summary: string;
    readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
  }[];
}

describeTerraform("Terraform", () => {
  test("tells all that is wrong with a file at once, each at its line, without credentials", async () => {
    const { folder } = await stack({ "main.tf": broken });
    const { stdout, code } = await folder.run("validate", "-json");
    expect(code).toBe(1);
    const { diagnostics } = JSON.parse(stdout) as Printed;
    const lines = diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ summary, range }) => `${range?.filename}:${range?.start.line} ${summary.slice(0, 6)}`);
    const line = (text: string) => broken.split("\n").findIndex((one) => one.includes(text)) + 1;
    expect(lines.sort()).toEqual(
      [
        `main.tf:${line('"5F1"')} FED200`,
        `main.tf:${line("http://")} FED212`,
        // A missing input has only the line of its resource.
        `main.tf:${line('"mongofed_identity_provider"')} FED204`,
        `main.tf:${line("fnd")} FED332`,
        `main.tf:${line("clusterMonitor")} FED315`,
        `main.tf:${line('"a.b"')} FED200`,
      ].sort(),
    );
  });

  test("hears of what no resource shows by itself, and of a plan that could look at nothing", async () => {
    const { emulator, folder, fails, ok } = await stack({ "main.tf": twins.join("") });
    expect(await fails("plan")).toMatch(/FED202 [\s\S]*two identity providers have issuer/);
    // Which control plane a role is for, only the provider block says.
    await folder.write({ "main.tf": role().replace('= "orders"', '= "xgen-orders"') });
    expect(await fails("plan")).toMatch(/FED327 [\s\S]*main.tf line 4/);
    expect(writes(emulator)).toEqual([]);
    const provider = await readFile(join(folder.path, "provider.tf"), "utf8");
    await folder.write({
      "main.tf": role(),
      "provider.tf": provider.replace("{\n  plane", '{\n  credentials = "env:NOBODY"\n  plane'),
    });
    expect(await ok("plan")).toMatch(/this plan asks no control plane: the environment holds no NOBODY_… credentials/);
    expect(await fails("apply", "-auto-approve")).toMatch(/FED410 missing-credentials/);
  });

  test("finds what a provider made that was killed before it could say so, and takes it over when told to", async () => {
    const { emulator, folder, fails, ok, unchanged } = await stack({ "main.tf": role() });
    const fault = { kind: "delay", ms: 60_000, when: "after-commit" } as const;
    emulator.inject({ match: { method: "POST" }, fault, times: 1 });
    const apply = folder.start("apply", "-auto-approve");
    const made = () => emulator.world().atlas.customDbRoles.length;
    while (made() === 0 && apply.exitCode === null) await sleep(50);
    const providers = execFileSync("ps", ["-o", "pid=", "--ppid", String(apply.pid)], { encoding: "utf8" });
    for (const pid of providers.trim().split(/\s+/)) process.kill(Number(pid), "SIGKILL");
    const [code] = (await once(apply, "close")) as [number];
    expect([code, made()]).toEqual([1, 1]);

    emulator.clearFaults();
    expect(await fails("plan")).toMatch(/FED221 [\s\S]*role orders in project \w+ exists already[\s\S]*adopt = true/);
    await folder.write({ "main.tf": role("adopt = true") });
    expect(await ok("apply", "-auto-approve")).toMatch(
      /adopt: mongofed_database_role [\s\S]*stays as it is[\s\S]*1 added/,
    );
    await unchanged();
    expect(made()).toBe(1);
  });
});
