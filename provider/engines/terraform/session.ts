import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../../../schema/report.ts";
import { connect } from "../../control-planes/connect.ts";
import type { ControlPlane } from "../../control-planes/control-plane.ts";
import { noCredentials } from "../../control-planes/credentials.ts";
import { parentProcess } from "../../parent-process.ts";
import { printableLines } from "../../printable.ts";
import { reportText } from "../../reports.ts";
import type { Context, DeclaredContext } from "../../resources/definition.ts";
import { RunMemory } from "../../resources/memory.ts";
import { commandIn, type TerraformCommand } from "./command.ts";
import { diagnosticOfReport, diagnosticsOfError, type Place } from "./diagnostics.ts";
import { type OpenName, OpenNames } from "./open-names.ts";
import { Planned } from "./planned.ts";
import { type ObjectEntry, PlannedObjects } from "./planned-objects.ts";
import type { Diagnostic, Handling, ObjectValue } from "./protocol.ts";
import { type Settings, settingsOf } from "./provider-block.ts";
import { RunEntries, runFolder } from "./run-entries.ts";
import { terraformTerms } from "./terms.ts";
import { type ToldEntry, ToldWarnings } from "./told-warnings.ts";

/** The outcome of one call. Without `result` the call failed, and a diagnostic says why. */
interface Outcome<T> {
  readonly result?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * One process of the provider, which serves one walk of Terraform: a validation, a plan, or an apply. The knowledge of
 * a walk ends with it, except for the state.
 */
export class Session {
  readonly memory = new RunMemory();
  readonly planned = new Planned();
  /** `undefined` where the system does not tell, and where something else has started this process. */
  readonly command: TerraformCommand | undefined = commandIn(parentProcess()?.args ?? [], process.env);
  readonly objects: PlannedObjects;
  readonly openNames: OpenNames;
  readonly #told: ToldWarnings;
  readonly #activity = new Activity();
  #settings: Settings | undefined;
  /** Credentials are resolved once, because each call needs the control plane several times. */
  #plane: ControlPlane | undefined;
  #reads = false;
  #applies = false;

  constructor() {
    const { name = "" } = this.command ?? {};
    const entries = new RunEntries<ObjectEntry | OpenName | ToldEntry>(SHARING.has(name) ? runFolder() : undefined);
    this.objects = new PlannedObjects(entries as RunEntries<ObjectEntry>, name === "plan");
    this.openNames = new OpenNames(entries as RunEntries<OpenName>, name === "plan");
    this.#told = new ToldWarnings(entries as RunEntries<ToldEntry>);
  }

  /** Whether everything is deleted. Terraform plans the whole configuration before, also what was never created. */
  get destroys(): boolean {
    return this.command?.destroys === true;
  }

  /** @throws FindingError if the block is wrong */
  configure(block: ObjectValue): void {
    this.#settings = settingsOf(block);
    this.#plane = undefined;
  }

  get drift(): Settings["drift"] {
    return this.#settings?.drift ?? "correct";
  }

  noteRead(): void {
    this.#reads = true;
  }

  noteApply(): void {
    this.#applies = true;
  }

  /** Whether this process has begun to apply. */
  get applies(): boolean {
    return this.#applies;
  }

  /** Answers a call of Terraform. */
  async answer<T>(handle: () => Promise<T>): Promise<T> {
    return await this.#activity.during(handle);
  }

