import { describe, expect, test } from "vitest";
import type { IdentityProviderSettings } from "../../provider/control-planes/control-plane.ts";
import type { Props } from "../../provider/resources/definition.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { type DriftMode, driftMode } from "../../provider/resources/lifecycle/drift-mode.ts";
import { orgConnection } from "../../provider/resources/org-connection.ts";
import { identityProviderShape } from "../../schema/identity-provider.ts";
import { orgConnectionShape } from "../../schema/org-connection.ts";
import { referenceTo } from "../../schema/reference.ts";
import { apps, organizations, providers, staff } from "../control-planes/atlas/harness.ts";
import { FEDERATION, ORG } from "../support/ids.ts";
import {
  type Bench,
  bench,
  changed,
  NAME,
  preview,
  type Run,
  refresh,
  type State,
  same,
  up,
  update,
  workforce,
  workload,
} from "./harness.ts";

const writes = (requests: string[]) => requests.filter((request) => !request.startsWith("GET"));
const declared: Props = { ...workforce, userClaim: "sub", groupsClaim: "groups", [NAME]: "staff" };
const inMode = (run: Run, drift: DriftMode): Run => ({ ...run, drift });

/** Every input of an identity provider, with the field of the API that somebody edits, and what the table then says. */
const edits: Record<string, readonly [field: string, value: unknown, live: string, recorded: string]> = {
  configurationName: ["displayName", "by hand", '"by hand"', '"corp-entra"'],
  description: ["description", "do not touch (Bob)", '"do not touch (Bob)"', '"people"'],
  issuerUri: ["issuerUri", "https://old.example.com", '"https://old.example.com"', '"https://login.example.com/v2.0"'],
  audience: ["audience", "api://old", '"api://old"', '"api://corp"'],
  clientId: ["clientId", "client-2", '"client-2"', '"client-1"'],
  requestedScopes: ["requestedScopes", ["openid"], '["openid"]', '["openid","offline_access"]'],
  associatedDomains: ["associatedDomains", [], "none", '["example.com"]'],
  authorizationType: ["authorizationType", "USER", '"USER"', '"GROUP"'],
  userClaim: ["userClaim", "email", '"email"', '"sub"'],
  groupsClaim: ["groupsClaim", "roles", '"roles"', '"groups"'],
};
/** Part of the id, immutable on the server, or never there. */
const cannotDrift = ["federationSettingsId", "projectId", "idpType", "revokeJwksTrigger", "adopt", "allowLockout"];

interface Scene extends Bench {
  readonly state: State;
  readonly id: string;
}

async function made(program: Props = declared): Promise<Scene> {
  const world = await bench();
  const state = await up(identityProvider, world.run(), program);
  world.requests();
  return { ...world, state, id: String(state.outputs.identityProviderId) };
}

/** Returns the keys that the last PATCH changed, by comparing the world before and after. */
function sentBy({ emulator }: Bench, before: Record<string, unknown>): string[] {
  const after = emulator.world().atlas.federations[0]?.identityProviders[0] ?? {};
  return Object.keys(after).filter(
    (key) => key !== "updatedAt" && JSON.stringify(after[key as never]) !== JSON.stringify(before[key]),
  );
}

test("every input drifts in one of these tests, or is known not to", () => {
  expect([...Object.keys(edits), ...cannotDrift].sort()).toEqual(Object.keys(identityProviderShape.shape).sort());
  expect(Object.keys(orgConnectionShape.shape).sort()).toEqual(["adopt", "allowLockout", "identityProvider", "orgId"]);
});

