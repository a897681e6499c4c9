/** The shell of the provider under the real CLI, around a toy: what Terraform itself makes of its answers. */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeTerraform, terraformFolder } from "../../support/terraform.ts";
import { toy } from "./toy/toy.ts";

const required = `terraform {
  required_providers {
    toy = {
      source  = "mongofed.internal/mongofed/toy"
      version = "0.1.0"
    }
  }
}
`;

/** Values of every kind, some known only after the first thing is created. */
const things = `${required}
resource "toy_thing" "first" {
  name  = "first"
  size  = 9007199254740993
  sizes = [0, -1, 0.1, 0.5, 123456789012345678901234567890, 1e-30]
  tags  = ["b", "a"]
  labels = {
    "with space" = "x"
    __proto      = "y"
  }
  owner = { mail = "ada@example.com" }
  rules = [{ action = "read", on = ["z", "y"] }, { action = "write" }]
}

resource "toy_thing" "second" {
  name = "https://example.com/\${toy_thing.first.id}"
  tags = [toy_thing.first.id]
  kind = var.kind
}

variable "kind" {
  default = "plain"
}

data "toy_lookup" "it" {
  name = "world"
}

output "greeting" {
  value = data.toy_lookup.it.greeting
}
`;

/** As \`state pull\` prints it. */
interface State {
  readonly resources: readonly {
    readonly name: string;
    readonly instances: readonly { readonly attributes: Record<string, unknown>; readonly private?: string }[];
  }[];
}

/** Each command starts the provider several times. */
const LIFE_MS = 300_000;

describeTerraform("a provider in Node.js", () => {
  test("lives its life: installed, created, unchanged, replaced, destroyed", { timeout: LIFE_MS }, async () => {
    await using folder = await terraformFolder({ "main.tf": things }, await toy(), { by: "mirror" });
    expect(await folder.run("init")).toMatchObject({ code: 0, stderr: "" });
    expect(await folder.run("plan", "-detailed-exitcode")).toMatchObject({ code: 2, stderr: "" });
    const applied = await folder.run("apply", "-auto-approve");
    expect(applied.stderr).toBe("");
    expect(applied.stdout).toContain("2 added, 0 changed, 0 destroyed");
    expect(applied.stdout).toContain('greeting = "hello, world"');
    expect(await folder.run("plan", "-detailed-exitcode")).toMatchObject({ code: 0, stderr: "" });

    const { stdout } = await folder.run("state", "pull");
    for (const digits of ["9007199254740993", "123456789012345678901234567890"]) expect(stdout).toContain(digits);
    const [first, second] = (JSON.parse(stdout) as State).resources.filter(({ name }) => name !== "it");
    expect(second?.instances[0]?.attributes).toMatchObject({ name: "https://example.com/thing-first" });
    expect(Buffer.from(first?.instances[0]?.private ?? "", "base64").toString()).toBe("planned, applied");

    const replaced = await folder.run("plan", "-var=kind=other");
    expect(replaced.stdout).toMatch(/kind += "plain" -> "other" # forces replacement/);
    expect(await folder.run("destroy", "-auto-approve")).toMatchObject({ code: 0, stderr: "" });
  });

  test("tells all that is wrong at once, each with its line", async () => {
    const broken = `${required}
resource "toy_thing" "first" {
  name = "bad"
  kind = "odd"
  rules = [
    { action = "read" },
    { action = "bad" },
  ]
}
`;
    await using folder = await terraformFolder({ "main.tf": broken }, await toy());
    const { code, stdout } = await folder.run("validate", "-json");
    expect(code).toBe(1);
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { severity: string; summary: string; range?: { start: { line: number } } }[];
    };
    const told = diagnostics.filter(({ range }) => range !== undefined);
    expect(told.map(({ severity, summary, range }) => [severity, summary, range!.start.line]).sort()).toEqual([
      ["error", "a bad name", 11],
      ["error", "a bad rule", 15],
      ["warning", "an odd kind", 12],
    ]);
  });

  test("keeps a secret that is written only out of plan and state", async () => {
    const secret = `${required}
variable "password" {
  type      = string
  ephemeral = true
}
resource "toy_thing" "first" {
  name     = "first"
  password = var.password
}
`;
    await using folder = await terraformFolder({ "main.tf": secret }, await toy());
    await folder.run("apply", "-auto-approve", "-var=password=correct-horse");
    const state = await readFile(join(folder.path, "terraform.tfstate"), "utf8");
    expect(state).not.toContain("correct-horse");
    expect((JSON.parse(state) as State).resources[0]?.instances[0]?.attributes.password_length).toBe(13);
  });

  test("stops when Terraform is interrupted, and what it did is recorded", async () => {
    const waiting = `${required}
resource "toy_thing" "first" {
  name   = "first"
  behave = "wait"
}
`;
    await using folder = await terraformFolder({ "main.tf": waiting }, await toy());
    const child = folder.start("apply", "-auto-approve");
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (data: string) => {
      text += data;
      if (data.includes("Creating...")) setTimeout(() => child.kill("SIGINT"), 200);
    });
    let errors = "";
    child.stderr!.setEncoding("utf8").on("data", (data: string) => {
      errors += data;
    });
    await once(child, "close");
    expect(text).toContain("Creating...");
    expect(errors).toContain("Terraform was told to stop");
    const { stdout } = await folder.run("state", "list");
    expect(stdout).toBe("toy_thing.first\n");
  });

  test("whose handler throws is told so at the resource, and nothing is recorded", async () => {
    const throwing = `${required}
resource "toy_thing" "first" {
  name   = "first"
  behave = "throw"
}
`;
    await using folder = await terraformFolder({ "main.tf": throwing }, await toy());
    const { code, stderr } = await folder.run("apply", "-auto-approve");
    expect(code).toBe(1);
    expect(stderr).toMatch(/main\.tf line 10,[\s\S]*thrown by applyResourceChange/);
    expect((await folder.run("state", "list")).stdout).toBe("");
  });

  test("that does not start says why in Terraform's own error", async () => {
    await using folder = await terraformFolder({ "main.tf": things }, await toy(), { env: { TOY_BROKEN: "no luck" } });
    expect((await folder.run("validate")).stderr).toContain("no luck");
    await using bare = await terraformFolder({ "main.tf": things }, await toy(), { env: { PATH: "/nowhere" } });
    expect((await bare.run("validate")).stderr).toMatch(/needs Node\.js/);
  });
});
