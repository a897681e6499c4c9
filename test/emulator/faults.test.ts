import { describe, expect, test } from "vitest";
import type { Fault } from "../../provider/emulator/index.ts";
import { allProviders, emulated, workforce } from "./client.ts";

const post = { method: "POST", path: "identityProviders$" };

/** How many identity providers there really are. */
async function withProviders() {
  const all = await emulated();
  return { ...all, made: () => all.emulator.world().atlas.federations[0]!.identityProviders.length };
}

describe("an answer is replaced", () => {
  test("by an error, before anything is done", async () => {
    const { client, emulator, providers, made } = await withProviders();
    emulator.inject({ match: post, times: 1, fault: { kind: "status", status: 503, headers: { "Retry-After": "7" } } });
    const refused = await client.post(providers, workforce());
    expect([refused.status, refused.json.errorCode, refused.headers.get("retry-after")]).toEqual([
      503,
      "SERVICE_UNAVAILABLE",
      "7",
    ]);
    expect(made()).toBe(0);
    expect((await client.post(providers, workforce())).status).toBe(200);
  });

  test("by an error, after it was done", async () => {
    const { client, emulator, providers, made } = await withProviders();
    emulator.inject({
      match: post,
      nth: 1,
      fault: { kind: "status", status: 502, body: "bad gateway", when: "after-commit" },
    });
    const refused = await client.post(providers, workforce());
    expect([refused.status, refused.text]).toEqual([502, "bad gateway"]);
    expect(made()).toBe(1);
  });

  test("by a login page that pretends to be well", async () => {
    const { client, emulator, providers } = await withProviders();
    emulator.inject({ fault: { kind: "login-page" } });
    const page = await client.get(providers);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html;charset=utf-8"]);
    expect(page.text).toMatch(/^<!DOCTYPE html>/);
  });
});

describe("a connection is dropped", () => {
  test("before anything is done", async () => {
    const { client, emulator, providers, made } = await withProviders();
    emulator.inject({ match: post, nth: 1, fault: { kind: "drop", when: "before-commit" } });
    await expect(client.post(providers, workforce())).rejects.toThrow();
    expect(made()).toBe(0);
    expect(emulator.requests().at(-1)).toMatchObject({ method: "POST", status: null, delivered: false });
  });

  test("after it was done: the change is made, the answer is lost", async () => {
    const { client, emulator, providers, made } = await withProviders();
    const id = emulator.inject({ match: post, nth: 1, fault: { kind: "drop", when: "after-commit" } });
    await expect(client.post(providers, workforce())).rejects.toThrow();
    expect(made()).toBe(1);
    expect(emulator.requests().at(-1)).toMatchObject({ method: "POST", status: 200, delivered: false, faults: [id] });
    expect((await client.get(providers + allProviders)).json.totalCount).toBe(1);
  });

  test("in the middle of the body", async () => {
    const { client, emulator, providers } = await withProviders();
    emulator.inject({ match: { method: "GET" }, nth: 1, fault: { kind: "drop", when: "mid-body" } });
    await expect(client.get(providers)).rejects.toThrow();
    expect((await client.get(providers)).status).toBe(200);
  });
});

