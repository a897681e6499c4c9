/** An object that passes from one address to another, under the real CLI. */

import { expect, test } from "vitest";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { type Stack, stack, writes } from "./stack.ts";

type Plane = "atlas" | "cloud-manager";

interface Subject {
  readonly plane: Plane;
  readonly type: string;
  /** Declared at an address that never changes. */
  readonly before: string;
  readonly inputs: string;
}

const place = { atlas: `federation_settings_id = "${FEDERATION}"`, "cloud-manager": `project_id = "${PROJECT}"` };
const provider = (plane: Plane, people = false) => `${place[plane]}
  idp_type           = "${people ? "WORKFORCE" : "WORKLOAD"}"
  configuration_name = "corp"
  issuer_uri         = "https://idp.example.com"
  audience           = "mongodb"
  authorization_type = "${people ? "GROUP" : "USER"}"
  ${people ? 'client_id = "mongodb"' : ""}`;
const idp = (plane: Plane, people = false) =>
  `resource "mongofed_identity_provider" "corp" {\n  ${provider(plane, people)}\n}\n`;
const connection = `resource "mongofed_org_connection" "platform" {
  org_id            = "${ORG}"
  identity_provider = mongofed_identity_provider.corp.reference
}
`;
const through = {
  atlas: "mongofed_org_connection.platform.identity_provider",
  "cloud-manager": "mongofed_identity_provider.corp.reference",
};
const grant = (plane: Plane, who: string) => `project_id        = "${PROJECT}"
  identity_provider = ${through[plane]}
  roles             = ["read@app"]
  ${who}`;
const role = `project_id = "${PROJECT}"
  role_name  = "payments"
  roles      = ["read@pay"]`;

const PLANES = ["atlas", "cloud-manager"] as const;
const own = (plane: Plane) => idp(plane) + (plane === "atlas" ? connection : "");

const SUBJECTS: readonly Subject[] = [
  { plane: "atlas", type: "database_role", before: "", inputs: role },
  {
    plane: "atlas",
    type: "federated_user",
    before: idp("atlas") + connection,
    inputs: grant("atlas", 'principal = "app:1"'),
  },
  {
    plane: "atlas",
    type: "oidc_role",
    before: idp("atlas", true) + connection,
    inputs: grant("atlas", 'group = "dba"'),
  },
  {
    plane: "atlas",
    type: "org_connection",
    before: idp("atlas"),
    inputs: `org_id = "${ORG}"\n  identity_provider = mongofed_identity_provider.corp.reference`,
  },
  { plane: "atlas", type: "identity_provider", before: "", inputs: provider("atlas") },
  { plane: "cloud-manager", type: "database_role", before: "", inputs: role },
  {
    plane: "cloud-manager",
    type: "federated_user",
    before: idp("cloud-manager"),
    inputs: grant("cloud-manager", 'principal = "app:1"'),
  },
  {
    plane: "cloud-manager",
    type: "oidc_role",
    before: idp("cloud-manager", true),
    inputs: grant("cloud-manager", 'group = "dba"'),
  },
  { plane: "cloud-manager", type: "identity_provider", before: "", inputs: provider("cloud-manager") },
  {
    plane: "cloud-manager",
    type: "project_tls",
    before: "",
    inputs: `project_id = "${PROJECT}"\n  ca_file_path = "/etc/mongodb/corp-ca.pem"`,
  },
];

const block = ({ type, inputs }: Pick<Subject, "type" | "inputs">, name: string, more = "") =>
  `resource "mongofed_${type}" "${name}" {\n  ${inputs}\n  ${more}\n}\n`;

/** The codes and objects that a refused plan names, in an order of their own. */
function refusals(printed: string): string[] {
  const headlines = printed.matchAll(/Error: (?<code>FED\d+) [a-z-]+: (?<message>[^\n]*)/g);
  return [...headlines].map(({ groups }) => `${groups?.code} ${idIn(groups?.message ?? "")}`).sort();
}

function idIn(message: string): string {
  return /\((?<id>[^()]*\/[^()]*|[0-9a-f]{24})\)/.exec(message)?.groups?.id ?? message;
}

/** Plans several times, and expects the same answer each time. */
async function refused({ fails, emulator }: Stack, times: number, ...args: readonly string[]): Promise<string[]> {
  writes(emulator);
  const printed: string[] = [];
  for (let run = 0; run < times; run++) printed.push(await fails("plan", ...args));
  expect(writes(emulator)).toEqual([]);
  const [first = "", ...others] = printed;
  for (const other of others) expect(refusals(other)).toEqual(refusals(first));
  expect(first).toMatch(/moved \{ from = <old> {2}to = <new> \}[\s\S]*terraform state rm '<old>'/);
  return refusals(first);
}

const TIMES = 3;

