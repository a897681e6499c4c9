import { type AutomationStatus, automationProcessSchema } from "../../../schema/automation-config.ts";
import { Listings } from "../atlas/listings.ts";
import type { LiveCluster, LiveProject, Projects, Rollout } from "../control-plane.ts";
import { isPassing } from "../plane-error.ts";
import { PollPace } from "../poll-pace.ts";
import type { CloudManagerApi } from "./api.ts";
import type { AutomationConfigs } from "./automation-configs.ts";
import { ConflictError } from "./errors.ts";

/** The delay before the first request and between two, as in MongoDB's own operator. All waiting callers share the answer. */
const FIRST_MS = 250;
const POLL_MS = 3_000;
/** The next answer of the server, if there is one. `undefined` if the run is stopped. */
type News = AutomationStatus | "no news" | undefined;
/** Steps of a plan that still change how clients log in, although the process has achieved its goal. */
const AUTH_STEPS = new Set(["UpdateAuth", "WaitAuthUpdate"]);
/** The Kubernetes operator restarts such a process by itself, and no goal is reached before. */
const KUBERNETES_STEP = "ChangeVersionKube";

/** Projects, their processes, and how far the Agents have brought a change. */
export class CloudManagerProjects implements Projects {
  readonly #api: CloudManagerApi;
  readonly #configs: AutomationConfigs;
  readonly #projects = new Listings<LiveProject>();
  readonly #systems = new Listings<string | undefined>();
  /** Projects that another client has saved since, before a check of our changes. */
  readonly #overtaken = new Set<string>();
  readonly #questions = new Map<string, Promise<News>>();
  readonly #paces = new Map<string, PollPace>();

  constructor(api: CloudManagerApi, configs: AutomationConfigs) {
    this.#api = api;
    this.#configs = configs;
  }

  get(projectId: string): Promise<LiveProject> {
    return this.#projects.get(projectId, async () => {
      const { name, orgId } = await this.#api.group(projectId);
      return { projectId, name, orgId };
    });
  }

  externalSystem(projectId: string): Promise<string | undefined> {
    // For a warning only: a key may not read it, and an older Ops Manager does not have it.
    return this.#systems.get(projectId, () => this.#api.externalSystem(projectId).catch(() => undefined));
  }

  /** The processes of the project, each for itself: the document groups them in several ways. A disabled one is paused. */
  async clusters(projectId: string): Promise<readonly LiveCluster[]> {
    const { document } = await this.#configs.of(projectId).read();
    return (document.processes ?? []).flatMap((entry) => {
      const { data } = automationProcessSchema.safeParse(entry);
      if (data === undefined) return [];
      const { name, version, disabled } = data;
      const build = version ?? undefined;
      return [
        { name, tier: undefined, version: build, paused: disabled === true, enterprise: build?.endsWith("-ent") },
      ];
    });
  }

  /**
   * Waits until every process has achieved the goal that this run has set, or a later one, and no step of
   * authentication is left in its plan: an Agent counts the goal as achieved before it has taken those. If another client
   * sets the goal, this restores our lost changes. A limit of 0 asks once.
   */
  async applied(
    projectId: string,
    { limitMs, onProgress }: { readonly limitMs: number; readonly onProgress?: (rollout: Rollout) => void },
  ): Promise<Rollout> {
    const { clock } = this.#api;
    const began = clock.now();
    const config = this.#configs.of(projectId);
    let pending = (await this.clusters(projectId)).filter(({ paused }) => !paused).map(({ name }) => name);
    for (let wait = FIRST_MS; ; wait = POLL_MS) {
      const status = await this.#ask(projectId, wait);
      if (status !== undefined && status !== "no news") pending = pendingOf(status, config.lastVersion);
      const rollout = { pending, elapsedMs: clock.now() - began };
      onProgress?.(rollout);
      if (status === undefined || pending.length === 0 || rollout.elapsedMs >= limitMs) return rollout;
    }
  }

  /** Shared by all waiting callers. It is requested when all have arrived. */
  #ask(projectId: string, wait: number): Promise<News> {
    const known = this.#questions.get(projectId);
    if (known !== undefined) return known;
    const pace = this.#paces.get(projectId) ?? new PollPace(this.#api.clock);
    this.#paces.set(projectId, pace);
    const question = this.#api.pause(Math.max(wait, pace.left)).then((): Promise<News> | undefined => {
      this.#questions.delete(projectId);
      if (this.#api.aborted) return undefined;
      return this.#look(projectId, pace).catch((error: unknown) => {
        // The write is done, so a failing server is asked again.
        if (isPassing(error) && !(error instanceof ConflictError)) return "no news";
        throw error;
      });
    });
    this.#questions.set(projectId, question);
    return question;
  }

  async #look(projectId: string, pace: PollPace): Promise<AutomationStatus> {
    const status = await this.#api.status(projectId);
    const config = this.#configs.of(projectId);
    if (pendingOf(status, config.lastVersion).length > 0) pace.notePending();
    // A later version than ours: another client may have removed our changes.
    if (status.goalVersion > config.lastVersion) this.#overtaken.add(projectId);
    if (!this.#overtaken.has(projectId)) return status;
    await config.mend();
    this.#overtaken.delete(projectId);
    return status;
  }
}

/** The processes that are not there yet, by name. The goal must be ours: for a moment a status may tell of an earlier one. */
function pendingOf({ goalVersion, processes }: AutomationStatus, goal: number): string[] {
  if (processes.some(({ plan }) => plan?.includes(KUBERNETES_STEP))) return [];
  return processes
    .filter(
      ({ lastGoalVersionAchieved, plan }) =>
        goalVersion < goal ||
        lastGoalVersionAchieved !== goalVersion ||
        (plan ?? []).some((step) => AUTH_STEPS.has(step)),
    )
    .map(({ name }) => name);
}
