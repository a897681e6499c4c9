import { describe, expect, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import { noCredentials } from "../../provider/control-planes/credentials.ts";
import { places, refusal, resolve, type Values } from "./credential-places.ts";

const account = { MONGODB_ATLAS_CLIENT_ID: "mdb_sa_id_1", MONGODB_ATLAS_CLIENT_SECRET: "canary-account" };
const key = { MONGODB_ATLAS_PUBLIC_API_KEY: "pub", MONGODB_ATLAS_PRIVATE_API_KEY: "canary-key" };
const otherKey = { MONGODB_ATLAS_PUBLIC_KEY: "other", MONGODB_ATLAS_PRIVATE_KEY: "canary-other-key" };
const configAccount = { "mongofed:clientId": "mdb_sa_id_2", "mongofed:clientSecret": "canary-config" };
const configKey = { "mongofed:publicKey": "conf", "mongofed:privateKey": "canary-config-key" };

describe("credentials are taken", () => {
  test("from the environment: a service account", () => {
    expect(resolve(account)).toEqual({
      plane: "atlas",
      baseUrl: "https://cloud.mongodb.com",
      authentication: {
        kind: "client-credentials",
        tokenUrl: "https://cloud.mongodb.com/api/oauth/token",
        clientId: "mdb_sa_id_1",
        clientSecret: "canary-account",
      },
      source: "the environment (MONGODB_ATLAS_CLIENT_ID)",
      warnings: [],
    });
  });

  test.each([
    [key, "pub", "canary-key", "MONGODB_ATLAS_PUBLIC_API_KEY"],
    [otherKey, "other", "canary-other-key", "MONGODB_ATLAS_PUBLIC_KEY"],
  ] as const)("from the environment: an API key under either name", (env, username, password, name) => {
    const { authentication, source } = resolve(env);
    expect(authentication).toEqual({ kind: "digest", username, password });
    expect(source).toBe(`the environment (${name})`);
  });

  test("from the stack configuration", () => {
    expect(resolve({}, { ...configAccount, "mongofed:baseUrl": "https://cloud.mongodbgov.com/" })).toMatchObject({
      baseUrl: "https://cloud.mongodbgov.com",
      authentication: { tokenUrl: "https://cloud.mongodbgov.com/api/oauth/token", clientId: "mdb_sa_id_2" },
      source: "the stack configuration (mongofed:clientId)",
      warnings: [],
    });
    expect(resolve({}, configKey).authentication).toMatchObject({ kind: "digest", username: "conf" });
  });

  test("from the environment before the stack configuration, whole and without a word", () => {
    expect(resolve(key, configAccount)).toMatchObject({ authentication: { username: "pub" }, warnings: [] });
  });

  test("as a service account before an API key of the same source, with a warning for each that is not used", () => {
    const { authentication, warnings } = resolve({ ...account, ...key, ...otherKey });
    expect(authentication.kind).toBe("client-credentials");
    expect(warnings).toEqual([
      "the environment holds two credentials: the service account of MONGODB_ATLAS_CLIENT_ID is used, the API key of MONGODB_ATLAS_PUBLIC_API_KEY is not",
      "the environment holds two credentials: the service account of MONGODB_ATLAS_CLIENT_ID is used, the API key of MONGODB_ATLAS_PUBLIC_KEY is not",
    ]);
  });

  test("without the white space that files and pipelines add", () => {
    const env = { MONGODB_ATLAS_PUBLIC_KEY: " pub\n", MONGODB_ATLAS_PRIVATE_KEY: "secret\r\n" };
    expect(resolve(env).authentication).toEqual({ kind: "digest", username: "pub", password: "secret" });
  });

  test("from the next source when variables are there and empty", () => {
    expect(resolve({ MONGODB_ATLAS_CLIENT_ID: "", MONGODB_ATLAS_CLIENT_SECRET: " " }, configKey).source).toContain(
      "mongofed:publicKey",
    );
  });
});

describe("the base URL comes from where the credentials come from", () => {
  const gov = "https://cloud.mongodbgov.com";

  test("and a different one in the stack configuration is not used, with a warning", () => {
    const { baseUrl, warnings } = resolve(account, { "mongofed:baseUrl": gov });
    expect(baseUrl).toBe("https://cloud.mongodb.com");
    expect(warnings).toEqual([
      "mongofed:baseUrl of the stack configuration is not used: the credentials come from the environment, and so does the base URL (cloud.mongodb.com; MONGODB_ATLAS_BASE_URL changes it)",
    ]);
  });

  test("and a different one in the environment without credentials is not used, with a warning", () => {
    const { baseUrl, warnings } = resolve({ MONGODB_ATLAS_BASE_URL: gov }, configAccount);
    expect(baseUrl).toBe("https://cloud.mongodb.com");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("MONGODB_ATLAS_BASE_URL of the environment is not used");
  });

  test("and the same one in both is nothing to warn of", () => {
    const env = { ...account, MONGODB_ATLAS_BASE_URL: gov };
    expect(resolve(env, { "mongofed:baseUrl": `${gov}/` })).toMatchObject({ baseUrl: gov, warnings: [] });
  });

  test("and may have the path of an API behind it, as the documents call it", () => {
    for (const path of ["/api/atlas/v2", "/api/public/v1.0/"]) {
      expect(resolve({ ...account, MONGODB_ATLAS_BASE_URL: gov + path }).baseUrl).toBe(gov);
    }
  });

  test("and one that is not used is not printed: it may hold a password", () => {
    const { warnings } = resolve(account, { "mongofed:baseUrl": "https://user:canary@host" });
    expect(warnings.join()).not.toContain("canary");
  });

  test.each(["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1"])("and may be %s", (baseUrl) => {
    expect(resolve({ ...account, MONGODB_ATLAS_BASE_URL: baseUrl }).baseUrl).toBe(baseUrl);
  });

  test("and must not be in clear text", () => {
    const error = refusal({ ...account, MONGODB_ATLAS_BASE_URL: "http://ops.example.com" });
    expect(error.findings[0]).toMatchObject({ code: "FED413", slug: "unsafe-base-url" });
    expect(error.message).toContain("would send credentials to ops.example.com in clear text");
  });

  test.each(["cloud.mongodb.com", "https://u:canary@host", "https://host/?q=canary", "file:///canary"])(
    "and must not be %s",
    (baseUrl) => {
      const error = refusal({}, { ...configAccount, "mongofed:baseUrl": baseUrl });
      expect(error.findings[0]?.code).toBe("FED200");
      expect(error.message).toContain("mongofed:baseUrl in the stack configuration: expected an http(s) URL");
      expect(error.message).not.toContain("canary");
    },
  );
});

describe("half a credential is refused", () => {
  test.each([
    [{ MONGODB_ATLAS_CLIENT_ID: "id" }, "MONGODB_ATLAS_CLIENT_ID is set, MONGODB_ATLAS_CLIENT_SECRET is not"],
    [{ MONGODB_ATLAS_CLIENT_SECRET: "canary" }, "MONGODB_ATLAS_CLIENT_SECRET is set, MONGODB_ATLAS_CLIENT_ID is not"],
    [
      { MONGODB_ATLAS_PUBLIC_KEY: "p", MONGODB_ATLAS_PRIVATE_API_KEY: "canary" },
      "MONGODB_ATLAS_PUBLIC_KEY is set, MONGODB_ATLAS_PRIVATE_KEY is not",
    ],
  ])("in the environment, even if the rest or another credential is elsewhere", (env, text) => {
    const error = refusal(env as Values, { ...configAccount, ...configKey });
    expect(error.findings.every(({ code }) => code === "FED410")).toBe(true);
    expect(error.message).toContain(`the environment holds half of a credential: ${text}`);
    expect(error.message).not.toContain("canary");
  });

  test("beside a whole one of the same source, since it may be the one that is meant", () => {
    expect(refusal({ ...key, MONGODB_ATLAS_CLIENT_ID: "id" }).findings).toHaveLength(1);
  });

  test("in the stack configuration, with the command that completes it", () => {
    const error = refusal({}, { "mongofed:clientId": "id" });
    expect(error.message.split("\n")).toEqual([
      "FED410 missing-credentials: the stack configuration holds half of a credential: mongofed:clientId is set, mongofed:clientSecret is not",
      "  why  Both halves of a service account come from the stack configuration: mongofed never combines two sources.",
      '  fix  To complete it, run "pulumi config set --secret mongofed:clientSecret …". To use another credential, run "pulumi config rm mongofed:clientId".',
    ]);
  });

  test("that is damaged", () => {
    const error = refusal({ ...account, MONGODB_ATLAS_CLIENT_SECRET: "cana\nry" });
    expect(error.message).toContain(
      "MONGODB_ATLAS_CLIENT_SECRET in the environment holds a character that no key or secret has",
    );
    expect(error.message).not.toContain("cana");
  });
});

test("without any credentials the error lists every place in order, and what to do", () => {
  const error = refusal({ MONGODB_ATLAS_BASE_URL: "https://cloud.mongodb.com" });
  expect(error.stack).toBe(error.message);
  expect(error.message).toBe(`FED410 missing-credentials: no credentials for MongoDB Atlas
  why  mongofed looked at these places, in this order, and found none:
         environment: MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET (service account)
         environment: MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY (API key)
         environment: MONGODB_ATLAS_PUBLIC_KEY and MONGODB_ATLAS_PRIVATE_KEY (API key)
         stack configuration: mongofed:clientId and mongofed:clientSecret (service account)
         stack configuration: mongofed:publicKey and mongofed:privateKey (API key)
  fix  Create a service account in Atlas that is Organization Owner, and set MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET.
       Or run "pulumi config set mongofed:clientId …" and run "pulumi config set --secret mongofed:clientSecret …".`);
});

describe("an explicit Provider", () => {
  const named = (more: Values = {}) => ({
    "mongofed:provider": "ops-eu",
    "mongofed:credentials": "env:OPS_EU",
    ...more,
  });
  const eu = { OPS_EU_CLIENT_ID: "mdb_sa_id_eu", OPS_EU_CLIENT_SECRET: "canary-eu" };

  test("takes base URL and credentials from what it names, and from nowhere else", () => {
    const env = { ...account, MONGODB_ATLAS_BASE_URL: "https://cloud.mongodbgov.com", ...eu };
    expect(resolve(env, { ...named(), ...configAccount })).toMatchObject({
      baseUrl: "https://cloud.mongodb.com",
      authentication: { clientId: "mdb_sa_id_eu" },
      source: 'the environment (OPS_EU_CLIENT_ID), named by Provider "ops-eu"',
      warnings: [],
    });
  });

  test.each([
    ["OPS_EU_PUBLIC_API_KEY", "OPS_EU_PRIVATE_API_KEY"],
    ["OPS_EU_PUBLIC_KEY", "OPS_EU_PRIVATE_KEY"],
  ])("takes an API key of %s", (id, secret) => {
    const authentication = { kind: "digest", username: "pub", password: "canary" };
    expect(resolve({ [id]: "pub", [secret]: "canary" }, named())).toMatchObject({ authentication });
  });

  test("takes the base URL beside the credentials where it gives none", () => {
    expect(resolve({ ...eu, OPS_EU_BASE_URL: "https://cloud.mongodbgov.com" }, named()).baseUrl).toBe(
      "https://cloud.mongodbgov.com",
    );
  });

  test("refuses its base URL in clear text, and says whose it is", () => {
    const error = refusal(eu, named({ "mongofed:baseUrl": "http://ops.eu.example.com" }));
    expect(error.message).toContain(
      'baseUrl of Provider "ops-eu" would send credentials to ops.eu.example.com in clear',
    );
  });

  test("refuses half of what it names", () => {
    const error = refusal({ ...account, OPS_EU_CLIENT_ID: "id" }, named());
    expect(error.message).toContain("OPS_EU_CLIENT_ID is set, OPS_EU_CLIENT_SECRET is not");
    // Which is a mistake, and no reason to go offline.
    expect(noCredentials(places({ OPS_EU_CLIENT_ID: "id" }, named()))).toBe(undefined);
    expect(noCredentials(places(account, named()))).toContain("no OPS_EU_… credentials");
  });

  test("refuses a secret in the place of a name, without repeating it", () => {
    const error = refusal(eu, named({ "mongofed:credentials": "canary" }));
    expect(error.findings[0]?.code).toBe("FED415");
    expect(error.message).not.toContain("canary");
  });

  test("says where it looked for its certificates", () => {
    const config = named({ "mongofed:caFile": "certificates/none.pem" });
    expect(() => connect(places(eu, config))).toThrow(/the CA file \/.*certificates\/none\.pem does not exist/);
  });
});

describe("the secret of a service account", () => {
  const foreign = { MONGODB_ATLAS_CLIENT_ID: "3f1c7a52-azure", MONGODB_ATLAS_CLIENT_SECRET: "canary-azure" };

  test("is not sent with the client id of another tool", () => {
    const { message } = refusal(foreign);
    expect(message).toContain("MONGODB_ATLAS_CLIENT_ID in the environment does not begin with mdb_sa_id_");
    expect(message).not.toContain("canary");
    expect(message).not.toContain("3f1c7a52");
  });

  test("is sent to loopback with any client id", () => {
    const { authentication } = resolve({ ...foreign, MONGODB_ATLAS_BASE_URL: "http://127.0.0.1:8080" });
    expect(authentication).toMatchObject({ clientId: "3f1c7a52-azure" });
  });
});
