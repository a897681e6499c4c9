import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { getCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { HttpClient } from "../../provider/http/client.ts";
import { tlsOptions } from "../../provider/http/tls.ts";
import { clientOf, errorOf, get, json, listen, post, serve } from "./harness.ts";

const file = (name: string) => fileURLToPath(new URL(`certificates/${name}.pem`, import.meta.url));
const caFile = file("ca");

/** A TLS server with one of the test certificates. */
function serveTls(name: string, options: object = {}) {
  const pem = readFileSync(file(name));
  return serve((_request, response) => json(response, 200, { tls: true }), {
    tls: { key: pem, cert: pem, ...options },
  });
}

describe("TLS", () => {
  test("to a server of a private CA works with the CA file", async () => {
    const server = await serveTls("server");
    expect((await clientOf(server.url, { caFile }).request(get())).body).toEqual({ tls: true });
  });

  test("to a server of a private CA is refused without, at once, and the error says what to do", async () => {
    const server = await serveTls("server");
    for (const request of [get(), post()]) {
      const error = await errorOf(clientOf(server.url).request(request));
      expect(error).toMatchObject({
        code: "http-tls",
        reason: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        attempts: 1,
        sent: "no",
      });
      expect(error.message).toContain("if its certificate comes from a CA of your own, name that in the CA file");
    }
    expect(server.seen).toHaveLength(0);
  });

  test.each([
    ["elsewhere", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["expired", "CERT_HAS_EXPIRED"],
  ])("to a server whose certificate is %s is refused", async (name, reason) => {
    const server = await serveTls(name);
    const error = await errorOf(clientOf(server.url, { caFile }).request(get()));
    expect(error).toMatchObject({ code: "http-tls", reason, attempts: 1, sent: "no" });
  });

  test("of version 1.1 is refused, never negotiated", async () => {
    const server = await serveTls("server", {
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    const error = await errorOf(clientOf(server.url, { caFile }).request(get()));
    expect(error).toMatchObject({ code: "http-tls", attempts: 1, sent: "no" });
  });

  test("cannot be switched off by the environment", async () => {
    const server = await serveTls("server");
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      expect((await errorOf(clientOf(server.url).request(get()))).code).toBe("http-tls");
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  test("trusts the CA file beside the CAs of Node.js, not in their place", () => {
    const { ca, ...rest } = tlsOptions(caFile);
    expect(ca).toEqual([...getCACertificates("default"), readFileSync(caFile, "utf8")]);
    expect(rest).toEqual({ minVersion: "TLSv1.2", rejectUnauthorized: true });
  });

  test.each([
    ["/does/not/exist.pem", "does not exist"],
    [fileURLToPath(import.meta.url), "holds no PEM certificates"],
  ])("with the CA file %s is an error before any request", (path, reason) => {
    expect(() => clientOf("https://a.test", { caFile: path })).toThrow(`the CA file ${path} ${reason}`);
  });
});

/** A proxy that speaks CONNECT, and leads every name to one port of this machine. */
async function proxyTo(port: number, refuse?: (socket: net.Socket, head: http.IncomingMessage) => boolean) {
  const seen: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request);
    response.writeHead(200, { "content-type": "application/json" }).end('{"plain":true}');
  });
  server.on("connect", (request, client: net.Socket) => {
    seen.push(request);
    client.on("error", () => {});
    if (refuse?.(client, request)) return;
    const upstream = net.connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on("error", () => client.destroy());
  });
  const own = await listen(server);
  return { seen, host: `127.0.0.1:${own}` };
}

describe("a proxy of the environment", () => {
  test.each(["https_proxy", "HTTPS_PROXY"])("in %s carries https through CONNECT, with its password", async (name) => {
    const server = await serveTls("server");
    const proxy = await proxyTo(server.port);
    const env = { [name]: `http://user:p%40ss-word@${proxy.host}` };
    const client = clientOf("https://atlas.test", { caFile, env });
    expect((await client.request(get())).body).toEqual({ tls: true });
    expect(proxy.seen[0]).toMatchObject({ method: "CONNECT", url: "atlas.test:443" });
    expect(proxy.seen[0]?.headers["proxy-authorization"]).toBe(`Basic ${btoa("user:p@ss-word")}`);
    expect(proxy.seen[0]?.headers.authorization).toBeUndefined();
    expect(server.seen[0]?.headers["proxy-authorization"]).toBeUndefined();
  });

  test("does not make up for a certificate that is not trusted", async () => {
    const server = await serveTls("server");
    const proxy = await proxyTo(server.port);
    const client = clientOf("https://atlas.test", { env: { https_proxy: `http://${proxy.host}` } });
    expect(await errorOf(client.request(get()))).toMatchObject({ code: "http-tls", attempts: 1 });
  });

  test.each(["atlas.test", ".test", "*", "other,atlas.test:443", "ATLAS.TEST"])(
    "is not asked where no_proxy is %s",
    async (noProxy) => {
      const proxy = await proxyTo(1);
      const env = { https_proxy: `http://${proxy.host}`, no_proxy: noProxy };
      // The name does not resolve, which is what shows that we went for it ourselves.
      expect((await errorOf(clientOf("https://atlas.test", { env }).request(get()))).code).toBe("http-connection");
      expect(proxy.seen).toHaveLength(0);
    },
  );

  test.each(["http_proxy", "https_proxy", "HTTP_PROXY"])("in %s never carries plain http to loopback", async (name) => {
    const server = await serve((_request, response) => json(response, 200, { direct: true }));
    const proxy = await proxyTo(server.port);
    const client = clientOf(server.url, { env: { [name]: `http://${proxy.host}` } });
    expect((await client.request(get())).body).toEqual({ direct: true });
    expect(proxy.seen).toHaveLength(0);
  });

  test("is not asked for https to loopback either", async () => {
    const server = await serveTls("server");
    const proxy = await proxyTo(server.port);
    const client = clientOf(server.url, { caFile, env: { https_proxy: `http://${proxy.host}` } });
    expect((await client.request(get())).body).toEqual({ tls: true });
    expect(proxy.seen).toHaveLength(0);
  });

  test.each([
    [407, 1],
    [403, 1],
    [404, 1],
    [502, 5],
  ])(
    "that answers %i is named without its password, and its status is not the operation's",
    async (status, attempts) => {
      const proxy = await proxyTo(
        1,
        (socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`) && true,
      );
      const env = { https_proxy: `http://user:canary-pass@${proxy.host}` };
      const error = await errorOf(clientOf("https://atlas.test", { env }).request(post()));
      expect(error).toMatchObject({ code: "http-proxy", status: undefined, attempts: 1, sent: "no" });
      expect(error.message).toContain(`the proxy ${proxy.host} answered ${status} to a connection to atlas.test`);
      expect(error.message).not.toContain("canary");
      // The token request, which may be repeated, is what met the proxy.
      expect(proxy.seen).toHaveLength(attempts);
    },
  );

  test("that stalls on CONNECT ends at the deadline, with nothing sent", async () => {
    const proxy = await proxyTo(1, () => true);
    const env = { https_proxy: `http://${proxy.host}` };
    const authentication = { kind: "digest", username: "u", password: "password" } as const;
    const client = clientOf("https://atlas.test", { env, authentication });
    const outcome = errorOf(client.request(post({ deadlineMs: 50_000 })));
    await client.clock.sleep(60_000);
    expect(await outcome).toMatchObject({ code: "http-timeout", sent: "no" });
  });

  test("that does not listen is named", async () => {
    const server = net.createServer();
    const port = await listen(server);
    server.close();
    await once(server, "close");
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const error = await errorOf(clientOf("https://atlas.test", { env }).request(get()));
    expect(error.message).toContain(
      `no connection to atlas.test (the environment names the proxy 127.0.0.1:${port}): nothing accepts connections`,
    );
  });

  test("that is no URL is an error that does not repeat it", () => {
    const make = () => clientOf("https://atlas.test", { env: { HTTPS_PROXY: "user:canary@proxy" } });
    expect(make).toThrow("HTTPS_PROXY is not an http(s) URL of a proxy");
    expect(make).not.toThrow("canary");
  });
});

describe("a base URL", () => {
  const make = (baseUrl: string, env = {}) =>
    new HttpClient({ baseUrl, authentication: { kind: "digest", username: "u", password: "password" }, env });

  test.each([
    "http://cloud.mongodb.com",
    "http://10.0.0.1",
    "http://localhost.evil.example",
    "http://127.0.0.1.nip.io",
  ])("%s is refused: credentials would go in clear text", (url) =>
    expect(() => make(url)).toThrow(`credentials would go to ${new URL(url).host} in clear text`),
  );

  test.each([
    "http://127.0.0.1:1",
    "http://localhost:1",
    "http://[::1]:1",
    "http://2130706433",
    "https://cloud.mongodb.com",
  ])("%s is taken", (url) => expect(() => make(url)).not.toThrow());

  test.each([
    "https://user:canary@a.test",
    "https://a.test/?canary",
    "https://a.test/#canary",
    "canary",
    "ftp://a.test/canary",
  ])("%s is refused, and not repeated", (url) => {
    expect(() => make(url)).toThrow(/base URL/);
    expect(() => make(url)).not.toThrow(/canary/);
  });

  test("keeps its path prefix", async () => {
    const server = await serve((_request, response) => json(response, 200, {}));
    await clientOf(`${server.url}/ops/`).request(get({ query: { a: "1 2&3", b: undefined, c: ["x", "y"], d: 0 } }));
    expect(server.seen[0]?.url).toBe("/ops/things?a=1%202%263&c=x&c=y&d=0");
  });

  test("beyond loopback is refused under the embedded engine, in one clear sentence", () => {
    const env = { MONGOFED_LOOPBACK_ONLY: "1" };
    expect(() => make("https://cloud.mongodb.com", env)).toThrow(
      "the embedded engine talks to control planes on loopback only: use the Pulumi CLI for cloud.mongodb.com",
    );
    expect(() => make("http://127.0.0.1:9", env)).not.toThrow();
  });
});
