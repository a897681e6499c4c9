import { expect, test } from "vitest";
import { PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack } from "./stack.ts";

const PROCESSES = ["orders-0", "orders-1", "orders-2"];
const main = (inputs: string) => `
resource "mongofed_project_tls" "tls" {
  project_id = "${PROJECT}"
  ${inputs}
}
output "mode" {
  value = mongofed_project_tls.tls.mode
}
`;

describeTerraform("the TLS mode of a project", () => {
  test("rises in two runs, shows drift, and stays when the resource is destroyed", async () => {
    const { emulator, folder, ok, fails, unchanged } = await stack(
      { "main.tf": main('mode = "requireTLS"') },
      "cloud-manager",
    );
    const byHand = (keys: Record<string, string | null>, names = PROCESSES) => {
      for (const process of names) emulator.edit({ edit: "set-process-tls", projectId: PROJECT, process, keys });
    };
    const modes = () =>
      JSON.parse(emulator.world().cloudManager.deployments[0]?.automationConfig ?? "").processes.map(
        (one: { args2_6: { net: { tls: { mode: string } } } }) => one.args2_6.net.tls.mode,
      );
    byHand({ mode: "disabled" });
    byHand({ PEMKeyFile: null }, ["orders-1"]);

    const refused = await fails("plan");
    expect(refused).toMatch(/FED266[\s\S]*orders-1 of project \w+ has no certificate/);
    expect(refused).toMatch(/FED267[\s\S]*orders-0 \(disabled\)/);

    byHand({ PEMKeyFile: "/etc/mongodb/server.pem" }, ["orders-1"]);
    await folder.write({ "main.tf": main('mode = "preferTLS"') });
    expect(await ok("plan")).toMatch(/apply sets mode to\s+allowTLS, then preferTLS/);
    expect(await ok("apply", "-auto-approve")).toMatch(/mode = "preferTLS"/);
    expect(modes()).toEqual(Array(3).fill("preferTLS"));
    await unchanged();

    await folder.write({ "main.tf": main('mode = "requireTLS"') });
    expect(await ok("plan")).toMatch(/Warning: FED268/);
    await ok("apply", "-auto-approve");
    expect(modes()).toEqual(Array(3).fill("requireTLS"));

    byHand({ mode: "preferTLS" }, ["orders-2"]);
    expect(await ok("plan")).toMatch(/"requireTLS on orders-0, orders-1; preferTLS on orders-2"/);
    await ok("apply", "-auto-approve");
    expect(modes()).toEqual(Array(3).fill("requireTLS"));

    await folder.write({ "main.tf": main('mode = "allowTLS"') });
    expect(await fails("plan")).toMatch(/FED269/);
    await folder.write({ "main.tf": main("") });
    await ok("apply", "-auto-approve");
    await unchanged();
    await ok("destroy", "-auto-approve");
    expect(modes()).toEqual(Array(3).fill("requireTLS"));
  });

  test("is recorded where an apply stops, and the next apply goes on from there", async () => {
    const { emulator, ok, fails, unchanged } = await stack({ "main.tf": main('mode = "preferTLS"') }, "cloud-manager");
    const refuseWrite = (nth: number) =>
      emulator.inject({
        match: { method: "PUT", path: "automationConfig$" },
        nth,
        fault: { kind: "status", status: 400 },
      });
    for (const process of PROCESSES)
      emulator.edit({ edit: "set-process-tls", projectId: PROJECT, process, keys: { mode: "disabled" } });
    // Terraform destroys what a failed creation leaves, so a creation that stops half-way is a warning.
    refuseWrite(2);
    expect(await ok("apply", "-auto-approve")).toMatch(/Warning: change the TLS settings in project/);
    emulator.clearFaults();
    const plan = await ok("plan");
    expect(plan).toMatch(/mode += "allowTLS" -> "preferTLS"/);
    expect(plan).toMatch(/apply sets mode to\s+preferTLS/);
    await ok("apply", "-auto-approve");
    await unchanged();

    for (const process of PROCESSES)
      emulator.edit({ edit: "set-process-tls", projectId: PROJECT, process, keys: { mode: "disabled" } });
    refuseWrite(2);
    expect(await fails("apply", "-auto-approve")).toMatch(/change the TLS settings in project/);
    emulator.clearFaults();
    expect(await ok("plan")).toMatch(/apply sets mode to\s+preferTLS/);
    await ok("apply", "-auto-approve");
    await unchanged();
  });
});
