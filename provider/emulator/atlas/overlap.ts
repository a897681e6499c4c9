import type { EmulatorCore } from "../core.ts";
import { conflict } from "./errors.ts";
import type { AtlasAnswer, AtlasCall, AtlasRoute } from "./route.ts";
import { type AtlasWorld, customDbRolesOf, sameId } from "./world.ts";

/** How long a write takes, in real milliseconds, where overlapping is played: enough for another one to come in. */
const WRITE_MS = 50;

/**
 * Handles a write of roles as a server does that reads the whole list, changes it and writes it back: what was written
 * in between is noticed too late, or not at all.
 */
export async function handleOverlapping(core: EmulatorCore, route: AtlasRoute, call: AtlasCall): Promise<AtlasAnswer> {
  const { overlappingRoleWrites } = call.behaviour;
  if (overlappingRoleWrites === "apply") return route.handle(call);

  const projectId = call.params.groupId ?? "";
  let change = (world: AtlasWorld) => world;
  const answer = route.handle({
    ...call,
    commit(step) {
      change = step;
    },
  });
  await core.wait(WRITE_MS);
  const before = customDbRolesOf(call.world, projectId);
  const meanwhile = customDbRolesOf(core.store.current.atlas, projectId);
  const overlapped = before.length !== meanwhile.length || before.some((role, index) => role !== meanwhile[index]);
  if (overlapped && overlappingRoleWrites === "refuse") {
    const detail = "Another session or user has already published changes.";
    throw conflict("AUTOMATION_CONFIG_CONCURRENT_MODIFICATION", detail);
  }
  call.commit((world) => {
    const changed = change(world);
    if (!overlapped) return changed;
    const others = changed.customDbRoles.filter((role) => !sameId(role.projectId, projectId));
    return { ...changed, customDbRoles: [...others, ...customDbRolesOf(change(call.world), projectId)] };
  });
  return answer;
}
