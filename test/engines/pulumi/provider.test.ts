import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import providerProto from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import structProto, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../../provider/emulator/index.ts";
import { ProviderProcess } from "../../../provider/engines/embedded/process/provider-process.ts";
import { entryText, typeToken } from "../../../provider/engines/pulumi/entry.ts";
import { CONTEXT } from "../../../provider/engines/pulumi/hidden.ts";
import { toStruct } from "../../../provider/engines/pulumi/struct.ts";
import { UNKNOWN } from "../../../schema/unknown.ts";
import { IDP } from "../../support/ids.ts";

/**
 * Pulumi's own provider process, spoken to as an engine speaks to it. It loads the built package, as it does for users.
 */

const root = fileURLToPath(new URL("../../..", import.meta.url));
type Json = Record<string, JavaScriptValue>;

let emulator: Emulator;
let provider: Provider;
let federationSettingsId: string;

beforeAll(async () => {
  emulator = await startEmulator();
  federationSettingsId = emulator.ids.federationSettingsId!;
  provider = new Provider(emulator.env);
});
afterAll(async () => {
  await provider.close();
  await emulator.close();
});
beforeEach(async () => {
  emulator.reset();
  // One that has only looked has seen what there is again now; a process takes a second to start.
  if (provider.hasWritten) await nextRun();
});

interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** The calls of an engine, in plain JSON, to a process that starts with the first of them. */
class Provider {
  readonly output: string[] = [];
  hasWritten = false;
  readonly #env: Record<string, string | undefined>;
  readonly #config: Json;
  #process: Promise<ProviderProcess> | undefined;

  constructor(env: Record<string, string | undefined>, config: Json = {}) {
    this.#env = env;
    this.#config = config;
  }

