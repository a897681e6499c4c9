import { isDeepStrictEqual } from "node:util";
import type { AtlasWorld, Emulator } from "../../provider/emulator/index.ts";
import type { Engine } from "./engine.ts";
import type { Place, Step } from "./step.ts";

export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** The environment of the platform team: the key of its organization, with the names of seed.yaml. */
export function platform(url: string): Place {
  return { folder: "platform", stack: "prod", env: key("MONGODB_ATLAS", "platform-organization", url) };
}

/** The environment of a pipeline: a key of its project, and one that owns its organization. */
export function environment(stack: EnvironmentName, url: string): Place {
  const env = { ...key("MONGODB_ATLAS", `${stack}-project`, url), ...key("ORG_OWNER", `${stack}-organization`, url) };
  return { folder: "environment", stack, env };
}

function key(prefix: string, publicKey: string, url: string): Record<string, string> {
  return {
    [`${prefix}_PUBLIC_API_KEY`]: publicKey,
    [`${prefix}_PRIVATE_API_KEY`]: "emulated",
    [`${prefix}_BASE_URL`]: url,
  };
}

/** Everything in the world that belongs to production: its organization's connection, its users and roles. */
export function production({ federations, organizations, projects, databaseUsers, customDbRoles }: AtlasWorld) {
  const org = organizations.find(({ name }) => name === "Production");
  const ids = projects.filter(({ orgId }) => orgId === org?.id).map(({ id }) => id);
  return {
    connection: federations.flatMap(({ connectedOrgs }) => connectedOrgs).filter(({ orgId }) => orgId === org?.id),
    users: databaseUsers.filter(({ projectId }) => ids.includes(projectId)),
    roles: customDbRoles.filter(({ projectId }) => ids.includes(projectId)),
  };
}

/** Four stacks, one federation. */
export function environments(engine: Engine, emulator: Emulator): Step[] {
  const owner = platform(emulator.url);
  const [dev, staging, prod] = ENVIRONMENTS.map((stack) => environment(stack, emulator.url)) as [Place, Place, Place];
  const corp = async () => ({ corp: JSON.stringify(await engine.output(owner, "corp")) });
  let before = production(emulator.world().atlas);
  return [
    { says: "The platform team creates the identity provider and connects no organization.", command: "up", at: owner },
    {
      says: "Development connects its own organization by the platform team's reference, and grants access. Its keys cannot read the platform's organization.",
      command: "up",
      at: dev,
      config: corp,
    },
    { says: "Staging: the same program.", command: "up", at: staging, config: corp },
    {
      says: "Production: the same program, protected. Developers can only read.",
      command: "up",
      at: prod,
      config: corp,
    },
    {
      says: "Development is destroyed.",
      before: () => {
        before = production(emulator.world().atlas);
      },
      command: "destroy",
      at: dev,
      after: () => {
        if (!isDeepStrictEqual(production(emulator.world().atlas), before)) throw new Error("production has changed");
        console.log("Production is what it was: its connection, its users and its roles.");
      },
    },
    { says: "Production is protected, so a destroy by mistake fails.", command: "destroy", at: prod, refused: true },
  ];
}
