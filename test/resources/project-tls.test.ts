import { describe, expect, test } from "vitest";
import { IncompleteError } from "../../provider/resources/definition.ts";
import type { DriftMode } from "../../provider/resources/lifecycle/drift-mode.ts";
import { projectTls } from "../../provider/resources/project-tls.ts";
import { emulated, type World } from "../control-planes/cloud-manager/harness.ts";
import { OTHER_PROJECT, PROJECT } from "../support/ids.ts";
import { changed, newRun, preview, refresh, type State, same, up, update } from "./harness.ts";

/** What the example's document holds of it. */
const FOUND = { CAFilePath: "/etc/mongodb/ca.pem", clientCertificateMode: "OPTIONAL", autoPEMKeyFilePath: "" };
const CA = "/etc/mongodb/new-ca.pem";
const declared = { projectId: PROJECT, caFilePath: CA };

const run = ({ plane }: World, drift: DriftMode = "correct") => newRun(() => plane, { drift });

/** The server's settings are read once a run. */
const fresh = (world: World) => world.plane.projectTls.get(PROJECT, { fresh: true });

async function byHand(world: World, keys: Record<string, unknown>): Promise<void> {
  world.emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, at: "tls", keys });
  await fresh(world);
}

const destroy = (world: World, { id, outputs }: State, one = run(world)) =>
  projectTls.delete(one, id, outputs).then(() => one);

describe("taking over", () => {
  test("changes what is declared, in place, and leaves what is not declared as it is", async () => {
    const world = await emulated();
    const one = run(world);
    const state = await up(projectTls, one, declared);
    expect(world.document().tls).toEqual({ ...FOUND, CAFilePath: CA });
    expect(state).toMatchObject({ id: PROJECT, outputs: declared });
    expect(state.outputs).not.toHaveProperty("clientCertificateMode");
    expect(one.told.join("\n")).toContain(
      `adopt  ProjectTls of project ${PROJECT} takes over the TLS settings of project ${PROJECT}\n` +
        `         caFilePath  live "/etc/mongodb/ca.pem"  wanted "${CA}"  up changes it`,
    );
    expect(one.told.join("\n")).toMatch(/note {5}ProjectTls of project \w+: TLS is on \(requireTLS\)/);
    expect(await preview(projectTls, run(world), state, declared)).toEqual(same);
  });

  test("writes nothing where all is as declared, which it says", async () => {
    const world = await emulated();
    const one = run(world);
    await up(projectTls, one, { projectId: PROJECT, caFilePath: FOUND.CAFilePath, clusterCaFilePath: "" });
    expect(world.count("PUT")).toBe(0);
    expect(one.told[0]).toMatch(/takes over the TLS settings of project \w+, which stays as it is/);
  });

  test("says where TLS is off, and that it is not for it to switch it on", async () => {
    const world = await emulated();
    const document = world.document();
    document.processes[1].args2_6.net.tls = { mode: "disabled" };
    delete document.processes[2].args2_6.net.tls;
    world.emulator.edit({ edit: "put-automation-config", projectId: PROJECT, document });
    const one = run(world);
    await up(projectTls, one, declared);
    expect(one.told.join("\n")).toContain("TLS is off for orders-1, orders-2, where these settings have no effect");
  });

  test("that is refused leaves nothing, and one that cannot be looked after is kept with what was found", async () => {
    const world = await emulated();
    world.fault("PUT", { kind: "status", status: 400 }, { nth: 1 });
    await expect(up(projectTls, run(world), declared)).rejects.toThrow(
      /^change the TLS settings in project .*HTTP 400/,
    );
    expect(world.document().tls).toEqual(FOUND);

    world.fault("GET", { kind: "status", status: 403 }, { nth: 4 });
    const error = await up(projectTls, run(world), declared).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IncompleteError);
    const state = { ...(error as IncompleteError), inputs: declared } as State;
    expect(world.document().tls.CAFilePath).toBe(CA);
    world.emulator.clearFaults();
    await destroy(world, await update(projectTls, run(world), state, declared));
    expect(world.document().tls).toEqual(FOUND);
  });

  test("is of no use on Atlas", async () => {
    const world = await emulated();
    const atlas = { ...world.plane, name: "atlas" as const } as never;
    const one = { ...run(world), plane: () => atlas };
    await expect(up(projectTls, one, declared)).rejects.toThrow(
      /FED206 .*a ProjectTls exists on Cloud Manager and Ops/,
    );
  });
});

