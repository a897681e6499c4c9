import { readFileSync } from "node:fs";
import http from "node:http";
import net, { type LookupFunction } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type Preflight, type PreflightOptions, preflight } from "../../provider/preflight/index.ts";
import { isPublicAddress } from "../../provider/public-addresses.ts";
import { listen, type Served, serve } from "../http/harness.ts";
import { curveKey, key, otherKey, rsaKey } from "../tokens/issuer.ts";
import { mongofed } from "./command-line.ts";

const file = (name: string) => fileURLToPath(new URL(`../http/certificates/${name}.pem`, import.meta.url));
const caFile = file("ca");
const WELL_KNOWN = "/.well-known/openid-configuration";

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The response of each path. A path without one never answers. */
type Routes = Record<string, (idp: Served) => Answer | undefined | Promise<Answer>>;

const metadataOf = (idp: Served, changes: object = {}) => ({
  issuer: idp.url,
  jwks_uri: `${idp.url}/keys`,
  authorization_endpoint: `${idp.url}/authorize`,
  token_endpoint: `${idp.url}/token`,
  device_authorization_endpoint: `${idp.url}/device`,
  code_challenge_methods_supported: ["S256"],
  scopes_supported: ["openid", "offline_access"],
  id_token_signing_alg_values_supported: ["RS256"],
  ...changes,
});

/** An identity provider with a certificate of the tests' own authority, or over plain http. */
async function issuer(routes: Routes = {}, tls = true): Promise<Served> {
  const pem = readFileSync(file("server"));
  const all: Routes = {
    [WELL_KNOWN]: (idp) => ({ body: metadataOf(idp) }),
    "/keys": () => ({ body: { keys: [key.jwk, otherKey.jwk] } }),
    ...routes,
  };
  const idp: Served = await serve(
    async ({ url }, response) => {
      const answer = (await all[url]?.(idp)) ?? (url in all ? undefined : { status: 404 });
      if (!answer) return;
      const { status = 200, headers = {}, body = "" } = answer;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body));
    },
    tls ? { tls: { key: pem, cert: pem } } : {},
  );
  return idp;
}

const withMetadata = (changes: object | string): Routes => ({
  [WELL_KNOWN]: (idp) => ({ body: typeof changes === "string" ? changes : metadataOf(idp, changes) }),
});

const withKeys = (...keys: object[]): Routes => ({ "/keys": () => ({ body: { keys } }) });

function look(address: string, options: Partial<PreflightOptions> = {}): Promise<Preflight> {
  return preflight(address, {
    serverVersion: "8.0",
    workforce: false,
    timeoutMs: 5000,
    allowPrivate: true,
    allowHttp: false,
    caFile,
    env: {},
    signal: new AbortController().signal,
    ...options,
  });
}

/** `refused FED107 | FED433`: the outcome, what makes it so, and what is only advised. */
function inShort({ outcome, findings }: Preflight): string {
  const codes = (advised: boolean) =>
    findings.filter(({ effect }) => (effect === "advises") === advised).map(({ code }) => code);
  return [outcome, ...codes(false), ...(codes(true).length > 0 ? ["|", ...codes(true)] : [])].join(" ");
}

