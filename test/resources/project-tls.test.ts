import { describe, expect, test } from "vitest";
import { IncompleteError } from "../../provider/resources/definition.ts";
import type { DriftMode } from "../../provider/resources/lifecycle/drift-mode.ts";
import { projectTls } from "../../provider/resources/project-tls.ts";
import { emulated, type World } from "../control-planes/cloud-manager/harness.ts";
import { OTHER_PROJECT, PROJECT } from "../support/ids.ts";
import { changed, newRun, preview, refresh, type State, same, up, update } from "./harness.ts";

/** The TLS settings of the example's document. */
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

const PROCESSES = ["orders-0", "orders-1", "orders-2"];

/** Sets keys of the TLS settings of processes, as somebody else. */
async function processByHand(world: World, keys: Record<string, string | null>, names = PROCESSES): Promise<void> {
  for (const process of names) world.emulator.edit({ edit: "set-process-tls", projectId: PROJECT, process, keys });
  await fresh(world);
}

/** One TLS setting of each process. */
const inProcesses = (world: World, key: string): unknown[] =>
  world
    .document()
    .processes.map((one: { args2_6: { net: { tls: Record<string, unknown> } } }) => one.args2_6.net.tls[key]);

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

  test("says where TLS is off, and how to turn it on", async () => {
    const world = await emulated();
    const document = world.document();
    document.processes[1].args2_6.net.tls = { mode: "disabled" };
    delete document.processes[2].args2_6.net.tls;
    world.emulator.edit({ edit: "put-automation-config", projectId: PROJECT, document });
    const one = run(world);
    await up(projectTls, one, declared);
    expect(one.told.join("\n")).toMatch(
      /TLS is off for orders-1, orders-2, where these settings have no effect\n +to turn it on, set mode/,
    );
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
    expect(world.document().tls).toEqual(FOUND);
    expect(inProcesses(world, "clusterCAFile")).toEqual(Array(3).fill(both.clusterCaFilePath));
    expect(next.outputs).not.toHaveProperty("caFilePath");
    expect(await preview(projectTls, run(world), next, rest)).toEqual(same);

    await processByHand(world, { clusterCAFile: "/theirs.pem" });
    const one = run(world);
    const nothing = { projectId: PROJECT };
    expect(await preview(projectTls, one, next, nothing)).toEqual(changed);
    expect(one.told.join("\n")).toMatch(/does not put back what it found of clusterCaFilePath\n.*another client/);
    const last = await update(projectTls, run(world), next, nothing);
    expect(inProcesses(world, "clusterCAFile")).toEqual(Array(3).fill("/theirs.pem"));
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
    expect(world.document().tls).toMatchObject({ CAFilePath: "/theirs.pem" });
    expect(inProcesses(world, "clusterCAFile")).toEqual(Array(3).fill(wider.clusterCaFilePath));
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
    await processByHand(world, { clusterCAFile: "/theirs.pem" }, ["orders-1"]);
    const one = await destroy(world, state);
    expect(world.document().tls).toMatchObject({ CAFilePath: CA });
    expect(inProcesses(world, "clusterCAFile")).toEqual(["/c.pem", "/theirs.pem", "/c.pem"]);
    expect(one.told).toEqual([
      `note     ProjectTls of project ${PROJECT} does not put back what it found of clusterCaFilePath\n` +
        "           another client has changed it since: it stays as it is",
    ]);
  });

  test("after an import changes nothing: what was there before the stack is not known", async () => {
    const world = await emulated();
    const imported = await projectTls.read(run(world), PROJECT, {});
    expect(imported?.inputs).toEqual({
      projectId: PROJECT,
      mode: "requireTLS",
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

describe("the mode", () => {
  /** A project of which every process has a certificate and no TLS. */
  async function plain(changes: Record<string, string | null> = {}): Promise<World> {
    const world = await emulated();
    await processByHand(world, { mode: "disabled", ...changes });
    return world;
  }
  const prefers = { projectId: PROJECT, mode: "preferTLS" };
  const requires = { projectId: PROJECT, mode: "requireTLS" };
  const modes = (world: World) => inProcesses(world, "mode");

  /** The modes of the processes after each write, from now on. */
  function writesOf(world: World): string[] {
    const { projectTls: port } = world.plane;
    const send = port.update.bind(port);
    const writes: string[] = [];
    port.update = async (...given) => {
      const live = await send(...given);
      writes.push(modes(world).join(" "));
      return live;
    };
    return writes;
  }
  const all = (mode: string) => [mode, mode, mode].join(" ");

  test("rises to preferTLS by allowTLS, and each step waits for the Agents", async () => {
    const world = await plain();
    world.emulator.edit({ edit: "set-agents", projectId: PROJECT, agents: { goalMs: 40 } });
    const one = run(world);
    const writes = writesOf(world);
    const state = await up(projectTls, one, { ...prefers, caFilePath: CA });
    expect(writes).toEqual([all("allowTLS"), all("preferTLS")]);
    expect(world.document().tls.CAFilePath).toBe(CA);
    expect(one.told.join("\n")).toMatch(/note .*up sets mode to allowTLS, then preferTLS\n +before each step/);
    expect(state.outputs).toMatchObject({ mode: "preferTLS" });
    const again = run(world);
    expect(await preview(projectTls, again, state, { ...prefers, caFilePath: CA })).toEqual(same);
    expect(again.told).toEqual([]);
  });

  test("applies to processes that are not disabled, each from its own mode", async () => {
    const world = await plain();
    await processByHand(world, { mode: "allowTLS" }, ["orders-2"]);
    const { processes } = world.document();
    processes[1].disabled = true;
    world.emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, keys: { processes } });
    const writes = writesOf(world);
    await up(projectTls, run(world), prefers);
    expect(writes).toEqual(["allowTLS disabled allowTLS", "preferTLS disabled preferTLS"]);
  });

  test("is refused in the preview with the names of all processes that lack a certificate or a CA file", async () => {
    const world = await plain();
    await processByHand(world, { PEMKeyFile: null, certificateKeyFile: "/s.pem" }, ["orders-0"]);
    await processByHand(world, { PEMKeyFile: null }, ["orders-1", "orders-2"]);
    await byHand(world, { CAFilePath: null });
    await processByHand(world, { CAFile: "/own.pem" }, ["orders-2"]);
    await expect(up(projectTls, run(world), prefers)).rejects.toThrow(
      /FED266 orders-1, orders-2 of project \w+ have no certificate\nFED266 orders-0, orders-1 of project \w+ have no CA file/,
    );
    await processByHand(world, { certificateSelector: "subject=db" }, ["orders-1", "orders-2"]);
    const state = await up(projectTls, run(world), { projectId: PROJECT });
    await expect(preview(projectTls, run(world), state, prefers)).rejects.toThrow(/FED266 .*no CA file/);
    expect(await preview(projectTls, run(world), state, { ...prefers, caFilePath: CA })).toEqual(changed);
    expect(world.count("PUT")).toBe(0);
  });

  test("requireTLS needs every process at preferTLS before the run, and says that clients without TLS lose access", async () => {
    const world = await plain();
    await expect(up(projectTls, run(world), requires)).rejects.toThrow(
      /FED267 orders-0 \(disabled\), orders-1 \(disabled\), orders-2 \(disabled\) of project \w+ must be at preferTLS/,
    );
    const state = await up(projectTls, run(world), prefers);
    const one = run(world);
    expect(await preview(projectTls, one, state, requires)).toEqual(changed);
    expect(one.told.join("\n")).toMatch(
      /FED268 .*clients that connect without TLS to orders-0, orders-1, orders-2 of project \w+ lose access/,
    );
    const next = await update(projectTls, run(world), state, requires);
    expect(modes(world)).toEqual(Array(3).fill("requireTLS"));
    expect(await preview(projectTls, run(world), next, requires)).toEqual(same);
  });

  test("is lowered only with allowLockout, in steps, and a certificate without TLS is told", async () => {
    const world = await emulated();
    const state = await up(projectTls, run(world), requires);
    const off = { projectId: PROJECT, mode: "disabled" };
    await expect(preview(projectTls, run(world), state, off)).rejects.toThrow(
      /FED269.*mode disabled is lower than that of orders-0 \(requireTLS\), orders-1/,
    );
    await expect(update(projectTls, run(world), state, off)).rejects.toThrow(/FED269/);
    const allowed = { ...off, allowLockout: true, caFilePath: "" };
    const one = run(world);
    expect(await preview(projectTls, one, state, allowed)).toEqual(changed);
    expect(one.told.join("\n")).toMatch(/is lower than[\s\S]*allowed: allowLockout is set/);
    expect(one.told.join("\n")).toMatch(
      /FED272 .*orders-0, orders-1, orders-2 of project \w+ would have a certificate/,
    );
    const writes = writesOf(world);
    await update(projectTls, run(world), state, allowed);
    expect(writes).toEqual([all("preferTLS"), all("allowTLS"), all("disabled")]);
    expect(world.document().tls).not.toHaveProperty("CAFilePath");
  });

  test("stays as it is when the input is removed and when the resource is destroyed", async () => {
    const world = await plain();
    const state = await up(projectTls, run(world), prefers);
    const without = { projectId: PROJECT };
    expect(await preview(projectTls, run(world), state, without)).toEqual(changed);
    const next = await update(projectTls, run(world), state, without);
    expect(next.outputs).not.toHaveProperty("mode");
    expect(await preview(projectTls, run(world), next, without)).toEqual(same);
    await destroy(world, next);
    await destroy(world, state);
    expect(modes(world)).toEqual(Array(3).fill("preferTLS"));
  });

  test("keeps the CA file that it needs, although the resource brought it", async () => {
    const world = await plain();
    await byHand(world, { CAFilePath: null });
    const state = await up(projectTls, run(world), { ...prefers, caFilePath: CA });
    const one = run(world);
    expect(await preview(projectTls, one, state, prefers)).toEqual(changed);
    expect(one.told.join("\n")).toMatch(/does not put back what it found of caFilePath\n +processes with TLS need it/);
    await update(projectTls, run(world), state, prefers);
    expect(world.document().tls.CAFilePath).toBe(CA);
    const end = await destroy(world, state);
    expect(world.document().tls.CAFilePath).toBe(CA);
    expect(end.told.join("\n")).toMatch(/processes with TLS need it/);
  });

  test("shows drift by process, and reverts it upwards only", async () => {
    const world = await plain();
    const state = await up(projectTls, run(world), prefers);
    await processByHand(world, { mode: "disabled" }, ["orders-1"]);
    const one = run(world);
    expect(await preview(projectTls, one, state, prefers)).toEqual(changed);
    expect(one.told.join("\n")).toMatch(
      /drift .*\n +mode +live "preferTLS on orders-0, orders-2; disabled on orders-1" +recorded "preferTLS" .*up puts it back/,
    );
    const writes = writesOf(world);
    const next = await update(projectTls, run(world), state, prefers);
    expect(writes).toEqual(["preferTLS allowTLS preferTLS", all("preferTLS")]);

    await processByHand(world, { mode: "requireTLS" }, ["orders-2"]);
    await expect(preview(projectTls, run(world), next, prefers)).rejects.toThrow(/FED269 .*orders-2 \(requireTLS\)/);
    expect(await preview(projectTls, run(world, "warn"), next, prefers)).toEqual(same);

    await processByHand(world, { mode: "disabled", PEMKeyFile: null }, ["orders-0"]);
    await expect(preview(projectTls, run(world), next, requires)).rejects.toThrow(/FED266 [\s\S]*FED267 /);
  });

  test("goes on where a run was interrupted, and calls its own step no drift", async () => {
    const world = await plain();
    world.emulator.edit({ edit: "set-agents", projectId: PROJECT, stuck: ["orders-1"] });
    const halfway = await up(projectTls, { ...run(world), waitMs: 200 }, prefers).catch((thrown: unknown) => thrown);
    expect(halfway).toBeInstanceOf(IncompleteError);
    expect(String((halfway as Error).cause)).toMatch(/FED421 .*waits for orders-1, and after \d+ s/);
    expect(modes(world)).toEqual(Array(3).fill("allowTLS"));
    const early = await up(projectTls, { ...run(world), waitMs: 200 }, prefers).catch((thrown: unknown) => thrown);
    expect(String(early)).toMatch(/FED421 .*waits for orders-1/);
    expect(world.count("PUT")).toBe(1);

    world.emulator.edit({ edit: "set-agents", projectId: PROJECT, stuck: [] });
    const state = { ...(halfway as IncompleteError), inputs: prefers } as State;
    expect(state.outputs.mode).toBe("allowTLS");
    const one = run(world);
    expect(await preview(projectTls, one, state, prefers)).toEqual(changed);
    expect(one.told.join("\n")).not.toMatch(/drift/);
    const next = await update(projectTls, run(world), state, prefers);
    expect(modes(world)).toEqual(Array(3).fill("preferTLS"));
    expect(await preview(projectTls, run(world), next, prefers)).toEqual(same);
  });

  test("is lowered by no adoption and by no refresh, and a refresh shows it by process", async () => {
    const world = await emulated();
    await expect(up(projectTls, run(world), prefers)).rejects.toThrow(/FED269/);
    const { inputs } = await projectTls.check({ ...run(world), offline: "no credentials" }, {}, prefers);
    await expect(projectTls.create(run(world), inputs)).rejects.toThrow(/FED269/);
    expect(world.count("PUT")).toBe(0);

    const state = await up(projectTls, run(world), requires);
    await processByHand(world, { mode: "preferTLS" }, ["orders-0"]);
    const seen = (await refresh(projectTls, run(world), state)) as State;
    expect(seen.inputs.mode).toBe("preferTLS on orders-0; requireTLS on orders-1, orders-2");
    const one = run(world);
    expect(await preview(projectTls, one, seen, requires)).toEqual(changed);
    expect(one.told.join("\n")).toMatch(/drift .*\n +mode +live "preferTLS on orders-0.*up puts it back/);
    expect(one.told.join("\n")).toMatch(/FED268 .*connect without TLS to orders-0 of/);
    const next = await update(projectTls, run(world), seen, requires);
    expect(await preview(projectTls, run(world), next, requires)).toEqual(same);
  });

  test("has no effect on a project without processes, which is told, and reaches the first one as drift", async () => {
    const world = await emulated();
    const { processes } = world.document();
    const set = (keys: Record<string, unknown>) =>
      world.emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, keys });
    set({ processes: [] });
    const one = run(world);
    const state = await up(projectTls, one, prefers);
    expect(one.told.join("\n")).toContain("no process has TLS settings yet");
    expect(world.count("PUT")).toBe(0);
    expect(await preview(projectTls, run(world), state, prefers)).toEqual(same);
    processes[0].args2_6.net.tls.mode = "disabled";
    set({ processes: processes.slice(0, 1) });
    const next = await update(projectTls, run(world), state, prefers);
    expect(inProcesses(world, "mode")).toEqual(["preferTLS"]);
    expect(await preview(projectTls, run(world), next, prefers)).toEqual(same);
  });

  test("is written to net.ssl in the spelling of older documents", async () => {
    const world = await emulated();
    const { processes } = world.document();
    for (const { args2_6 } of processes) args2_6.net = { ssl: { mode: "disabled", PEMKeyFile: "/s.pem" } };
    world.emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, keys: { processes } });
    const state = await up(projectTls, run(world), prefers);
    await update(projectTls, run(world), state, requires);
    const net = world.document().processes.map((one: { args2_6: { net: unknown } }) => one.args2_6.net);
    expect(net).toEqual(Array(3).fill({ ssl: { mode: "requireSSL", PEMKeyFile: "/s.pem" } }));
  });

  test("is ignored where the program ignores its changes", async () => {
    const world = await emulated();
    const state = await up(projectTls, run(world), requires);
    await processByHand(world, { mode: "disabled" });
    const ignoring = { ...requires, __ignored: ["mode"] };
    expect(await preview(projectTls, run(world), state, ignoring)).toEqual(same);
  });

  test("is recorded as far as it has come where the server refuses a later step", async () => {
    const world = await plain();
    world.fault("PUT", { kind: "status", status: 400 }, { nth: 2 });
    const error = await up(projectTls, run(world), { ...prefers, caFilePath: CA }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IncompleteError);
    expect((error as IncompleteError).outputs).toMatchObject({ mode: "allowTLS", caFilePath: CA });
    world.emulator.clearFaults();
    await destroy(world, { ...(error as IncompleteError), inputs: prefers } as State);
    expect(world.document().tls).toEqual(FOUND);
    expect(modes(world)).toEqual(Array(3).fill("allowTLS"));
  });

  test.each([1, 2])("reaches its end where the answer to write %i is lost", async (nth) => {
    const world = await plain();
    world.fault("PUT", { kind: "drop", when: "after-commit" }, { nth });
    await up(projectTls, run(world), prefers);
    expect(modes(world)).toEqual(Array(3).fill("preferTLS"));
    expect(await world.plane.overwritten()).toEqual([]);
  });

  test("comes back where another client writes an old document between two steps", async () => {
    const world = await plain();
    const old = world.document();
    let writes = 0;
    const { update: send } = world.plane.projectTls;
    world.plane.projectTls.update = async (...given) => {
      const live = await send.apply(world.plane.projectTls, given);
      writes += 1;
      if (writes === 1) world.emulator.edit({ edit: "put-automation-config", projectId: PROJECT, document: old });
      return live;
    };
    await up(projectTls, run(world), { ...prefers, caFilePath: CA });
    expect(modes(world)).toEqual(Array(3).fill("preferTLS"));
    expect(world.document().tls.CAFilePath).toBe(CA);
    expect(await world.plane.overwritten()).toEqual([]);
  });

  test("waits between steps even where the stack waits for nothing", async () => {
    const world = await plain();
    world.emulator.edit({ edit: "set-agents", projectId: PROJECT, agents: { goalMs: 40 } });
    await up(projectTls, { ...run(world), waitMs: 0 }, prefers);
    const wait = async () => world.plane.projects.applied(PROJECT, { limitMs: 1_000 });
    expect((await wait()).pending).toEqual([]);
  });
});

