import type { WireAnswer } from "./exchange.ts";

/** The authorization of one attempt. */
export interface Grant {
  /** The Authorization header; `undefined`: sent without, to be challenged. */
  readonly header: string | undefined;
}

/** Adds credentials to requests, and renews them when the server wants so. Shared by all operations of a client. */
export interface Authorizer<G extends Grant = Grant> {
  /**
   * @param previous the authorization of the previous attempt, if its refusal asked for another one
   * @throws Problem if no credentials are available, or the signal's reason
   */
  grant(method: string, path: string, signal: AbortSignal, previous: G | undefined): Promise<G>;
  /** The server answered 401. True: there are other credentials now, try again at once. */
  refused(grant: G, answer: WireAnswer): boolean;
  /** The attempt is over, whatever its outcome. Called exactly once for each grant, after `refused`. */
  done(grant: G): void;
  /** Why a last 401 may have come, to follow "not authorized: ". */
  readonly advice: string;
}
