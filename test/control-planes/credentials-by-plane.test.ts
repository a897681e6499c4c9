import { describe, expect, test } from "vitest";
import { noCredentials } from "../../provider/control-planes/credentials.ts";
import { textOf } from "../support/worded.ts";
import { places, refusal, resolve, type Values } from "./credential-places.ts";

const OPS = "https://ops.example.com:8443";
const mcli = { MCLI_PUBLIC_API_KEY: "pub", MCLI_PRIVATE_API_KEY: "canary-mcli" };
const atlas = { MONGODB_ATLAS_CLIENT_ID: "mdb_sa_id_1", MONGODB_ATLAS_CLIENT_SECRET: "canary-atlas" };
const configKey = { "mongofed:publicKey": "conf", "mongofed:privateKey": "canary-config" };
const configAccount = { "mongofed:clientId": "mdb_sa_id_2", "mongofed:clientSecret": "canary-config" };
const cloudManager = { "mongofed:plane": "cloud-manager" };
const opsManager = { "mongofed:plane": "ops-manager" };
const provider = (plane: string, more: Values = {}) => ({
  "mongofed:provider": "ops-eu",
  "mongofed:plane": plane,
  "mongofed:credentials": "env:OPS_EU",
  ...more,
});

describe("a run talks to", () => {
  test("Atlas, where nothing names a control plane", () => {
    expect(resolve(atlas).plane).toBe("atlas");
    expect(resolve(atlas, { "mongofed:plane": " " }).plane).toBe("atlas");
  });

  test.each(["atlas", "cloud-manager", "ops-manager"])("%s, where the stack configuration says so", (plane) => {
    const config = { ...configKey, "mongofed:plane": plane, "mongofed:baseUrl": OPS };
    expect(resolve({}, config)).toMatchObject({
      plane,
      baseUrl: OPS,
      authentication: { kind: "digest", username: "conf" },
      source: "the stack configuration (mongofed:publicKey)",
      warnings: [],
    });
  });

  test("nothing, where it names one that does not exist", () => {
    const error = refusal({ ...mcli, ...atlas }, { "mongofed:plane": "opsmanager" });
    expect(error.findings).toHaveLength(1);
    expect(error.message).toContain('FED420 invalid-setting: mongofed:plane is "opsmanager"');
    expect(error.message).toContain(
      'Set it to atlas, cloud-manager, ops-manager, or run "pulumi config rm mongofed:plane"',
    );
    expect(() => noCredentials(places({}, { "mongofed:plane": "opsmanager" }))).toThrow("FED420");
  });
});

describe("Cloud Manager and Ops Manager take", () => {
  test("the variables of mongocli, and Cloud Manager is where it always is", () => {
    expect(resolve({ ...mcli, ...atlas }, cloudManager)).toEqual({
      plane: "cloud-manager",
      baseUrl: "https://cloud.mongodb.com",
      authentication: { kind: "digest", username: "pub", password: "canary-mcli" },
      caFile: undefined,
      source: "the environment (MCLI_PUBLIC_API_KEY)",
      warnings: [],
    });
  });

  test("the base URL and the certificate of mongocli", () => {
    const env = { ...mcli, MCLI_OPS_MANAGER_URL: `${OPS}/`, MCLI_OPS_MANAGER_CA_CERTIFICATE: "/etc/ops/ca.pem" };
    for (const config of [opsManager, cloudManager]) {
      expect(resolve(env, config)).toMatchObject({ baseUrl: OPS, caFile: "/etc/ops/ca.pem", warnings: [] });
    }
  });

  test("a service account as well in Cloud Manager, from a place that knows one", () => {
    const authentication = { kind: "client-credentials", tokenUrl: "https://cloud.mongodb.com/api/oauth/token" };
    expect(resolve({}, { ...configAccount, ...cloudManager })).toMatchObject({ authentication });
    const eu = { OPS_EU_CLIENT_ID: "mdb_sa_id_eu", OPS_EU_CLIENT_SECRET: "canary" };
    expect(resolve(eu, provider("cloud-manager"))).toMatchObject({ authentication });
  });

  test("an API key only in Ops Manager, which says so of a service account", () => {
    const stack = refusal({}, { ...configAccount, ...opsManager, "mongofed:baseUrl": OPS });
    expect(stack.message).toContain("mongofed:clientId is set, but Ops Manager has no service accounts");
    const eu = { OPS_EU_CLIENT_ID: "mdb_sa_id_eu", OPS_EU_CLIENT_SECRET: "canary" };
    const named = refusal(eu, provider("ops-manager", { "mongofed:baseUrl": OPS }));
    expect(named.message).toContain("OPS_EU_CLIENT_ID is set, but Ops Manager has no service accounts");
    expect(stack.message + named.message).not.toMatch(/canary|\(service account\)/);
    // Beside a key it is the key that counts.
    expect(
      resolve({}, { ...configAccount, ...configKey, ...opsManager, "mongofed:baseUrl": OPS }).authentication.kind,
    ).toBe("digest");
  });

  test("uses the values of an explicit Provider, including its CA file", () => {
    const eu = { OPS_EU_PUBLIC_API_KEY: "pub-eu", OPS_EU_PRIVATE_API_KEY: "canary", OPS_EU_BASE_URL: OPS };
    const given = { ...mcli, ...eu, MCLI_OPS_MANAGER_URL: "https://other.example.com" };
    expect(resolve(given, provider("ops-manager", { "mongofed:caFile": "ca.pem" }))).toMatchObject({
      plane: "ops-manager",
      baseUrl: OPS,
      authentication: { kind: "digest", username: "pub-eu", password: "canary" },
      caFile: "ca.pem",
      source: 'the environment (OPS_EU_PUBLIC_API_KEY), named by Provider "ops-eu"',
      warnings: [],
    });
  });
});

