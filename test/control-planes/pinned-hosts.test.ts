import { resolve as absolute } from "node:path";
import { describe, expect, test } from "vitest";
import { hostOf } from "../../provider/control-planes/credentials.ts";
import { changedHostFindings, type NamedHost } from "../../provider/control-planes/pinned-hosts.ts";
import { FindingError } from "../../provider/findings.ts";
import { places, refusal, resolve, type Values } from "./credential-places.ts";

const OPS = "https://ops.example.com:8443";
const EVIL = "https://ops.evil.example:8443";
const LOOPBACK = "http://127.0.0.1:8080";
const REQUIRED = { MONGOFED_REQUIRE_PINNED_HOSTS: "1" };

const keys = (prefix: string): Values => ({
  [`${prefix}_PUBLIC_API_KEY`]: "pub",
  [`${prefix}_PRIVATE_API_KEY`]: "canary",
});

/** An explicit Provider of Ops Manager that names credentials, with its other inputs. */
function provider(prefix: string, inputs: Values = {}): Values {
  const given = Object.entries(inputs).map(([key, value]) => [`mongofed:${key}`, value]);
  return {
    "mongofed:provider": "ops",
    "mongofed:credentials": `env:${prefix}`,
    "mongofed:plane": "ops-manager",
    ...Object.fromEntries(given),
  };
}

function refused(env: Values, config: Values): string {
  const error = refusal(env, config);
  expect(error.findings.map(({ code }) => code)).toEqual(["FED417"]);
  expect(error.message).not.toContain("canary");
  return error.message;
}

describe("the environment pins the host of named credentials", () => {
  const env = { ...keys("OPS_EU"), OPS_EU_BASE_URL: OPS };

  test("a Provider that says the same is accepted, however it is written", () => {
    for (const baseUrl of [OPS, `${OPS}/`, `${OPS}/api/public/v1.0`]) {
      expect(resolve(env, provider("OPS_EU", { baseUrl })).baseUrl).toBe(OPS);
    }
    expect(resolve(env, provider("OPS_EU")).host?.pins).toMatchObject([{ value: OPS, confirmed: true }]);
  });

  test.each([EVIL, "https://ops.example.com", `${OPS}/evil`, LOOPBACK])(
    "a Provider that says %s is refused",
    (baseUrl) => {
      const message = refused(env, provider("OPS_EU", { baseUrl }));
      expect(message).toContain(
        `the environment does not confirm the base URL ${baseUrl} for the credentials OPS_EU: OPS_EU_BASE_URL names another one`,
      );
      expect(message).toContain(`set OPS_EU_BASE_URL to ${baseUrl}. Otherwise correct the base URL.`);
    },
  );

  test("so is a CA file that differs, by its path from the program's folder", () => {
    const pinned = { ...env, OPS_EU_CA_FILE: "certificates/ca.pem" };
    for (const caFile of [
      "certificates/ca.pem",
      "./certificates/../certificates/ca.pem",
      absolute("certificates/ca.pem"),
    ])
      expect(resolve(pinned, provider("OPS_EU", { caFile })).host?.pins[1]?.confirmed).toBe(true);
    expect(refused(pinned, provider("OPS_EU", { caFile: "other.pem" }))).toContain(
      "does not confirm the CA file other.pem for the credentials OPS_EU: OPS_EU_CA_FILE names another one",
    );
  });
});

describe.each([
  ["MONGODB_ATLAS", "MONGODB_ATLAS_BASE_URL", "MONGODB_ATLAS_CA_FILE"],
  ["MCLI", "MCLI_OPS_MANAGER_URL", "MCLI_OPS_MANAGER_CA_CERTIFICATE"],
])("the names of MongoDB's own tools, %s", (prefix, url, file) => {
  const env = keys(prefix);

  test("take base URL and CA file from the environment only", () => {
    expect(refused(env, provider(prefix, { baseUrl: EVIL }))).toContain(`mongofed takes it from ${url} only`);
    const pinned = { ...env, [url]: OPS };
    expect(refused(pinned, provider(prefix, { caFile: "evil.pem" }))).toContain(`mongofed takes it from ${file} only`);
    expect(refused(pinned, provider(prefix, { baseUrl: EVIL }))).toContain(`${url} names another one`);
    const both = { ...pinned, [file]: "ca.pem" };
    expect(resolve(both, provider(prefix, { baseUrl: OPS, caFile: "ca.pem" }))).toMatchObject({ baseUrl: OPS });
    expect(resolve(both, provider(prefix))).toMatchObject({ baseUrl: OPS, caFile: "ca.pem" });
  });

  test("may go to a control plane on loopback, and to MongoDB's own host", () => {
    expect(resolve(env, provider(prefix, { baseUrl: LOOPBACK })).baseUrl).toBe(LOOPBACK);
    const baseUrl = "https://cloud.mongodb.com";
    for (const more of [{}, REQUIRED]) {
      const cloudManager = { ...provider(prefix, { baseUrl }), "mongofed:plane": "cloud-manager" };
      expect(resolve({ ...env, ...more }, cloudManager).baseUrl).toBe(baseUrl);
    }
  });
});

