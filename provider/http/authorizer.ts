import type { WireAnswer } from "./exchange.ts";

/** What one attempt was authorized with. */
export interface Grant {
  /** The Authorization header; `undefined`: sent without, to be challenged. */
  readonly header: string | undefined;
}

/** Adds credentials to requests, and renews them when the server wants so. Shared by all operations of a client. */
export interface Authorizer<G extends Grant = Grant> {
  /**
   * @param previous what the attempt before this one was refused with, when that said to try again
   * @throws Problem when there are no credentials to be had, or the signal's reason
   */
  grant(method: string, path: string, signal: AbortSignal, previous: G | undefined): Promise<G>;
  /** The server answered 401. True: there are other credentials now, try again at once. */
  refused(grant: G, answer: WireAnswer): boolean;
  /** The attempt is over, whatever its outcome. Called exactly once for each grant, after `refused`. */
  done(grant: G): void;
  /** Why a last 401 may have come, to follow "not authorized: ". */
  readonly advice: string;
}
