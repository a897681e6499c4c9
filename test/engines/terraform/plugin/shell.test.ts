/** How a provider starts, whom it answers, and when it ends, as a client in the manner of go-plugin sees it. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { selfSignedIdentity } from "../../../../provider/engines/terraform/plugin/certificate.ts";
import { type DynamicValue, methods } from "../../../../provider/engines/terraform/plugin/messages.ts";
import type { Decoded } from "../../../../provider/engines/terraform/plugin/protobuf.ts";
import { typeOfBlock } from "../../../../provider/engines/terraform/plugin/value-type.ts";
import { decodeValue, encodeValue } from "../../../../provider/engines/terraform/plugin/values.ts";
import { type ObjectValue, UNKNOWN } from "../../../../provider/engines/terraform/protocol.ts";
import { COOKIE, firstLine, PluginClient, type StartOptions, spawnPlugin } from "../../../support/plugin-client.ts";
import { handlers } from "../toy/handlers.ts";
import { toy } from "../toy/toy.ts";

/** Terraform kills a provider that has not ended by then. */
const PATIENCE_MS = 2_000;

let command: string;
const clients: PluginClient[] = [];

beforeAll(async () => {
  ({ command } = await toy());
});
afterEach(() => {
  for (const client of clients.splice(0)) client.kill();
});

async function start(options: StartOptions = {}): Promise<PluginClient> {
  const client = await PluginClient.start([command], options);
  clients.push(client);
  return client;
}

const type = typeOfBlock(handlers.schema().resources.toy_thing!.block);
const dynamic = (value: ObjectValue | null) => ({ msgpack: encodeValue(type, value) });
const thing = (value: Decoded<typeof DynamicValue> | undefined) => decodeValue(type, value!.msgpack);

/** A thing of that behavior is created. */
function create(client: PluginClient, behave: string, priorState: ObjectValue | null = null) {
  const value = dynamic({ id: UNKNOWN, name: "it", behave });
  return client.call("ApplyResourceChange", {
    typeName: "toy_thing",
    priorState: dynamic(priorState),
    plannedState: value,
    config: dynamic({ name: "it", behave }),
    plannedPrivate: Buffer.from("kept"),
  });
}

async function outcome(env: Record<string, string | undefined>): Promise<{ code: number; out: string; err: string }> {
  const child = spawnPlugin([command], undefined, env);
  let [out, err] = ["", ""];
  child.stdout!.on("data", (data: Buffer) => {
    out += data;
  });
  child.stderr!.on("data", (data: Buffer) => {
    err += data;
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, out, err };
}

describe("a provider that is started", () => {
  test("by hand says in one sentence what it is, and not where Terraform would read it", async () => {
    const { code, out, err } = await outcome({ TF_PLUGIN_MAGIC_COOKIE: undefined });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^This is a provider for Terraform and OpenTofu\..*\n$/);
  });

  test("by a Terraform that is too old says so where that shows it", async () => {
    const { code, out } = await outcome({ PLUGIN_PROTOCOL_VERSIONS: "4,5" });
    expect([code, out]).toEqual([1, "The provider cannot start: it needs Terraform 1.0 or newer, or OpenTofu\n"]);
  });

  test("says one line, whatever its own code prints", async () => {
    const client = await start();
    expect(client.lines[0]).toMatch(/^1\|6\|unix\|\/.+\|grpc\|[A-Za-z0-9+/]+$/);
    await create(client, "print");
    await client.shutdown();
    expect(client.stderr).toContain("printed while the provider is loaded");
    expect(client.stderr).toContain("printed by applyResourceChange");
    expect(client.lines).toHaveLength(1);
  });

  test("answers whoever started it, and nobody else", async () => {
    const client = await start();
    expect((await client.call("GetMetadata", {})).resources).toEqual([{ typeName: "toy_thing" }]);
    for (const connectAs of [selfSignedIdentity(), "nobody"] as const) {
      const stranger = await start({ connectAs });
      await expect(stranger.call("GetMetadata", {})).rejects.toThrow(/UNAVAILABLE/);
    }
  });

  test("without a certificate, as in tests of providers, speaks plain HTTP/2", async () => {
    const client = await start({ plain: true });
    expect(client.lines[0]).toMatch(/\|grpc\|$/);
    expect((await client.call("GetMetadata", {})).resources).toHaveLength(1);
    const open = start({ plain: true, env: { TMPDIR: "/missing/folder" } });
    await expect(open).rejects.toThrow("without certificates it listens at sockets only");
  });
});

