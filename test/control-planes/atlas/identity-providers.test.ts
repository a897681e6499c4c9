import { describe, expect, test } from "vitest";
import type { Emulator } from "../../../provider/emulator/index.ts";
import { ABSENT, FEDERATION, ORG } from "../../support/ids.ts";
import { apps, atlas, providers, staff } from "./harness.ts";

function held(emulator: Emulator) {
  return emulator.world().atlas.federations[0]?.identityProviders ?? [];
}

describe("create", () => {
  test("makes a workforce provider that reads back as it was asked for", async () => {
    const { plane, requests } = await atlas();
    const made = await plane.identityProviders.create(FEDERATION, staff);
    expect(made).toMatchObject(staff);
    expect(made.prefix).toMatch(/^[0-9a-f]{24}$/);
    expect(requests()).toEqual([`GET ${providers}`, `POST ${providers}`]);
    expect(await plane.identityProviders.list(FEDERATION)).toEqual([made]);
  });

  test("sends no clientId, scopes or domains for a workload provider", async () => {
    const { plane, emulator } = await atlas();
    const made = await plane.identityProviders.create(FEDERATION, apps);
    expect(made).toMatchObject({ idpType: "WORKLOAD", authorizationType: "USER", groupsClaim: undefined });
    expect(Object.keys(held(emulator)[0] ?? {})).not.toContain("clientId");
  });

  test.each([
    ["before the server did it", "before-commit"],
    ["after the server did it", "after-commit"],
    ["in the middle of the answer", "mid-body"],
  ] as const)("never makes two when the connection breaks %s", async (_, when) => {
    const { plane, emulator, fault } = await atlas();
    emulator.edit({ edit: "set-behaviour", behaviour: { duplicateIdentityProviders: "allow" } });
    fault("POST", providers, { kind: "drop", when }, { nth: 1 });
    const result = await plane.identityProviders.create(FEDERATION, staff).catch((error: Error) => error);
    if (when === "before-commit") {
      expect(result).toBeInstanceOf(Error);
      expect((result as Error).message).toMatch(
        /create identity provider "corp-entra"[\s\S]*did not create it[\s\S]*safe to run again/,
      );
      expect(held(emulator)).toHaveLength(0);
    } else {
      expect(result).toMatchObject(staff);
      expect(held(emulator)).toHaveLength(1);
    }
  });

  test("finds what it made even if the listing lags behind", async () => {
    const { plane, emulator, fault } = await atlas();
    fault("POST", providers, { kind: "drop", when: "after-commit" }, { nth: 1 });
    fault("GET", `${providers}\\?`, { kind: "stale" }, { nth: 2, times: 2 });
    expect(await plane.identityProviders.create(FEDERATION, staff)).toMatchObject(staff);
    expect(held(emulator)).toHaveLength(1);
  });

  test("does not take somebody else's twin, that was there before, for its own", async () => {
    const { plane, emulator, fault } = await atlas();
    emulator.edit({ edit: "set-behaviour", behaviour: { duplicateIdentityProviders: "allow" } });
    const first = await plane.identityProviders.create(FEDERATION, staff);
    fault("POST", providers, { kind: "drop", when: "before-commit" }, { nth: 1 });
    await expect(plane.identityProviders.create(FEDERATION, staff)).rejects.toThrow(/did not create it/);
    expect(held(emulator).map(({ id }) => id)).toEqual([first.prefix]);
  });

  test("stops and names the ids when two new ones match", async () => {
    const { plane, emulator, fault } = await atlas();
    emulator.edit({ edit: "set-behaviour", behaviour: { duplicateIdentityProviders: "allow" } });
    fault("POST", providers, { kind: "delay", ms: 150, when: "before-commit" }, { nth: 1 });
    fault("POST", providers, { kind: "drop", when: "after-commit" }, { nth: 1 });
    const creating = plane.identityProviders.create(FEDERATION, staff).catch((error: Error) => error);
    await expect.poll(() => emulator.faults()[0]?.hit).toBe(1);
    const other = emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId: FEDERATION,
      fields: {
        protocol: "OIDC",
        idpType: "WORKFORCE",
        displayName: staff.configurationName,
        issuerUri: staff.issuerUri,
        audience: staff.audience,
      },
    });
    const error = (await creating) as Error;
    expect(error.message).toContain(other);
    expect(error.message).toMatch(/2 new identity providers match/);
  });

  test("says that nothing is known when looking fails too", async () => {
    const { plane, fault } = await atlas();
    fault("POST", providers, { kind: "drop", when: "after-commit" }, { nth: 1 });
    fault("GET", `${providers}\\?`, { kind: "status", status: 503 }, { nth: 2, times: 1000 });
    await expect(plane.identityProviders.create(FEDERATION, staff)).rejects.toThrow(/unknown whether/);
  });

  test("a refusal is an error with status, Atlas's code and detail, and is not looked into", async () => {
    const { plane, fault, requests } = await atlas();
    const body = {
      error: 400,
      errorCode: "INVALID_ATTRIBUTE",
      detail: "Invalid attribute issuerUri.",
      reason: "Bad Request",
    };
    fault("POST", providers, { kind: "status", status: 400, body }, { nth: 1 });
    await expect(plane.identityProviders.create(FEDERATION, staff)).rejects.toThrow(
      /create identity provider "corp-entra" in federation 5f1e.*: HTTP 400 INVALID_ATTRIBUTE: Invalid attribute issuerUri\.[\s\S]*fix/,
    );
    expect(requests()).toEqual([`GET ${providers}`, `POST ${providers}`]);
  });
});

