import type { z } from "zod";
import type { Clock, HttpClient, HttpRequest, HttpResponse } from "../http/index.ts";
import type { PlaneError, PlaneErrorDetails, ServerName } from "./plane-error.ts";

/** The time for a last look once the run was told to stop: the engine kills the process after five seconds. */
const LAST_LOOK_MS = 3_000;

export type PlaneErrorClass = new (message: string, details: PlaneErrorDetails) => PlaneError;

/** The HTTP client of one control plane: it stops with the run, and checks the shape of every answer. */
export class PlaneApi {
  readonly clock: Clock;
  readonly server: ServerName;
  readonly #http: HttpClient;
  readonly #signal: AbortSignal | undefined;
  readonly #Error: PlaneErrorClass;

  constructor(
    http: HttpClient,
    server: ServerName,
    clock: Clock,
    signal: AbortSignal | undefined,
    PlaneError: PlaneErrorClass,
  ) {
    this.#http = http;
    this.server = server;
    this.clock = clock;
    this.#signal = signal;
    this.#Error = PlaneError;
  }

  get baseUrl(): string {
    return this.#http.baseUrl;
  }

  get aborted(): boolean {
    return this.#signal?.aborted ?? false;
  }

  /** Waits, unless the run was told to stop. */
  async pause(ms: number): Promise<void> {
    await this.clock.sleep(ms, this.#signal);
  }

  /** @param look the call reads the result of an interrupted write: it is still sent, briefly, after the run was told to stop */
  protected async request(request: HttpRequest, look: boolean): Promise<HttpResponse<unknown>> {
    const lastLook = look && this.aborted;
    return await this.#http.request({
      ...request,
      ...(lastLook ? { deadlineMs: LAST_LOOK_MS } : { signal: this.#signal }),
    });
  }

  /** Checks the shape of an answer. The server has carried out the call in any case: `sent` is `yes`. */
  protected understood<T>(operation: string, body: unknown, schema: z.ZodType<T>): T {
    const result = schema.safeParse(body);
    if (result.success) return result.data;
    throw new this.#Error(
      `${operation}: ${this.server.product} answered something that mongofed does not understand (${shapeFaults(result.error)})\n` +
        "  fix  Check the base URL. If it is right, this version of mongofed is older than the API: update it, or report this text.",
      { status: 200, sent: "yes" },
    );
  }
}

/** Names the places, never the values: an answer may hold what must not be printed. */
function shapeFaults(error: z.ZodError): string {
  const faults = error.issues.slice(0, 3).map(({ path, message }) => `${path.join(".") || "the whole"}: ${message}`);
  return faults.join("; ");
}