describe("an answer takes long", () => {
  test("by a delay; a client that gives up does not stop what it asked for", async () => {
    const { client, emulator, providers, made } = await withProviders();
    emulator.inject({ match: post, nth: 1, fault: { kind: "delay", ms: 150 } });
    const started = performance.now();
    expect((await client.post(providers, workforce())).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(149);

    emulator.inject({ match: post, nth: 1, fault: { kind: "delay", ms: 150 } });
    const before = emulator.requests().length;
    const impatient = new AbortController();
    const given = client.post(providers, workforce(), { signal: impatient.signal });
    setTimeout(() => impatient.abort(), 60);
    await expect(given).rejects.toThrow();
    expect(made()).toBe(1);
    await expect.poll(() => emulator.requests().length).toBe(before + 2);
    expect(made()).toBe(2);
  });

  test("byte by byte", async () => {
    const { client, emulator, providers } = await withProviders();
    const quick = await client.get(providers);
    emulator.inject({ fault: { kind: "slow-body", chunkBytes: 40, everyMs: 10 } });
    const started = performance.now();
    const slow = await client.get(providers);
    expect(slow.json).toEqual(quick.json);
    expect(slow.headers.get("content-type")).toBe(quick.headers.get("content-type"));
    expect(performance.now() - started).toBeGreaterThan(20);
  });

  test("for ever: the last bytes do not come, and closing the emulator still works", async () => {
    const { client, emulator, providers } = await withProviders();
    emulator.inject({ fault: { kind: "slow-body", chunkBytes: 10, everyMs: 0, stallAfterBytes: 100 } });
    const outcome = expect(client.get(providers)).rejects.toThrow();
    await expect.poll(() => emulator.requests().length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await emulator.close();
    await outcome;
  });
});

describe("a read is stale", () => {
  test("it shows what was before the last change, for so many reads", async () => {
    const { client, emulator, providers } = await withProviders();
    const { id } = (await client.post(providers, workforce())).json;
    emulator.inject({ match: { path: `/identityProviders/${id}` }, times: 2, fault: { kind: "stale" } });
    expect((await client.get(`${providers}/${id}`)).status).toBe(404);
    // The list is not lagging: its path does not match.
    expect((await client.get(providers + allProviders)).json.totalCount).toBe(1);
    expect((await client.get(`${providers}/${id}`)).status).toBe(404);
    expect((await client.get(`${providers}/${id}`)).status).toBe(200);
  });

  test("writes neither see it nor use it up", async () => {
    const { client, emulator, providers } = await withProviders();
    emulator.inject({ times: 1, fault: { kind: "stale" } });
    await client.post(providers, workforce());
    expect((await client.get(providers + allProviders)).json.totalCount).toBe(0);
    expect((await client.get(providers + allProviders)).json.totalCount).toBe(1);
  });

  test("it shows what was at the injection, while writes see the present", async () => {
    const { client, emulator, providers, connection } = await withProviders();
    emulator.inject({ fault: { kind: "stale", as: "at-injection" } });
    const first = (await client.post(providers, workforce())).json.id;
    await client.post(providers, workforce());
    expect((await client.get(providers + allProviders)).json.totalCount).toBe(0);
    expect((await client.patch(connection, { dataAccessIdentityProviderIds: [first] })).status).toBe(200);
    expect((await client.get(connection)).json.dataAccessIdentityProviderIds).toEqual([]);
    emulator.clearFaults();
    expect((await client.get(connection)).json.dataAccessIdentityProviderIds).toEqual([first]);
  });

  test("it lags by so much time", async () => {
    const { client, emulator, providers } = await withProviders();
    emulator.inject({ match: { path: "identityProviders\\?" }, fault: { kind: "stale", lagMs: 10_000 } });
    const count = async () => (await client.get(providers + allProviders)).json.totalCount;
    await client.post(providers, workforce());
    emulator.advanceClock(9_000);
    await client.post(providers, workforce());
    expect(await count()).toBe(0);
    emulator.advanceClock(1_100);
    expect(await count()).toBe(1);
    emulator.advanceClock(9_000);
    expect(await count()).toBe(2);
  });
});

describe("a fault hits", () => {
  const fault: Fault["fault"] = { kind: "status", status: 500 };

  /** Which of twelve requests were hit, counted from 1. */
  async function hits(schedule: Omit<Fault, "fault">) {
    const { client, emulator } = await emulated();
    emulator.inject({ ...schedule, fault });
    const seen: number[] = [];
    for (let at = 1; at <= 12; at++) if ((await client.get("/orgs")).status === 500) seen.push(at);
    return seen;
  }

  test("every matching request, unless it is told otherwise", async () => {
    expect(await hits({})).toHaveLength(12);
    expect(await hits({ match: { path: "/groups" } })).toEqual([]);
    expect(await hits({ match: { method: "post" } })).toEqual([]);
  });

  test("the nth one, the first few, a few from the nth on", async () => {
    expect(await hits({ nth: 3 })).toEqual([3]);
    expect(await hits({ times: 2 })).toEqual([1, 2]);
    expect(await hits({ nth: 3, times: 2 })).toEqual([3, 4]);
  });

  test("by chance, and by the same chance again with the same seed", async () => {
    const some = await hits({ probability: 0.5, seed: 42 });
    expect(some.length).toBeGreaterThan(1);
    expect(some.length).toBeLessThan(11);
    expect(await hits({ probability: 0.5, seed: 42 })).toEqual(some);
    expect(await hits({ probability: 0.5, seed: 43 })).not.toEqual(some);
    expect(await hits({ probability: 0.5, seed: 42, times: 1 })).toEqual(some.slice(0, 1));
  });

  test("for a while", async () => {
    const { client, emulator } = await emulated();
    emulator.inject({ forMs: 5_000, fault });
    expect((await client.get("/orgs")).status).toBe(500);
    emulator.advanceClock(5_000);
    expect((await client.get("/orgs")).status).toBe(200);
  });

  test("together with others, and is counted", async () => {
    const { client, emulator } = await emulated();
    const slow = emulator.inject({ fault: { kind: "delay", ms: 60 } });
    const broken = emulator.inject({ nth: 2, fault });
    const started = performance.now();
    expect((await client.get("/orgs")).status).toBe(200);
    expect((await client.get("/orgs")).status).toBe(500);
    expect(performance.now() - started).toBeGreaterThanOrEqual(119);
    expect(emulator.requests().at(-1)!.faults).toEqual([slow, broken]);
    expect(emulator.faults().map(({ id, matched, hit }) => [id, matched, hit])).toEqual([
      [slow, 2, 2],
      [broken, 2, 1],
    ]);
    expect(emulator.clearFault(slow)).toBe(true);
    expect(emulator.clearFault(slow)).toBe(false);
    expect(emulator.faults()).toHaveLength(1);
  });

  test("the token endpoint as well", async () => {
    const { emulator } = await emulated({
      seed: { organizations: [{ name: "o" }], serviceAccounts: [{ clientId: "id", clientSecret: "secret" }] },
    });
    emulator.inject({ match: { path: "^/api/oauth/token$" }, times: 1, fault });
    const token = () =>
      fetch(`${emulator.url}/api/oauth/token`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa("id:secret")}` },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
      });
    expect((await token()).status).toBe(500);
    expect((await token()).status).toBe(200);
  });

  test("nothing that makes no sense", async () => {
    const { emulator } = await emulated();
    expect(() => emulator.inject({ match: { path: "(" }, fault })).toThrow(/not a regular expression/);
    expect(() => emulator.inject({ fault: { kind: "status", status: 42 } })).toThrow();
  });
});
