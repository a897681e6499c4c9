import type { Report } from "../../../schema/report.ts";
import { connect } from "../../control-planes/connect.ts";
import { noCredentials } from "../../control-planes/credentials.ts";
import { printableLines } from "../../printable.ts";
import { reportText } from "../../reports.ts";
import type { Context, DeclaredContext } from "../../resources/definition.ts";
import { RunMemory } from "../../resources/memory.ts";
import { diagnosticOfReport, diagnosticsOfError, type Place } from "./diagnostics.ts";
import { Planned } from "./planned.ts";
import type { Diagnostic, Handling, ObjectValue } from "./protocol.ts";
import { type Settings, settingsOf } from "./provider-block.ts";
import { terraformTerms } from "./terms.ts";

/** What came of one call. Without `result` it failed, and one of the diagnostics says why. */
interface Outcome<T> {
  readonly result?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * One process of the provider, which serves one walk of Terraform: a validation, a plan, or an apply. What a walk has
 * learnt is gone with it, but for what stands in the state.
 */
export class Session {
  readonly memory = new RunMemory();
  readonly planned = new Planned();
  #settings: Settings | undefined;
  #reads = false;
  #applies = false;

  /** @throws FindingError if the block is wrong */
  configure(block: ObjectValue): void {
    this.#settings = settingsOf(block);
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

  /**
   * Whether this is a plan in which every declaration comes by. An apply plans once more what it is about to change,
   * and of the rest says nothing; Terraform does not tell the two apart. But only a plan reads: so one that reads what
   * `exists` is a plan, and where nothing exists yet, everything is planned in either, as long as nothing was applied.
   */
  seesAll(exists: boolean): boolean {
    return !this.#applies && (this.#reads || !exists);
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
      plane: () => connect({ ...places, signal, warn: (text) => report({ type: "warning", text }) }),
      get offline() {
        const why = unknown ? "the provider block holds what is not known yet" : noCredentials(places);
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
