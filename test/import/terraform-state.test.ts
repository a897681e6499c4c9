import { expect, test } from "vitest";
import { readTerraformState, TerraformStateError } from "../../provider/import/terraform-state.ts";
import { ORG, PROJECT } from "../support/ids.ts";

const role = { mode: "managed", type: "mongodbatlas_custom_db_role", name: "orders" };
const values = (roleName: string) => ({ project_id: PROJECT, role_name: roleName });

test("a state file and terraform show tell the same objects, with their modules and instances", () => {
  const stored = {
    version: 4,
    resources: [
      { ...role, instances: [{ attributes: values("a") }] },
      { ...role, module: "module.shop", instances: [{ index_key: "x.y", attributes: values("b") }] },
      { ...role, name: "many", instances: [{ index_key: 0, attributes: values("c") }] },
      { ...role, mode: "data", instances: [{ attributes: values("d") }] },
      { ...role, type: "random_id", instances: [{ attributes: {} }] },
    ],
  };
  const type = role.type;
  const child = { address: `module.shop.${type}.orders["x.y"]`, index: "x.y", ...role, values: values("b") };
  const shown = {
    values: {
      root_module: {
        resources: [
          { address: `${type}.orders`, ...role, values: values("a") },
          { address: `${type}.many[0]`, ...role, name: "many", index: 0, values: values("c") },
        ],
        child_modules: [{ resources: [child] }],
      },
    },
  };
  const { moves, projectIds } = readTerraformState(JSON.stringify(stored));
  expect(Object.fromEntries(moves)).toEqual({
    [`mongofed_database_role ${PROJECT}/a`]: { from: `${type}.orders`, name: "orders", isInstance: false },
    [`mongofed_database_role ${PROJECT}/b`]: {
      from: `module.shop.${type}.orders["x.y"]`,
      name: "orders-x-y",
      isInstance: true,
    },
    [`mongofed_database_role ${PROJECT}/c`]: { from: `${type}.many[0]`, name: "many-0", isInstance: true },
  });
  expect(projectIds).toEqual([PROJECT]);
  expect(Object.fromEntries(readTerraformState(JSON.stringify(shown)).moves)).toEqual(Object.fromEntries(moves));
});

test("keys of instances stay text, and an address that holds code is left out", () => {
  const template = `\${file("/etc/passwd")}`;
  const resources = [
    { ...role, instances: [{ index_key: template, attributes: values("a") }] },
    { ...role, module: `module.x\n}\nresource`, instances: [{ attributes: values("b") }] },
  ];
  const froms = [...readTerraformState(JSON.stringify({ resources })).moves.values()].map(({ from }) => from);
  expect(froms).toEqual([`${role.type}.orders["$\${file(\\"/etc/passwd\\")}"]`]);
});

test("the connections of a state do not move", () => {
  const type = "mongodbatlas_federated_settings_org_config";
  const resource = { ...role, type, name: "corp", instances: [{ attributes: { org_id: ORG } }] };
  const state = readTerraformState(JSON.stringify({ resources: [resource] }));
  expect(state).toEqual({ moves: new Map(), connections: [`${type}.corp`], orgIds: [ORG], projectIds: [] });
});

test.each(["", "{}", "[]", "resource {}"])("%j is no state", (text) => {
  expect(() => readTerraformState(text)).toThrow(TerraformStateError);
});
