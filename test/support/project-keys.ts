/** An organization that others have connected, and keys that have one role in one of its projects and nothing else. */

import type { Emulator } from "../../provider/emulator/index.ts";
import { atlasSeed, emulated } from "./emulator.ts";
import { FEDERATION, IDP, ORG, PROJECT } from "./ids.ts";

/** The least roles, by what they allow. */
export const GRANTING_ROLES = ["GROUP_OWNER", "GROUP_DATABASE_ACCESS_ADMIN"] as const;
export const LISTING_ROLE = "GROUP_READ_ONLY";
type ProjectRole = (typeof GRANTING_ROLES)[number] | typeof LISTING_ROLE;

/** Starts the emulator with the connected organization, and returns the environment of a key for each role. */
export async function connectedOrganization(): Promise<{
  readonly emulator: Emulator;
  keyOf(role: ProjectRole): Record<string, string>;
}> {
  const roles: readonly ProjectRole[] = [...GRANTING_ROLES, LISTING_ROLE];
  const keys = roles.map((roleName) => ({
    name: roleName,
    publicKey: roleName,
    privateKey: `secret-of-${roleName}`,
    roles: [{ groupId: PROJECT, roleName }],
  }));
  const emulator = await emulated({
    ...atlasSeed({ clusters: [{ name: "c0" }] }),
    federations: [
      {
        id: FEDERATION,
        identityProviders: [
          {
            id: IDP,
            protocol: "OIDC",
            idpType: "WORKFORCE",
            displayName: "corp",
            issuerUri: "https://idp.example.com",
            audience: "mongodb",
            clientId: "mongosh",
            authorizationType: "GROUP",
          },
        ],
        connectedOrgs: [{ orgId: ORG, dataAccessIdentityProviderIds: [IDP] }],
      },
    ],
    apiKeys: keys,
  });
  return {
    emulator,
    keyOf: (role) => ({
      MONGODB_ATLAS_BASE_URL: emulator.url,
      MONGODB_ATLAS_PUBLIC_API_KEY: role,
      MONGODB_ATLAS_PRIVATE_API_KEY: `secret-of-${role}`,
    }),
  };
}
