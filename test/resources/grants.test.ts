import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Seed } from "../../provider/emulator/index.ts";
import { databaseRole } from "../../provider/resources/database-role.ts";
import type { Definition, Props } from "../../provider/resources/definition.ts";
import { federatedUser } from "../../provider/resources/federated-user.ts";
import type { DriftMode } from "../../provider/resources/lifecycle/drift-mode.ts";
import { oidcRole } from "../../provider/resources/oidc-role.ts";
import { databaseRoleShape } from "../../schema/database-role.ts";
import { grantFields } from "../../schema/grant.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { FEDERATION, IDP, ORG, OTHER_IDP, OTHER_PROJECT, PROJECT } from "../support/ids.ts";
import {
  type Bench,
  bench,
  changed,
  IGNORED,
  NAME,
  preview,
  RELATED,
  type Run,
  refresh,
  type State,
  same,
  up,
  update,
} from "./harness.ts";

const provider = (id: string, name: string, authorizationType: string) => ({
  protocol: "OIDC" as const,
  idpType: "WORKLOAD",
  id,
  displayName: name,
  issuerUri: "https://idp.example.com",
  audience: name,
  authorizationType,
});
const seed: Seed = {
  organizations: [
    {
      id: ORG,
      name: "Platform",
      projects: [
        { id: PROJECT, name: "billing", clusters: [{ name: "cluster0" }, { name: "cluster1" }] },
        { id: OTHER_PROJECT, name: "orders" },
      ],
    },
  ],
  federations: [
    {
      id: FEDERATION,
      identityProviders: [provider(IDP, "people", "GROUP"), provider(OTHER_IDP, "programs", "USER")],
      connectedOrgs: [{ orgId: ORG, dataAccessIdentityProviderIds: [IDP, OTHER_IDP] }],
    },
  ],
  behaviour: { maxDatabaseUsers: 2_000 },
};

const reference = (identityProviderId: string, configurationName: string, authorizationType: string) => ({
  federationSettingsId: FEDERATION,
  identityProviderId,
  configurationName,
  idpType: "WORKLOAD",
  authorizationType,
});
const people = reference(IDP, "people", "GROUP");
const programs = reference(OTHER_IDP, "programs", "USER");

const access = {
  projectId: PROJECT,
  roles: ["readWrite@app", "read@app.orders"],
  scopes: [{ name: "cluster0" }],
  labels: [{ key: "team", value: "billing" }],
  description: "ours",
};
const group: Props = { ...access, identityProvider: people, group: "Orders/DBA team", [NAME]: "dba" };
const user: Props = { ...access, identityProvider: programs, principal: "svc/billing", [NAME]: "billing" };
const role: Props = {
  projectId: PROJECT,
  roleName: "reader",
  privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
  roles: ["read@archive"],
  [NAME]: "reader",
};

/** Each kind: its program, and where its object stands in the world. */
const subjects = [
  { definition: oidcRole, program: group, id: `${PROJECT}/${IDP}/Orders/DBA team`, named: "group", other: "SRE" },
  {
    definition: federatedUser,
    program: user,
    id: `${PROJECT}/${OTHER_IDP}/svc/billing`,
    named: "principal",
    other: "x",
  },
  { definition: databaseRole, program: role, id: `${PROJECT}/reader`, named: "roleName", other: "writer" },
] as const;

interface Scene extends Bench {
  readonly state: State;
}

async function made(definition: Definition, program: Props): Promise<Scene> {
  const world = await bench({ seed });
  const state = await up(definition, world.run(), program);
  world.requests();
  return { ...world, state };
}

const writes = (requests: string[]) => requests.filter((request) => !request.startsWith("GET"));
const inMode = (run: Run, drift: DriftMode): Run => ({ ...run, drift });