describe("a cluster CA file", () => {
  const cluster = { projectId: PROJECT, clusterCaFilePath: "/etc/mongodb/cluster.pem" };

  test("is refused for processes without a CA file", async () => {
    const world = await emulated();
    await byHand(world, { CAFilePath: null });
    await expect(up(projectTls, run(world), cluster)).rejects.toThrow(
      /FED270 orders-0, orders-1, orders-2 of project \w+ would have a cluster CA file, and no CA file/,
    );
    const state = await up(projectTls, run(world), { ...cluster, caFilePath: CA });
    const alone = { ...cluster, caFilePath: "" };
    await expect(preview(projectTls, run(world), state, alone)).rejects.toThrow(/FED270/);
  });

  test("is refused in the preview where reverting drift would set it beside no CA file", async () => {
    const world = await emulated();
    const state = await up(projectTls, run(world), cluster);
    await processByHand(world, { clusterCAFile: null });
    await byHand(world, { CAFilePath: null });
    await expect(preview(projectTls, run(world), state, cluster)).rejects.toThrow(/FED270/);
    await expect(update(projectTls, run(world), state, cluster)).rejects.toThrow(/FED270/);
    expect(await preview(projectTls, run(world, "warn"), state, cluster)).toEqual(same);
  });

  test("goes back to the file of each process", async () => {
    const world = await emulated();
    await processByHand(world, { clusterCAFile: "/theirs.pem" }, ["orders-1"]);
    const state = await up(projectTls, run(world), cluster);
    expect(inProcesses(world, "clusterCAFile")).toEqual(Array(3).fill(cluster.clusterCaFilePath));
    const none = { projectId: PROJECT };
    expect(await preview(projectTls, run(world), state, none)).toEqual(changed);
    await update(projectTls, run(world), state, none);
    expect(inProcesses(world, "clusterCAFile")).toEqual([undefined, "/theirs.pem", undefined]);
    await destroy(world, await up(projectTls, run(world), cluster));
    expect(inProcesses(world, "clusterCAFile")).toEqual([undefined, "/theirs.pem", undefined]);
  });
});

