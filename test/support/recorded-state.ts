/** The state that version 0.1.0 wrote, and the control plane as it was then. */

import { readFile } from "node:fs/promises";
import type { Seed } from "../../provider/emulator/index.ts";
import { FEDERATION, ORG } from "./ids.ts";

export const recordedFixture = (name: string) =>
  readFile(new URL(`../fixtures/upgrade/${name}`, import.meta.url), "utf8");
/** Where the control plane was when the state was written; states are bound to it. */
export const RECORDED_AT = "http://127.0.0.1:27099";
/** Ids in the recorded state. */
export const STAFF = "5f1ed0c0ffee5f1ed0c0ffa1";
const APPS = "5f1ed0c0ffee5f1ed0c0ffa2";

/** The objects that this `up` had created. */
export const recordedSeed: Seed = {
  organizations: [{ id: ORG, name: "Example" }],
  federations: [
    {
      id: FEDERATION,
      identityProviders: [
        {
          protocol: "OIDC",
          id: APPS,
          idpType: "WORKLOAD",
          displayName: "apps",
          issuerUri: "https://accounts.example.com",
          audience: "api://apps",
          authorizationType: "USER",
          userClaim: "sub",
        },
        {
          protocol: "OIDC",
          id: STAFF,
          idpType: "WORKFORCE",
          displayName: "corp-entra",
          description: "people",
          issuerUri: "https://login.example.com/v2.0",
          audience: "api://corp",
          clientId: "8d9e0c1f",
          requestedScopes: ["openid", "offline_access"],
          associatedDomains: ["example.com", "example.org"],
          authorizationType: "GROUP",
          userClaim: "oid",
          groupsClaim: "roles",
        },
      ],
      connectedOrgs: [{ orgId: ORG, dataAccessIdentityProviderIds: [APPS, STAFF] }],
    },
  ],
};
