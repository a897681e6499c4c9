import { z } from "zod";
import { editSchema } from "./edits.ts";

const when = z.enum(["before-commit", "after-commit"]).default("before-commit");

/** The kinds of faults. A fault after the commit loses only the response, not the change: a retry must survive that. */
const faultKindSchema = z.discriminatedUnion("kind", [
  /** Another answer than the real one. Without a `body` it is an API error of that status. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.number().int().min(200).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.unknown().optional(),
    when,
  }),
  /** Waits, in real time. A client that gives up meanwhile does not stop what it asked for. */
  z.strictObject({ kind: z.literal("delay"), ms: z.number().nonnegative(), when }),
  /** Resets the connection; `mid-body` closes it after half of the body. */
  z.strictObject({ kind: z.literal("drop"), when: z.enum(["before-commit", "after-commit", "mid-body"]) }),
  /**
   * Answers a GET with an older state: before the last change, at the injection of this fault, or `lagMs` ago by the
   * emulator's clock.
   */
  z.strictObject({
    kind: z.literal("stale"),
    as: z.enum(["before-last-change", "at-injection"]).default("before-last-change"),
    lagMs: z.number().positive().optional(),
  }),
  /** Another client changes the state at this moment. The request itself goes on. */
  z.strictObject({ kind: z.literal("edit"), edit: editSchema, when }),
  /** The response of a proxy or an expired session: a page with status 200. */
  z.strictObject({ kind: z.literal("login-page"), status: z.number().int().min(200).max(599).default(200) }),
  /** Sends the body in small pieces; after `stallAfterBytes` nothing more comes and the connection stays open. */
  z.strictObject({
    kind: z.literal("slow-body"),
    chunkBytes: z.number().int().positive().default(1),
    everyMs: z.number().nonnegative().default(100),
    stallAfterBytes: z.number().int().nonnegative().optional(),
  }),
]);
export type FaultKind = z.output<typeof faultKindSchema>;

export const faultSchema = z.strictObject({
  /** Which requests; both left out means all. `path` is a regular expression over path and query. */
  match: z
    .strictObject({
      method: z.string().toUpperCase().optional(),
      path: z.string().refine(isRegularExpression, "is not a regular expression").optional(),
    })
    .default({}),
  /** The first of the matching requests that is hit, counted from 1. Alone it means that one only. */
  nth: z.number().int().positive().optional(),
  /** How many of the matching requests are hit. Without `nth`, `times` and `forMs` it goes on until cleared. */
  times: z.number().int().positive().optional(),
  /** How long after the injection the fault lasts, by the emulator's clock. */
  forMs: z.number().positive().optional(),
  /** The chance that a request in question is hit; with the same seed the same requests are. */
  probability: z.number().min(0).max(1).optional(),
  seed: z.number().int().default(1),
  fault: faultKindSchema,
});
export type Fault = z.input<typeof faultSchema>;

/** A fault that was injected, and what became of it. */
export interface InjectedFault extends z.output<typeof faultSchema> {
  readonly id: string;
  readonly injectedAt: number;
  /** How many requests matched, and how many of those were hit. */
  readonly matched: number;
  readonly hit: number;
}

type Entry = { -readonly [Key in keyof InjectedFault]: InjectedFault[Key] } & { random: () => number };

/** The injected faults. The admin endpoint never meets them. */
export class FaultList {
  #entries: Entry[] = [];
  #count = 0;

  /** Returns the id of the fault. */
  inject(fault: Fault, now: number): string {
    const parsed = faultSchema.parse(fault);
    const id = `fault-${++this.#count}`;
    this.#entries.push({ ...parsed, id, injectedAt: now, matched: 0, hit: 0, random: randomNumbers(parsed.seed) });
    return id;
  }

  all(): InjectedFault[] {
    return this.#entries.map(({ random: _, ...fault }) => ({ ...fault }));
  }

  /** Removes one fault, or all. False if there was none of that id. */
  clear(id?: string): boolean {
    const before = this.#entries.length;
    this.#entries = id === undefined ? [] : this.#entries.filter((entry) => entry.id !== id);
    return id === undefined || this.#entries.length < before;
  }

  /** The faults that hit this request, in the order of their injection. Asking counts: once a request. */
  hitting(method: string, target: string, now: number): InjectedFault[] {
    return this.#entries.filter((entry) => {
      if (entry.match.method !== undefined && entry.match.method !== method) return false;
      if (entry.match.path !== undefined && !new RegExp(entry.match.path).test(target)) return false;
      if (entry.fault.kind === "stale" && method !== "GET") return false;
      if (entry.forMs !== undefined && now >= entry.injectedAt + entry.forMs) return false;
      entry.matched++;
      const first = entry.nth ?? 1;
      const count = entry.times ?? (entry.nth === undefined ? Number.POSITIVE_INFINITY : 1);
      if (entry.matched < first) return false;
      if (entry.probability === undefined) {
        if (entry.matched >= first + count) return false;
      } else if (entry.hit >= count || entry.random() >= entry.probability) {
        return false;
      }
      entry.hit++;
      return true;
    });
  }
}

/** mulberry32: small, and the same on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