describe("a cluster CA file that an earlier version wrote where no server reads it", () => {
  const program = { projectId: PROJECT, caFilePath: CA, clusterCaFilePath: "/etc/mongodb/cluster.pem" };

  /** The state of an earlier version, and the document that it left. */
  async function recorded() {
    const world = await emulated();
    const { id, inputs, outputs } = await up(projectTls, run(world), { ...declared, clusterCaFilePath: "/other.pem" });
    const applied = await up(projectTls, run(world), program);
    const __found = { caFilePath: FOUND.CAFilePath, clusterCaFilePath: "" };
    const { __foundInProcesses: _, ...rest } = { ...outputs, ...applied.outputs } as Record<string, unknown>;
    await processByHand(world, { clusterCAFile: null });
    await byHand(world, { clusterCAFilePath: program.clusterCaFilePath });
    world.emulator.clearRequests();
    return { world, state: { id, inputs: { ...inputs, ...program }, outputs: { ...rest, __found } } as State };
  }

  test("is no difference, before and after a refresh", async () => {
    const { world, state } = await recorded();
    const one = run(world);
    expect(await preview(projectTls, one, state, program)).toEqual(same);
    expect(one.told).toEqual([
      expect.stringMatching(
        /note .*an earlier version wrote clusterCaFilePath where no server reads it\n.*sets clusterCaFilePath/,
      ),
      expect.stringMatching(/TLS is on/),
    ]);
    const seen = (await refresh(projectTls, run(world), state)) as State;
    expect(seen.inputs).toEqual(program);
    expect(await preview(projectTls, run(world), seen, program)).toEqual(same);
    expect(world.count("PUT")).toBe(0);
  });

  test("goes with the next write of the run, whatever that is for", async () => {
    const { world, state } = await recorded();
    const one = run(world);
    expect(await preview(projectTls, one, state, program)).toEqual(same);
    const role = { roleName: "reader", database: "admin" };
    await one.plane().databaseRoles.create(PROJECT, role, { privileges: [], roles: [] });
    expect(world.document().tls).not.toHaveProperty("clusterCAFilePath");
    expect(await preview(projectTls, run(world), state, program)).toEqual(same);
    await world.plane.databaseRoles.delete(PROJECT, role);
  });

  test("goes with a change of the resource, which sets it on every process and says so", async () => {
    const { world, state } = await recorded();
    const next = { ...program, clientCertificateMode: "OPTIONAL", caFilePath: "/etc/mongodb/next.pem" };
    const one = run(world);
    expect(await preview(projectTls, one, state, next)).toEqual(changed);
    const after = await update(projectTls, run(world), state, next);
    expect(world.document().tls).not.toHaveProperty("clusterCAFilePath");
    expect(inProcesses(world, "clusterCAFile")).toEqual(Array(3).fill(program.clusterCaFilePath));
    const again = run(world);
    expect(await preview(projectTls, again, after, next)).toEqual(same);
    expect(again.told.join("\n")).not.toMatch(/earlier version/);
    await destroy(world, after);
    expect(inProcesses(world, "clusterCAFile")).toEqual(Array(3).fill(undefined));
  });

  test.each(["update", "destroy"])("goes with an %s that no longer declares it", async (how) => {
    const { world, state } = await recorded();
    if (how === "destroy") await destroy(world, state);
    else await update(projectTls, run(world), state, declared);
    expect(world.document().tls).not.toHaveProperty("clusterCAFilePath");
    expect(inProcesses(world, "clusterCAFile")).toEqual(Array(3).fill(undefined));
  });

  test("stays where somebody else has changed it", async () => {
    const { world, state } = await recorded();
    await byHand(world, { clusterCAFilePath: "/theirs.pem" });
    await destroy(world, state);
    expect(world.document().tls.clusterCAFilePath).toBe("/theirs.pem");
  });
});