  /**
   * Waits until `isKnown`, or until Terraform has nothing else to ask at present.
   *
   * @returns false where Terraform may ask no more before it is answered
   */
  async await(isKnown: () => boolean): Promise<boolean> {
    return isKnown() || (await this.#activity.untilQuiet(isKnown, this.command?.parallelism ?? 1));
  }

  /** Where this may be the plan before a destroy, the diagnostics name the way without it. */
  withWayToDestroy(diagnostics: readonly Diagnostic[]): Diagnostic[] {
    if (this.command !== undefined && !this.destroys) return [...diagnostics];
    return diagnostics.map((one) => {
      if (one.severity !== "error") return one;
      return { ...one, detail: [one.detail, WAY_TO_DESTROY].filter((part) => part !== undefined).join("\n\n") };
    });
  }

  /**
   * Whether this is a plan in which every declaration comes by. An apply plans once more what it is about to change,
   * and of the rest says nothing; Terraform does not tell the two apart. But only a plan reads: so one that reads what
   * `exists` is a plan, and where nothing exists yet, everything is planned in either, as long as nothing was applied.
   */
  seesAll(exists: boolean): boolean {
    return !this.#applies && (this.#reads || !exists);
  }

  /** Whether no process of this run has reported the warning yet. */
  isNew(warning: Diagnostic): boolean {
    return this.#told.isNew(JSON.stringify(warning));
  }

  /** Runs handlers, and collects their reports and errors. */
  async run<T>(
    { signal }: Handling,
    place: Place,
    task: (context: Context, add: (...diagnostics: Diagnostic[]) => void) => Promise<T>,
    declared: DeclaredContext = {},
  ): Promise<Outcome<T>> {
    const diagnostics: Diagnostic[] = [];
    const report = (one: Report) => {
      const { label, headline } = reportText(one, terraformTerms);
      process.stderr.write(printableLines(`${label} ${headline}\n`));
      diagnostics.push(...[diagnosticOfReport(one, place)].filter((each) => each !== undefined));
    };
    try {
      const context = this.#context(signal, report, declared);
      const result = await task(context, (...more) => diagnostics.push(...more));
      return { result, diagnostics };
    } catch (error) {
      return { diagnostics: [...diagnostics, ...diagnosticsOfError(error, place)] };
    }
  }

  #context(signal: AbortSignal, report: Context["report"], declared: DeclaredContext): Context {
    const { memory } = this;
    const settings = this.#settings;
    if (settings === undefined) throw new Error("the provider is not configured");
    const { config, drift, waitMs, unknown } = settings;
    const places = { env: process.env, config, hasStack: false };
    return {
      plane: () => {
        this.#plane ??= connect({ ...places, signal, warn: (text) => report({ type: "warning", text }) });
        return this.#plane;
      },
      get offline() {
        const why = unknown ? "the provider block has values that are unknown until apply" : noCredentials(places);
        if (why !== undefined && memory.notices.firstTime("offline")) {
          report({ type: "offline", why, skipped: [] });
        }
        return why;
      },
      drift,
      waitMs,
      report,
      memory,
      declared,
    };
  }
}

/** Commands whose processes share what they plan. Others run several configurations, or plan nothing. */
const SHARING: ReadonlySet<string> = new Set(["plan", "apply", "refresh", "import"]);

const WAY_TO_DESTROY =
  "To destroy everything without a plan of the configuration before, run:\n  terraform destroy -refresh=false";

const QUIET_MS = 400;
const POLL_MS = 20;
const LIMIT_MS = 60_000;
/** Terraform asks about other resources meanwhile only if calls are left. */
const LEFT = 4;
/** After so many waits that were in vain, others are too: a thousand objects may exist that the state has lost. */
const IN_VAIN = 12;

/** The calls that Terraform has made and that are not answered yet. */
class Activity {
  #calls = 0;
  #waiting = 0;
  #inVain = 0;
  #last = Date.now();

  async during<T>(handle: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    this.#last = Date.now();
    try {
      return await handle();
    } finally {
      this.#calls -= 1;
      this.#last = Date.now();
    }
  }

  async untilQuiet(isKnown: () => boolean, parallelism: number): Promise<boolean> {
    if (this.#inVain >= IN_VAIN) return true;
    if (this.#waiting + LEFT >= parallelism) return false;
    const limit = Date.now() + LIMIT_MS;
    this.#waiting += 1;
    try {
      const isQuiet = () => this.#calls <= this.#waiting && Date.now() - this.#last > QUIET_MS;
      while (!isKnown() && !isQuiet() && Date.now() < limit) await sleep(POLL_MS);
      if (!isKnown()) this.#inVain += 1;
      return true;
    } finally {
      this.#waiting -= 1;
      this.#last = Date.now();
    }
  }
}
