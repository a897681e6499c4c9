import { describe, expect, test } from "vitest";
import type { Props } from "../../provider/resources/definition.ts";
import { identityProvider } from "../../provider/resources/identity-provider.ts";
import { orgConnection } from "../../provider/resources/org-connection.ts";
import { referenceTo } from "../../schema/reference.ts";
import { organizations, providers, staff } from "../control-planes/atlas/harness.ts";
import { FEDERATION, ORG, OTHER_ORG } from "../support/ids.ts";
import { textOf } from "../support/worded.ts";
import { bench, changed, preview, type Run, refresh, type State, same, up, update, workforce } from "./harness.ts";

const writes = (requests: string[]) => requests.filter((request) => !request.startsWith("GET"));

/** Both resources in one state, and what speaks to another control plane. */
async function stack() {
  const world = await bench();
  const reference = referenceTo(
    await world.plane.identityProviders.create(FEDERATION, { ...staff, audience: "theirs" }),
  );
  const program: Props = { orgId: ORG, identityProvider: reference };
  const provider = await up(identityProvider, world.run(), workforce);
  const connection = await up(orgConnection, world.run(), program);
  const abroad = (): Run => {
    const run = world.run();
    return { ...run, plane: () => ({ ...run.plane(), baseUrl: "https://elsewhere.example.com/api" }) };
  };
  world.requests();
  const both = [
    [identityProvider, provider, workforce],
    [orgConnection, connection, program],
  ] as const;
  return { ...world, both, provider, connection, program, abroad };
}