describe("without its base URL Ops Manager", () => {
  test.each<[string, Values, Values, RegExp]>([
    [
      "the environment",
      mcli,
      opsManager,
      /no base URL for Ops Manager\n[\s\S]*fix {2}To name scheme, host and port, set MCLI_OPS_MANAGER_URL\./,
    ],
    [
      "the stack configuration",
      {},
      { ...configKey, ...opsManager },
      /no base URL for Ops Manager\n[\s\S]*fix {2}To name scheme, host and port, run "pulumi config set mongofed:baseUrl https/,
    ],
    [
      "a Provider",
      { OPS_EU_PUBLIC_KEY: "pub", OPS_EU_PRIVATE_KEY: "canary" },
      provider("ops-manager"),
      /no base URL for Provider "ops-eu"\n[\s\S]*fix {2}To name scheme, host and port, set OPS_EU_BASE_URL, or set baseUrl of Provider "ops-eu"\./,
    ],
  ])("is refused, with where it is set for credentials of %s", (_, env, config, text) => {
    const error = refusal(env, config);
    expect(error.findings).toMatchObject([{ code: "FED414", slug: "no-base-url" }]);
    expect(error.message).toMatch(text);
    expect(error.message).not.toContain("canary");
  });

  test("is not looked for in another source, and the finding says so", () => {
    const inStack = refusal(mcli, { ...opsManager, "mongofed:baseUrl": OPS });
    expect(inStack.message).toContain("mongofed:baseUrl in the stack configuration does not count");
    const inEnvironment = refusal({ MCLI_OPS_MANAGER_URL: OPS }, { ...configKey, ...opsManager });
    expect(inEnvironment.message).toContain("MCLI_OPS_MANAGER_URL in the environment does not count");
  });

  test("is refused in clear text, and as something that is no URL, without the example of another product", () => {
    const clear = refusal({ ...mcli, MCLI_OPS_MANAGER_URL: "http://ops.example.com:8080/" }, opsManager);
    expect(clear.message).toContain("FED413");
    const none = refusal({ ...mcli, MCLI_OPS_MANAGER_URL: "ops.example.com" }, opsManager);
    expect(none.message).toContain("Set it to something like https://ops.example.com:8443.");
    expect(none.message).not.toContain("leave it out");
  });
});

describe("the CA file comes from where the credentials come from", () => {
  test("and one of another source is not used, with a warning", () => {
    const config = { ...cloudManager, "mongofed:caFile": "ca.pem" };
    const { caFile, warnings } = resolve(mcli, config);
    expect(caFile).toBe(undefined);
    expect(warnings).toEqual([
      "mongofed:caFile of the stack configuration is not used: the credentials come from the environment, and so does the CA file (MCLI_OPS_MANAGER_CA_CERTIFICATE names one)",
    ]);
    expect(resolve({ ...mcli, MCLI_OPS_MANAGER_CA_CERTIFICATE: "ca.pem" }, config).warnings).toEqual([]);
  });

  test("on Atlas too", () => {
    expect(resolve({ ...atlas, MONGODB_ATLAS_CA_FILE: "proxy.pem" }).caFile).toBe("proxy.pem");
    expect(resolve({}, { ...configKey, "mongofed:caFile": "proxy.pem" }).caFile).toBe("proxy.pem");
  });

  test("and the one beside the credentials of a Provider counts where the Provider gives none", () => {
    const eu = { OPS_EU_PUBLIC_KEY: "pub", OPS_EU_PRIVATE_KEY: "canary", OPS_EU_CA_FILE: "beside.pem" };
    expect(resolve(eu, provider("ops-manager", { "mongofed:baseUrl": OPS })).caFile).toBe("beside.pem");
  });
});

