import type { OIDCCallbackFunction } from "mongodb";
import { tokenIn } from "./answer.ts";

export interface ClientCredentials {
  /** The `token_endpoint` of the issuer's metadata document, `{issuer}/.well-known/openid-configuration`. */
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** From your secret store. Never from the program's text. */
  readonly clientSecret: string;
  /** The requested scope. Many authorization servers, such as Okta's, derive the audience from it. */
  readonly scope?: string;
  /** For servers that take the audience as a parameter, as Auth0's. */
  readonly audience?: string;
}

/** The client credentials grant (RFC 6749, section 4.4) at any OAuth 2.0 server: Okta, Ping, ForgeRock, Keycloak … */
export function clientCredentials(settings: ClientCredentials): OIDCCallbackFunction {
  const { tokenEndpoint, clientId, clientSecret, scope, audience } = settings;
  return async ({ timeoutContext }) => {
    const response = await fetch(tokenEndpoint, {
      method: "POST",
      headers: { accept: "application/json", authorization: basic(clientId, clientSecret) },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        ...(scope === undefined ? {} : { scope }),
        ...(audience === undefined ? {} : { audience }),
      }),
      // A redirect would take the secret along.
      redirect: "error",
      signal: timeoutContext,
    });
    const { access_token, expires_in } = await tokenIn(response, "access_token");
    return {
      accessToken: access_token as string,
      ...(typeof expires_in === "number" ? { expiresInSeconds: expires_in } : {}),
    };
  };
}

/** RFC 6749, section 2.3.1: both parts are encoded as in a form before they are joined. */
function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((part) => new URLSearchParams({ part }).toString().slice("part=".length));
  return `Basic ${Buffer.from(encoded.join(":")).toString("base64")}`;
}
