import { z } from "zod";
import { objectIdSchema } from "../../../schema/atlas.ts";
import { automationProcessSchema, TLS_MODES } from "../../../schema/automation-config.ts";
import { sameId } from "../atlas/world.ts";
import { fromPlain, itemsOf, type Json, member, parseJson, plainValue, printJson, withMember } from "./json.ts";

/** How the Agents of a project behave. */
export const agentsSchema = z.strictObject({
  goalMs: z.number().nonnegative().default(2_000).meta({
    description: "Milliseconds from a save until an Agent has applied it to its process.",
  }),
  authMs: z.number().nonnegative().default(1_000).meta({
    description: "Further milliseconds for a step of authentication.",
  }),
  stuck: z.record(z.string(), z.number().int().nonnegative()).default({}).meta({
    description: "Processes, by name, that apply no version after this one.",
  }),
});
export type Agents = z.infer<typeof agentsSchema>;

/** One project's automation config. */
const deploymentSchema = z.strictObject({
  projectId: objectIdSchema,
  /** The document, as the server keeps it. A text, so that no number and no order in it is ever lost. */
  automationConfig: z.string(),
  agents: agentsSchema,
  /** The name of the system that manages the project from outside the console. */
  managedBy: z.string().optional(),
  /**
   * When the last versions were saved, newest last, whether authentication changed with them, and the TLS mode of each
   * process, by name.
   */
  saves: z.array(
    z.strictObject({
      version: z.number().int(),
      at: z.number(),
      auth: z.boolean(),
      tls: z.record(z.string(), z.number().int()).default({}),
    }),
  ),
});
export type Deployment = z.infer<typeof deploymentSchema>;

/** The content of Cloud Manager. Its organizations and projects are those of Atlas. */
export const cloudManagerWorldSchema = z.strictObject({ deployments: z.array(deploymentSchema) });
export type CloudManagerWorld = z.infer<typeof cloudManagerWorldSchema>;

/** Enough to know what every process has achieved. */
const KEPT_SAVES = 50;

export function findDeployment(world: CloudManagerWorld, projectId: string): Deployment | undefined {
  return world.deployments.find((deployment) => sameId(deployment.projectId, projectId));
}

export function versionOf({ automationConfig }: Deployment): number {
  return documentVersion(parseJson(automationConfig));
}

function documentVersion(document: Json): number {
  const version = plainValue(member(document, "version"));
  return typeof version === "number" ? version : 0;
}

/** A deployment whose document has stood unchanged for long: every process is where it should be. */
export function newDeployment(projectId: string, document: Json, agents: Agents, managedBy?: string): Deployment {
  const version = Math.max(documentVersion(document), 1);
  return {
    projectId,
    automationConfig: printJson(withMember(document, "version", fromPlain(version))),
    agents,
    ...(managedBy === undefined ? {} : { managedBy }),
    saves: [{ version, at: 0, auth: false, tls: tlsLevels(document) }],
  };
}

/**
 * Saves a document as the next version, whatever version it says that it is: the last one who writes wins.
 *
 * @param bySomebody a save in the console, after which every process has run with its TLS mode for long
 */
export function save(deployment: Deployment, document: Json, at: number, bySomebody = false): Deployment {
  const before = parseJson(deployment.automationConfig);
  const version = documentVersion(before) + 1;
  const auth = ["auth", "oidcProviderConfigs"].some((key) => text(before, key) !== text(document, key));
  const tls = tlsLevels(document);
  const saves = bySomebody ? deployment.saves.map((one) => ({ ...one, tls })) : deployment.saves;
  return {
    ...deployment,
    automationConfig: printJson(withMember(document, "version", fromPlain(version))),
    saves: [...saves, { version, at, auth, tls }].slice(-KEPT_SAVES),
  };
}

/** The TLS mode of each process that is not disabled, as its place among all modes. */
function tlsLevels(document: Json): Record<string, number> {
  const levels = itemsOf(member(document, "processes")).flatMap((entry) => {
    const { data } = automationProcessSchema.safeParse(plainValue(entry));
    if (data === undefined || data.disabled === true) return [];
    const { tls, ssl } = data.args2_6?.net ?? {};
    const mode = (tls?.mode ?? ssl?.mode ?? "").replace(/SSL$/, "TLS");
    return [[data.name, Math.max(0, (TLS_MODES as readonly string[]).indexOf(mode))] as const];
  });
  return Object.fromEntries(levels);
}

function text(document: Json, key: string): string {
  const value = member(document, key);
  return value === undefined ? "" : printJson(value);
}

export function changeDeployment(
  world: CloudManagerWorld,
  projectId: string,
  change: (deployment: Deployment) => Deployment,
): CloudManagerWorld {
  return {
    deployments: world.deployments.map((one) => (sameId(one.projectId, projectId) ? change(one) : one)),
  };
}