describeTerraform("an object that passes to another address", () => {
  test.each(SUBJECTS)("stays: $type of $plane, whose rename is refused without a moved block", async (subject) => {
    const { plane, before, type } = subject;
    const made = await stack({ "main.tf": before + block(subject, "a") }, plane);
    const { ok, folder, unchanged, emulator } = made;
    await ok("apply", "-auto-approve");

    await folder.write({
      "main.tf": before + block(subject, "b", "adopt = true".repeat(type === "project_tls" ? 0 : 1)),
    });
    const found = await refused(made, TIMES);
    expect(found).toEqual([expect.stringMatching(/^FED221 /)]);
    expect(await refused(made, 1, "-refresh=false")).toEqual(found);

    const moved = `moved {\n  from = mongofed_${type}.a\n  to   = mongofed_${type}.b\n}\n`;
    await folder.write({ "main.tf": before + block(subject, "b") });
    expect(await refused(made, 1)).toEqual(found);
    await folder.write({ "main.tf": before + block(subject, "b") + moved });
    await ok("apply", "-auto-approve");
    expect(writes(emulator)).toEqual([]);
    await unchanged();
    await ok("destroy", "-auto-approve");
  });

  test.each(PLANES)("is not destroyed by an element of count that is put in front: %s", async (plane) => {
    const users = `${own(plane)}
variable "apps" {
  type    = list(string)
  default = ["app:2", "app:3"]
}
resource "mongofed_federated_user" "app" {
  count             = length(var.apps)
  ${grant(plane, "principal = var.apps[count.index]")}
}
`;
    const made = await stack({ "main.tf": users }, plane);
    await made.ok("apply", "-auto-approve");
    const two = expect.stringMatching(/^FED221 .*app:2$/);
    const three = expect.stringMatching(/^FED221 .*app:3$/);
    expect(await refused(made, TIMES, '-var=apps=["app:1","app:2","app:3"]')).toEqual([two, three]);
    // Two that swap their places, and one that takes the place of another.
    expect(await refused(made, 1, '-var=apps=["app:3","app:2"]')).toEqual([two, three]);
    expect(await refused(made, 1, '-var=apps=["app:3"]')).toEqual([three]);
    await made.ok("apply", "-auto-approve", '-var=apps=["app:2","app:3","app:1"]');
    await made.ok("apply", "-auto-approve", '-var=apps=["app:2"]');
    expect(await made.state()).toMatch(/app:2/);
    expect(await made.state()).not.toMatch(/app:[13]/);
  });

  test.each(PLANES)("is not destroyed by another key of for_each: %s", async (plane) => {
    const users = `${own(plane)}
variable "key" {
  default = "api"
}
resource "mongofed_federated_user" "app" {
  for_each          = { (var.key) = "app:2" }
  ${grant(plane, "principal = each.value")}
}
`;
    const made = await stack({ "main.tf": users }, plane);
    await made.ok("apply", "-auto-approve");
    writes(made.emulator);
    expect(await refused(made, TIMES, "-var=key=shop-api")).toEqual([expect.stringMatching(/^FED221 .*app:2$/)]);
    expect(await made.fails("apply", "-auto-approve", "-var=key=shop-api")).toContain("FED221");
    // As the refusal says.
    await made.folder.run("state", "rm", 'mongofed_federated_user.app["api"]');
    await made.folder.write({ "main.tf": users.replace("principal ", "adopt = true\n  principal ") });
    await made.ok("apply", "-auto-approve", "-var=key=shop-api");
    expect(writes(made.emulator)).toEqual([]);
    await made.unchanged("-var=key=shop-api");
  });

  test("is not destroyed through one provider alias and adopted through another", async () => {
    const alias = (name: string, after = "") =>
      `provider "mongofed" {\n  alias = "${name}"\n  plane = "atlas"\n  wait  = ${after === "" ? '"off"' : after}\n}\n`;
    const one = alias("one");
    const two = alias("two");
    const a = block({ type: "database_role", inputs: role }, "a", "provider = mongofed.one");
    const b = block({ type: "database_role", inputs: role }, "b", "provider = mongofed.two\n  adopt = true");
    const made = await stack({ "main.tf": one + two + a });
    await made.ok("apply", "-auto-approve");
    await made.folder.write({ "main.tf": one + two + b });
    const found = [`FED221 ${PROJECT}/payments`];
    expect(await refused(made, TIMES)).toEqual(found);
    expect(await refused(made, 1, "-refresh=false")).toEqual(found);
    // The second alias starts when the first one has ended.
    const late = `${one}${alias("two", "terraform_data.late.input")}\nresource "terraform_data" "late" {\n  input = "off"\n}\n`;
    await made.folder.write({ "main.tf": late + a });
    await made.ok("apply", "-auto-approve");
    await made.folder.write({ "main.tf": late + b });
    expect(await refused(made, 1)).toEqual(found);
    expect(await made.fails("apply", "-auto-approve")).toContain("FED221");
    // Both declare it.
    await made.folder.write({ "main.tf": late + a + b });
    expect(await refused(made, 1)).toEqual(found);
    await made.ok("destroy", "-auto-approve");
  });
});