describe("MONGOFED_REQUIRE_PINNED_HOSTS=1", () => {
  const env = { ...keys("OPS_EU"), ...REQUIRED };

  test("refuses a base URL and a CA file that no variable confirms", () => {
    expect(refused(env, provider("OPS_EU", { baseUrl: OPS }))).toContain(
      "OPS_EU_BASE_URL is not set, and MONGOFED_REQUIRE_PINNED_HOSTS is 1",
    );
    const pinned = { ...env, OPS_EU_BASE_URL: OPS };
    expect(refused(pinned, provider("OPS_EU", { caFile: "ca.pem" }))).toContain("OPS_EU_CA_FILE is not set");
    expect(resolve({ ...pinned, OPS_EU_CA_FILE: "ca.pem" }, provider("OPS_EU", { caFile: "ca.pem" })).baseUrl).toBe(
      OPS,
    );
  });

  test("refuses MongoDB's own host too, for a name that only the program knows", () => {
    const atlas = { ...provider("OPS_EU"), "mongofed:plane": "atlas" };
    expect(refused(env, atlas)).toContain("the base URL https://cloud.mongodb.com");
  });

  test("leaves loopback and credentials without a Provider alone", () => {
    expect(resolve(env, provider("OPS_EU", { baseUrl: LOOPBACK, caFile: "ca.pem" })).baseUrl).toBe(LOOPBACK);
    expect(resolve({ ...keys("MONGODB_ATLAS"), ...REQUIRED }).baseUrl).toBe("https://cloud.mongodb.com");
  });
});

describe("an engine that shows mongofed no state", () => {
  const withoutStack = (env: Values, config: Values) => () => hostOf({ ...places(env, config), hasStack: false });

  test("needs the confirmation of the environment from the first run on", () => {
    const run = withoutStack(keys("OPS_EU"), provider("OPS_EU", { baseUrl: OPS }));
    expect(run).toThrow("OPS_EU_BASE_URL is not set, and no record is read before the key is used");
    expect(run).toThrow(FindingError);
    const env = { ...keys("OPS_EU"), OPS_EU_BASE_URL: OPS };
    expect(withoutStack(env, provider("OPS_EU", { baseUrl: OPS }))()?.baseUrl).toBe(OPS);
    expect(withoutStack(env, provider("OPS_EU", { caFile: "ca.pem" }))).toThrow("the CA file ca.pem");
    expect(withoutStack({}, provider("OPS_EU", { baseUrl: LOOPBACK }))()?.baseUrl).toBe(LOOPBACK);
  });
});

describe("a recorded host", () => {
  const host = (inputs: Values, env: Values = {}) =>
    hostOf(places({ ...keys("OPS_EU"), ...env }, provider("OPS_EU", inputs))) as NamedHost;
  const recorded = [{ credentials: "OPS_EU", baseUrl: OPS, caFile: "ca.pem" }];
  const messages = (now: NamedHost, records = recorded) =>
    changedHostFindings(now, records).map(({ message }) => message);

  test("is accepted again, and one that is not recorded is too", () => {
    expect(messages(host({ baseUrl: OPS, caFile: "./ca.pem" }))).toEqual([]);
    expect(messages(host({ baseUrl: EVIL }), [])).toEqual([]);
    expect(messages(host({ baseUrl: EVIL }), [{ credentials: "OPS_US", baseUrl: OPS, caFile: "ca.pem" }])).toEqual([]);
  });

  test("is not changed, nor is another host added, before the environment confirms it", () => {
    const changed = host({ baseUrl: EVIL, caFile: "evil.pem" });
    expect(messages(changed)).toEqual([
      `the base URL for the credentials OPS_EU is ${EVIL}, and the recorded one is ${OPS}`,
      "the CA file for the credentials OPS_EU is evil.pem, and the recorded one is ca.pem",
    ]);
    expect(messages(host({ baseUrl: LOOPBACK }))).toHaveLength(1);
    const both = [...recorded, { credentials: "OPS_EU", baseUrl: EVIL, caFile: "ca.pem" }];
    expect(messages(host({ baseUrl: EVIL }), both), "a recorded second one").toHaveLength(1);
    expect(messages(host({ baseUrl: EVIL }, { OPS_EU_BASE_URL: EVIL }))).toEqual([]);
    expect(messages(host({ baseUrl: OPS, caFile: "b.pem" }, { OPS_EU_CA_FILE: "b.pem" }))).toEqual([]);
  });

  test("gets no CA file later, and may lose one", () => {
    const without = [{ credentials: "OPS_EU", baseUrl: OPS, caFile: undefined as never }];
    expect(messages(host({ baseUrl: OPS, caFile: "evil.pem" }), without)).toEqual([
      "the CA file for the credentials OPS_EU is evil.pem, and the recorded one is none",
    ]);
    expect(messages(host({ baseUrl: OPS }))).toEqual([]);
  });
});
