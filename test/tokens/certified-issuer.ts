/**
 * A real identity provider for tests: `oidc-provider`, an OpenID server that is certified, over https on loopback. Its
 * tokens follow the standards and its defaults, not our assumptions.
 */

import { readFileSync } from "node:fs";
import https from "node:https";
import { fileURLToPath } from "node:url";
import type { Provider } from "oidc-provider";
import { listen } from "../http/harness.ts";
import { rsaKey } from "./issuer.ts";

const certificate = (name: string) => new URL(`../http/certificates/${name}.pem`, import.meta.url);
export const caFile = fileURLToPath(certificate("ca"));

export interface CertifiedIssuer {
  readonly url: string;
  /** The content of every further token; `typ: "at+jwt"` is the server's default. */
  next: { readonly audience: string; readonly typ: string; readonly claims: Readonly<Record<string, unknown>> };
  /** A new access token, by the client credentials grant. */
  issue(): Promise<string>;
  /** The key set that it publishes. */
  keys(): Promise<string>;
}

export async function certifiedIssuer(): Promise<CertifiedIssuer> {
  const pem = readFileSync(certificate("server"));
  let handler: ReturnType<Provider["callback"]> = () => {};
  const server = https.createServer({ key: pem, cert: pem }, (request, response) => handler(request, response));
  const url = `https://localhost:${await listen(server)}`;
  const issuer: CertifiedIssuer = {
    url,
    next: { audience: "mongodb", typ: "JWT", claims: { groups: ["dba"] } },
    issue: async () => {
      const form = "grant_type=client_credentials&client_id=billing&client_secret=of-this-test&resource=urn:mongodb";
      return (JSON.parse(await request(`${url}/token`, form)) as { access_token: string }).access_token;
    },
    keys: () => request(`${url}/jwks`),
  };
  handler = await openIdServer(issuer);
  return issuer;
}

async function openIdServer(issuer: CertifiedIssuer): Promise<ReturnType<Provider["callback"]>> {
  const { Provider } = await import("oidc-provider");
  const { privateKey, kid } = rsaKey("real-1");
  const provider = new Provider(issuer.url, {
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" }] },
    clients: [
      {
        client_id: "billing",
        client_secret: "of-this-test",
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    adapter: () => ({ upsert: async () => {}, find: async () => undefined }),
    ttl: { ClientCredentials: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: "",
          audience: issuer.next.audience,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    extraTokenClaims: () => issuer.next.claims,
    formats: {
      customizers: {
        jwt: (_context: unknown, _token: unknown, jwt: { header?: object }) => {
          jwt.header = { typ: issuer.next.typ };
        },
      },
    },
  });
  return provider.callback();
}

/** A POST of a form, or a GET. */
function request(address: string, form?: string): Promise<string> {
  const headers = form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
  const options = {
    method: form === undefined ? "GET" : "POST",
    headers,
    ca: readFileSync(caFile),
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const sent = https.request(address, options, async (answer) => {
      let body = "";
      for await (const chunk of answer) body += chunk;
      if (answer.statusCode === 200) resolve(body);
      else reject(new Error(`${address} answers ${answer.statusCode}: ${body}`));
    });
    sent.on("error", reject);
    sent.end(form);
  });
}
