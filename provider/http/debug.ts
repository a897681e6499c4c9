import { printable } from "../printable.ts";
import { currentRun } from "../run-scope.ts";
import { redact } from "./redact.ts";

/** The content of one line of debug output. It has no field for headers and bodies, which may hold secrets. */
export interface Exchanged {
  method: string;
  /** With the query. */
  path: string;
  /** A status, or why there is none. */
  outcome: number | string;
  ms: number;
  requestId: string | undefined;
}

/** One line to stderr (stdout belongs to what a command prints for others). */
export function debugLine({ method, path, outcome, ms, requestId }: Exchanged): void {
  const line = `mongofed http ${method} ${path} ${outcome} ${Math.round(ms)} ms ${requestId ?? "-"}`;
  currentRun().print(printable(redact(line)));
}

/** The id that the server gave a request, if it looks like one: a header is the server's word and may hold anything. */
export function requestIdOf(header: (name: string) => string | undefined): string | undefined {
  const id = ["x-request-id", "request-id", "x-correlation-id"].map(header).find((value) => value !== undefined);
  return id !== undefined && /^[\w.:/+=-]{1,128}$/.test(id) ? id : undefined;
}
