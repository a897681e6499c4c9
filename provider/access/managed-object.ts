import type { Kind } from "../../schema/resources.ts";

/** The key of an object in states and programs: its resource and the id of that. */
export function managedObject(resource: Kind, id: string): string {
  return `${resource} ${id}`;
}