describe("get", () => {
  test("answers undefined for one that is not there", async () => {
    const { plane } = await atlas();
    expect(await plane.identityProviders.get(FEDERATION, ABSENT)).toBeUndefined();
  });

  test.each([401, 403, 429, 500, 503])("throws on %i, which says nothing of the object", async (status) => {
    const { plane, fault } = await atlas();
    const { prefix } = await plane.identityProviders.create(FEDERATION, staff);
    const headers = status === 429 ? { "retry-after": "100000" } : {};
    fault("GET", `${providers}/`, { kind: "status", status, headers });
    await expect(plane.identityProviders.get(FEDERATION, prefix)).rejects.toThrow(String(status));
  });

  test("throws on a login page", async () => {
    const { plane, fault } = await atlas();
    const { prefix } = await plane.identityProviders.create(FEDERATION, staff);
    fault("GET", `${providers}/`, { kind: "login-page" });
    await expect(plane.identityProviders.get(FEDERATION, prefix)).rejects.toThrow(/login page|proxy/);
  });

  test("throws on a 404 when the federation cannot be read either", async () => {
    const { plane } = await atlas();
    const other = ABSENT;
    await expect(plane.identityProviders.get(other, ABSENT)).rejects.toThrow(/HTTP 40[34]/);
  });

  test("throws on a 404 that is a proxy's", async () => {
    const { plane, fault } = await atlas();
    fault("GET", `${providers}/`, { kind: "status", status: 404, body: { message: "no such host" } });
    await expect(plane.identityProviders.get(FEDERATION, ABSENT)).rejects.toThrow(/404/);
  });

  test("throws on a 404 for one that the federation lists", async () => {
    const { plane, fault } = await atlas();
    const [first] = [await plane.identityProviders.create(FEDERATION, staff)];
    const body = { error: 404, errorCode: "RESOURCE_NOT_FOUND", detail: "gone" };
    fault("GET", `${providers}/`, { kind: "status", status: 404, body });
    await expect(plane.identityProviders.get(FEDERATION, first.prefix)).rejects.toThrow(/lists it, and answers 404/);
  });

  test("names a SAML provider as one that it does not manage", async () => {
    const { plane, emulator } = await atlas();
    const fields = { protocol: "SAML", displayName: "console", oktaIdpId: "0oa1b2c3d4e5f6g7h8i9" } as const;
    emulator.edit({ edit: "add-identity-provider", federationSettingsId: FEDERATION, fields });
    const id = String(held(emulator)[0]?.id);
    await expect(plane.identityProviders.get(FEDERATION, id)).rejects.toThrow(
      /SAML identity provider; mongofed manages/,
    );
  });

  test("waits for one that this process has just made", async () => {
    const { plane, fault } = await atlas();
    const { prefix } = await plane.identityProviders.create(FEDERATION, staff);
    fault("GET", `${providers}/`, { kind: "stale" }, { nth: 1, times: 3 });
    expect(await plane.identityProviders.get(FEDERATION, prefix)).toMatchObject(staff);
  });
});