describe("state is bound to its control plane", () => {
  test("FED227: another base URL stops every call, names both, and asks nothing there", async () => {
    const { both, abroad, emulator, requests } = await stack();
    for (const [definition, state, program] of both) {
      const calls = [
        () => preview(definition, abroad(), state, program),
        () => refresh(definition, abroad(), state),
        () => update(definition, abroad(), state, program),
        () => definition.delete(abroad(), state.id, state.outputs),
      ];
      for (const call of calls) {
        const error = await call().catch(String);
        expect(error).toContain("FED227 other-control-plane");
        expect(error).toContain(emulator.url);
        expect(error).toContain("https://elsewhere.example.com");
      }
    }
    expect(requests()).toEqual([]);
  });

  test("FED227: another product at the same address stops it too, since Atlas and Cloud Manager share theirs", async () => {
    const { both, run, requests } = await stack();
    for (const [definition, state, program] of both) {
      const here = run();
      const plane = { ...here.plane(), name: "cloud-manager" } as unknown as ReturnType<Run["plane"]>;
      await expect(preview(definition, { ...here, plane: () => plane }, state, program)).rejects.toThrow(
        /FED227.*\(MongoDB Atlas\).*\(Cloud Manager, /,
      );
    }
    expect(requests()).toEqual([]);
  });

  test("an older state is accepted, is no change, and is bound by its next update", async () => {
    const { both, run, abroad } = await stack();
    for (const [definition, state, program] of both) {
      const { __bound: bound, ...outputs } = state.outputs;
      expect(bound).toBeDefined();
      const old: State = { ...state, outputs };
      expect(await preview(definition, run(), old, program)).toEqual(same);
      expect((await refresh(definition, run(), old))?.outputs).toEqual(outputs);
      const next = await update(definition, run(), old, program);
      expect(next.outputs.__bound).toEqual(bound);
      await expect(preview(definition, abroad(), next, program)).rejects.toThrow("FED227");
      expect((await definition.read(run(), state.id, {}))?.outputs.__bound).toEqual(bound);
    }
  });
});

describe("FED228: a federation that cannot be found is out of reach, not gone", () => {
  test("every call stops, names the federation and the credentials, and changes nothing", async () => {
    const { both, run, fault, requests } = await stack();
    const notFound = { error: 404, errorCode: "RESOURCE_NOT_FOUND", reason: "Not Found", detail: "Cannot find." };
    fault("GET", `/federationSettings/${FEDERATION}/`, { kind: "status", status: 404, ...{ body: notFound } } as never);
    for (const [definition, state, program] of both) {
      const calls = [
        () => preview(definition, run(), state, program),
        () => refresh(definition, run(), state),
        () => update(definition, run(), state, program),
        () => definition.delete(run(), state.id, state.outputs),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toThrow(new RegExp(`FED228[\\s\\S]*${FEDERATION}[\\s\\S]*from the test`));
      }
    }
    expect(writes(requests())).toEqual([]);
  });
});

describe("FED229: everything gone at once", () => {
  async function two() {
    const world = await bench();
    const first = await up(identityProvider, world.run(), workforce);
    const other = { ...workforce, audience: "b", configurationName: "b" };
    const second = await up(identityProvider, world.run(), other);
    const remove = ({ outputs }: State) =>
      void world.emulator.edit({ edit: "remove-identity-provider", id: String(outputs.identityProviderId) });
    return { ...world, first, second, other, remove };
  }

  test("the second one stops a preview, and a refresh", async () => {
    const { run, first, second, other, remove } = await two();
    remove(first);
    remove(second);
    const process = run();
    await preview(identityProvider, process, first, workforce);
    await expect(preview(identityProvider, process, second, other)).rejects.toThrow("FED229 all-missing-at-once");
    const refreshing = run();
    await refresh(identityProvider, refreshing, first);
    await expect(refresh(identityProvider, refreshing, second)).rejects.toThrow("FED229");
    const afterKill = { ...run(), adoptsEqual: true };
    expect(await refresh(identityProvider, afterKill, first)).toBeUndefined();
    expect(await refresh(identityProvider, afterKill, second)).toBeUndefined();
  });

  test("one of several is a deletion, and so is a single one that is asked for several times", async () => {
    const { run, first, second, other, remove } = await two();
    remove(first);
    const process = run();
    await preview(identityProvider, process, first, workforce);
    expect(await preview(identityProvider, process, second, other)).toEqual(same);
    await preview(identityProvider, process, first, workforce);
    const alone = run();
    await preview(identityProvider, alone, first, workforce);
    await preview(identityProvider, alone, first, workforce);
  });
});

describe("offline", () => {
  const offline = (run: Run): Run => ({ ...run, offline: "mongofed:offline is set" });

  test("who asks for an identity provider by id alone is told so, wherever it belongs, and without credentials", async () => {
    const { run } = await bench();
    const context: Run = {
      ...offline(run()),
      plane: () => {
        throw new Error("no credentials");
      },
    };
    for (const id of [`${FEDERATION}/${FEDERATION}`, `${FEDERATION}/corp-entra`]) {
      await expect(identityProvider.read(context, id, {})).rejects.toThrow("cannot be read offline");
    }
    expect(identityProvider.subject({}, context), "a message does not ask").toMatchObject({ kind: "IdentityProvider" });
  });

  test("check and diff ask nothing, compare with what is recorded, and note what was left out", async () => {
    const { both, run, requests } = await stack();
    for (const [definition, state, program] of both) {
      const process = offline(run());
      expect((await definition.check(process, {}, program)).findings).toEqual([]);
      expect(await preview(definition, process, state, program)).toEqual(same);
      expect(process.memory.notices.skipped.map(textOf)).toEqual([
        expect.stringMatching(/exists already/),
        expect.stringMatching(/the live settings/),
      ]);
    }
    expect(requests()).toEqual([]);
  });

  test("edits and replacements are seen", async () => {
    const { provider, connection, program, run } = await stack();
    const news = { ...workforce, audience: "api://new" };
    expect(await preview(identityProvider, offline(run()), provider, news)).toEqual(changed);
    expect(await preview(orgConnection, offline(run()), connection, { ...program, orgId: OTHER_ORG })).toMatchObject({
      replaces: ["orgId"],
    });
  });

  test("a get says that it cannot; a refresh leaves everything as it was", async () => {
    const { both, run, requests } = await stack();
    for (const [definition, state] of both) {
      await expect(definition.read(offline(run()), state.id, {})).rejects.toThrow(
        "cannot be read offline: mongofed:offline is set",
      );
      expect((await refresh(definition, offline(run()), state))?.outputs).toEqual(state.outputs);
    }
    expect(requests()).toEqual([]);
  });
});

test("a stack that has a reference only lists identity providers once, to compare the reference", async () => {
  const { run, connection, program, requests } = await stack();
  expect(await preview(orgConnection, run(), connection, program)).toEqual(same);
  await refresh(orgConnection, run(), connection);
  expect(requests()).toEqual([`GET ${organizations}`, `GET ${providers}`, `GET ${organizations}`]);
  await orgConnection.delete(run(), connection.id, connection.outputs);
  expect(requests().filter((request) => request.includes(providers))).toEqual([]);
});
