import {
  type AutomationStatus,
  automationConfigSchema,
  automationProcessSchema,
} from "../../../schema/automation-config.ts";
import { itemsOf, member, parseJson, plainValue } from "./json.ts";
import { type Deployment, versionOf } from "./world.ts";

/** Steps that an Agent takes towards a new goal; the middle ones only when authentication changed. */
const BEFORE = ["WaitProcessUp", "UpdateConfig"];
const AUTH = ["UpdateAuth", "WaitAuthUpdate"];

/** Steps of an Agent that cannot reach the other members, because a TLS mode was skipped. */
const CUT_OFF = ["WaitPrimary"];

/**
 * Returns the plan and version of every process at a moment. After a change of authentication, an Agent reports the goal
 * version before the last step leaves its plan. The version alone therefore does not tell that a change is applied.
 */
export function automationStatus(deployment: Deployment, now: number): AutomationStatus {
  const { agents, saves } = deployment;
  const goalVersion = versionOf(deployment);
  const changesAuth = saves.find(({ version }) => version === goalVersion)?.auth === true;
  const processes = itemsOf(member(parseJson(deployment.automationConfig), "processes")).flatMap((entry) => {
    const parsed = automationProcessSchema.safeParse(plainValue(entry));
    return parsed.success && parsed.data.disabled !== true ? [parsed.data] : [];
  });
  return {
    goalVersion,
    processes: processes.map(({ name, hostname }) => {
      const limit = agents.stuck[name] ?? Number.POSITIVE_INFINITY;
      const reached = saves.filter(({ version, at }) => version <= limit && at + agents.goalMs <= now);
      const cutOff = cutOffAt(deployment);
      const achieved = Math.max(0, ...reached.map(({ version }) => version).filter((version) => version < cutOff));
      const last = saves.at(-1)?.at ?? 0;
      const settled = last + agents.goalMs + agents.authMs <= now;
      const plan =
        goalVersion >= cutOff
          ? CUT_OFF
          : achieved < goalVersion
            ? [...BEFORE, ...(changesAuth ? AUTH : [])]
            : changesAuth && !settled
              ? AUTH.slice(1)
              : [];
      return { hostname, name, lastGoalVersionAchieved: achieved, plan };
    }),
  };
}

/**
 * The version from which on processes cannot reach each other: it moves some by more than one TLS mode from a mode that
 * they may still run with.
 */
function cutOffAt({ agents, saves }: Deployment): number {
  for (const [index, save] of saves.entries()) {
    const running = saves.slice(0, index).filter((_, place, all) => {
      const next = all[place + 1];
      return next === undefined || next.at + agents.goalMs > save.at;
    });
    const skips = running.some(({ tls }) =>
      Object.entries(save.tls).some(([name, level]) => Math.abs(level - (tls[name] ?? level)) > 1),
    );
    if (skips) return save.version;
  }
  return Number.POSITIVE_INFINITY;
}

/** The processes of a document, for a stuck Agent to be told apart by name. */
export function processNames(deployment: Deployment): string[] {
  const { processes } = automationConfigSchema.parse(JSON.parse(deployment.automationConfig));
  return (processes ?? []).flatMap((entry) => automationProcessSchema.safeParse(entry).data?.name ?? []);
}