describe("mongofed idp preflight", () => {
  const run = (...args: string[]) =>
    mongofed(["idp", "preflight", "--allow-private", "--ca-file", caFile, ...args], { env: { NO_COLOR: "1" } });

  test("of an issuer as it should be ends with the sentence that counts", async () => {
    const idp = await issuer();
    expect(await run(idp.url, "--workforce")).toEqual({
      exitCode: 0,
      stdout: 'MongoDB 8.0 would load 2 keys of this issuer ("key-1", "key-2") and check tokens by them.\n',
      stderr: "",
    });
  });

  test("names what is wrong, why, and what to do, errors first", async () => {
    const small = rsaKey("small", 1024);
    const idp = await issuer({
      ...withMetadata({ id_token_signing_alg_values_supported: ["none", "RS256"] }),
      ...withKeys(key.jwk, small.jwk),
    });
    const { exitCode, stdout, stderr } = await run(idp.url);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(stdout).toMatch(
      /^error FED110 unusable-key-set: key "small" drops the whole key set: it has 1024 bits.*\n {2}--> keys\[1\]\n {2}why .*\n {2}fix .*\n\nadvice FED146 /,
    );
    expect(stdout).toMatch(/\nMongoDB 8\.0 refuses every token of this issuer until the errors are fixed\.\n$/);
    expect(stdout).not.toContain("\u001b[");
  });

  test("--json holds all of it", async () => {
    const idp = await issuer(withMetadata({ scopes_supported: ["openid"] }));
    const { exitCode, stdout } = await run(idp.url, "--json", "--workforce", "--server-version", "7.0.14");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      issuer: idp.url,
      serverVersion: "7.0.14",
      outcome: "loads",
      keys: [
        { kid: "key-1", type: "RSA" },
        { kid: "key-2", type: "RSA" },
      ],
      findings: [{ code: "FED436", severity: "warning", path: "scopes_supported", effect: "advises", locations: [] }],
      notes: [],
    });
  });

  test("says on stderr for what it waits, and gives up at its time limit", async () => {
    const idp = await issuer({ "/keys": () => undefined });
    const { exitCode, stdout, stderr } = await run(idp.url, "--timeout", "2");
    expect(exitCode).toBe(1);
    expect(stderr).toBe("Waiting for the issuer, up to 2 s for each of its two documents ...\n");
    expect(stdout).toContain(`the key set was not read: ${idp.url}/keys did not answer in full within 2 s`);
    expect(stdout).toMatch(/mongofed cannot tell from here whether MongoDB \S+ would accept this issuer\.\n$/);
  });

  test("ends with 130 when it is interrupted", async () => {
    const interrupt = new AbortController();
    const idp = await issuer({
      "/keys": () => {
        interrupt.abort();
        return undefined;
      },
    });
    const args = ["idp", "preflight", idp.url, "--allow-private", "--ca-file", caFile];
    expect(await mongofed(args, { signal: interrupt.signal })).toEqual({ exitCode: 130, stdout: "", stderr: "" });
  });

  test.each([
    ["no version", ["--server-version", "eight"], /"eight" is not a MongoDB version/],
    ["no time", ["--timeout", "0"], /a whole number of seconds/],
    ["a CA file that is not there", ["--ca-file", "/does/not/exist.pem"], /\/does\/not\/exist\.pem does not exist/],
  ])("takes %s for a mistake", async (_, args, message) => {
    const { exitCode, stderr } = await run("https://localhost:1", ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("refuses private addresses and plain http unless told otherwise", async () => {
    const idp = await issuer({}, false);
    const json = async (...flags: string[]): Promise<Preflight> =>
      JSON.parse((await mongofed(["idp", "preflight", idp.url, "--json", ...flags])).stdout);
    expect(inShort(await json())).toBe("refused FED212");
    expect(inShort(await json("--allow-private"))).toBe("refused FED212");
    expect(inShort(await json("--allow-http"))).toBe("unknown FED432");
    expect(idp.connections).toBe(0);
    const both = await json("--allow-http", "--allow-private");
    expect(inShort(both)).toBe("loads");
    expect(both.notes).toEqual(["a server reads an issuer over plain http in tests only"]);
  });
});

test("no credentials are sent, and nothing but the two documents is asked for", async () => {
  const idp = await issuer();
  await look(idp.url);
  expect(idp.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([`GET ${WELL_KNOWN}`, "GET /keys"]);
  for (const { headers } of idp.seen) {
    expect(Object.keys(headers).sort()).toEqual(["accept", "accept-encoding", "connection", "host", "user-agent"]);
  }
});

describe("the issuer", () => {
  test.each([
    ["http://idp.example.com", "the issuer must begin with https://"],
    ["https://ada:hunter2@idp.example.com", "the issuer contains a user name or password"],
    ["https://idp.example.com?x=1", "the issuer contains a query or a fragment"],
    ["https://login.microsoftonline.com/common/v2.0", 'the issuer names the shared tenant "common"'],
    [`https://idp.example.com${WELL_KNOWN}`, "the issuer is the address of the metadata document"],
    ["idp.example.com", "the issuer is not a web address"],
  ])("%s is refused before anything is sent", async (address, message) => {
    const lookup = () => {
      throw new Error("looked up");
    };
    const result = await look(address, { lookup, allowHttp: true });
    expect(inShort(result)).toBe("refused FED212");
    expect(result.findings[0]?.message).toContain(message);
  });

  test("with a path has the well-known part after it", async () => {
    const idp = await issuer({
      [`/tenant/v2.0${WELL_KNOWN}`]: (idp) => ({ body: metadataOf(idp, { issuer: `${idp.url}/tenant/v2.0` }) }),
    });
    expect(inShort(await look(`${idp.url}/tenant/v2.0`))).toBe("loads");
  });

  test.each([
    ["with a slash, where the document has none", "/", "", "refused FED107", "has no slash at its end"],
    ["without a slash, where the document has one", "", "/", "refused FED107", "ends in a slash"],
    ["with a slash, as the document has it", "/", "/", "loads", undefined],
    ["in other capitals", "", "/A", "refused FED107", 'not "'],
  ])("%s", async (_, given, published, expected, message) => {
    const path = published === "/A" ? "/a" : "";
    const idp = await issuer({
      [`${path}${WELL_KNOWN}`]: (idp) => ({ body: metadataOf(idp, { issuer: `${idp.url}${published}` }) }),
    });
    const result = await look(`${idp.url}${path}${given}`);
    expect(inShort(result)).toBe(expected);
    if (message) expect(result.findings[0]?.message).toContain(message);
  });

  test.each(["https://other.example.com", "https://login.microsoftonline.com/{tenantid}/v2.0"])(
    "whose document names %s is that of another",
    async (other) => {
      const result = await look((await issuer(withMetadata({ issuer: other }))).url);
      expect(inShort(result)).toBe("refused FED434");
      expect(result.findings[0]?.message).toContain(JSON.stringify(other));
    },
  );
});

describe("the metadata document", () => {
  test.each<[string, object | string, string, RegExp]>([
    ["without issuer", { issuer: undefined }, "refused FED433", /issuer is nothing/],
    [
      "of AD FS, with another issuer in access tokens",
      { access_token_issuer: "http://adfs.example.com/adfs/services/trust" },
      "refused FED434",
      /access tokens carry the issuer "http:\/\/adfs\.example\.com\/adfs\/services\/trust"/,
    ],
    ["without jwks_uri", { jwks_uri: null }, "refused FED433", /has no jwks_uri/],
    ["with a jwks_uri that is no text", { jwks_uri: 7 }, "refused FED433", /jwks_uri is 7, not an address/],
    ["with a jwks_uri that is no address", { jwks_uri: "keys" }, "refused FED433", /is not a web address/],
    ["with keys over http", { jwks_uri: "http://localhost/k" }, "refused FED433", /http:\/\/localhost\/k is not https/],
    ["with keys in a file", { jwks_uri: "file:///etc/passwd" }, "refused FED433", /is not https/],
    [
      "with keys behind a password",
      { jwks_uri: "https://a:hunter2@b.test/" },
      "refused FED433",
      /a user or a password/,
    ],
    ["with a token endpoint over http", { token_endpoint: "http://b.test/t" }, "refused FED433", /^token_endpoint: /],
    [
      "with a login page that is a number",
      { authorization_endpoint: 1 },
      "refused FED433",
      /^authorization_endpoint is/,
    ],
    ["that is a web page", "<!DOCTYPE html><p>hi", "refused FED433", /is a web page/],
    ["that is empty", "", "refused FED433", /is empty/],
    ["that is a list", "[]", "refused FED433", /is not a JSON object/],
    ["that is cut off", '{"issuer":', "refused FED433", /is not a JSON object/],
    ["with a byte order mark", "\ufeff{}", "refused FED433", /is not a JSON object/],
  ])("%s", async (_, changes, expected, message) => {
    const result = await look((await issuer(withMetadata(changes))).url);
    expect(inShort(result)).toBe(expected);
    expect(result.findings[0]?.message).toMatch(message);
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });

  test("that names the key set twice", async () => {
    const routes: Routes = {
      [WELL_KNOWN]: (idp) => ({ body: `{"jwks_uri":"https://evil.test",${JSON.stringify(metadataOf(idp)).slice(1)}` }),
    };
    const result = await look((await issuer(routes)).url);
    expect(result.findings[0]?.message).toBe("the metadata document names jwks_uri twice");
    expect(result.outcome).toBe("refused");
  });

  test.each([
    [404, "refused FED430"],
    [204, "refused FED430"],
    [503, "unknown FED430"],
    [429, "unknown FED430"],
  ])("that is answered with %d", async (status, expected) => {
    const result = await look((await issuer({ [WELL_KNOWN]: () => ({ status, body: "" }) })).url);
    expect(inShort(result)).toBe(expected);
    expect(result.findings[0]?.message).toContain(`the answer is ${status}`);
  });

  test.each([
    ["text/plain", "loads | FED433"],
    ["application/json; charset=utf-8", "loads"],
  ])("of type %s", async (type, expected) => {
    const routes: Routes = { [WELL_KNOWN]: (idp) => ({ headers: { "content-type": type }, body: metadataOf(idp) }) };
    expect(inShort(await look((await issuer(routes)).url))).toBe(expected);
  });

  test.each([
    [["ES512"], "8.0", "loads | FED146"],
    [["ES256"], "8.0", "loads | FED146"],
    [["ES256"], "8.2", "loads"],
    [["none", "PS256"], "8.0", "loads | FED146"],
    [undefined, "8.0", "loads"],
  ])("that lists the algorithms %j, on %s", async (algorithms, serverVersion, expected) => {
    const idp = await issuer(withMetadata({ id_token_signing_alg_values_supported: algorithms }));
    expect(inShort(await look(idp.url, { serverVersion }))).toBe(expected);
  });
});

describe("for people", () => {
  test.each<[string, object, string]>([
    ["nothing is missing", {}, "loads"],
    ["no token endpoint", { token_endpoint: undefined }, "no-login FED435"],
    ["no browser login", { authorization_endpoint: undefined }, "loads | FED435"],
    ["no device codes", { device_authorization_endpoint: undefined }, "loads | FED435"],
    [
      "no login at all",
      { authorization_endpoint: undefined, device_authorization_endpoint: undefined },
      "no-login FED435",
    ],
    ["PKCE without S256", { code_challenge_methods_supported: ["plain"] }, "no-login FED435"],
    ["nothing said of PKCE", { code_challenge_methods_supported: undefined }, "loads"],
    ["no refresh tokens", { scopes_supported: ["openid"] }, "loads | FED436"],
    ["nothing said of scopes", { scopes_supported: undefined }, "loads"],
  ])("%s", async (_, changes, expected) => {
    const idp = await issuer(withMetadata(changes));
    const result = await look(idp.url, { workforce: true });
    expect(inShort(result)).toBe(expected);
    if (result.outcome === "no-login") expect(result.summary).toMatch(/2 keys .* but people could not log in/);
    // Programs bring their tokens along.
    expect(inShort(await look(idp.url))).toBe("loads");
  });
});

describe("the key set", () => {
  test.each<[string, object[], string, string]>([
    ["a key of 1024 bits drops all of it", [key.jwk, rsaKey("small", 1024).jwk], "8.0", "refused FED110"],
    ["a key without kid drops all of it", [key.jwk, { ...otherKey.jwk, kid: undefined }], "8.0", "refused FED110"],
    ["a kid used twice drops all of it", [key.jwk, { ...otherKey.jwk, kid: key.kid }], "8.0", "refused FED110"],
    ["another type is passed over", [key.jwk, { kty: "OKP", kid: "o", crv: "X25519" }], "8.0", "loads | FED135"],
    ["a P-521 key is passed over by 8.0", [key.jwk, curveKey("c", "P-521").jwk], "8.0", "loads | FED135"],
    ["a P-521 key may stop newer servers", [key.jwk, curveKey("c", "P-521").jwk], "8.2", "unknown FED110"],
    ["only curves are no keys to 8.0", [curveKey("c", "P-256").jwk], "8.0", "refused FED145 | FED135"],
    ["no keys", [], "8.0", "refused FED145"],
    ["a private key is told", [{ ...key.jwk, d: "c2VjcmV0LWNhbmFyeQ" }], "8.0", "loads | FED134"],
  ])("%s", async (_, keys, serverVersion, expected) => {
    const result = await look((await issuer(withKeys(...keys))).url, { serverVersion });
    expect(inShort(result)).toBe(expected);
    expect(result.keys.length > 0).toBe(result.outcome === "loads");
    expect(JSON.stringify(result)).not.toContain("c2VjcmV0LWNhbmFyeQ");
  });

  test("that is none", async () => {
    const result = await look((await issuer({ "/keys": () => ({ body: "<html>" }) })).url);
    expect(inShort(result)).toBe("refused FED110");
  });

  test("on another host is noted", async () => {
    const idp = await issuer(withMetadata({}));
    const other = await issuer({
      [WELL_KNOWN]: (own) => ({
        body: metadataOf(own, { jwks_uri: `https://localhost:${idp.port}/keys` }),
      }),
    });
    expect((await look(other.url)).notes).toEqual(["the keys come from another host than the issuer's: localhost"]);
  });
});

describe("limits", () => {
  const huge = " ".repeat(1024 * 1024 + 1);
  test.each<[string, Routes]>([
    ["a metadata document", { [WELL_KNOWN]: () => ({ body: huge }) }],
    ["a key set", { "/keys": () => ({ body: huge }) }],
    [
      "a key set that is small on its way",
      { "/keys": () => ({ headers: { "content-encoding": "gzip" }, body: gzipSync(huge) }) },
    ],
  ])("%s of more than 1 MiB is not read", async (_, routes) => {
    const result = await look((await issuer(routes)).url);
    expect(inShort(result)).toBe("refused FED136");
    expect(result.findings[0]?.message).toContain("larger than 1048576 bytes after decompression");
  });

  test("the time limit is for all redirects of a document together", { timeout: 8000 }, async () => {
    const slowly = (to: string) => () => sleep(400, { status: 302, headers: { location: to } });
    const idp = await issuer({
      [WELL_KNOWN]: slowly("/1"),
      "/1": slowly("/2"),
      "/2": slowly("/3"),
      "/3": (idp) => sleep(400, { body: metadataOf(idp) }),
    });
    const result = await look(idp.url, { timeoutMs: 1000 });
    expect(result.findings.at(-1)).toMatchObject({
      code: "FED430",
      message: expect.stringContaining("did not answer in full within 1 s"),
    });
  });

  test("a name that is never looked up ends with the time limit", { timeout: 8000 }, async () => {
    const result = await look("https://atlas.test", { lookup: () => {}, timeoutMs: 100 });
    expect(inShort(result)).toBe("unknown FED430");
  });
});

describe("redirects", () => {
  test("are followed to tell where they lead, and are an error to a server", async () => {
    const idp = await issuer({
      [WELL_KNOWN]: () => ({ status: 301, headers: { location: "/moved?session=hunter2" } }),
      "/moved?session=hunter2": (idp) => ({ body: metadataOf(idp) }),
    });
    const result = await look(idp.url);
    expect(inShort(result)).toBe("refused FED431");
    expect(result.findings[0]?.message).toBe(`the metadata document redirects to ${idp.url}/moved`);
    expect(idp.seen.map(({ url }) => url)).toContain("/keys");
  });

  test("that never end are left after three", async () => {
    const idp = await issuer({ "/keys": () => ({ status: 307, headers: { location: "/keys" } }) });
    const result = await look(idp.url);
    expect(inShort(result)).toBe("refused FED431 FED431");
    expect(result.findings[1]?.message).toContain("redirects more than 3 times");
    expect(idp.seen.filter(({ url }) => url === "/keys")).toHaveLength(4);
  });

  test.each([
    ["plain http", (port: number) => `http://127.0.0.1:${port}/keys`, "FED433"],
    ["a file", () => "file:///etc/passwd", "FED433"],
    ["a password", (port: number) => `https://a:hunter2@localhost:${port}/keys`, "FED433"],
  ])("to %s are not followed", async (_, target, code) => {
    const plain = await issuer({}, false);
    const idp = await issuer({ "/keys": () => ({ status: 302, headers: { location: target(plain.port) } }) });
    const result = await look(idp.url);
    expect(inShort(result)).toBe(`refused FED431 ${code}`);
    expect(plain.connections).toBe(0);
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });
});

/** Answers as a resolver would, and counts how often it is asked. */
function resolver(...answers: (readonly string[])[]) {
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, options, callback) => {
    const addresses = (answers[asked.length] ?? answers.at(-1) ?? []).map((address) => ({
      address,
      family: net.isIP(address),
    }));
    asked.push(hostname);
    if (options.all) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
  };
  return { asked, lookup };
}

describe("addresses that lie on no public network", () => {
  test.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "no address",
  ])("%s is one", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each(["8.8.8.8", "100.63.255.255", "172.32.0.1", "169.253.0.1", "223.255.255.255", "2606:4700::1111"])(
    "%s is none",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "127.0.0.1.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
  ])("are refused in the spelling %s", async (host) => {
    const idp = await issuer();
    const result = await look(`https://${host}:${idp.port}`, { allowPrivate: false });
    expect(inShort(result)).toBe("unknown FED432");
    expect(idp.connections).toBe(0);
  });

  test.each([[["127.0.0.1"]], [["8.8.8.8", "127.0.0.1"]], [["::1"]]])(
    "are refused behind a name that resolves to %j",
    async (addresses) => {
      const idp = await issuer();
      const { lookup, asked } = resolver(addresses);
      const result = await look(`https://atlas.test:${idp.port}`, { allowPrivate: false, lookup });
      expect(inShort(result)).toBe("unknown FED432");
      expect(result.findings[0]?.message).toContain(
        `atlas.test:${idp.port} resolves to ${addresses.at(-1)}, which lies on no public network`,
      );
      expect({ asked, connections: idp.connections }).toEqual({ asked: ["atlas.test"], connections: 0 });
    },
  );

  test("are refused behind localhost, too", async () => {
    const idp = await issuer();
    expect(inShort(await look(`https://localhost:${idp.port}`, { allowPrivate: false }))).toBe("unknown FED432");
    expect(idp.connections).toBe(0);
  });

  test("cannot be slipped in between a check and the connection: each connection takes the one answer it checked", async () => {
    const idp = await issuer({
      [WELL_KNOWN]: (idp) => ({
        body: metadataOf(idp, {
          issuer: `https://atlas.test:${idp.port}`,
          jwks_uri: `https://atlas.test:${idp.port}/keys`,
        }),
      }),
    });
    const { lookup, asked } = resolver(["127.0.0.1"]);
    expect(inShort(await look(`https://atlas.test:${idp.port}`, { lookup }))).toBe("loads");
    expect(asked).toHaveLength(idp.connections);
    expect(idp.connections).toBe(2);
  });
});

