import type { Credential } from "../credentials.ts";
import type { Behaviour } from "../state.ts";
import type { RateLimitName } from "./rate-limits.ts";
import type { ApiVersion } from "./versions.ts";
import type { AtlasWorld } from "./world.ts";

/** One request, past authentication, as an endpoint sees it. */
export interface AtlasCall {
  readonly caller: Credential;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed body, unchecked; undefined where the endpoint takes none. */
  readonly body: unknown;
  readonly origin: string;
  readonly pathname: string;
  /** The state of Atlas. A fault may show an older one to a GET; a write always sees the present one. */
  readonly world: AtlasWorld;
  /** The emulator's time, in milliseconds. */
  readonly now: number;
  readonly behaviour: Behaviour;
  commit(change: (world: AtlasWorld) => AtlasWorld): void;
}

/** A body is answered as JSON; without one the answer is empty. */
export interface AtlasAnswer {
  readonly status: 200 | 201 | 202 | 204;
  readonly body?: object;
}

export interface AtlasRoute {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api/atlas/v2`; `:name` is a parameter. */
  readonly path: string;
  readonly versions: readonly ApiVersion[];
  readonly rateLimit: RateLimitName;
  readonly takesBody?: true;
  /** Writes of this kind that come at once get into each other's way. */
  readonly overlaps?: true;
  handle(call: AtlasCall): AtlasAnswer;
}

export const V2023_01_01: ApiVersion = { date: "2023-01-01" };
export const V2023_11_15: ApiVersion = { date: "2023-11-15" };
export const V2024_08_05: ApiVersion = { date: "2024-08-05" };

export function ok(body: object): AtlasAnswer {
  return { status: 200, body };
}

export const noContent: AtlasAnswer = { status: 204 };

/** Answers 202: accepted, but not executed yet. */
export function accepted(body: object): AtlasAnswer {
  return { status: 202, body };
}

export function created(body: object): AtlasAnswer {
  return { status: 201, body };
}

/** Every recorded object of the API has its keys in alphabetical order. */
export function inKeyOrder<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
