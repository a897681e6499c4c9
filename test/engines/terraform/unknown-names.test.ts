/** Objects whose names Terraform learns during an apply, under the real CLI. */

import { expect, test } from "vitest";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { stack, writes } from "./stack.ts";

const block = (type: string, name: string, inputs: string) => `resource "mongofed_${type}" "${name}" {\n${inputs}\n}\n`;
const later = (value: string) => `resource "terraform_data" "name" {\n  input = "${value}"\n}\n`;
const LATER = "terraform_data.name.output";

const place = { atlas: `federation_settings_id = "${FEDERATION}"`, "cloud-manager": `project_id = "${PROJECT}"` };
const provider = (plane: keyof typeof place, name: string, audience = `"${name}"`) =>
  `${place[plane]}
  idp_type           = "WORKLOAD"
  configuration_name = ${plane === "atlas" ? `"${name}"` : audience}
  issuer_uri         = "https://idp.example.com"
  audience           = ${audience}
  authorization_type = "USER"`;
const base = (plane: keyof typeof place, name = "apps") =>
  block("identity_provider", name, provider(plane, name)) +
  (plane === "atlas"
    ? block(
        "org_connection",
        name,
        `org_id = "${ORG}"\nidentity_provider = mongofed_identity_provider.${name}.reference`,
      )
    : "");
const through = (plane: keyof typeof place, name = "apps") =>
  plane === "atlas"
    ? `mongofed_org_connection.${name}.identity_provider`
    : `mongofed_identity_provider.${name}.reference`;

/** One object of each kind by name, with the name as a value or as an expression. */
const subjects = (plane: keyof typeof place) =>
  ({
    database_role: (name: string) => `project_id = "${PROJECT}"\nrole_name = ${name}\nroles = ["read@pay"]`,
    federated_user: (name: string) =>
      `project_id = "${PROJECT}"\nidentity_provider = ${through(plane)}\nprincipal = ${name}\nroles = ["read@app"]`,
    identity_provider: (name: string) => provider(plane, "ci", name),
  }) as const;

const isRefused = expect.stringMatching(
  /FED221 already-exists: [^\n]*may declare it by a name that is unknown until apply/,
);

describeTerraform("a name that is unknown until apply", () => {
  test.each(["atlas", "cloud-manager"] as const)(
    "may be that of an object which the plan destroys, so the plan is refused: %s",
    async (plane) => {
      const all = (address: string, name: string) =>
        Object.entries(subjects(plane)).map(([type, inputs]) => block(type, address, inputs(name)));
      const made = await stack({ "main.tf": base(plane) + all("a", '"payments"').join("") }, plane);
      await made.ok("apply", "-auto-approve");
      writes(made.emulator);
      await made.folder.write({ "main.tf": base(plane) + later("payments") + all("b", LATER).join("") });
      const first = await made.fails("plan");
      expect(first).toEqual(isRefused);
      expect(first.match(/Error: FED221/g)).toHaveLength(Object.keys(subjects(plane)).length);
      expect(await made.fails("apply", "-auto-approve", "-parallelism=1")).toEqual(isRefused);
      expect(await made.fails("plan", "-refresh=false")).toEqual(isRefused);
      expect(writes(made.emulator)).toEqual([]);

      // The advice for different objects: one run deletes, the next one creates.
      await made.folder.write({ "main.tf": base(plane) });
      await made.ok("apply", "-auto-approve");
      await made.folder.write({ "main.tf": base(plane) + later("payments") + all("b", LATER).join("") });
      await made.ok("apply", "-auto-approve");
      await made.unchanged();
      await made.ok("destroy", "-auto-approve");
    },
  );

  test("cannot be that of an object in another project, under another identity provider, or at the same address", async () => {
    const user = (name: string, from: string) =>
      `project_id = "${PROJECT}"\nidentity_provider = ${through("atlas", from)}\nprincipal = ${name}\nroles = ["read@app"]`;
    const made = await stack({
      "main.tf":
        base("atlas") +
        block("federated_user", "a", user('"one"', "apps")) +
        block("federated_user", "c", user('"two"', "apps")),
    });
    await made.ok("apply", "-auto-approve");
    // The new grant goes through a new identity provider, and the name of the other one changes at its address.
    await made.folder.write({
      "main.tf":
        base("atlas") +
        base("atlas", "more") +
        later("one") +
        block("federated_user", "b", user(LATER, "more")) +
        block("federated_user", "c", user('"three"', "apps")),
    });
    await made.ok("apply", "-auto-approve");
    await made.unchanged();
  });
});