/** The object of a subject, as the world has it. */
function live({ emulator }: Bench, definition: Definition): Record<string, unknown> | undefined {
  const { databaseUsers, customDbRoles } = emulator.world().atlas;
  return definition === databaseRole ? customDbRoles[0] : databaseUsers[0];
}

/** Somebody edits, or removes, the object of a subject. */
function editHand(world: Bench, definition: Definition, fields: Record<string, unknown> | undefined): void {
  const { emulator } = world;
  if (definition === databaseRole) {
    const roleName = "reader";
    emulator.edit(
      fields === undefined
        ? { edit: "remove-custom-role", projectId: PROJECT, roleName }
        : { edit: "update-custom-role", projectId: PROJECT, roleName, fields },
    );
    return;
  }
  const username = String(live(world, definition)?.username);
  emulator.edit(
    fields === undefined
      ? { edit: "remove-database-user", projectId: PROJECT, username }
      : { edit: "update-database-user", projectId: PROJECT, username, fields },
  );
}

describe.each(subjects)("$definition.kind", ({ definition, program, id, named, other }) => {
  test("has an id that finds it again, slashes and spaces in its name or not", async () => {
    const world = await made(definition, program);
    expect(world.state.id).toBe(id);
    const found = await refresh(definition, world.run(), { id, inputs: {}, outputs: {} });
    expect(found?.inputs).toMatchObject({ projectId: PROJECT, [named]: program[named], roles: program.roles });
    await expect(refresh(definition, world.run(), { id: `${id}x`, inputs: {}, outputs: {} })).rejects.toThrow(
      new RegExp(
        `has no ${named === "roleName" ? "role" : named} ${program[named as keyof typeof program]}x.*Check the id`,
        "s",
      ),
    );
    await expect(refresh(definition, world.run(), { id: "staff", inputs: {}, outputs: {} })).rejects.toThrow(
      /is not the id of a resource .*\{projectId\}/s,
    );
  });

  test("has nothing to do when nothing has changed, whatever order and spelling", async () => {
    const world = await made(definition, program);
    expect(await preview(definition, world.run(), world.state, program)).toEqual(same);
    const roles = [...(program.roles as string[])].reverse().map((text) => {
      const [name = "", at = ""] = text.split("@");
      const [database = "", collection] = at.split(".");
      return { role: name, database, ...(collection === undefined ? {} : { collection }) };
    });
    expect(await preview(definition, world.run(), world.state, { ...program, roles })).toEqual(same);
    expect(writes(world.requests())).toEqual([]);
  });

  test("is another object under another name or in another project: made first, and the old one deleted last", async () => {
    const world = await made(definition, program);
    for (const [input, value] of [
      [named, other],
      ["projectId", OTHER_PROJECT],
    ] as const) {
      expect(await preview(definition, world.run(), world.state, { ...program, [input]: value })).toEqual({
        changes: true,
        replaces: [input],
        deleteBeforeReplace: false,
      });
    }
    expect(await preview(definition, world.run(), world.state, { ...program, [named]: UNKNOWN })).toEqual(changed);
  });

  test("that was deleted outside the stack is told and made anew, left or refused, as mongofed:drift says", async () => {
    const world = await made(definition, program);
    editHand(world, definition, undefined);
    const run = world.run();
    expect(await preview(definition, run, world.state, program)).toEqual({
      changes: true,
      replaces: [named],
      deleteBeforeReplace: true,
      recreates: true,
    });
    expect(run.told.join("\n")).toMatch(/^drift {2}.* was deleted outside this stack: up creates it again$/);
    await definition.delete(run, world.state.id, world.state.outputs);
    const again = await up(definition, run, program);
    expect(again.id).toBe(id);

    // Pulumi updates it in place. A run whose preview did not find it gone creates nothing.
    editHand(world, definition, undefined);
    await expect(update(definition, world.run(), world.state, program)).rejects.toThrow(/since the preview/);
    const other = world.run();
    await preview(definition, other, world.state, program);
    const recreated = await update(definition, other, world.state, program);
    expect(recreated).toEqual({ ...world.state, inputs: recreated.inputs });
    expect(await preview(definition, world.run(), recreated, program)).toEqual(same);

    editHand(world, definition, undefined);
    const warned = inMode(world.run(), "warn");
    expect(await preview(definition, warned, world.state, program)).toEqual(same);
    expect(warned.told.join("\n")).toMatch(/left as it is/);
    await expect(preview(definition, inMode(world.run(), "fail"), world.state, program)).rejects.toThrow("FED230");
    expect(await preview(definition, inMode(world.run(), "off"), world.state, program)).toEqual(same);
    expect(await refresh(definition, world.run(), world.state)).toBeUndefined();
  });

  test("is not gone because its project cannot be found, nor on another control plane", async () => {
    const world = await made(definition, program);
    world.emulator.edit({ edit: "remove-project", id: PROJECT });
    await expect(preview(definition, world.run(), world.state, program)).rejects.toThrow("FED228");
    await expect(refresh(definition, world.run(), world.state)).rejects.toThrow("FED228");
    await expect(definition.delete(world.run(), world.state.id, world.state.outputs)).rejects.toThrow("FED228");
    const elsewhere = { ...world.state.outputs, __bound: { plane: "atlas", baseUrl: "https://cloud.example.com" } };
    await expect(preview(definition, world.run(), { ...world.state, outputs: elsewhere }, program)).rejects.toThrow(
      "FED227",
    );
  });

  test("is taken over where it is equal, listed where it differs, and changed on request", async () => {
    const world = await made(definition, program);
    await expect(up(definition, world.run(), program)).rejects.toThrow(/FED221/);
    const equal = await up(definition, world.run(), { ...program, adopt: true });
    expect(equal.id).toBe(id);
    expect(equal.outputs).not.toHaveProperty("adopt");
    expect(writes(world.requests())).toEqual([]);
    const differing = { ...program, roles: ["read@other"] };
    await expect(up(definition, world.run(), { ...differing, adopt: true })).rejects.toThrow(/FED225/);
    const run = world.run();
    const taken = await up(definition, run, { ...differing, adopt: "overwrite" });
    expect(run.told.join("\n")).toMatch(
      /^adopt {2}.* takes over .*\n +roles +live .* wanted \["read@other"\] +up changes it/,
    );
    expect(taken.outputs.roles).toEqual(["read@other"]);
    expect(writes(world.requests())).toHaveLength(1);
    // The old name of it in the state must not take it away from the new one.
    await definition.delete(run, world.state.id, world.state.outputs);
    expect(live(world, definition)).toBeDefined();
  });

  test("is not asked for offline, where it is noted what nobody has looked at", async () => {
    const world = await made(definition, program);
    const offline = (): Run => ({ ...world.run(), offline: "the test says so" });
    const run = offline();
    expect(await preview(definition, run, world.state, { ...program, roles: ["read@other"] })).toEqual(changed);
    expect(await definition.check(run, {}, program)).toMatchObject({ findings: [] });
    expect(await refresh(definition, run, world.state)).toMatchObject({ outputs: world.state.outputs });
    await expect(refresh(definition, offline(), { id, inputs: {}, outputs: {} })).rejects.toThrow("the test says so");
    expect(run.memory.notices.skipped.join("\n")).toMatch(
      /the live settings[\s\S]*whether it exists already[\s\S]*its refresh/,
    );
    expect(world.requests()).toEqual([]);
  });

  test("is not made anew when all of its kind are gone at once", async () => {
    const world = await made(definition, program);
    const second = { ...program, [named]: other };
    const both = [
      [world.state, program],
      [await up(definition, world.run(), second), second],
    ] as const;
    for (const [state] of both) await definition.delete(world.run(), state.id, state.outputs);
    const run = world.run();
    expect(await preview(definition, run, ...both[0])).toMatchObject({ replaces: [named] });
    await expect(preview(definition, run, ...both[1])).rejects.toThrow(/FED229 .*project \w+/);
  });

  test("is kept as incomplete when the clusters do not apply it in time, and waits again in the next run", async () => {
    const world = await bench({ seed });
    world.emulator.edit({
      edit: "update-cluster",
      projectId: PROJECT,
      name: "cluster1",
      fields: { applySeconds: "never" },
    });
    const run = { ...world.run(), waitMs: 20 };
    await expect(up(definition, run, program)).rejects.toMatchObject({
      name: "IncompleteError",
      id,
      outputs: expect.objectContaining({ projectId: PROJECT }),
      message: expect.stringMatching(/FED421 .*cluster1 had not applied it/),
    });
    expect(live(world, definition)).toBeDefined();
    const { inputs } = await definition.check(world.run(), { projectId: PROJECT }, program);
    world.emulator.edit({
      edit: "update-cluster",
      projectId: PROJECT,
      name: "cluster1",
      fields: { changeStatus: "APPLIED" },
    });
    world.requests();
    await definition.update(world.run(), id, { ...inputs }, inputs);
    expect(writes(world.requests())).toEqual([]);
  });
});