describe("a change of the program", () => {
  test("is made in place, takes a path away, and takes further settings over", async () => {
    const world = await emulated();
    const state = await up(projectTls, run(world), declared);
    const program = { projectId: PROJECT, caFilePath: "", caFilePathWindows: "C:\\ca.pem" };
    const one = run(world);
    expect(await preview(projectTls, one, state, program)).toEqual(changed);
    expect(one.told.filter((block) => block.startsWith("drift"))).toEqual([]);
    const next = await update(projectTls, run(world), state, program);
    expect(world.document().tls).toEqual({
      CAFilePathWindows: "C:\\ca.pem",
      clientCertificateMode: "OPTIONAL",
      autoPEMKeyFilePath: "",
    });
    expect(await preview(projectTls, run(world), next, program)).toEqual(same);
    await destroy(world, next);
    expect(world.document().tls).toEqual({ ...FOUND });
  });

  test("a setting that is named no more goes back to what it was, unless somebody has changed it since", async () => {
    const world = await emulated();
    const both = { ...declared, clusterCaFilePath: "/etc/mongodb/cluster.pem" };
    const state = await up(projectTls, run(world), both);
    const { caFilePath: _, ...rest } = both;
    expect(await preview(projectTls, run(world), state, rest)).toEqual(changed);
    const next = await update(projectTls, run(world), state, rest);
    expect(world.document().tls).toEqual({ ...FOUND, clusterCAFilePath: both.clusterCaFilePath });
    expect(next.outputs).not.toHaveProperty("caFilePath");
    expect(await preview(projectTls, run(world), next, rest)).toEqual(same);

    await byHand(world, { clusterCAFilePath: "/theirs.pem" });
    const one = run(world);
    const nothing = { projectId: PROJECT };
    expect(await preview(projectTls, one, next, nothing)).toEqual(changed);
    expect(one.told.join("\n")).toMatch(/does not put back what it found of clusterCaFilePath\n.*somebody else/);
    const last = await update(projectTls, run(world), next, nothing);
    expect(world.document().tls.clusterCAFilePath).toBe("/theirs.pem");
    expect(await preview(projectTls, run(world), last, nothing)).toEqual(same);
  });

  test("another project is another resource", async () => {
    const world = await emulated();
    const state = await up(projectTls, run(world), declared);
    const elsewhere = { ...declared, projectId: OTHER_PROJECT };
    expect(await preview(projectTls, run(world), state, elsewhere)).toEqual({
      changes: true,
      replaces: ["projectId"],
      deleteBeforeReplace: false,
    });
  });

  test("settings of which no part is the program's are nobody's drift", async () => {
    const world = await emulated();
    const state = await up(projectTls, run(world), declared);
    await byHand(world, { clientCertificateMode: "REQUIRE", autoPEMKeyFilePath: "/x" });
    expect(await preview(projectTls, run(world, "fail"), state, declared)).toEqual(same);
  });
});