describe("the socket", () => {
  test("is in a folder for its owner alone, which goes with the process", async () => {
    const client = await start();
    const folder = dirname(client.lines[0]!.split("|")[3]!);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await client.shutdown();
    await expect(stat(folder)).rejects.toThrow("ENOENT");
  });

  test.each([
    ["a path too long for a socket", "x".repeat(100)],
    ["a folder that is not there", "missing/folder"],
  ])("is a port of the loopback where TMPDIR is %s", async (_, name) => {
    await using folder = await temporaryFolder();
    const long = join(folder.path, name);
    if (!name.includes("/")) await mkdir(long);
    const client = await start({ env: { TMPDIR: long } });
    expect(client.lines[0]).toMatch(/^1\|6\|tcp\|127\.0\.0\.1:\d+\|grpc\|/);
    expect((await client.call("GetMetadata", {})).resources).toHaveLength(1);
  });

  test("of a process that was killed goes with the next start; those in use and those of others stay", async () => {
    await using folder = await temporaryFolder();
    const gone = spawn(process.execPath, ["-e", "0"]);
    await once(gone, "exit");
    const old = new Date(Date.now() - 2 * 60 * 60 * 1000);
    const names = [
      `socket-${gone.pid}-old`,
      `socket-${process.pid}-used`,
      `socket-${gone.pid}-new`,
      "socket-x-strange",
    ];
    for (const name of names) {
      const path = join(folder.path, `terraform-provider-${name}`);
      await mkdir(path);
      if (!name.endsWith("new")) await utimes(path, old, old);
    }
    const client = await start({ env: { TMPDIR: folder.path } });
    await client.call("GetMetadata", {});
    const own = `terraform-provider-socket-${client.process.pid}-`;
    const left = (await readdir(folder.path)).filter((name) => !name.startsWith(own));
    expect(left.sort()).toEqual(
      names
        .slice(1)
        .map((name) => `terraform-provider-${name}`)
        .sort(),
    );
  });
});

describe("the end", () => {
  test("comes at once when Terraform says so", async () => {
    const client = await start();
    await client.call("GetMetadata", {});
    expect(await client.shutdown()).toBeLessThan(PATIENCE_MS);
    expect(client.process.exitCode).toBe(0);
  });

  test("comes when Terraform is killed, and no process is left", async () => {
    const parent = spawn(
      process.execPath,
      [
        "-e",
        `require("node:child_process").spawn(${JSON.stringify(command)}, { stdio: "inherit" }); setInterval(() => {}, 1e6)`,
      ],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, TF_PLUGIN_MAGIC_COOKIE: COOKIE } },
    );
    expect(await firstLine(parent)).toMatch(/^1\|6\|/);
    parent.kill("SIGKILL");
    // The provider holds the other end of this pipe for as long as it lives.
    await once(parent.stdout!, "close");
  });

  test("does not come by Ctrl-C: that is for Terraform to judge", async () => {
    const client = await start();
    await client.call("GetMetadata", {});
    client.process.kill("SIGINT");
    expect((await client.call("GetMetadata", {})).resources).toHaveLength(1);
  });

  test("by a signal waits for what is being done, which is told to stop", async () => {
    const client = await start();
    const created = create(client, "wait");
    await until(() => client.stderr.includes("waiting"));
    client.process.kill("SIGTERM");
    const { newState, diagnostics } = await created;
    expect(diagnostics[0]?.detail).toContain("told to stop by SIGTERM");
    expect(thing(newState)).toMatchObject({ id: "thing-it" });
    const [code] = client.process.exitCode === null ? await once(client.process, "exit") : [client.process.exitCode];
    expect(code).toBe(143);
  });

  test("of what is being done comes by StopProvider, and the process lives on", async () => {
    const client = await start();
    const created = create(client, "wait");
    await until(() => client.stderr.includes("waiting"));
    await client.call("StopProvider", {});
    expect((await created).diagnostics[0]?.detail).toContain("Terraform was told to stop");
    expect((await client.call("GetMetadata", {})).resources).toHaveLength(1);
  });
});

