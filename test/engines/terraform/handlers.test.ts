/** Responses of the handlers that the real CLI shows only indirectly. */

import { expect, onTestFinished, test, vi } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import type {
  Attributes,
  Diagnostic,
  ObjectValue,
  ProviderHandlers,
} from "../../../provider/engines/terraform/protocol.ts";
import { emulated } from "../../support/emulator.ts";
import { FEDERATION, PROJECT } from "../../support/ids.ts";

const TYPE = "mongofed_database_role";
const handling = { signal: new AbortController().signal };

const role = { project_id: PROJECT, role_name: "reader", roles: ["clusterMonitor", "read@app"] };

async function world(): Promise<Emulator> {
  const emulator = await emulated();
  for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  return emulator;
}

/** One process of the provider, as Terraform starts one for each walk. */
async function start(block: ObjectValue = {}): Promise<ProviderHandlers> {
  vi.resetModules();
  const { providerHandlers } = await import("../../../provider/engines/terraform/handlers.ts");
  const handlers = providerHandlers();
  const config = { ...nulls(handlers.schema().provider.block.attributes), wait: "off", ...block };
  expect(await handlers.configureProvider({ config, terraformVersion: "1.11.4" }, handling)).toEqual({
    diagnostics: [],
  });
  return handlers;
}

function nulls(attributes: Attributes): ObjectValue {
  return Object.fromEntries(Object.keys(attributes).map((name) => [name, null]));
}

/** With every attribute, as Terraform sends it. */
function whole(handlers: ProviderHandlers, given: ObjectValue, typeName = TYPE): ObjectValue {
  return { ...nulls(handlers.schema().resources[typeName]?.block.attributes ?? {}), ...given };
}

interface Kept {
  readonly state: ObjectValue;
  readonly private: string;
}

async function plan(
  handlers: ProviderHandlers,
  given: ObjectValue,
  kept?: Kept,
  typeName = TYPE,
  priorPrivate = kept?.private ?? "",
) {
  const config = whole(handlers, given, typeName);
  const request = {
    typeName,
    config,
    proposedNewState: config,
    priorState: kept?.state ?? null,
    priorPrivate,
  };
  return await handlers.planResourceChange(request, handling);
}

async function up(
  handlers: ProviderHandlers,
  given: ObjectValue,
  kept?: Kept,
): Promise<Kept & { told: readonly Diagnostic[] }> {
  const { plannedState, plannedPrivate = "" } = await plan(handlers, given, kept);
  const config = whole(handlers, given);
  const request = { typeName: TYPE, config, plannedState, plannedPrivate, priorState: kept?.state ?? null };
  const { newState, private: text = "", diagnostics = [] } = await handlers.applyResourceChange(request, handling);
  return { state: newState as ObjectValue, private: text, told: diagnostics };
}

async function refresh(handlers: ProviderHandlers, { state, private: text }: Kept) {
  return await handlers.readResource({ typeName: TYPE, currentState: state, private: text }, handling);
}

/** Somebody gives the role more than was declared. */
const meddle = (emulator: Emulator) =>
  emulator.edit({
    edit: "update-custom-role",
    projectId: PROJECT,
    roleName: "reader",
    fields: { inheritedRoles: [{ db: "admin", role: "backup" }] },
  });

const severities = (diagnostics: readonly Diagnostic[] = []) => diagnostics.map(({ severity }) => severity);

test("keeps configured values in their spelling, whatever the server returns", async () => {
  await world();
  const made = await up(await start(), role);
  expect(made.state).toMatchObject({ ...role, database: "admin", privileges: [], id: `${PROJECT}/reader` });
  const handlers = await start();
  const { newState } = await refresh(handlers, made);
  expect(newState).toEqual(made.state);
  const respelled = { ...role, roles: ["read@app", "clusterMonitor@admin"], privileges: [] };
  expect((await plan(handlers, respelled, made)).plannedState).toEqual(made.state);
});

test("drift that is to be left is told, and planned as it is, until the configuration changes", async () => {
  const emulator = await world();
  const made = await up(await start(), role);
  meddle(emulator);
  const handlers = await start({ drift: "warn" });
  const { newState, private: text = "" } = await refresh(handlers, made);
  expect(newState).toMatchObject({ roles: ["backup@admin"] });
  const seen = { state: newState as ObjectValue, private: text };
  const left = await plan(handlers, role, seen);
  expect(left.plannedState).toEqual(newState);
  expect(left.diagnostics).toMatchObject([{ severity: "warning", detail: expect.stringContaining("left as it is") }]);
  const edited = await plan(await start({ drift: "warn" }), { ...role, roles: ["read@other"] }, seen);
  expect(edited.plannedState).toMatchObject({ roles: ["read@other"] });

  const strict = await start({ drift: "fail" });
  const failed = await plan(strict, role, seen);
  expect(failed.diagnostics?.at(-1)).toMatchObject({ severity: "error", summary: expect.stringContaining("FED230") });

  const blind = await start({ drift: "off" });
  emulator.clearRequests();
  expect((await refresh(blind, made)).newState).toEqual(made.state);
  expect(emulator.requests()).toEqual([]);
});

