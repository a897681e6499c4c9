import type { Authentication, EmulatorContext, EmulatorCore } from "../core.ts";
import type { Credential } from "../credentials.ts";
import { parseDigest } from "../digest.ts";
import { newPrivateKey } from "../secrets.ts";

/** The body of a refused login, to the letter: a gateway writes it, not the API, hence its other form. */
const UNAUTHORIZED = `{
  "error" : 401,
  "reason" : "Unauthorized",
  "detail" : "You are not authorized for this resource.",
  "errorCode" : "UNEXPECTED_ERROR"
}`;

/** Stands in for the key of an unknown user, so that a wrong name takes as long as a wrong key. */
const nobodysKey = newPrivateKey();

/** Accepts API keys by HTTP digest and service accounts by access token. Challenges all other requests. */
export function authenticateAtlas(core: EmulatorCore, context: EmulatorContext): Authentication<Credential> {
  const header = context.req.header("authorization") ?? "";
  const digest = parseDigest(header);
  if (digest !== undefined) {
    const key = core.credentials.find(
      (credential) => credential.kind === "api-key" && credential.publicKey === digest.username,
    );
    const password = key?.kind === "api-key" ? key.privateKey : nobodysKey;
    const verdict = core.digest.verify(digest, password, context.req.method, context.env.incoming.url ?? "");
    if (verdict === "accepted" && key !== undefined) return { caller: key, name: key.name };
    return unauthorized(core.digest.challenge(verdict === "stale"));
  }
  const token = /^bearer\s+(\S+)$/i.exec(header)?.[1];
  if (token !== undefined) {
    const account = core.oauth.accountOf(token, core.credentials);
    if (account !== undefined) return { caller: account, name: account.name };
    // A guess: what an expired token gets is not recorded. The form is that of RFC 6750.
    return unauthorized('Bearer error="invalid_token"');
  }
  return unauthorized(core.digest.challenge(false));
}

function unauthorized(challenge: string): Authentication<Credential> {
  const headers = { "Content-Type": "application/json", "WWW-Authenticate": challenge };
  return { refusal: new Response(UNAUTHORIZED, { status: 401, headers }) };
}