describe("no key goes to a host that was set beside another", () => {
  const key = (id: string, secret: string) => ({ [id]: "pub", [secret]: "canary" });
  /** Each place: its key, and its base URL. */
  const environment = {
    "the environment of Atlas": [
      key("MONGODB_ATLAS_PUBLIC_KEY", "MONGODB_ATLAS_PRIVATE_KEY"),
      "MONGODB_ATLAS_BASE_URL",
    ],
    "the environment of mongocli": [mcli, "MCLI_OPS_MANAGER_URL"],
    "the environment that a Provider names": [key("OPS_EU_PUBLIC_KEY", "OPS_EU_PRIVATE_KEY"), "OPS_EU_BASE_URL"],
  } as const satisfies Record<string, readonly [Values, string]>;
  const elsewhere = "https://elsewhere.example.com";
  const cases = (["atlas", "cloud-manager", "ops-manager"] as const).flatMap((plane) =>
    Object.entries(environment).flatMap(([keyAt, [keys]]) =>
      Object.entries(environment)
        .filter(([urlAt]) => urlAt !== keyAt)
        .map(([urlAt, [, url]]) => ({ plane, keyAt, urlAt, env: { ...keys, [url]: elsewhere } })),
    ),
  );

  test.each(cases)("on $plane, keys in $keyAt and a base URL in $urlAt", ({ plane, env }) => {
    const stack = { "mongofed:plane": plane };
    for (const config of [stack, { ...stack, "mongofed:baseUrl": elsewhere }, provider(plane)]) {
      let used = "refused";
      try {
        used = resolve(env, config).baseUrl;
      } catch (error) {
        expect(String(error)).toMatch(/FED41[04]/);
      }
      expect(used).not.toBe(elsewhere);
    }
    // Nor does the key of the stack configuration go where the environment says.
    const { baseUrl } = resolve(
      { [Object.keys(env).at(-1) as string]: elsewhere },
      { ...stack, ...configKey, "mongofed:baseUrl": OPS },
    );
    expect(baseUrl).toBe(OPS);
  });
});

describe("a setting for another product", () => {
  test("is not used, but named if credentials are missing", () => {
    const forCloudManager = refusal(atlas, cloudManager);
    expect(forCloudManager.message).toContain("no credentials for Cloud Manager");
    expect(forCloudManager.message).toContain(
      "MONGODB_ATLAS_CLIENT_ID of the environment is for MongoDB Atlas, and counts where mongofed:plane is atlas",
    );
    expect(refusal(mcli).message).toContain("and counts where mongofed:plane is cloud-manager or ops-manager");
    expect(textOf(noCredentials(places(mcli)) ?? "")).toContain(
      "MCLI_PUBLIC_API_KEY of the environment is for Cloud Manager",
    );
    expect(noCredentials(places(mcli, cloudManager))).toBe(undefined);
    expect(textOf(noCredentials(places(atlas, cloudManager)) ?? "")).toContain("hold no credentials for Cloud Manager");
  });

  test("is warned of where the stack has forgotten, perhaps, to say which product it is for", () => {
    const env = { MCLI_OPS_MANAGER_URL: OPS };
    expect(resolve(env, configKey).warnings.map(textOf)).toEqual([
      "MCLI_OPS_MANAGER_URL of the environment is not used: this stack is for MongoDB Atlas (cloud.mongodb.com), since mongofed:plane is not set",
    ]);
    expect(resolve(env, { ...configKey, "mongofed:plane": "atlas" }).warnings).toEqual([]);
    expect(resolve({ ...env, ...atlas }, configKey).warnings).toEqual([]);
    const other = { MONGODB_ATLAS_BASE_URL: "https://cloud.mongodbgov.com" };
    expect(resolve(other, { ...configKey, ...cloudManager }).warnings).toEqual([]);
  });
});

test("without any credentials for Ops Manager the error lists every place in order, and what to do", () => {
  expect(refusal({}, opsManager).message).toBe(`FED410 missing-credentials: no credentials for Ops Manager
  why  mongofed looked at these places, in this order, and found none:
         environment: MCLI_PUBLIC_API_KEY and MCLI_PRIVATE_API_KEY (API key)
         stack configuration: mongofed:publicKey and mongofed:privateKey (API key)
  fix  Create an API key in Ops Manager that is Project Owner, or Project Automation Admin, of the project, and set MCLI_PUBLIC_API_KEY and MCLI_PRIVATE_API_KEY.
       Or run "pulumi config set mongofed:publicKey …" and run "pulumi config set --secret mongofed:privateKey …".`);
});