describe("list", () => {
  test("leaves SAML providers, and kinds that nobody knows yet, out", async () => {
    const { plane, emulator } = await atlas();
    emulator.edit({
      edit: "add-identity-provider",
      federationSettingsId: FEDERATION,
      fields: { protocol: "SAML", displayName: "ui" },
    });
    const made = await plane.identityProviders.create(FEDERATION, apps);
    expect(await plane.identityProviders.list(FEDERATION)).toEqual([made]);
  });

  test("is one request for all who ask at once and later, until something is written", async () => {
    const { plane, requests } = await atlas();
    await Promise.all(Array.from({ length: 20 }, () => plane.identityProviders.list(FEDERATION)));
    await plane.identityProviders.list(FEDERATION);
    expect(requests()).toEqual([`GET ${providers}`]);
    const { prefix } = await plane.identityProviders.create(FEDERATION, staff);
    expect(await plane.identityProviders.list(FEDERATION)).toHaveLength(1);
    await plane.connections.change(FEDERATION, ORG, { add: prefix });
    expect((await plane.identityProviders.list(FEDERATION))[0]?.connectedOrgIds).toEqual([ORG]);
  });

  test("is not remembered when it failed", async () => {
    const { plane, fault } = await atlas();
    fault("GET", providers, { kind: "login-page" }, { nth: 1 });
    await expect(plane.identityProviders.list(FEDERATION)).rejects.toThrow();
    expect(await plane.identityProviders.list(FEDERATION)).toEqual([]);
  });

  test("an answer of another shape is an error that names the place, and not an empty list", async () => {
    const { plane, fault } = await atlas();
    fault("GET", providers, { kind: "status", status: 200, body: { items: [] } }, { nth: 1 });
    await expect(plane.identityProviders.list(FEDERATION)).rejects.toThrow(/does not understand \(results/);
  });
});

describe("update", () => {
  test("sends protocol, type and the changes, and leaves the rest", async () => {
    const { plane, requests } = await atlas();
    const made = await plane.identityProviders.create(FEDERATION, staff);
    requests();
    const changed = await plane.identityProviders.update(FEDERATION, made.prefix, made, {
      audience: "api://new",
    });
    expect(changed).toEqual({ ...made, audience: "api://new" });
    expect(requests()).toEqual([`PATCH ${providers}/${made.prefix}`]);
  });

  test("clears a description with null, and drops the groups claim with USER", async () => {
    const { plane } = await atlas();
    const made = await plane.identityProviders.create(FEDERATION, staff);
    const changed = await plane.identityProviders.update(FEDERATION, made.prefix, made, {
      description: undefined,
      authorizationType: "USER",
      groupsClaim: "groups",
    });
    expect(changed).toMatchObject({ description: undefined, authorizationType: "USER", groupsClaim: undefined });
  });

  test.each(["before-commit", "after-commit"] as const)("survives an answer lost %s", async (when) => {
    const { plane, emulator, fault, requests } = await atlas();
    const made = await plane.identityProviders.create(FEDERATION, staff);
    requests();
    fault("PATCH", providers, { kind: "drop", when }, { nth: 1 });
    const changed = await plane.identityProviders.update(FEDERATION, made.prefix, made, {
      audience: "api://new",
    });
    expect(changed.audience).toBe("api://new");
    expect(held(emulator)[0]?.audience).toBe("api://new");
    expect(requests().filter((request) => request.startsWith("PATCH"))).toHaveLength(when === "before-commit" ? 2 : 1);
  });

  test("sends a change again whose answer is lost, although the provider cannot be read", async () => {
    const { plane, fault } = await atlas();
    const made = await plane.identityProviders.create(FEDERATION, staff);
    fault("PATCH", providers, { kind: "drop", when: "before-commit" }, { nth: 1 });
    fault("GET", providers, { kind: "status", status: 403 });
    const changed = await plane.identityProviders.update(FEDERATION, made.prefix, made, { audience: "api://new" });
    expect(changed.audience).toBe("api://new");
  });

  test("fails once every attempt is lost", async () => {
    const { plane, fault, requests } = await atlas();
    const made = await plane.identityProviders.create(FEDERATION, staff);
    requests();
    fault("PATCH", providers, { kind: "drop", when: "before-commit" });
    const changing = plane.identityProviders.update(FEDERATION, made.prefix, made, { audience: "api://new" });
    await expect(changing).rejects.toThrow(`change identity provider ${made.prefix}`);
    expect(requests().filter((request) => request.startsWith("PATCH")).length).toBeLessThan(6);
  });
});

describe("delete", () => {
  test("counts one that is gone as deleted", async () => {
    const { plane, emulator } = await atlas();
    const { prefix } = await plane.identityProviders.create(FEDERATION, staff);
    await plane.identityProviders.delete(FEDERATION, prefix);
    expect(held(emulator)).toEqual([]);
    await plane.identityProviders.delete(FEDERATION, prefix);
  });

  test("survives a lost answer", async () => {
    const { plane, emulator, fault } = await atlas();
    const { prefix } = await plane.identityProviders.create(FEDERATION, staff);
    fault("DELETE", providers, { kind: "drop", when: "after-commit" }, { times: 10 });
    await plane.identityProviders.delete(FEDERATION, prefix);
    expect(held(emulator)).toEqual([]);
  });

  test("a refusal is an error at once", async () => {
    const { plane, fault, requests } = await atlas();
    const { prefix } = await plane.identityProviders.create(FEDERATION, staff);
    requests();
    fault("DELETE", providers, { kind: "status", status: 403 });
    await expect(plane.identityProviders.delete(FEDERATION, prefix)).rejects.toThrow(/HTTP 403/);
    expect(requests()).toEqual([`DELETE ${providers}/${prefix}`]);
  });

  test("does not take a federation out of reach for a deletion", async () => {
    const { plane } = await atlas();
    await expect(plane.identityProviders.delete(ABSENT, ABSENT)).rejects.toThrow(/HTTP 40[34]/);
  });
});

test("a 401 names where the credentials came from, a 403 what they lack", async () => {
  const { plane, fault } = await atlas();
  fault(
    "GET",
    providers,
    {
      kind: "status",
      status: 403,
      body: { error: 403, errorCode: "IP_ADDRESS_NOT_ON_ACCESS_LIST", detail: "IP 1.2.3.4" },
    },
    { nth: 1 },
  );
  await expect(plane.identityProviders.list(FEDERATION)).rejects.toThrow(
    /FED412[\s\S]*HTTP 403 IP_ADDRESS_NOT_ON_ACCESS_LIST: IP 1\.2\.3\.4[\s\S]*fix {2}.*the test.*Organization Owner.*IP access list/,
  );
  fault("GET", providers, { kind: "status", status: 401, body: { error: 401, errorCode: "UNEXPECTED_ERROR" } });
  await expect(plane.identityProviders.list(FEDERATION)).rejects.toThrow(
    /FED411[\s\S]*HTTP 401[\s\S]*fix {2}.*the test/,
  );
});

test("a run that is told to stop looks once more at what it made", async () => {
  const stop = new AbortController();
  const { plane, emulator, fault } = await atlas({ signal: stop.signal });
  fault("POST", providers, { kind: "delay", ms: 10_000, when: "after-commit" }, { nth: 1 });
  const creating = plane.identityProviders.create(FEDERATION, staff);
  await expect.poll(() => held(emulator).length).toBe(1);
  stop.abort();
  expect(await creating).toMatchObject(staff);
});
