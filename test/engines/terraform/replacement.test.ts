/** Replacements and handovers of one object whose name stays the same, under the real CLI. */

import { expect, test } from "vitest";
import { PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack, writes } from "./stack.ts";

const role = (name: string, more = "") => `resource "mongofed_database_role" "${name}" {
  project_id = "${PROJECT}"
  role_name  = "payments"
  roles      = ["read@pay"]
  ${more}
}
`;
const FIRST = "lifecycle { create_before_destroy = true }";
const A = "mongofed_database_role.a";

describeTerraform("a role of which only the state changes", () => {
  test("is replaced when tainted, with and without refresh", async () => {
    const { ok, folder, emulator, unchanged } = await stack({ "main.tf": role("a") });
    await ok("apply", "-auto-approve");
    for (const flags of [["-refresh=false"], []]) {
      await folder.run("taint", A);
      expect(await ok("plan", ...flags)).toContain("1 to add, 0 to change, 1 to destroy");
      await ok("apply", "-auto-approve", ...flags);
      await unchanged();
    }
    expect(emulator.world().atlas.customDbRoles).toHaveLength(1);
  });

  test("stays where create_before_destroy replaces it", async () => {
    const { ok, folder, emulator, unchanged } = await stack({ "main.tf": role("a", FIRST) });
    await ok("apply", "-auto-approve");
    writes(emulator);
    const replaced = await ok("apply", "-auto-approve", `-replace=${A}`);
    expect(replaced).toMatch(/adopt: mongofed_database_role of role payments/);
    expect(replaced).toMatch(/role payments \(.*\) is kept/);
    await unchanged();
    await folder.run("taint", A);
    await ok("apply", "-auto-approve");
    await unchanged();
    await folder.write({ "main.tf": role("a", `${FIRST}\n  adopt = true`) });
    await ok("apply", "-auto-approve", `-replace=${A}`);
    await unchanged();
    expect(writes(emulator)).toEqual([]);
    await ok("destroy", "-auto-approve");
    expect(emulator.world().atlas.customDbRoles).toEqual([]);
  });

  test("passes to another address without a write where the old one is removed from the state", async () => {
    const removed = `removed {\n  from = ${A}\n  lifecycle { destroy = false }\n}\n`;
    const { ok, folder, emulator, unchanged } = await stack({ "main.tf": role("a") });
    await ok("apply", "-auto-approve");
    writes(emulator);
    await folder.write({ "main.tf": role("b", "adopt = true") + removed });
    await ok("apply", "-auto-approve");
    await unchanged();
    const back = removed.replace(".a", ".b");
    await folder.write({ "main.tf": role("a") + back });
    await ok("apply", "-auto-approve", "-refresh=false");
    await unchanged();
    // With a saved plan, and an import in place of adopt.
    await folder.write({
      "main.tf": `${role("b")}${removed}import {\n  to = mongofed_database_role.b\n  id = "${PROJECT}/payments"\n}\n`,
    });
    await ok("plan", "-out=saved");
    await ok("apply", "saved");
    await folder.write({ "main.tf": role("b") });
    await unchanged();
    await folder.write({ "main.tf": role("a", "adopt = true") + back });
    await ok("plan", "-out=saved");
    await ok("apply", "saved");
    await unchanged();
    expect(writes(emulator)).toEqual([]);
  });

  test("is refused at a second address, by adoption and by import, and a half-done rename is finished as the refusal says", async () => {
    const { ok, fails, folder, emulator, unchanged } = await stack({ "main.tf": role("a") });
    await ok("apply", "-auto-approve");
    writes(emulator);
    const imported = `import {\n  to = mongofed_database_role.b\n  id = "${PROJECT}/payments"\n}\n`;
    await folder.write({ "main.tf": role("b") + imported });
    for (const flags of [[], ["-refresh=false"]]) expect(await fails("plan", ...flags)).toContain("FED221");
    await folder.write({ "main.tf": role("a") + role("b") + imported });
    expect(await fails("plan")).toMatch(/FED330/);

    await folder.write({ "main.tf": role("b", "adopt = true") });
    await ok("apply", "-auto-approve", "-target=mongofed_database_role.b");
    for (const command of ["plan", "apply"]) {
      const refusal = await fails(command, ...(command === "apply" ? ["-auto-approve"] : []));
      expect(refusal).toMatch(/FED221 [\s\S]*payments[\s\S]*terraform state rm '<old>'/);
    }
    await folder.run("state", "rm", A);
    await unchanged();
    expect(writes(emulator)).toEqual([]);
  });

  test("is deleted by a saved plan that deletes it, and by no other", async () => {
    const { ok, fails, folder, emulator } = await stack({ "main.tf": role("a") });
    await ok("apply", "-auto-approve");
    await folder.write({ "main.tf": "" });
    await ok("plan", "-out=saved");
    await folder.write({
      "main.tf": role("a", 'privileges = [{ resource = { database = "pay", collection = "" }, actions = ["insert"] }]'),
    });
    await ok("apply", "-auto-approve");
    expect(await fails("apply", "saved")).toContain("stale");
    expect(emulator.world().atlas.customDbRoles).toHaveLength(1);
  });
});
