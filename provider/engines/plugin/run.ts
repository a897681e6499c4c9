import type { Finding } from "../../../schema/finding.ts";
import type { Report } from "../../../schema/report.ts";
import type { AccessResource } from "../../access/resources.ts";
import { connect } from "../../control-planes/connect.ts";
import type { ControlPlane } from "../../control-planes/control-plane.ts";
import { noCredentials } from "../../control-planes/credentials.ts";
import { findingsOf } from "../../findings.ts";
import type { Context, DeclaredContext, Definition, Props } from "../../resources/definition.ts";
import { RunMemory } from "../../resources/memory.ts";
import { currentRun } from "../../run-scope.ts";
import { adoptsAllEqual } from "../pulumi/adopt-equal.ts";
import { recordDrift } from "../pulumi/drift-file.ts";
import { recordFindings } from "../pulumi/findings-file.ts";
import { Holdings } from "../pulumi/holdings.ts";
import { readNames } from "../pulumi/names.ts";
import { offlineReason } from "../pulumi/offline.ts";
import { overwrittenFinding } from "../pulumi/overwrite-check/finding.ts";
import { Declared } from "./declared.ts";
import { EngineLog } from "./engine-log.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { findingText, messageOf } from "./texts.ts";

/** One process of the plugin, which serves one provider resource in one run. */
export class Run {
  readonly memory = new RunMemory();
  readonly declared = new Declared();
  readonly log = new EngineLog();
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #planes = new Set<ControlPlane>();
  readonly #holdings = new Map<Definition, Holdings>();
  /** The resources as the state has them, of those that the engine has asked about. */
  readonly #recorded = new Map<string, AccessResource>();
  #settings: Settings | undefined;
  #previews = false;
  #writes = false;
  #fails = false;
  #ended: Promise<void> | undefined;

  configure(given: Props, name: string): void {
    this.#settings = settingsOf(given, name);
  }

  get settings(): Settings {
    if (this.#settings === undefined) throw new Error("the provider is not configured");
    return this.#settings;
  }

  /** Whether the control plane can be named: without credentials, nothing is ever deleted either. */
  get hasCredentials(): boolean {
    return noCredentials({ env: currentRun().env, config: this.settings.config }) === undefined;
  }

  /** The objects of one kind that the declarations of this run hold, in all of its processes. */
  holdingsOf(definition: Definition): Holdings {
    const known = this.#holdings.get(definition) ?? new Holdings(definition);
    const { config } = this.settings;
    known.settings = { "mongofed:plane": config("plane"), "mongofed:baseUrl": config("baseUrl") };
    this.#holdings.set(definition, known);
    return known;
  }

  /** Runs a call of the engine. The run ends after its last call has answered. */
  async call<T>(task: () => Promise<T>): Promise<T> {
    const running = task();
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      this.#fails = true;
      recordFindings(findingsOf(error));
      throw error;
    } finally {
      this.#running.delete(running);
      await this.log.flush();
    }
  }

  /** A check has failed, so the engine ends the run before the whole program is declared. */
  noteFailure(errors: readonly Finding[], mask: (text: string) => string): void {
    this.#fails = true;
    recordFindings(errors, mask);
  }

  /** The engine passes no state, only the earlier outputs of each resource that the program still declares. */
  noteRecorded(resource: AccessResource, urn: string): void {
    this.#recorded.set(urn, resource);
  }

  notePreview(): void {
    this.#previews = true;
  }

  noteWrite(): void {
    this.#writes = true;
  }

  /**
   * @param mask hides secrets in what is reported
   * @param onReport gets each report too
   */
  context(
    urn: string,
    declared: DeclaredContext = {},
    { mask = (text) => text, onReport, definition }: ContextOptions = {},
  ): Context {
    const { config, drift, waitMs } = this.settings;
    const places = { env: currentRun().env, config };
    const report = (one: Report) => {
      onReport?.(one);
      recordDrift(one, mask);
      const message = messageOf(one);
      this.log.write({ ...message, text: mask(message.text) }, urn);
    };
    return {
      plane: () => {
        const plane = connect({
          ...places,
          signal: this.#stop.signal,
          warn: (text) => report({ type: "warning", text }),
        });
        this.#planes.add(plane);
        return plane;
      },
      get offline() {
        return offlineReason(places);
      },
      drift,
      waitMs,
      report,
      memory: this.memory,
      declared,
      adoptsEqual: adoptsAllEqual(places.env),
      ...(definition && {
        isHeld: (id: string) => this.holdingsOf(definition).holder(() => connect(places), [id]) !== undefined,
      }),
    };
  }

  /** Reports findings that do not stop the run, each once. */
  tell(findings: readonly Finding[], urn: string, mask: (text: string) => string): void {
    for (const one of findings) {
      if (!this.memory.notices.firstTime(`${urn} ${JSON.stringify(one)}`)) continue;
      recordFindings([one], mask);
      this.log.write({ severity: one.severity === "info" ? "info" : "warning", text: mask(findingText(one)) }, urn);
    }
  }

  /**
   * The engine calls this at the end of every run, and when the user interrupts it. An interrupted request ends at
   * once. A process that was only asked for its schema has nothing to report.
   */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    const interrupted = this.#running.size > 0;
    if (interrupted) {
      this.#stop.abort(new Error("told to stop by the engine"));
      await Promise.allSettled(this.#running);
    } else if (this.#settings !== undefined) {
      await this.#lastMessages();
    }
    await this.log.flush();
    this.#stop.abort(new Error("the run has ended"));
  }

  async #lastMessages(): Promise<void> {
    const { offline, memory } = this.context("");
    if (offline !== undefined && memory.notices.skipped.length > 0)
      this.log.write(messageOf({ type: "offline", why: offline, skipped: memory.notices.skipped }));
    if (this.#writes) {
      const lost = await this.#overwritten();
      if (lost.length > 0) this.tell([overwrittenFinding(lost)], "", (text) => text);
    }
    if (this.#fails) return;
    this.tell(this.declared.finalFindings(), "", (text) => text);
    if (this.#previews) await this.#reportAccess();
  }

  /** Losses by resources that left the program are missing: the engine does not tell a plugin about them in a preview. */
  async #reportAccess(): Promise<void> {
    const { accessEffect, programResources } = await import("../../access/resources.ts");
    const urns = this.declared.urns();
    const after = programResources(this.declared.program, (declaration) => [urns.get(declaration) ?? ""]);
    const { names, trouble } = await readNames(this.settings.config("names"));
    if (trouble !== undefined) this.log.write({ severity: "warning", text: trouble });
    const effect = accessEffect([...this.#recorded.values()], after, { names });
    if (effect.rows.length > 0) this.log.write(messageOf({ type: "access", effect }));
  }

  async #overwritten(): Promise<string[]> {
    const looks = [...this.#planes].map(async (plane) => (await plane.overwritten?.()) ?? []);
    return (await Promise.all(looks).catch(() => [])).flat();
  }
}

interface ContextOptions {
  readonly mask?: (text: string) => string;
  readonly onReport?: (report: Report) => void;
  /** The kind of resource that the call is about. */
  readonly definition?: Definition;
}