test("the preview reports a path that hosts of the project cannot have", async () => {
  const world = await emulated();
  const { processes } = world.document();
  processes[2].args2_6.systemLog.path = "D:\\logs\\mongod.log";
  world.emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, keys: { processes } });
  const told = async (program: Record<string, string>) => {
    const one = run(world);
    const { findings } = await projectTls.check(one, {}, { projectId: PROJECT, ...program });
    expect(findings).toEqual([]);
    return one.told.filter((block) => block.includes("FED271")).map((block) => block.split("\n")[0]);
  };
  expect(await told({ caFilePath: CA })).toMatchObject([
    expect.stringMatching(/FED271.*orders-2 of project \w+ has no CA file, because caFilePath is for Linux/),
  ]);
  expect(await told({ caFilePath: CA, caFilePathWindows: "D:\\ca.pem" })).toEqual([]);
  expect(await told({ caFilePathWindows: "D:\\ca.pem", clusterCaFilePath: "/c.pem" })).toMatchObject([
    expect.stringMatching(/"\/c.pem" is no path of orders-2 of project \w+, on Windows/),
  ]);
  processes[2].args2_6.systemLog.path = "/data/mongod.log";
  world.emulator.edit({ edit: "set-automation-keys", projectId: PROJECT, keys: { processes } });
  await fresh(world);
  expect(await told({ caFilePathWindows: "D:\\ca.pem" })).toMatchObject([
    expect.stringMatching(/no process of project \w+ runs on Windows/),
  ]);
  expect(await told({ caFilePath: CA })).toEqual([]);
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
