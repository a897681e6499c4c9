import type { State } from "../state.ts";
import { rollOut } from "./rollout.ts";
import type { WorldDatabaseUser } from "./world.ts";

/** The state without the users whose `deleteAfterDate` has passed; the clusters were told of each at that moment. */
export function withoutExpired(state: State, now: number): State {
  const expired = state.atlas.databaseUsers.filter((user) => expiresAt(user) <= now);
  if (expired.length === 0) return state;
  let atlas = { ...state.atlas, databaseUsers: state.atlas.databaseUsers.filter((user) => !expired.includes(user)) };
  for (const user of expired.sort((a, b) => expiresAt(a) - expiresAt(b))) {
    atlas = rollOut(atlas, user.projectId, state.behaviour, expiresAt(user));
  }
  return { ...state, atlas };
}

function expiresAt({ deleteAfterDate }: WorldDatabaseUser): number {
  return deleteAfterDate === undefined ? Number.POSITIVE_INFINITY : Date.parse(deleteAfterDate);
}
