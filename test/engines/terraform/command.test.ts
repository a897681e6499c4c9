import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { commandIn } from "../../../provider/engines/terraform/command.ts";
import { RunEntries, runFolder } from "../../../provider/engines/terraform/run-entries.ts";
import { parentProcess } from "../../../provider/parent-process.ts";

test.each([
  ["terraform destroy -auto-approve", {}, { name: "destroy", destroys: true }],
  ["/usr/bin/terraform -chdir=here plan -destroy -out=p", {}, { name: "plan", destroys: true }],
  ["tofu apply --destroy=true", {}, { name: "apply", destroys: true }],
  ["terraform apply -destroy=false", {}, { name: "apply", destroys: false }],
  ["terraform plan", { TF_CLI_ARGS_plan: "-destroy -no-color" }, { name: "plan", destroys: true }],
  ["terraform plan", { TF_CLI_ARGS_apply: "-destroy" }, { name: "plan", destroys: false }],
  ["terraform apply -parallelism=1", {}, { parallelism: 1 }],
  ["terraform apply", { TF_CLI_ARGS: "-parallelism=3" }, { parallelism: 3 }],
])("reads the command of its parent: %s %o", (args, env, expected) => {
  expect(commandIn(args.split(" "), env)).toMatchObject(expected);
});

test("takes no other program for Terraform, and knows no command without one", () => {
  expect(commandIn(["node", "destroy"], {})).toBeUndefined();
  expect(commandIn(["terraform", "-version"], {})).toBeUndefined();
  expect(commandIn([], {})).toBeUndefined();
  expect(parentProcess(process.pid)?.args[0]).toContain("node");
});

test("shares entries by topic between the processes of a run, in a folder of this user alone", () => {
  const folder = runFolder();
  expect(folder).toBe(runFolder());
  expect(statSync(String(folder)).mode & 0o777).toBe(0o700);
  const shared = mkdtempSync(join(tmpdir(), "mongofed-entries-"));
  onTestFinished(() => rmSync(shared, { recursive: true, force: true }));
  const own = new RunEntries(shared);
  own.add({ topic: "a" });
  expect(own.others("a")).toEqual([]);
});