  async #start(): Promise<ProviderProcess> {
    const { PATH, HOME } = process.env;
    const started = await ProviderProcess.start({
      workDir: root,
      env: { PATH, HOME, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...this.#env },
      engineAddress: "127.0.0.1:1",
      onOutput: (_, text) => this.output.push(text),
    });
    const request = new providerProto.ConfigureRequest();
    request.setArgs(structProto.Struct.fromJavaScript(this.#config));
    await started.call("configure", request);
    return started;
  }

  async #call<Request, Response>(method: string, request: Request): Promise<Response> {
    this.#process ??= this.#start();
    return (await this.#process).call<Request, Response>(method, request);
  }

  async close(): Promise<void> {
    await (await this.#process)?.close();
  }

  async check(olds: Json, news: Json): Promise<{ inputs: Json; failures: Failure[] }> {
    const request = new providerProto.CheckRequest();
    request.setOlds(structProto.Struct.fromJavaScript(olds));
    request.setNews(structProto.Struct.fromJavaScript(news));
    const response = await this.#call<typeof request, providerProto.CheckResponse>("check", request);
    return {
      inputs: response.getInputs()!.toJavaScript(),
      failures: response.getFailuresList().map((f) => f.toObject()),
    };
  }

  async diff(id: string, olds: Json, news: Json): Promise<{ changes: number; replaces: string[]; first: boolean }> {
    const request = new providerProto.DiffRequest();
    request.setId(id);
    request.setOlds(structProto.Struct.fromJavaScript(olds));
    request.setNews(structProto.Struct.fromJavaScript(news));
    const response = await this.#call<typeof request, providerProto.DiffResponse>("diff", request);
    return {
      changes: response.getChanges(),
      replaces: response.getReplacesList(),
      first: response.getDeletebeforereplace(),
    };
  }

  async create(properties: Json): Promise<{ id: string; outputs: Json }> {
    this.hasWritten = true;
    const request = new providerProto.CreateRequest();
    request.setProperties(structProto.Struct.fromJavaScript(properties));
    const response = await this.#call<typeof request, providerProto.CreateResponse>("create", request);
    return { id: response.getId(), outputs: response.getProperties()!.toJavaScript() };
  }

  /** With `inputs` alone it is what a program asks by id; with `outputs` what a refresh does. */
  async read(
    id: string,
    given: { inputs?: Json; outputs?: Json },
  ): Promise<{ id: string; outputs: Json; inputs: Json | undefined }> {
    const request = new providerProto.ReadRequest();
    request.setId(id);
    if (given.outputs) request.setProperties(structProto.Struct.fromJavaScript(given.outputs));
    if (given.inputs) request.setInputs(structProto.Struct.fromJavaScript(given.inputs));
    const response = await this.#call<typeof request, providerProto.ReadResponse>("read", request);
    return {
      id: response.getId(),
      outputs: response.getProperties()!.toJavaScript(),
      inputs: response.getInputs()?.toJavaScript(),
    };
  }

  async update(id: string, olds: Json, news: Json): Promise<Json> {
    this.hasWritten = true;
    const request = new providerProto.UpdateRequest();
    request.setId(id);
    request.setOlds(structProto.Struct.fromJavaScript(olds));
    request.setNews(structProto.Struct.fromJavaScript(news));
    const response = await this.#call<typeof request, providerProto.UpdateResponse>("update", request);
    return response.getProperties()!.toJavaScript();
  }

  async delete(id: string, properties: Json): Promise<void> {
    this.hasWritten = true;
    const request = new providerProto.DeleteRequest();
    request.setId(id);
    request.setProperties(structProto.Struct.fromJavaScript(properties));
    await this.#call("delete", request);
  }
}

const { DIFF_NONE, DIFF_SOME } = providerProto.DiffResponse.DiffChanges;
const unchanged = { changes: DIFF_NONE, replaces: [], first: false };

function staff(changes: Json = {}): Json {
  return {
    federationSettingsId,
    idpType: "WORKFORCE",
    configurationName: "corp-entra",
    issuerUri: "https://login.example.com/v2.0",
    audience: "api://corp",
    clientId: "client-1",
    associatedDomains: ["example.com"],
    authorizationType: "GROUP",
    [CONTEXT]: JSON.stringify({ name: "staff" }),
    __provider: entryText("IdentityProvider"),
    ...changes,
  };
}

/** Another run: another process, which knows nothing of what the last one made. */
async function nextRun(env: Record<string, string | undefined> = emulator.env, config: Json = {}): Promise<void> {
  await provider.close();
  provider = new Provider(env, config);
}

async function created(program = staff()) {
  const { inputs, failures } = await provider.check({}, program);
  expect(failures).toEqual([]);
  return { inputs, ...(await provider.create(inputs)) };
}

function reference(outputs: Json): Json {
  const { identityProviderId, configurationName, idpType, authorizationType } = outputs;
  return { federationSettingsId, identityProviderId, configurationName, idpType, authorizationType } as Json;
}

function connection(outputs: Json): Json {
  return { orgId: emulator.ids.orgId, identityProvider: reference(outputs), __provider: entryText("OrgConnection") };
}

describe("the text that every state names", () => {
  test("is frozen, and short", () => {
    expect(
      (["IdentityProvider", "OrgConnection", "ProjectTls", "TokenCheck", "Program"] as const).map(entryText),
    ).toEqual([
      'exports.handler=()=>require("mongofed/provider").identityProvider();',
      'exports.handler=()=>require("mongofed/provider").orgConnection();',
      'exports.handler=()=>require("mongofed/provider").projectTls();',
      'exports.handler=()=>require("mongofed/provider").tokenCheck();',
      'exports.handler=()=>require("mongofed/provider").program();',
    ]);
    expect(typeToken("IdentityProvider")).toBe("pulumi-nodejs:dynamic/mongofed:IdentityProvider");
    expect(typeToken("OrgConnection")).toBe("pulumi-nodejs:dynamic/mongofed:OrgConnection");
    for (const kind of ["IdentityProvider", "OrgConnection", "Program"] as const) {
      expect(entryText(kind).length).toBeLessThanOrEqual(100);
    }
  });

  test.each(["commonjs", "module"])("loads from a consumer whose package is of type %s", async (type) => {
    const folder = mkdtempSync(join(tmpdir(), "mongofed-consumer-"));
    try {
      mkdirSync(join(folder, "node_modules"));
      symlinkSync(root, join(folder, "node_modules", "mongofed"), "dir");
      writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", type }));
      const load = `const module = {exports: {}};
        new Function("exports", "require", process.argv[1])(module.exports, require);
        const handler = module.exports.handler();
        console.log(typeof handler.then, Object.keys(handler).sort().join());`;
      const text = entryText("IdentityProvider");
      const run = promisify(execFile);
      const { stdout } = await run(process.execPath, ["--input-type=commonjs", "-e", load, text], { cwd: folder });
      expect(stdout.trim()).toBe("undefined check,configure,create,delete,diff,read,update");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("does not load Pulumi's SDK", async () => {
    const script = `require("mongofed/provider").identityProvider();
      console.log(Object.keys(require.cache).filter((path) => path.includes("@pulumi")).length)`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=commonjs", "-e", script], {
      cwd: root,
    });
    expect(stdout.trim()).toBe("0");
  });
});

describe("configure", () => {
  // Each with a configuration of its own.
  afterEach(() => nextRun());

  test("serves concurrent first calls: none of them runs unconfigured", async () => {
    await nextRun();
    const checks = await Promise.all(Array.from({ length: 8 }, () => provider.check({}, staff())));
    expect(checks.flatMap(({ failures }) => failures)).toEqual([]);
    expect(emulator.requests().filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("reads credentials from the stack configuration", async () => {
    await nextRun(
      {},
      {
        "mongofed:baseUrl": emulator.url,
        "mongofed:publicKey": emulator.credentials.publicKey,
        "mongofed:privateKey": emulator.credentials.privateKey,
      },
    );
    expect((await provider.check({}, staff())).failures).toEqual([]);
  });

  test("trouble with it is told by every call, not by the first one only", async () => {
    await nextRun({});
    const id = `${federationSettingsId}/${IDP}`;
    for (let call = 0; call < 2; call++) {
      await expect(provider.check({}, staff())).rejects.toThrow("FED410");
      await expect(provider.diff(id, staff(), staff())).rejects.toThrow("FED410");
      await expect(provider.read(id, { inputs: staff() })).rejects.toThrow("FED410");
      await expect(provider.delete(id, staff())).rejects.toThrow("FED410");
    }
  });
});

describe("check", () => {
  test("failures name no property, since Pulumi would print its value; the path is in the text", async () => {
    const { failures } = await provider.check(
      {},
      staff({ clientId: null, associatedDomains: ["ok.example", "@bad"], secret: "hunter2" }),
    );
    expect(failures.map(({ property }) => property)).toEqual(["", "", ""]);
    const text = failures.map(({ reason }) => reason).join("\n");
    expect(text).toMatch(/FED204/);
    expect(text).toMatch(/FED213[\s\S]*--> associatedDomains\[1\]/);
    expect(text).not.toContain("hunter2");
  });

  test("the unknown is no fault at any depth, and reaches no server", async () => {
    const unknown = staff({
      issuerUri: UNKNOWN,
      audience: UNKNOWN,
      associatedDomains: [UNKNOWN, "a.example"],
      requestedScopes: UNKNOWN,
    });
    const { inputs, failures } = await provider.check({}, unknown);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      issuerUri: UNKNOWN,
      associatedDomains: [UNKNOWN, "a.example"],
      requestedScopes: UNKNOWN,
    });
  });

  test("lets nothing hidden into the state but what Pulumi adds itself", async () => {
    const { inputs } = await provider.check({}, staff({ __anything: 1 }));
    expect(Object.keys(inputs).filter((key) => key.startsWith("__"))).toEqual(["__provider"]);
  });

  test("of the sentinel ends an inline program with the text that it was given", async () => {
    const news = { text: "2 errors in 3 declarations", __provider: entryText("Program") };
    expect((await provider.check({}, news)).failures).toEqual([{ property: "", reason: "2 errors in 3 declarations" }]);
  });
});

describe("diff", () => {
  test("sees no change in __provider, output-only keys, key order, null or what a refresh read", async () => {
    const { id, inputs, outputs } = await created();
    const reordered = Object.fromEntries(Object.entries(inputs).reverse()) as Json;
    expect(await provider.diff(id, outputs, inputs)).toEqual(unchanged);
    expect(await provider.diff(id, outputs, { ...reordered, description: null })).toEqual(unchanged);
    expect(await provider.diff(id, { ...outputs, __provider: "an older text", more: 1 }, inputs)).toEqual(unchanged);
    const refreshed = await provider.read(id, { outputs });
    expect(await provider.diff(id, refreshed.outputs, refreshed.inputs!)).toEqual(unchanged);
  });

  test("claims no replacement for an unknown, and says that there are changes", async () => {
    const { id, inputs, outputs } = await created();
    for (const key of ["federationSettingsId", "idpType", "audience", "associatedDomains"]) {
      expect(await provider.diff(id, outputs, { ...inputs, [key]: UNKNOWN }), key).toEqual({
        ...unchanged,
        changes: DIFF_SOME,
      });
    }
    const idp = connection(outputs);
    const { inputs: wanted } = await provider.check({}, idp);
    const connected = await provider.create(wanted);
    const cascade = { ...wanted, identityProvider: { ...reference(outputs), identityProviderId: UNKNOWN } };
    expect(await provider.diff(connected.id, connected.outputs, cascade)).toEqual({ ...unchanged, changes: DIFF_SOME });
  });

  test("tells drift in one block, by the name in the program", async () => {
    const { id, inputs, outputs } = await created();
    emulator.edit({
      edit: "update-identity-provider",
      id: String(outputs.identityProviderId),
      fields: { audience: "api://old", description: "Bob" },
    });
    await provider.check(inputs, staff());
    expect(await provider.diff(id, outputs, inputs)).toEqual({ ...unchanged, changes: DIFF_SOME });
    await provider.diff(id, outputs, inputs);
    expect(provider.output.join("\n").match(/drift {2}/g)).toHaveLength(1);
    expect(provider.output.join("\n")).toMatch(
      /drift {2}IdentityProvider "staff" \(corp-entra\) was changed outside this stack\n {9}description.*\n {9}audience .*live "api:\/\/old" +recorded "api:\/\/corp" +wanted "api:\/\/corp" +up puts it back/,
    );
  });
});

describe("read", () => {
  test("by id alone answers with everything, inputs included", async () => {
    const { id, inputs, outputs } = await created();
    const found = await provider.read(id, { inputs: { __provider: entryText("IdentityProvider") } });
    expect(found).toMatchObject({
      id,
      inputs,
      outputs: { identityProviderId: outputs.identityProviderId, configurationName: "corp-entra" },
    });
    await expect(
      provider.read("corp-entra", { inputs: { __provider: entryText("IdentityProvider") } }),
    ).rejects.toThrow("{federationSettingsId}/{identityProviderId}");
  });

  test("of what cannot be read is an error", async () => {
    const { id, outputs } = await created();
    await nextRun();
    emulator.inject({ fault: { kind: "login-page" } });
    await expect(provider.read(id, { outputs })).rejects.toThrow(/proxy or a login page/);
  });
});

test("a missing object is replaced with deletion first, is empty in a refresh, and fails a get", async () => {
  const { id, inputs, outputs } = await created();
  emulator.edit({ edit: "remove-identity-provider", id: String(outputs.identityProviderId) });
  await nextRun();
  expect(await provider.diff(id, outputs, inputs)).toEqual({
    changes: DIFF_SOME,
    replaces: ["identityProviderId"],
    first: true,
  });
  expect((await provider.read(id, { outputs })).id).toBe("");
  await expect(provider.read(id, { inputs })).rejects.toThrow(/no OIDC identity provider/);
  await provider.delete(id, outputs);
});

test("an update keeps the id and every output", async () => {
  const { id, inputs, outputs } = await created();
  const { inputs: news } = await provider.check(inputs, staff({ audience: "api://new" }));
  const next = await provider.update(id, outputs, news);
  expect(Object.keys(next).sort()).toEqual(Object.keys(outputs).sort());
  expect(next).toMatchObject({
    audience: "api://new",
    identityProviderId: outputs.identityProviderId,
    __provider: entryText("IdentityProvider"),
  });
  expect(await provider.diff(id, next, news)).toEqual(unchanged);
});

describe("errors", () => {
  test("a create that failed after it took effect is kept in state, with the text that can delete it", async () => {
    const { outputs } = await created();
    const { inputs } = await provider.check({}, connection(outputs));
    emulator.inject({
      match: { method: "PATCH", path: "connectedOrgConfigs" },
      nth: 1,
      fault: { kind: "status", status: 200, body: { not: "understood" }, when: "after-commit" },
    });
    emulator.inject({
      match: { method: "GET", path: `connectedOrgConfigs/${emulator.ids.orgId}` },
      nth: 3,
      times: 1000,
      fault: { kind: "login-page" },
    });
    const error = await provider.create(inputs).catch((caught: unknown) => caught);
    const detail = initFailed(error);
    expect(detail.id).toBe(`${federationSettingsId}/${emulator.ids.orgId}/${outputs.identityProviderId}`);
    expect(detail.properties).toMatchObject({
      orgId: emulator.ids.orgId,
      identityProviderId: outputs.identityProviderId,
      __provider: entryText("OrgConnection"),
    });
    expect(detail.reasons.join()).toMatch(/could not be verified/);
  });

  test("hold no stack and no file of ours, and name resource and operation", async () => {
    const { id, inputs, outputs } = await created();
    await provider.check(inputs, staff());
    emulator.inject({ fault: { kind: "status", status: 403 } });
    await nextRun();
    const error = (await provider.diff(id, outputs, inputs).catch((caught: unknown) => caught)) as { details: string };
    expect(error.details).toMatch(/^FED412[\s\S]*HTTP 403[\s\S]*in {3}IdentityProvider of corp-entra, diff$/);
    const printed = provider.output.join("\n");
    expect(printed).toContain("FED412");
    expect(printed).not.toMatch(/\.js:\d|node_modules|dist\//);
    expect(printed.match(/FED412/g)).toHaveLength(1);
  });
});

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("told to stop by %s, it answers what it knows, and ends", async (signal, exitCode) => {
  /**
   * Calls the provider in a process of its own, which is told to stop once the server has done what it asks for. A
   * program is checked first, and what comes of it is the last argument.
   */
  async function stopped(factory: string, method: string, route: string, args: unknown[], program?: Json) {
    const script = `const provider = require("mongofed/provider").${factory}();
      provider.configure({ config: { get: () => undefined } });
      setInterval(() => {}, 1000);
      const [args, program] = JSON.parse(process.argv[1]);
      const checked = program ? provider.check({}, program).then(({ inputs }) => [inputs]) : Promise.resolve([]);
      checked.then((inputs) => provider.${method}(...args, ...inputs)).then(
        (done = {}) => console.log(JSON.stringify({ done })),
        (error) => console.log(JSON.stringify({ failed: error.message })),
      );`;
    const before = JSON.stringify(emulator.world().atlas);
    const fault = emulator.inject({
      match: { method: route },
      fault: { kind: "delay", ms: 60_000, when: "after-commit" },
    });
    const child = spawn(process.execPath, ["--input-type=commonjs", "-e", script, JSON.stringify([args, program])], {
      cwd: root,
      env: { ...process.env, ...emulator.env },
    });
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const world = () => JSON.stringify(emulator.world().atlas);
    await expect.poll(world, { timeout: 60_000 }).not.toBe(before);
    child.kill(signal);
    expect(await ended).toBe(exitCode);
    emulator.clearFault(fault);
    return JSON.parse(said) as { done?: { id: string; outs: Json }; failed?: string };
  }
  const held = () => emulator.world().atlas.federations[0]!;

  const { done } = await stopped("identityProvider", "create", "POST", [], staff());
  expect(held().identityProviders).toHaveLength(1);
  const identityProviderId = held().identityProviders[0]!.id;
  expect(done?.id).toBe(`${federationSettingsId}/${identityProviderId}`);
  const { id, outs } = done!;

  const updated = await stopped("identityProvider", "update", "PATCH", [id, outs], staff({ description: "new" }));
  expect(updated).toMatchObject({ done: { outs: { description: "new" } } });
  expect(held().identityProviders).toMatchObject([{ description: "new" }]);

  const connected = await stopped("orgConnection", "create", "PATCH", [], connection(outs));
  expect(connected.done?.id).toBe(`${federationSettingsId}/${emulator.ids.orgId}/${identityProviderId}`);
  expect(held().connectedOrgs[0]!.dataAccessIdentityProviderIds).toEqual([identityProviderId]);

  emulator.edit({ edit: "disconnect", orgId: emulator.ids.orgId!, identityProviderId });
  const deleted = await stopped("identityProvider", "delete", "DELETE", [id, outs]);
  if (deleted.done === undefined) expect(deleted.failed).toMatch(/interrupted/);
  expect(held().identityProviders).toEqual([]);
  // The next run finds it done.
  await provider.delete(id, { ...outs, __provider: entryText("IdentityProvider") });
});

test("only what a protobuf Struct can hold goes back to Pulumi", () => {
  const value = {
    gone: undefined,
    list: [1, undefined, 2n ** 60n],
    nested: { gone: undefined, at: new Date(0), not: Number.NaN, call: () => 1 },
    kept: [null, true, "", 0],
  };
  expect(toStruct(value)).toEqual({
    list: [1, null, "1152921504606846976"],
    nested: { at: "1970-01-01T00:00:00.000Z", not: null },
    kept: [null, true, "", 0],
  });
  expect(() => structProto.Struct.fromJavaScript(toStruct(value) as Json)).not.toThrow();
});

/** Returns the content of the SDK's error for a create or update that partly took effect. */
function initFailed(error: unknown): { id: string; properties: Json; reasons: string[] } {
  const [packed] = (error as { metadata: { get(key: string): Buffer[] } }).metadata.get("grpc-status-details-bin");
  const [any] = statusProto.Status.deserializeBinary(packed!).getDetailsList();
  const detail = providerProto.ErrorResourceInitFailed.deserializeBinary(any!.getValue_asU8());
  return { id: detail.getId(), properties: detail.getProperties()!.toJavaScript(), reasons: detail.getReasonsList() };
}
