import type { Operation, Route, Subject } from "./subject.ts";
import type { FaultWorld, PlaneKind } from "./world.ts";

/** Where a fault meets an operation. */
export interface Site {
  readonly world: FaultWorld;
  readonly subject: Subject;
  readonly operation: Operation;
  /** The request that carries the operation out. */
  readonly route: Route;
}

/** The first result of the operation: it is done all the same, or it fails with this text. */
export type Expectation = "done" | RegExp;

/** One way in which something goes wrong. */
export interface FaultRow {
  /** As the list of faults numbers them. */
  readonly fault: string;
  readonly what: string;
  readonly credentials?: "service account";
  /** Default: all. */
  readonly operations?: readonly Operation[];
  /** It is about lists that come in pages: only operations that read one meet it. */
  readonly paged?: true;
  /** It is about what only one of the control planes has. */
  readonly plane?: PlaneKind;
  /** It ends in the HTTP client, which knows no resource: one resource stands for all, so that the table stays quick. */
  readonly once?: true;
  /** Lets it go wrong from now on. Reports foreign writes to `wrote`. */
  strike(site: Site, wrote: () => void): void;
  readonly expected: Expectation | ((operation: Operation, subject: Subject) => Expectation);
  /** A check of its effect while it lasts, beyond the outcome. */
  meanwhile?(site: Site): void;
  /** The fault goes on through the runs after the operation, which must send no write all the same. */
  readonly lasting?: true;
}
