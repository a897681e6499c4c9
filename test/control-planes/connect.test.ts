import { relative } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../../provider/control-planes/connect.ts";
import { type Emulator, startEmulator } from "../../provider/emulator/index.ts";
import { PROJECT } from "../support/ids.ts";
import { behindTls, CA_FILE } from "./behind-tls.ts";
import { seed, staff } from "./cloud-manager/harness.ts";
import { places, type Values } from "./credential-places.ts";

const opsManager = { "mongofed:plane": "ops-manager" };

async function emulated(): Promise<Emulator> {
  const emulator = await startEmulator({
    seed: { ...seed, serviceAccounts: [{ name: "account", clientId: "mdb_sa_id_1", clientSecret: "canary-account" }] },
  });
  onTestFinished(() => emulator.close());
  return emulator;
}

function keyOf({ credentials: { publicKey, privateKey } }: Emulator, url: string): Values {
  return { MCLI_OPS_MANAGER_URL: url, MCLI_PUBLIC_API_KEY: publicKey, MCLI_PRIVATE_API_KEY: privateKey };
}

describe("a run of Ops Manager", () => {
  test("speaks TLS with a private CA and digest, from every source, and the key itself never travels", async () => {
    const emulator = await emulated();
    const server = await behindTls(emulator);
    const env = keyOf(emulator, `${server.url}/`);
    const { publicKey, privateKey } = emulator.credentials;
    const provider = {
      "mongofed:provider": "ops-eu",
      "mongofed:credentials": "env:OPS_EU",
      "mongofed:baseUrl": server.url,
    };
    const sources: [Values, Values][] = [
      [{ ...env, MCLI_OPS_MANAGER_CA_CERTIFICATE: CA_FILE }, {}],
      [
        {},
        {
          "mongofed:publicKey": publicKey,
          "mongofed:privateKey": privateKey,
          "mongofed:baseUrl": server.url,
          "mongofed:caFile": relative(process.cwd(), CA_FILE),
        },
      ],
      [
        { OPS_EU_PUBLIC_API_KEY: publicKey, OPS_EU_PRIVATE_API_KEY: privateKey },
        { ...provider, "mongofed:caFile": CA_FILE },
      ],
    ];
    for (const [env, config] of sources) {
      const plane = connect(places(env, { ...config, ...opsManager }));
      expect(plane).toMatchObject({ name: "ops-manager", baseUrl: server.url });
      const listed = await plane.identityProviders.list(PROJECT, { fresh: true });
      expect(listed.map(({ configurationName }) => configurationName)).toEqual(["theirs"]);
    }
    expect(emulator.requests().some(({ credential }) => credential === "owner")).toBe(true);
    expect(JSON.stringify(server.seen)).not.toContain(privateKey);
  });

  test("without the CA's certificate is refused before anything of the key is sent, and says what to do", async () => {
    const emulator = await emulated();
    const server = await behindTls(emulator);
    const plane = connect(places(keyOf(emulator, server.url), opsManager));
    const refused = plane.identityProviders.list(PROJECT).catch(String);
    expect(await refused).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE[\s\S]*name that in the CA file/);
    expect(server.seen).toEqual([]);
  });

  test("names the source, the product and the access that is missing, and no key", async () => {
    const emulator = await emulated();
    const wrong = { ...keyOf(emulator, emulator.url), MCLI_PRIVATE_API_KEY: "canary-wrong" };
    const refused = await connect(places(wrong, opsManager)).identityProviders.list(PROJECT).catch(String);
    expect(refused).toMatch(/FED411[\s\S]*from the environment \(MCLI_PUBLIC_API_KEY\)/);
    const reader = { MCLI_PUBLIC_API_KEY: "reader", MCLI_PRIVATE_API_KEY: "canary-reader" };
    emulator.edit({
      edit: "add-credential",
      credential: {
        kind: "api-key",
        name: "reader",
        publicKey: "reader",
        privateKey: "canary-reader",
        roles: [{ groupId: PROJECT, roleName: "GROUP_READ_ONLY" }],
      },
    });
    const lacking = connect(places({ ...keyOf(emulator, emulator.url), ...reader }, opsManager));
    const forbidden = await lacking.identityProviders.list(PROJECT).catch(String);
    expect(forbidden).toMatch(/FED412[\s\S]*Project Automation Admin[\s\S]*MCLI_PUBLIC_API_KEY/);
    expect(`${refused}${forbidden}`).not.toMatch(/canary|Organization Owner/);
  });
});

test("a service account speaks to Cloud Manager by the token that Atlas gives out at the same place", async () => {
  const emulator = await emulated();
  const config = {
    "mongofed:plane": "cloud-manager",
    "mongofed:clientId": "mdb_sa_id_1",
    "mongofed:clientSecret": "canary-account",
    "mongofed:baseUrl": emulator.url,
  };
  const plane = connect(places({}, config));
  const made = await plane.identityProviders.create(PROJECT, staff);
  expect(made.configurationName).toBe("corp");
  expect(emulator.requests().filter(({ method }) => method === "PUT")).toMatchObject([
    { credential: "account", status: 200 },
  ]);
});

test("there is one control plane for each product, place, key and CA file, and nothing is asked by that", async () => {
  const emulator = await emulated();
  const at = (config: Values, more: Values = {}) => connect(places({ ...emulator.env, ...more }, config));
  const cloudManager = { "mongofed:plane": "cloud-manager" };
  const all = [
    at({}),
    at(cloudManager),
    at(opsManager),
    at(opsManager, { MCLI_PUBLIC_API_KEY: "another" }),
    at(opsManager, { MCLI_OPS_MANAGER_CA_CERTIFICATE: CA_FILE }),
    at(opsManager, { MCLI_OPS_MANAGER_URL: "https://127.0.0.1:9" }),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(all.map(({ name }) => name).slice(0, 3)).toEqual(["atlas", "cloud-manager", "ops-manager"]);
  expect(at(cloudManager)).toBe(all[1]);
  expect(emulator.requests()).toEqual([]);
});

test("on the embedded engine no control plane but one on loopback is spoken to, wherever its address stands", async () => {
  const embedded = { MONGOFED_LOOPBACK_ONLY: "1", MCLI_PUBLIC_API_KEY: "pub", MCLI_PRIVATE_API_KEY: "canary" };
  const elsewhere: [Values, Values][] = [
    [{ ...embedded, MCLI_OPS_MANAGER_URL: "https://ops.example.com" }, opsManager],
    [embedded, { "mongofed:plane": "cloud-manager" }],
    [
      {
        MONGOFED_LOOPBACK_ONLY: "1",
        EU_PUBLIC_KEY: "pub",
        EU_PRIVATE_KEY: "canary",
        EU_BASE_URL: "https://ops.example.com",
      },
      { ...opsManager, "mongofed:provider": "eu", "mongofed:credentials": "env:EU" },
    ],
  ];
  for (const [env, config] of elsewhere) {
    expect(() => connect(places(env, config))).toThrow(/talks to control planes on loopback only/);
  }
});