const GONE_IN_A_WEEK = new Date(Date.now() + 6 * 24 * 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
const IN_A_DAY = new Date(Date.now() + 24 * 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");

type Edit = [
  Definition,
  Props,
  property: string,
  fields: Record<string, unknown>,
  row: RegExp,
  items?: readonly string[],
];

/** Every input that can drift, the field of the API that somebody edits, and the row and the items that are then shown. */
const edits: readonly Edit[] = [
  ...(
    [
      [oidcRole, group],
      [federatedUser, user],
    ] as const
  ).flatMap(([definition, base]): Edit[] => {
    const program = { ...base, deleteAfterDate: GONE_IN_A_WEEK };
    return [
      [
        definition,
        program,
        "roles",
        { roles: [{ roleName: "atlasAdmin", databaseName: "admin" }] },
        /live \["atlasAdmin@admin"\] +recorded \["readWrite@app","read@app.orders"\]/,
        ['added   "atlasAdmin@admin"', 'removed "readWrite@app"', 'removed "read@app.orders"'],
      ],
      [definition, program, "scopes", { scopes: [] }, /live none +recorded \[\{"name":"cluster0"/],
      [definition, program, "labels", { labels: [] }, /live none +recorded \[\{"key":"team"/],
      [definition, program, "description", { description: "theirs" }, /live "theirs" +recorded "ours"/],
      [definition, program, "deleteAfterDate", { deleteAfterDate: IN_A_DAY }, /live "20.*Z" +recorded "20.*Z"/],
    ];
  }),
  [
    databaseRole,
    role,
    "privileges",
    { actions: [{ action: "FIND", resources: [{ cluster: true }] }] },
    /live \[\{"resource":\{"cluster":true/,
    [
      'added   {"resource":{"cluster":true},"actions":["find"]}',
      'removed {"resource":{"database":"app","collection":"orders"},"actions":["find"]}',
    ],
  ],
  [databaseRole, role, "roles", { inheritedRoles: [] }, /live none +recorded \["read@archive"\]/],
];

test("every input drifts in one of these tests, or is part of the identity", () => {
  const drifting = (definition: Definition) => edits.filter(([one]) => one === definition).map(([, , name]) => name);
  const cannot = ["adopt", "authenticationRestrictions", "identityProvider", "privileges", "projectId"];
  for (const definition of [oidcRole, federatedUser]) {
    expect([...drifting(definition), ...cannot].sort()).toEqual(Object.keys(grantFields).sort());
  }
  expect([...drifting(databaseRole), "adopt", "database", "projectId", "roleName"].sort()).toEqual(
    Object.keys(databaseRoleShape.shape).sort(),
  );
});

describe.each(edits)("drift of %o", (definition, program, property, fields, row, items = []) => {
  test(`is told and put back alone: ${definition.kind} ${property}`, async () => {
    const world = await made(definition, program);
    const before = live(world, definition);
    editHand(world, definition, fields);
    const run = world.run();
    expect(await preview(definition, run, world.state, program)).toEqual(changed);
    const lines = run.told.join("\n").split("\n");
    expect(lines[0]).toMatch(/^drift {2}\S+ "\S+" \(.*\) was changed outside this stack$/);
    expect(lines.slice(2).map((line) => line.trim())).toEqual(items);
    expect(lines[1]?.trim()).toMatch(new RegExp(`^${property} +${row.source}.* up puts it back$`));
    await update(definition, run, world.state, program);
    expect(live(world, definition)).toEqual(before);
    expect(writes(world.requests())).toHaveLength(1);
  });

  test(`shows in a refresh as a changed input, and is drift still: ${definition.kind} ${property}`, async () => {
    const world = await made(definition, program);
    editHand(world, definition, fields);
    const after = await refresh(definition, world.run(), world.state);
    expect(after?.inputs[property]).not.toEqual(world.state.inputs[property]);
    expect(await preview(definition, world.run(), after!, program)).toEqual(changed);
  });

  test(`is left alone where the program ignores it: ${definition.kind} ${property}`, async () => {
    const world = await made(definition, program);
    editHand(world, definition, fields);
    const run = world.run();
    const ignoring = { ...program, [IGNORED]: [property] };
    expect(await preview(definition, run, world.state, ignoring)).toEqual(same);
    expect(run.told).toEqual([]);
    await update(definition, run, world.state, ignoring);
    expect(writes(world.requests())).toEqual([]);
  });
});

describe("an identity provider that is replaced", () => {
  test.each([
    ["known by another id", { ...people, identityProviderId: OTHER_IDP }],
    ["not known yet", { ...people, identityProviderId: UNKNOWN }],
  ])("replaces the access through it: %s", async (_name, identityProvider) => {
    const world = await made(oidcRole, group);
    const program = { ...group, identityProvider, [RELATED]: { makesProvider: true } };
    expect(await preview(oidcRole, world.run(), world.state, program)).toMatchObject({
      replaces: ["identityProvider"],
      deleteBeforeReplace: false,
    });
  });

  test("another name of it is no change", async () => {
    const world = await made(oidcRole, group);
    const identityProvider = { ...people, configurationName: "renamed" };
    expect(await preview(oidcRole, world.run(), world.state, { ...group, identityProvider })).toEqual(same);
  });
});

describe("expiry", () => {
  test("an expired grant is no drift, stays recorded, and is created again with a later date", async () => {
    const program = { ...user, deleteAfterDate: IN_A_DAY };
    const world = await made(federatedUser, program);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(IN_A_DAY) + 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    world.emulator.advanceClock(25 * 3_600_000);
    const run = world.run();
    expect(await preview(federatedUser, run, world.state, program)).toEqual(same);
    expect(run.told).toEqual([]);
    expect(await refresh(federatedUser, world.run(), world.state)).toMatchObject({ outputs: world.state.outputs });
    const later = { ...program, description: "over" };
    expect(await preview(federatedUser, world.run(), world.state, later)).toEqual(changed);
    const updated = await update(federatedUser, world.run(), world.state, later);
    expect(updated.outputs.description).toBe("over");
    expect(writes(world.requests())).toEqual([]);
    const longer = { ...program, deleteAfterDate: GONE_IN_A_WEEK };
    expect(await preview(federatedUser, world.run(), world.state, longer)).toMatchObject({
      replaces: ["deleteAfterDate"],
      deleteBeforeReplace: true,
    });
  });

  test("the past is refused at creation, by the preview and by the handler", async () => {
    const world = await bench({ seed });
    const program = { ...user, deleteAfterDate: "2020-01-01T00:00:00Z" };
    await expect(up(federatedUser, world.run(), program)).rejects.toThrow("FED318");
    await expect(federatedUser.create(world.run(), { ...program, scopes: [], labels: [] })).rejects.toThrow("FED318");
    expect(writes(world.requests())).toEqual([]);
  });

  test("the preview of an update refuses a date in the past, on permanent access too", async () => {
    const past = { ...user, deleteAfterDate: "2020-01-01T00:00:00Z" };
    for (const program of [user, { ...user, deleteAfterDate: IN_A_DAY }]) {
      const world = await made(federatedUser, program);
      await expect(preview(federatedUser, world.run(), world.state, past)).rejects.toThrow("FED318");
      await expect(update(federatedUser, world.run(), world.state, past)).rejects.toThrow("FED318");
      expect(writes(world.requests())).toEqual([]);
    }
  });

  test("replaces a permanent grant to make it temporary", async () => {
    const world = await made(federatedUser, user);
    expect(
      await preview(federatedUser, world.run(), world.state, { ...user, deleteAfterDate: IN_A_DAY }),
    ).toMatchObject({
      replaces: ["deleteAfterDate"],
      deleteBeforeReplace: true,
    });
  });
});

test("requests parts that the credentials cannot read once per run, reports each once, and does not fail", async () => {
  const world = await bench({ seed });
  world.fault("GET", "/federationSettings/", { kind: "status", status: 403 });
  world.fault("GET", "/clusters", { kind: "status", status: 403 });
  const run = world.run();
  for (const principal of ["a", "b", "c"]) await up(federatedUser, run, { ...user, principal });
  const told = run.told.join("\n");
  expect(told.match(/not checked: whether programs is connected to organization Platform/g)).toHaveLength(1);
  expect(told.match(/not checked: whether the clusters of project \w+ take tokens/g)).toHaveLength(1);
  expect(told.match(/not checked: whether the clusters of project \w+ have applied changes/g)).toHaveLength(1);
  const asked = world.requests();
  expect(asked.filter((request) => request.includes("/federationSettings/"))).toHaveLength(1);
  expect(asked.filter((request) => request.includes("/clusters"))).toHaveLength(1);
  expect(world.emulator.world().atlas.databaseUsers).toHaveLength(3);
});

test("a role is not deleted while anybody has it, whom the refusal names", async () => {
  const world = await made(databaseRole, role);
  await up(oidcRole, world.run(), { ...group, roles: ["reader", "read@app"] });
  await up(databaseRole, world.run(), { ...role, roleName: "outer", roles: ["reader"] });
  await expect(databaseRole.delete(world.run(), world.state.id, world.state.outputs)).rejects.toThrow(
    /FED333 .*group Orders\/DBA team, role outer/,
  );
  expect(world.emulator.world().atlas.customDbRoles).toHaveLength(2);
});

test("a preview of 1,000 users asks for the pages of their list and little more", async () => {
  const world = await bench({ seed });
  const made = await up(federatedUser, world.run(), { ...user, principal: "svc-0" });
  const { databaseName: _, ...first } = world.emulator.world().atlas.databaseUsers[0]!;
  const like = <T>(what: T, index: number) => JSON.parse(JSON.stringify(what).replaceAll("svc-0", `svc-${index}`)) as T;
  const states = Array.from({ length: 1_000 }, (_, index) => like(made, index));
  for (const index of states.keys()) {
    if (index === 0) continue;
    world.emulator.edit({
      edit: "add-database-user",
      projectId: PROJECT,
      user: { ...like(first, index), oidcAuthType: "USER" },
    });
  }
  world.requests();
  const process = world.run();
  for (const [index, state] of states.entries()) {
    expect(await preview(federatedUser, process, state, { ...user, principal: `svc-${index}` })).toEqual(same);
  }
  // A page that is full may have a successor. One listing of the federation compares the reference of all.
  expect(world.requests().length).toBeLessThanOrEqual(6);
});