describe("a proxy of the environment", () => {
  /** Leads every name to one port of this machine. */
  async function proxyTo(port: number) {
    const seen: string[] = [];
    const server = http.createServer().on("connect", (request, client: net.Socket) => {
      seen.push(request.url ?? "");
      const upstream = net.connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on("error", () => client.destroy());
      client.on("error", () => upstream.destroy());
    });
    return { seen, address: `127.0.0.1:${await listen(server)}` };
  }

  const behindProxy: Routes = {
    [WELL_KNOWN]: (idp) => ({
      body: metadataOf(idp, { issuer: "https://atlas.test", jwks_uri: "https://atlas.test/keys" }),
    }),
  };

  test("looks names up itself, which the notes say", async () => {
    const idp = await issuer(behindProxy);
    const proxy = await proxyTo(idp.port);
    const { lookup, asked } = resolver(["127.0.0.1"]);
    const env = { https_proxy: `http://${proxy.address}` };
    const result = await look("https://atlas.test", { allowPrivate: false, env, lookup });
    expect(inShort(result)).toBe("loads");
    expect(result.notes).toEqual([
      `the proxy ${proxy.address} resolves host names itself: mongofed could refuse only numeric private addresses`,
    ]);
    expect({ seen: proxy.seen, asked }).toEqual({ seen: ["atlas.test:443", "atlas.test:443"], asked: [] });
  });

  test("is not asked for private addresses", async () => {
    const idp = await issuer(behindProxy);
    const proxy = await proxyTo(idp.port);
    const env = { https_proxy: `http://${proxy.address}` };
    expect(inShort(await look("https://169.254.169.254", { allowPrivate: false, env }))).toBe("unknown FED432");
    expect(proxy.seen).toEqual([]);
  });

  test("from which no_proxy exempts a name leaves its addresses to the rule", async () => {
    const idp = await issuer(behindProxy);
    const proxy = await proxyTo(idp.port);
    const env = { https_proxy: `http://${proxy.address}`, no_proxy: "atlas.test" };
    const { lookup } = resolver(["127.0.0.1"]);
    expect(inShort(await look("https://atlas.test", { allowPrivate: false, env, lookup }))).toBe("unknown FED432");
    expect(proxy.seen).toEqual([]);
  });
});

test("a certificate that nobody trusts is told with what to do", async () => {
  const result = await look((await issuer()).url, { caFile: undefined });
  expect(inShort(result)).toBe("unknown FED430");
  expect(result.findings[0]?.message).toContain("no trusted TLS connection");
  expect(result.findings[0]?.fix).toContain("--ca-file");
});
