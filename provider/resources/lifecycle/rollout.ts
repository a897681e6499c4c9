import { type Phrase, phrase, setting as settingTerm, unsetConfig } from "../../../schema/phrase.ts";
import type { Subject } from "../../../schema/report.ts";
import type { Rollout } from "../../control-planes/control-plane.ts";
import { errorPhrase, FindingError, PhrasedError } from "../../findings.ts";
import { subjectPhrase } from "../../reports.ts";
import { finding } from "../../rules/index.ts";
import { type Context, type Created, IncompleteError } from "../definition.ts";
import { mayLook, reportOnce } from "../findings.ts";

/** How often a user hears that it still takes. */
const PROGRESS_MS = 15_000;

/** How long a create or update waits until the clusters have applied it, unless `mongofed:wait` says otherwise. */
const DEFAULT_WAIT = "10m";
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Of the setting `mongofed:wait`: a time like `90s` or `10m`, or `off`. In milliseconds; 0 does not wait. */
export function waitLimit(setting: string | undefined): number {
  const text = setting === undefined || setting === "" ? DEFAULT_WAIT : setting;
  if (text === "off") return 0;
  const match = /^(?<number>\d+)(?<unit>[smh])$/.exec(text);
  const limit = Number(match?.groups?.number ?? 0) * (UNITS[match?.groups?.unit ?? ""] ?? 0);
  if (limit > 0) return limit;
  throw new FindingError([
    finding("FED420", {
      message: phrase`${settingTerm("wait")} is ${JSON.stringify(text)}`,
      fix: phrase`Set it to a time such as 90s, 10m or 1h, or to off, or ${unsetConfig("wait")} (default: ${DEFAULT_WAIT}).`,
    }),
  ]);
}

/**
 * Waits until the clusters know of a change. The API answers earlier, and until then no login can use the change. At a
 * timeout, state keeps the object as incomplete, so that the next run waits again.
 */
export async function waitForClusters(
  context: Context,
  projectId: string,
  of: Subject,
  created: Created,
): Promise<void> {
  const subject = subjectPhrase(of);
  if (context.waitMs === 0) return;
  const wait = async (): Promise<Rollout> => {
    const unchecked = () => `whether the clusters of project ${projectId} have applied changes of users and roles`;
    const look = () => context.plane().projects.clusters(projectId);
    if (!(await mayLook(context, `clusters ${projectId}`, unchecked, look))) return { pending: [], elapsedMs: 0 };
    return await rollout(context, projectId, context.waitMs);
  };
  const { pending, elapsedMs } = await wait().catch((error: unknown) => {
    throw new IncompleteError(unasked(error, subject), created);
  });
  if (pending.length === 0) return;
  const message = phrase`${subject} is made, and after ${Math.round(elapsedMs / 1_000)} s ${pending.join(", ")} had not applied it`;
  throw new IncompleteError(new FindingError([finding("FED421", { message })]), created);
}

/**
 * Waits until the clusters have applied everything before a step that some of them could not take otherwise. A stack
 * that turns waiting off waits here all the same.
 */
export async function waitBeforeStep(context: Context, projectId: string, of: Subject): Promise<void> {
  const limitMs = context.waitMs === 0 ? waitLimit(DEFAULT_WAIT) : context.waitMs;
  const { pending, elapsedMs } = await rollout(context, projectId, limitMs);
  if (pending.length === 0) return;
  const message = phrase`${subjectPhrase(of)} waits for ${pending.join(", ")}, and after ${Math.round(elapsedMs / 1_000)} s the last change is not applied there`;
  const why = "mongofed changes the TLS mode step by step. A process that misses a step cannot reach the others.";
  const fix = phrase`Check the MongoDB Agents of these processes in the console, then run again: mongofed goes on where it stopped.`;
  throw new FindingError([finding("FED421", { message, why, fix })]);
}

function rollout(context: Context, projectId: string, limitMs: number): Promise<Rollout> {
  const onProgress = ({ pending, elapsedMs }: Rollout) => {
    const round = Math.floor(elapsedMs / PROGRESS_MS);
    if (round === 0) return;
    const seconds = (round * PROGRESS_MS) / 1_000;
    reportOnce(context, `${projectId} rollout ${round}`, { type: "progress", clusters: pending, seconds });
  };
  return context.plane().projects.applied(projectId, { limitMs, onProgress });
}

/** Adds a note that the change itself succeeded: only the wait for the clusters failed. */
function unasked(error: unknown, subject: Phrase): Error {
  return new PhrasedError(
    phrase`${errorPhrase(error)}\n  note ${subject} is made and recorded. The next run waits for the clusters again.`,
    {
      cause: error,
    },
  );
}