describe.each(Object.entries(edits))("%s of an identity provider", (property, [field, value, live, recorded]) => {
  const line = ([text = ""]: string[]) => text.split("\n").find((row) => row.trim().startsWith(`${property} `)) ?? "";
  const told = (told: string[]) => line(told).replace(/ {2,}/g, "  ").trim();
  const edit = ({ emulator, id }: Scene) =>
    emulator.edit({ edit: "update-identity-provider", id, fields: { [field]: value } });

  test("is told with live, recorded and wanted value, once, and up sends it alone", async () => {
    const scene = await made();
    edit(scene);
    const process = scene.run();
    expect(await preview(identityProvider, process, scene.state, declared)).toEqual(changed);
    expect(await preview(identityProvider, process, scene.state, declared)).toEqual(changed);
    expect(process.told).toHaveLength(1);
    expect(told(process.told)).toBe(
      `${property}  live ${live}  recorded ${recorded}  wanted ${recorded}  up puts it back`,
    );
    const before = scene.emulator.world().atlas.federations[0]?.identityProviders[0] as Record<string, unknown>;
    scene.requests();
    const next = await update(identityProvider, scene.run(), scene.state, declared);
    expect(writes(scene.requests())).toEqual([`PATCH ${providers}/${scene.id}`]);
    expect(sentBy(scene, before)).toEqual([field]);
    expect(await preview(identityProvider, scene.run(), next, declared)).toEqual(same);
  });

  test("is told the same after a refresh", async () => {
    const scene = await made();
    edit(scene);
    const refreshed = await refresh(identityProvider, scene.run(), scene.state);
    const process = scene.run();
    expect(await preview(identityProvider, process, refreshed!, declared)).toEqual(changed);
    expect(told(process.told)).toBe(
      `${property}  live ${live}  recorded ${recorded}  wanted ${recorded}  up puts it back`,
    );
  });

  test("warn: is told and left, and told again by the run that follows an edit of another input", async () => {
    const scene = await made();
    edit(scene);
    const process = inMode(scene.run(), "warn");
    expect(await preview(identityProvider, process, scene.state, declared)).toEqual(same);
    expect(told([...(process as Run).told])).toContain("left as it is");

    const other = property === "description" ? { userClaim: "oid" } : { description: "others" };
    const program = { ...declared, ...other };
    expect(await preview(identityProvider, inMode(scene.run(), "warn"), scene.state, program)).toEqual(changed);
    const before = scene.emulator.world().atlas.federations[0]?.identityProviders[0] as Record<string, unknown>;
    const next = await update(identityProvider, inMode(scene.run(), "warn"), scene.state, program);
    // With USER the emulated server forgets the groups claim at the next PATCH, whatever it is.
    const sent = sentBy(scene, before).filter((key) => property !== "authorizationType" || key !== "groupsClaim");
    expect(sent).toEqual(Object.keys(other));
    const later = inMode(scene.run(), "warn");
    expect(await preview(identityProvider, later, next, program)).toEqual(same);
    expect(told([...(later as Run).told])).toContain(`live ${live}`);
    // And when the setting is taken back, it is put back.
    expect(await preview(identityProvider, scene.run(), next, program)).toEqual(changed);
  });

  test("fail: is told and stops; off: nobody looks", async () => {
    const scene = await made();
    edit(scene);
    const process = inMode(scene.run(), "fail");
    await expect(preview(identityProvider, process, scene.state, declared)).rejects.toThrow(/FED230.*"staff"/);
    expect(told([...(process as Run).told])).toContain("refused");
    scene.requests();
    const blind = inMode(scene.run(), "off");
    expect(await preview(identityProvider, blind, scene.state, declared)).toEqual(same);
    expect(await preview(identityProvider, blind, scene.state, { ...declared, description: "x" })).toEqual(changed);
    expect(blind).toMatchObject({ told: [] });
    expect(scene.requests()).toEqual([]);
  });
});

test("off: a replacement is still checked against the recorded settings", async () => {
  const { run, state } = await made();
  const { issuerUri, audience } = workforce;
  const other = { ...workload, issuerUri, audience, [NAME]: "staff" };
  await expect(preview(identityProvider, inMode(run(), "off"), state, other)).rejects.toThrow("FED222");
});

test("in fail, what the program now says as well is no refusal", async () => {
  const { run, emulator, state, id } = await made();
  emulator.edit({ edit: "update-identity-provider", id, fields: { description: "by hand" } });
  const process = inMode(run(), "fail");
  expect(await preview(identityProvider, process, state, { ...declared, description: "by hand" })).toEqual(changed);
});

describe("a deleted identity provider", () => {
  const gone = { changes: true, replaces: ["identityProviderId"], deleteBeforeReplace: true };
  test.each<[DriftMode, string | undefined, object]>([
    ["correct", "up creates it again", gone],
    ["warn", "left as it is", same],
    ["off", undefined, same],
  ])("%s", async (mode, outcome, difference) => {
    const { run, emulator, state, id } = await made();
    emulator.edit({ edit: "remove-identity-provider", id });
    const process = inMode(run(), mode);
    expect(await preview(identityProvider, process, state, declared)).toEqual(difference);
    const { told } = process as Run;
    expect(told).toHaveLength(outcome === undefined ? 0 : 1);
    if (outcome !== undefined) expect(told[0]).toMatch(new RegExp(`deleted outside this stack: ${outcome}`));
  });

  test("fail", async () => {
    const { run, emulator, state, id } = await made();
    emulator.edit({ edit: "remove-identity-provider", id });
    await expect(preview(identityProvider, inMode(run(), "fail"), state, declared)).rejects.toThrow("FED230");
  });

  test("with a refresh is gone from the state", async () => {
    const { run, emulator, state, id } = await made();
    emulator.edit({ edit: "remove-identity-provider", id });
    expect(await refresh(identityProvider, run(), state)).toBeUndefined();
  });
});

