import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { withFaults } from "./apply-faults.ts";
import { withoutExpired } from "./atlas/expiry.ts";
import { RateLimiter } from "./atlas/rate-limits.ts";
import { timestamp, type VirtualClock } from "./clock.ts";
import type { Credential } from "./credentials.ts";
import { DigestAuthenticator } from "./digest.ts";
import { applyEdit, type Edit, editSchema } from "./edits.ts";
import { type Fault, FaultList, type InjectedFault } from "./faults.ts";
import { OauthServer } from "./oauth.ts";
import { RequestLog } from "./request-log.ts";
import type { State } from "./state.ts";
import type { StateStore } from "./store.ts";

export type EmulatorContext = Context<{ Bindings: HttpBindings }>;

/** One request as a control plane gets it: who asks, what was sent, and what there is to see. */
export interface Exchange<Caller> {
  readonly caller: Caller;
  readonly body: string;
  /** The state that a read sees: the present one, or an older one during a stale fault. */
  readonly view: State;
}

/** The result of authentication. A refused caller gets `refusal`; `name` is for the log. */
export type Authentication<Caller> =
  | { readonly caller: Caller; readonly name: string | null }
  | { readonly refusal: Response };

/**
 * The common part of all control planes of an emulator: state, time, faults, the log, and the frame of every request.
 */
export class EmulatorCore {
  readonly clock: VirtualClock;
  readonly store: StateStore;
  readonly limiter: RateLimiter;
  readonly digest: DigestAuthenticator;
  readonly oauth: OauthServer;
  readonly faults = new FaultList();
  readonly log = new RequestLog();
  readonly #closing = new AbortController();
  /** The state at the injection of each fault, for reads that are to see it. */
  readonly #statesAtInjection = new Map<string, State>();

  constructor(clock: VirtualClock, store: StateStore) {
    this.clock = clock;
    this.store = store;
    this.limiter = new RateLimiter(clock);
    this.digest = new DigestAuthenticator(clock);
    this.oauth = new OauthServer(clock, this.limiter);
  }

  /** Changes the state without a request. Returns the id of the created or changed object. */
  edit(edit: Edit): string {
    this.settle();
    const { state, id } = applyEdit(this.store.current, editSchema.parse(edit), this.clock.now());
    this.store.commit(() => state);
    return id;
  }

  /** Applies changes that are due by now. Call it before each read of the state. */
  settle(): void {
    this.store.commit((state) => withoutExpired(state, this.clock.now()));
  }

  inject(fault: Fault): string {
    this.settle();
    const id = this.faults.inject(fault, this.clock.now());
    this.#statesAtInjection.set(id, this.store.current);
    return id;
  }

  clearFaults(id?: string): boolean {
    if (id === undefined) this.#statesAtInjection.clear();
    else this.#statesAtInjection.delete(id);
    return this.faults.clear(id);
  }

  /** Back to a state, without faults, log, tokens, nonces and changed limits. Time does not go back. */
  reset(state: State): void {
    this.store.replace(state);
    this.clearFaults();
    this.log.clear();
    this.limiter.reset();
    this.oauth.revokeAll();
    this.digest.forgetNonces();
  }

  /** Waits in real time, unless the emulator closes. */
  wait(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: this.#closing.signal });
  }

  /** Ends every injected wait, so that nothing keeps the process alive. */
  stopWaiting(): void {
    this.#closing.abort();
  }

  /**
   * The frame of one request: authenticate, let the faults at it, do the work, log. Only who is let in counts for a
   * fault: the first half of a digest handshake would otherwise use up an `nth: 1` that was meant for the write.
   */
  async exchange<Caller>(
    context: EmulatorContext,
    authenticate: () => Authentication<Caller>,
    work: (exchange: Exchange<Caller>) => Response | Promise<Response>,
  ): Promise<Response> {
    const { incoming, outgoing } = context.env;
    const target = incoming.url ?? "/";
    const [path, ...query] = target.split("?");
    const started = performance.now();
    const at = timestamp(this.clock.now());
    let status: number | null = null;
    let delivered = true;
    let credential: string | null = null;
    let faults: readonly InjectedFault[] = [];
    try {
      // The body is read before anything waits: a client that gives up takes the rest of it along.
      const body = await context.req.text();
      const who = authenticate();
      if ("refusal" in who) {
        status = who.refusal.status;
        return who.refusal;
      }
      credential = who.name;
      faults = this.faults.hitting(context.req.method, target, this.clock.now());
      return await withFaults({
        faults,
        outgoing,
        closing: this.#closing.signal,
        edit: (edit) => void this.edit(edit),
        commit: async () => {
          this.settle();
          return work({ caller: who.caller, body, view: this.#view(faults) });
        },
        withheld: () => {
          delivered = false;
        },
        decided: (code) => {
          status = code;
        },
      });
    } catch (error) {
      delivered = false;
      if (!this.#closing.signal.aborted && !incoming.destroyed) throw error;
      // The emulator is closing, or the client is gone.
      outgoing.destroy();
      return RESPONSE_ALREADY_SENT;
    } finally {
      const ms = Math.round((performance.now() - started) * 10) / 10;
      this.log.add({
        at,
        method: context.req.method,
        path: path ?? "/",
        query: query.join("?"),
        status,
        delivered,
        credential,
        ms,
        faults: faults.map(({ id }) => id),
      });
    }
  }

  #view(faults: readonly InjectedFault[]): State {
    for (const { id, fault } of faults) {
      if (fault.kind !== "stale") continue;
      if (fault.lagMs !== undefined) return this.store.asOf(this.clock.now() - fault.lagMs);
      if (fault.as === "at-injection") return this.#statesAtInjection.get(id) ?? this.store.current;
      return this.store.beforeLastChange();
    }
    return this.store.current;
  }

  get credentials(): readonly Credential[] {
    return this.store.current.credentials;
  }
}
