import type { AutomationConfigServer, Snapshot } from "../../../provider/control-planes/cloud-manager/api.ts";
import { CloudManagerError } from "../../../provider/control-planes/cloud-manager/errors.ts";
import { systemClock } from "../../../provider/http/index.ts";

/** Who saved which version of the document, and what they had read before. */
export interface Save {
  readonly by: string;
  readonly version: number;
  /** The version that was the last one before, so that more than one less was overwritten. */
  readonly base: number;
}

/** One document, as the real thing keeps it: replaced whole by whoever writes, and counted. Without HTTP. */
export class SimulatedServer {
  text: string;
  version = 1;
  #before: Snapshot | undefined;
  readonly saves: Save[] = [];

  constructor(text: string) {
    this.text = text;
  }

  snapshot(): Snapshot {
    return { text: this.text, document: JSON.parse(this.text), version: this.version };
  }

  /** Returns the result of a lagging read: the document before the last save. */
  snapshotBefore(): Snapshot {
    return this.#before ?? this.snapshot();
  }

  save(by: string, text: string): number {
    this.#before = this.snapshot();
    const base = Number(/"version":\s*(\d+)/.exec(text)?.[1]);
    this.version++;
    this.text = text.replace(/"version":\s*\d+/, `"version":${this.version}`);
    this.saves.push({ by, version: this.version, base });
    return this.version;
  }
}

export interface ClientOptions {
  /** Called before anything happens at the server, and again before its answer is back. */
  readonly turn?: () => Promise<unknown>;
  /** Whether the answer to this write, counted from 0, is lost. */
  readonly isLost?: (write: number) => boolean;
  /** Whether this read, counted from 0, shows what was before the last save. */
  readonly isStale?: (read: number) => boolean;
  /** Whether the server takes a document. */
  readonly accepts?: (text: string) => boolean;
}

/** The server as one process sees it. */
export function clientOf(
  server: SimulatedServer,
  by: string,
  options: ClientOptions = {},
): AutomationConfigServer & { writes: number; reads: number } {
  const turn = options.turn ?? (async () => {});
  return {
    clock: systemClock,
    aborted: false,
    writes: 0,
    reads: 0,
    async read() {
      await turn();
      const stale = options.isStale?.(this.reads++) === true;
      const snapshot = stale ? server.snapshotBefore() : server.snapshot();
      await turn();
      return snapshot;
    },
    async replace(_, text) {
      await turn();
      const write = this.writes++;
      if (options.accepts?.(text) === false) throw new CloudManagerError("HTTP 400 INVALID", { status: 400 });
      const version = server.save(by, text);
      await turn();
      if (options.isLost?.(write)) throw new CloudManagerError("the answer was lost", { sent: "maybe" });
      return version;
    },
    async pause() {
      await turn();
    },
  };
}
