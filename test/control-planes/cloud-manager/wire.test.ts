import { describe, expect, test } from "vitest";
import { principalOf, providerKeys } from "../../../provider/control-planes/cloud-manager/wire.ts";
import { apps, staff } from "./harness.ts";

describe("an identity provider in the server's words", () => {
  test("has no key for what it has none of: neither null nor an empty list", () => {
    expect(providerKeys({ ...staff, requestedScopes: [] }).requestedScopes).toBeUndefined();
    expect(Object.values(providerKeys(apps))).not.toContain(null);
    expect(JSON.parse(JSON.stringify(providerKeys(apps)))).toEqual({
      authNamePrefix: "apps",
      issuerUri: apps.issuerUri,
      audience: "api://apps",
      userClaim: "sub",
      supportsHumanFlows: false,
      useAuthorizationClaim: false,
    });
  });

  test("holds of a change what it names, and nothing more", () => {
    expect(providerKeys({ audience: "new" })).toEqual({ audience: "new" });
    // Told to go, not left alone: a program that moves to single users must not keep the claim of groups.
    expect(Object.keys(providerKeys({ authorizationType: "USER" }))).toEqual(["useAuthorizationClaim", "groupsClaim"]);
  });
});

test.each([
  ["corp/dba", { prefix: "corp", who: "dba" }],
  ["corp/CN=a/b,OU=c", { prefix: "corp", who: "CN=a/b,OU=c" }],
  ["a_B-9/x", { prefix: "a_B-9", who: "x" }],
  ["plain", undefined],
  ["/dba", undefined],
  ["corp/", undefined],
  ["CN=x/y", undefined],
])("%s as a principal", (name, principal) => {
  expect(principalOf(name)).toEqual(principal);
});
