import { expect, test } from "vitest";
import { fittingPreset } from "../../provider/import/fitting-preset.ts";
import { type PresetName, presets } from "../../provider/presets/index.ts";
import { settingsOf } from "../../provider/presets/preset.ts";
import type { IdentityProviderSettings } from "../../schema/identity-provider.ts";

const TENANT = "8f1c2a54-3b6d-4e0f-9a7b-5c4d3e2f1a0b";
const APP = "0d9e8f7a-6b5c-4d3e-8f1a-0b9c8d7e6f5a";

/** Options with which an administrator may have filled in the console. */
const cases: readonly (readonly [PresetName, Record<string, string>])[] = [
  ["entraWorkforce", { tenantId: TENANT, applicationId: APP }],
  ["entraWorkforce", { tenantId: TENANT, applicationId: APP, authorizationType: "USER" }],
  ["entraWorkforce", { tenantId: TENANT, applicationId: APP, cloud: "usGovernment" }],
  ["entraWorkload", { tenantId: TENANT, applicationId: APP }],
  ["entraWorkload", { tenantId: TENANT, applicationId: APP, authorizationType: "GROUP" }],
  ["okta", { domain: "example.okta.com", authorizationServer: "default", clientId: "0oa1" }],
  ["okta", { domain: "example.okta.com", authorizationServer: "aus1", clientId: "0oa1", audience: "api://x" }],
  ["oktaWorkload", { domain: "example.okta.com", authorizationServer: "aus1", audience: "api://x" }],
  ["ping", { environmentId: TENANT, audience: "mongodb", clientId: "c", scope: "mongodb" }],
  ["pingWorkload", { environmentId: TENANT, domain: "auth.pingone.eu", audience: "mongodb" }],
  ["googleCloud", { audience: "mongodb" }],
  ["githubActions", { audience: "mongodb" }],
  ["githubActions", { audience: "mongodb", enterprise: "octo" }],
  ["githubActions", { audience: "mongodb", host: "octo.ghe.com" }],
  ["githubActions", { audience: "mongodb", host: "github.example.com" }],
  ["kubernetes", { issuerUri: "https://oidc.eks.eu-west-1.amazonaws.com/id/1", audience: "mongodb" }],
];

function settings(name: PresetName, options: object): IdentityProviderSettings {
  const made = settingsOf(presets[name] as never, options) as object;
  return { configurationName: "x", requestedScopes: [], associatedDomains: [], ...made } as never;
}

test.each(cases)("%s is found again by its settings: %j", (name, options) => {
  expect(fittingPreset(settings(name, options))).toMatchObject({ name, options, overrides: [] });
});

test("a preset with another user claim is written with that claim", () => {
  const live = { ...settings("entraWorkforce", { tenantId: TENANT, applicationId: APP }), userClaim: "sub" };
  expect(fittingPreset(live)).toMatchObject({ name: "entraWorkforce", overrides: ["userClaim"] });
});

test.each([
  ["another audience", { audience: "api://other" }],
  [
    "a tenant in capitals, which a preset would change",
    { issuerUri: `https://login.microsoftonline.com/${TENANT.toUpperCase()}/v2.0` },
  ],
  ["an issuer that nobody knows", { issuerUri: "https://idp.example.com" }],
  ["no address", { issuerUri: "x" }],
])("no preset fits %s", (_, rest) => {
  const live = { ...settings("entraWorkforce", { tenantId: TENANT, applicationId: APP }), ...rest };
  expect(fittingPreset(live)).toBeUndefined();
});
