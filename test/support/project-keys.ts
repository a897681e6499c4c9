/** An organization that others have connected, and keys that have one role in one of its projects and nothing else. */

import { onTestFinished } from "vitest";
import { type Emulator, startEmulator } from "../../provider/emulator/index.ts";

export const CONNECTED = {
  organization: "5f1ed0c0ffee5f1ed0c0ffe1",
  federation: "5f1ed0c0ffee5f1ed0c0ffe3",
  project: "5f1ed0c0ffee5f1ed0c0ffa1",
  identityProvider: "5f1ed0c0ffee5f1ed0c0ffd1",
};

/** The least roles, by what they allow. */
export const GRANTING_ROLES = ["GROUP_OWNER", "GROUP_DATABASE_ACCESS_ADMIN"] as const;
export const LISTING_ROLE = "GROUP_READ_ONLY";
type ProjectRole = (typeof GRANTING_ROLES)[number] | typeof LISTING_ROLE;

/** Starts the emulator with the connected organization, and returns the environment of a key for each role. */
export async function connectedOrganization(): Promise<{
  readonly emulator: Emulator;
  keyOf(role: ProjectRole): Record<string, string>;
}> {
  const { organization, federation, project, identityProvider } = CONNECTED;
  const roles: readonly ProjectRole[] = [...GRANTING_ROLES, LISTING_ROLE];
  const keys = roles.map((roleName) => ({
    name: roleName,
    publicKey: roleName,
    privateKey: `secret-of-${roleName}`,
    roles: [{ groupId: project, roleName }],
  }));
  const emulator = await startEmulator({
    seed: {
      organizations: [
        {
          id: organization,
          name: "Platform",
          projects: [{ id: project, name: "billing", clusters: [{ name: "c0" }] }],
        },
      ],
      federations: [
        {
          id: federation,
          identityProviders: [
            {
              id: identityProvider,
              protocol: "OIDC",
              idpType: "WORKFORCE",
              displayName: "corp",
              issuerUri: "https://idp.example.com",
              audience: "mongodb",
              clientId: "mongosh",
              authorizationType: "GROUP",
            },
          ],
          connectedOrgs: [{ orgId: organization, dataAccessIdentityProviderIds: [identityProvider] }],
        },
      ],
      apiKeys: keys,
    },
  });
  onTestFinished(() => emulator.close());
  return {
    emulator,
    keyOf: (role) => ({
      MONGODB_ATLAS_BASE_URL: emulator.url,
      MONGODB_ATLAS_PUBLIC_API_KEY: role,
      MONGODB_ATLAS_PRIVATE_API_KEY: `secret-of-${role}`,
    }),
  };
}
