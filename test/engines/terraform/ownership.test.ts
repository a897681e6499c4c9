/** An object that passes from one address to another, under the real CLI. */

import { expect, test } from "vitest";
import { FEDERATION, ORG, PROJECT } from "../../support/ids.ts";
import { describeTerraform } from "../../support/terraform.ts";
import { type Stack, stack, writes } from "./stack.ts";

type Plane = "atlas" | "cloud-manager";

const place = { atlas: `federation_settings_id = "${FEDERATION}"`, "cloud-manager": `project_id = "${PROJECT}"` };
const provider = (plane: Plane, name: string) => `${place[plane]}
  idp_type           = "${name === "people" ? "WORKFORCE" : "WORKLOAD"}"
  configuration_name = "${name}"
  issuer_uri         = "https://idp.example.com"
  audience           = "${name}"
  authorization_type = "${name === "people" ? "GROUP" : "USER"}"
  ${name === "people" ? 'client_id = "mongodb"' : ""}`;
const idp = (plane: Plane, name: string) => block("identity_provider", name, provider(plane, name));
const connection = (name: string) => `org_id = "${ORG}"
  identity_provider = mongofed_identity_provider.${name}.reference`;
/** An identity provider through which grants are made. */
const connected = (plane: Plane, name: string) =>
  idp(plane, name) + (plane === "atlas" ? block("org_connection", name, connection(name)) : "");
const grant = (plane: Plane, who: string, name = "corp") => `project_id        = "${PROJECT}"
  identity_provider = mongofed_${plane === "atlas" ? `org_connection.${name}.identity_provider` : `identity_provider.${name}.reference`}
  roles             = ["read@app"]
  ${who}`;
const role = `project_id = "${PROJECT}"
  role_name  = "payments"
  roles      = ["read@pay"]`;

const PLANES = ["atlas", "cloud-manager"] as const;

/** The inputs of one resource of each type. */
function subjectsOf(plane: Plane): [type: string, inputs: string][] {
  return [
    ["database_role", role],
    ["federated_user", grant(plane, 'principal = "app:1"')],
    ["oidc_role", grant(plane, 'group = "dba"', "people")],
    ["identity_provider", provider(plane, "ci")],
    plane === "atlas"
      ? ["org_connection", connection("free")]
      : ["project_tls", `project_id = "${PROJECT}"\n  ca_file_path = "/etc/mongodb/corp-ca.pem"`],
  ];
}

const block = (type: string, name: string, inputs: string, more = "") =>
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
  test.each(PLANES)("stays: one of each type in %s, whose renames are refused without moved blocks", async (plane) => {
    const subjects = subjectsOf(plane);
    const before = connected(plane, "corp") + connected(plane, "people") + idp(plane, "free");
    const declared = (name: string, adopt = false) =>
      before +
      subjects
        .map(([type, inputs]) => block(type, name, inputs, adopt && type !== "project_tls" ? "adopt = true" : ""))
        .join("");
    const made = await stack({ "main.tf": declared("a") }, plane);
    const { ok, folder, unchanged, emulator } = made;
    await ok("apply", "-auto-approve");

    await folder.write({ "main.tf": declared("b", true) });
    const found = await refused(made, TIMES);
    expect(found).toHaveLength(subjects.length);
    expect(new Set(found).size).toBe(subjects.length);
    for (const refusal of found) expect(refusal).toMatch(/^FED221 /);
    expect(await refused(made, 1, "-refresh=false")).toEqual(found);

    await folder.write({ "main.tf": declared("b") });
    expect(await refused(made, 1)).toEqual(found);
    const moved = subjects.map(([type]) => `moved {\n  from = mongofed_${type}.a\n  to   = mongofed_${type}.b\n}\n`);
    await folder.write({ "main.tf": declared("b") + moved.join("") });
    await ok("apply", "-auto-approve");
    expect(writes(emulator)).toEqual([]);
    await unchanged();
    await ok("destroy", "-auto-approve");
  });

  test.each(PLANES)("is not destroyed by an element of count that is put in front: %s", async (plane) => {
    const users = `${connected(plane, "corp")}
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
    const users = `${connected(plane, "corp")}
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
    const a = block("database_role", "a", role, "provider = mongofed.one");
    const b = block("database_role", "b", role, "provider = mongofed.two\n  adopt = true");
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