describe("drift", () => {
  async function drifted() {
    const world = await emulated();
    const state = await up(projectTls, run(world), declared);
    await byHand(world, { CAFilePath: "/theirs.pem" });
    return { world, state };
  }

  test("is told, and put back", async () => {
    const { world, state } = await drifted();
    const one = run(world);
    expect(await preview(projectTls, one, state, declared)).toEqual(changed);
    expect(one.told.join("\n")).toMatch(
      /drift {2}ProjectTls of project \w+ was changed outside this stack\n +caFilePath {2}live "\/theirs.pem" +recorded "\/etc\/mongodb\/new-ca.pem" .*up puts it back/,
    );
    const next = await update(projectTls, run(world), state, declared);
    expect(world.document().tls.CAFilePath).toBe(CA);
    expect(await preview(projectTls, run(world), next, declared)).toEqual(same);
  });

  test("is left, and told again, where the stack only warns", async () => {
    const { world, state } = await drifted();
    const one = run(world, "warn");
    expect(await preview(projectTls, one, state, declared)).toEqual(same);
    expect(one.told.join("\n")).toContain("left as it is");
    const wider = { ...declared, clusterCaFilePath: "/etc/mongodb/cluster.pem" };
    const next = await update(projectTls, run(world, "warn"), state, wider);
    expect(world.document().tls).toMatchObject({
      CAFilePath: "/theirs.pem",
      clusterCAFilePath: wider.clusterCaFilePath,
    });
    const again = run(world, "warn");
    expect(await preview(projectTls, again, next, wider)).toEqual(same);
    expect(again.told.join("\n")).toContain('live "/theirs.pem"');
  });

  test("fails a run that allows none, and is not looked for where it is off", async () => {
    const { world, state } = await drifted();
    await expect(preview(projectTls, run(world, "fail"), state, declared)).rejects.toThrow(/was changed outside this/);
    const reads = world.count("GET");
    expect(await preview(projectTls, run(world, "off"), state, declared)).toEqual(same);
    expect(world.count("GET")).toBe(reads);
  });

  test("shows in a refresh, of what the stack manages, and is told apart from an edit afterwards", async () => {
    const { world, state } = await drifted();
    await byHand(world, { CAFilePath: "/theirs.pem", clientCertificateMode: "REQUIRE" });
    const seen = await refresh(projectTls, run(world), state);
    expect(seen?.inputs).toEqual({ projectId: PROJECT, caFilePath: "/theirs.pem" });
    const one = run(world);
    expect(await preview(projectTls, one, seen as State, declared)).toEqual(changed);
    expect(one.told.join("\n")).toMatch(/drift .*\n.*up puts it back/);
  });
});

describe("destroying", () => {
  test("puts back what was found, to the byte", async () => {
    const world = await emulated();
    const before = world.text();
    const state = await up(projectTls, run(world), { ...declared, clusterCaFilePath: "/c.pem" });
    await destroy(world, state);
    expect(world.text().replace(/"version":\d+/, "")).toBe(before.replace(/"version":\d+/, ""));
  });

  test("leaves all as it is where somebody has changed one of them since, and says so", async () => {
    const world = await emulated();
    const state = await up(projectTls, run(world), { ...declared, clusterCaFilePath: "/c.pem" });
    await byHand(world, { clusterCAFilePath: "/theirs.pem" });
    const one = await destroy(world, state);
    expect(world.document().tls).toMatchObject({ CAFilePath: CA, clusterCAFilePath: "/theirs.pem" });
    expect(one.told).toEqual([
      `note     ProjectTls of project ${PROJECT} does not put back what it found of clusterCaFilePath\n` +
        "           somebody else has changed it since: it stays as it is",
    ]);
  });

  test("after an import changes nothing: what was there before the stack is not known", async () => {
    const world = await emulated();
    const imported = await projectTls.read(run(world), PROJECT, {});
    expect(imported?.inputs).toEqual({
      projectId: PROJECT,
      caFilePath: FOUND.CAFilePath,
      clientCertificateMode: "OPTIONAL",
    });
    expect(await preview(projectTls, run(world), imported as State, imported!.inputs)).toEqual(same);
    await destroy(world, imported as State);
    expect(world.count("PUT")).toBe(0);
  });

  test("one that was only renamed in the program is the new one's", async () => {
    const world = await emulated();
    const state = await up(projectTls, run(world), declared);
    const one = run(world);
    await up(projectTls, one, declared);
    await destroy(world, state, one);
    expect(world.document().tls.CAFilePath).toBe(CA);
  });
});

