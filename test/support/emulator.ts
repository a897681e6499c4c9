/** Emulators that close when the test ends. */

import { onTestFinished } from "vitest";
import { type Emulator, type Seed, startEmulator } from "../../provider/emulator/index.ts";
import type { AtEnd } from "./at-end.ts";
import { FEDERATION, IDP, ORG, PROJECT } from "./ids.ts";

type Organizations = Seed["organizations"];
type Project = NonNullable<Organizations[number]["projects"]>[number];

/** With the default seed unless another one is given. */
export async function emulated(seed?: Seed, atEnd: AtEnd = onTestFinished): Promise<Emulator> {
  const emulator = await startEmulator(seed === undefined ? {} : { seed });
  atEnd(() => emulator.close());
  return emulator;
}

/** A federation of one organization, which has a project in Atlas if one is given. */
export function atlasSeed(project?: Omit<Project, "name">): Seed {
  const projects = project === undefined ? [] : [{ id: PROJECT, name: "billing", ...project }];
  return {
    organizations: [{ id: ORG, name: "Platform", projects }],
    federations: [{ id: FEDERATION, connectedOrgs: [{ orgId: ORG }] }],
  };
}

/** These projects, in an organization that is connected to one identity provider of programs. */
export function programsSeed(projects: readonly Project[], id: string = IDP): Seed {
  const apps = {
    protocol: "OIDC" as const,
    idpType: "WORKLOAD",
    id,
    displayName: "apps",
    issuerUri: "https://idp.example.com",
    audience: "apps",
    authorizationType: "USER",
  };
  return {
    organizations: [{ id: ORG, name: "Platform", projects: [...projects] }],
    federations: [
      {
        id: FEDERATION,
        identityProviders: [apps],
        connectedOrgs: [{ orgId: ORG, dataAccessIdentityProviderIds: [id] }],
      },
    ],
  };
}

/** A project of Cloud Manager that is in use, with roles, users and an identity provider of other people. */
export function cloudManagerSeed(project: Omit<Project, "name"> = {}): Seed {
  const orders = { id: PROJECT, name: "orders", automationConfig: "example" as const, ...project };
  return { organizations: [{ id: ORG, name: "Platform", projects: [orders] }] };
}