describe("a failure", () => {
  test("to load the provider is the answer to every question", async () => {
    const client = await start({ env: { TOY_BROKEN: "no luck today" } });
    for (const name of ["GetProviderSchema", "ValidateResourceConfig"] as const) {
      const { diagnostics } = await client.call(name, {});
      expect(diagnostics.map(({ severity, detail }) => [severity, detail])).toEqual([
        [1, `no luck today\n\n(in ${name})`],
      ]);
    }
  });

  test("of a handler is a diagnostic, and the state stays as it was", async () => {
    const client = await start();
    const prior = { id: "thing-it", name: "before" };
    const { newState, private: kept, diagnostics } = await create(client, "throw", prior);
    expect(diagnostics.map(({ detail }) => detail)).toEqual([
      "thrown by applyResourceChange\n\n(in ApplyResourceChange)",
    ]);
    expect(thing(newState)).toMatchObject(prior);
    expect(Buffer.from(kept).toString()).toBe("kept");

    const read = { typeName: "toy_thing", currentState: dynamic({ ...prior, behave: "throw" }) };
    const answer = await client.call("ReadResource", { ...read, private: Buffer.from("kept") });
    expect(answer.diagnostics).toHaveLength(1);
    expect(thing(answer.newState)).toMatchObject(prior);
    expect(Buffer.from(answer.private).toString()).toBe("kept");
  });

  test("that nobody catches fails what is running, and nothing else", async () => {
    const client = await start();
    const { diagnostics } = await create(client, "uncaught");
    expect(diagnostics[0]?.detail).toContain("thrown where nobody catches");
    expect((await create(client, "")).diagnostics).toEqual([]);
  });

  test("is also a resource that the provider does not have, and a value that is not of its schema", async () => {
    const client = await start();
    const unknown = await client.call("ReadResource", { typeName: "toy_other", currentState: dynamic({}) });
    expect(unknown.diagnostics[0]?.detail).toContain('no resource "toy_other"');
    const wrong = { typeName: "toy_thing", config: { msgpack: Buffer.from("a3616263", "hex") } };
    expect((await client.call("ValidateResourceConfig", wrong)).diagnostics[0]?.detail).toContain(
      "the value is no object",
    );
  });
});

describe("a request", () => {
  test("is answered for every method of the protocol", async () => {
    const client = await start();
    const schema = await client.call("GetProviderSchema", {});
    expect(schema.diagnostics).toEqual([]);
    expect(schema.serverCapabilities).toEqual({
      planDestroy: true,
      getProviderSchemaOptional: true,
      moveResourceState: true,
    });
    const json = { json: Buffer.from('{"title":"old","size":0.10000000000000000001,"sizes":[12345678901234567891]}') };
    const upgraded = await client.call("UpgradeResourceState", { typeName: "toy_thing", version: 0, rawState: json });
    expect(thing(upgraded.upgradedState)).toMatchObject({
      name: "old",
      size: "0.10000000000000000001",
      sizes: ["12345678901234567891"],
    });
    const imported = await client.call("ImportResourceState", { typeName: "toy_thing", id: "x" });
    expect(thing(imported.importedResources[0]?.state)).toMatchObject({ id: "x", name: "x" });
    const sourceState = { json: Buffer.from('{"input":"from elsewhere"}') };
    const moved = await client.call("MoveResourceState", { targetTypeName: "toy_thing", sourceState });
    expect(thing(moved.targetState)).toMatchObject({ id: "moved", name: "from elsewhere" });
    for (const name of Object.keys(methods) as (keyof typeof methods)[]) {
      await expect(client.call(name, {}), name).resolves.toBeDefined();
    }
  });

  test("health, standard output and connections of others, which every plugin is asked for", async () => {
    const client = await start();
    expect(Buffer.from(await client.unary("/grpc.health.v1.Health/Check", new Uint8Array())).toString("hex")).toBe(
      "0801",
    );
    expect(await client.stream("/plugin.GRPCStdio/StreamStdio")).toEqual([]);
    expect(await client.stream("/plugin.GRPCBroker/StartStream")).toEqual([]);
  });
});

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "mongofed-shell-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