describe("required client certificates", () => {
  const requires = { projectId: PROJECT, clientCertificateMode: "REQUIRE" };

  test("are refused with the names of those that log in here, unless it is allowed", async () => {
    const world = await emulated();
    const refused =
      /FED224 requiring client certificates in project \w+ would lock out .* one principal: theirs\/0f1e2d3c/;
    await expect(up(projectTls, run(world), requires)).rejects.toThrow(refused);
    const state = await up(projectTls, run(world), { projectId: PROJECT, clientCertificateMode: "OPTIONAL" });
    await expect(preview(projectTls, run(world), state, requires)).rejects.toThrow(/would lock out/);
    await expect(update(projectTls, run(world), state, requires)).rejects.toThrow(/would lock out/);
    expect(world.count("PUT")).toBe(0);
    const next = await update(projectTls, run(world), state, { ...requires, allowLockout: true });
    expect(world.document().tls.clientCertificateMode).toBe("REQUIRE");
    expect(await preview(projectTls, run(world), next, { ...requires, allowLockout: true })).toEqual(same);
  });

  test("that are required already, or that somebody has switched off behind our back, lock nobody out anew", async () => {
    const world = await emulated();
    await byHand(world, { clientCertificateMode: "REQUIRE" });
    const state = await up(projectTls, run(world), requires);
    await byHand(world, { clientCertificateMode: "OPTIONAL" });
    expect(await preview(projectTls, run(world), state, requires)).toEqual(changed);
    await update(projectTls, run(world), state, requires);
    expect(world.document().tls.clientCertificateMode).toBe("REQUIRE");
  });

  test("are not put back by a deletion, unless what is recorded allows it", async () => {
    const world = await emulated();
    await byHand(world, { clientCertificateMode: "REQUIRE" });
    const optional = { projectId: PROJECT, clientCertificateMode: "OPTIONAL" };
    const state = await up(projectTls, run(world), optional);
    await expect(destroy(world, state)).rejects.toThrow(/would lock out/);
    expect(world.document().tls.clientCertificateMode).toBe("OPTIONAL");
    const allowed = { ...optional, allowLockout: true };
    expect(await preview(projectTls, run(world), state, allowed)).toEqual(changed);
    await destroy(world, await update(projectTls, run(world), state, allowed));
    expect(world.document().tls.clientCertificateMode).toBe("REQUIRE");
  });

  test("need a certificate authority, and so does one that is taken away under them", async () => {
    const world = await emulated();
    const bare = { ...requires, allowLockout: true, caFilePath: "" };
    await expect(up(projectTls, run(world), bare)).rejects.toThrow(
      /^FED262 project \w+ would require client certificates/,
    );
    const state = await up(projectTls, run(world), { ...bare, caFilePath: CA });
    await expect(preview(projectTls, run(world), state, bare)).rejects.toThrow(/without a certificate authority/);
  });
});

test("without a connection a preview says what it has not looked at, and an id is no more than its project's", async () => {
  const world = await emulated();
  const state = await up(projectTls, run(world), declared);
  const one = { ...run(world), offline: "no credentials" };
  expect(await preview(projectTls, one, state, declared)).toEqual(same);
  expect((await projectTls.check(one, {}, declared)).findings).toEqual([]);
  expect(await refresh(projectTls, one, state)).toMatchObject({ outputs: state.outputs });
  await expect(projectTls.read(one, PROJECT, {})).rejects.toThrow(/cannot be read offline/);
  expect(one.memory.notices.skipped).toHaveLength(3);
  await expect(projectTls.read(run(world), `${PROJECT}/tls`, {})).rejects.toThrow(
    /is not the id of a resource ProjectTls/,
  );
});