test("creates a missing object again only if drift is corrected", async () => {
  const emulator = await world();
  const made = await up(await start(), role);
  emulator.edit({ edit: "remove-custom-role", projectId: PROJECT, roleName: "reader" });
  const gone = await refresh(await start(), made);
  expect(gone).toMatchObject({ newState: null, diagnostics: [{ severity: "warning" }] });
  for (const drift of ["warn", "fail"]) {
    const handlers = await start({ drift });
    expect((await refresh(handlers, made)).newState).toEqual(made.state);
    const { diagnostics } = await plan(handlers, role, made);
    expect(severities(diagnostics)).toEqual(drift === "warn" ? ["warning"] : ["warning", "error"]);
  }
});

test("an object that is made, and not applied by the clusters in time, is not taken for broken", async () => {
  const emulator = await world();
  emulator.edit({ edit: "set-behaviour", behaviour: { applySeconds: "never" } as never });
  const made = await up(await start({ wait: "1s" }), role);
  expect(made.state).toMatchObject({ id: `${PROJECT}/reader` });
  expect(made.told).toMatchObject([{ severity: "warning", summary: expect.stringContaining("FED421") }]);
});

test("a state of another version has what there is now, and a stranger's becomes what it can", async () => {
  const handlers = await start({ credentials: "env:NOBODY" });
  const rawState = {
    id: `${PROJECT}/reader`,
    role_name: "reader",
    former: true,
    privileges: [{ actions: ["find"], resource: {} }],
  };
  const { upgradedState } = await handlers.upgradeResourceState({ typeName: TYPE, version: 0, rawState }, handling);
  expect(upgradedState).toEqual(
    whole(handlers, {
      id: `${PROJECT}/reader`,
      role_name: "reader",
      privileges: [{ actions: ["find"], resource: { cluster: null, database: null, collection: null } }],
    }),
  );
  const move = { sourceProviderAddress: "", sourceSchemaVersion: 0, sourceTypeName: "mongodbatlas_database_user" };
  const sourceState = { project_id: PROJECT, username: "idp/dba", oidc_auth_type: "IDP_GROUP" };
  const to = (targetTypeName: string) => handlers.moveResourceState({ ...move, sourceState, targetTypeName }, handling);
  expect((await to("mongofed_oidc_role")).targetState).toMatchObject({ id: `${PROJECT}/idp/dba`, roles: null });
  await expect(to("mongofed_federated_user")).rejects.toThrow('one with "USER" a mongofed_federated_user');
  await expect(to(TYPE)).rejects.toThrow("mongodbatlas_custom_db_role to mongofed_database_role");
});

test("plans a replacement twice, and takes it for one declaration; a second declaration is an error", async () => {
  await world();
  const made = await up(await start(), role);
  const handlers = await start();
  await refresh(handlers, made);
  const first = await plan(handlers, role, made);
  expect(first.diagnostics).toEqual([]);
  // Terraform plans the creation with the private text of the plan before.
  const creation = await plan(handlers, role, undefined, TYPE, first.plannedPrivate);
  expect(creation.diagnostics).toMatchObject([{ severity: "warning", summary: expect.stringContaining("is kept") }]);
  const second = await plan(handlers, role);
  expect(second.diagnostics?.map(({ summary }) => summary.slice(0, 6))).toEqual(["FED330", "FED221"]);
});

test("sample tokens are judged where everything is planned, and never by half of it", async () => {
  await world();
  const check = {
    tokens: { "a DBA": { claims: '{"sub":"d"}', expect: { accepted: "corp", can: ["find app.x"] } } },
    identity_providers: ["corp"],
  };
  const type = "mongofed_token_check";
  const provider = {
    federation_settings_id: FEDERATION,
    idp_type: "WORKFORCE",
    configuration_name: "corp",
    issuer_uri: "https://idp.example.com",
    audience: "a",
    client_id: "c",
    authorization_type: "GROUP",
  };
  const first = await start();
  expect(await plan(first, check, undefined, type)).toMatchObject({
    diagnostics: [
      { severity: "warning", summary: expect.stringContaining("nothing is planned before it that is called corp") },
    ],
    plannedState: { tokens: { "a DBA": { claims: null, expect: { can: ["find app.x"] } } } },
  });
  await plan(first, provider, undefined, "mongofed_identity_provider");
  const judged = await plan(first, check, undefined, type);
  expect(severities(judged.diagnostics)).toEqual(["error", "error"]);
  expect(judged.diagnostics?.[0]).toMatchObject({
    summary: expect.stringContaining("FED150"),
    attribute: ["tokens", "a DBA"],
  });
  // From here on it is an apply, which plans again only what is about to change.
  await up(first, role);
  expect((await plan(first, check, undefined, type)).diagnostics).toEqual([]);
});
