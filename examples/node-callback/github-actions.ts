import type { OIDCCallbackFunction } from "mongodb";
import { tokenIn } from "./answer.ts";

/**
 * The token of a GitHub Actions job, for the audience of the identity provider. No secret is needed: the job must have
 * `permissions: id-token: write`, whereupon GitHub sets the two variables.
 */
export function githubActions({ audience }: { readonly audience: string }): OIDCCallbackFunction {
  return async ({ timeoutContext }) => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: pass } = process.env;
    if (!address || !pass) {
      throw new Error("GitHub offers no token here: give the job `permissions: id-token: write`");
    }
    const url = new URL(address);
    url.searchParams.set("audience", audience);
    const response = await fetch(url, { headers: { authorization: `Bearer ${pass}` }, signal: timeoutContext });
    const { value } = await tokenIn(response, "value");
    return { accessToken: value as string };
  };
}
