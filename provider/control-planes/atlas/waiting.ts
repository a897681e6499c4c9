import type { AtlasApi } from "./api.ts";
import { AtlasError } from "./errors.ts";

/** Waits before each look at what a write with a lost answer has done. The first look is at once. */
export const LOOKS_MS = [0, 500, 1_000, 2_000, 4_000];
/** The same for what this process created: it may not be found for a moment, since reads lag behind writes. */
export const NEW_LOOKS_MS = [0, 100, 200, 400, 800, 1_600, 3_200];
/** Up to these, and at least half of them, before the same is sent again: two who collided must not collide again. */
const REFUSED_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** Looks until there is something to see, and gives up after the last wait. A run that was told to stop looks once. */
export async function lookUntil<T>(
  api: AtlasApi,
  waits: readonly number[],
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const wait of waits) {
    if (wait > 0) await api.pause(wait);
    const found = await look();
    if (found !== undefined || api.aborted) return found;
  }
  return undefined;
}

/**
 * Retries while Atlas refuses for a temporary reason. Atlas did not execute a refused request, so this is safe for a
 * POST too.
 */
export async function patiently<T>(
  api: AtlasApi,
  passes: (refusal: AtlasError) => boolean | Promise<boolean>,
  send: () => Promise<T>,
): Promise<T> {
  for (const wait of REFUSED_MS) {
    try {
      return await send();
    } catch (error) {
      if (api.aborted || !(error instanceof AtlasError) || !(await passes(error))) throw error;
      await api.pause(wait * (0.5 + Math.random() / 2));
    }
  }
  return send();
}

/** Another change of the same project's users or roles was just being written. */
export function isCollision({ errorCode }: AtlasError): boolean {
  return errorCode === "AUTOMATION_CONFIG_CONCURRENT_MODIFICATION";
}