describe("a connection", () => {
  async function connected(byHand: "disconnected" | "swapped") {
    const world = await bench();
    const make = async (settings: IdentityProviderSettings) => {
      const idp = await world.plane.identityProviders.create(FEDERATION, settings);
      return { ...referenceTo(idp), identityProviderId: idp.prefix };
    };
    const [corp, other] = [await make(staff), await make(apps)];
    const program: Props = { orgId: ORG, identityProvider: corp, [NAME]: "platform" };
    const state = await up(orgConnection, world.run(), program);
    world.emulator.edit({ edit: "disconnect", orgId: ORG, identityProviderId: corp.identityProviderId });
    if (byHand === "swapped") {
      world.emulator.edit({ edit: "connect", orgId: ORG, identityProviderId: other.identityProviderId });
    }
    world.requests();
    return { ...world, program, state, other, make };
  }

  describe.each(["disconnected", "swapped"] as const)("%s by hand", (byHand) => {
    test.each<[DriftMode, string | undefined, object]>([
      ["correct", "up connects it again", changed],
      ["warn", "left as it is", same],
      ["off", undefined, same],
    ])("%s", async (mode, outcome, difference) => {
      const { run, state, program } = await connected(byHand);
      const process = inMode(run(), mode);
      expect(await preview(orgConnection, process, state, program)).toEqual(difference);
      const { told } = process as Run;
      expect(told.map((text) => text.slice(text.indexOf("was ")))).toEqual(
        outcome === undefined ? [] : [`was disconnected outside this stack: ${outcome}`],
      );
    });

    test("fail", async () => {
      const { run, state, program } = await connected(byHand);
      await expect(preview(orgConnection, inMode(run(), "fail"), state, program)).rejects.toThrow("FED230");
    });

    test("up sends one request, and a refresh takes it out of the state", async () => {
      const { run, state, program, requests } = await connected(byHand);
      expect(await refresh(orgConnection, run(), state)).toBeUndefined();
      await update(orgConnection, run(), state, program);
      expect(writes(requests())).toEqual([`PATCH ${organizations}/${ORG}`]);
    });
  });

  test("FED203: is not put back beside another workforce provider that somebody connected instead", async () => {
    const { run, state, program, emulator, make, requests } = await connected("disconnected");
    const contractors = await make({ ...staff, configurationName: "contractors", audience: "api://contractors" });
    emulator.edit({ edit: "connect", orgId: ORG, identityProviderId: contractors.identityProviderId });
    requests();
    const process = run();
    await expect(preview(orgConnection, process, state, program)).rejects.toThrow(/FED203.*contractors/);
    expect(process.told).toHaveLength(1);
    expect(writes(requests())).toEqual([]);
  });

  test("in warn, an update for another reason leaves it disconnected", async () => {
    const { run, state, program, requests } = await connected("disconnected");
    const news = { ...program, allowLockout: true };
    expect(await preview(orgConnection, inMode(run(), "warn"), state, news)).toEqual(changed);
    const next = await update(orgConnection, inMode(run(), "warn"), state, news);
    expect(writes(requests())).toEqual([]);
    expect(await preview(orgConnection, run(), next, news)).toEqual(changed);
  });

  test("in fail, a swap by hand that the program follows is no refusal", async () => {
    const { run, state, program, other } = await connected("swapped");
    const process = inMode(run(), "fail");
    expect(await preview(orgConnection, process, state, { ...program, identityProvider: other })).toEqual(changed);
  });
});

test("the setting has four values, and correct is the default", () => {
  expect([undefined, "", "correct", "warn", "fail", "off"].map(driftMode)).toEqual([
    "correct",
    "correct",
    "correct",
    "warn",
    "fail",
    "off",
  ]);
  expect(() => driftMode("yes")).toThrow(
    /FED420 invalid-setting: mongofed:drift is "yes"[\s\S]*correct, warn, fail, off/,
  );
});
