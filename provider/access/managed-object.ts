import type { Kind } from "../../schema/resources.ts";
import type { LiveGrant } from "../control-planes/control-plane.ts";

/** The key of an object in states and programs: its resource and the id of that. */
export function managedObject(resource: Kind, id: string): string {
  return `${resource} ${id}`;
}

/** The resource of a grant, and the id of that. A group and a person may share the last part of the id. */
export function grantObject({ by, projectId, prefix, who }: Pick<LiveGrant, "by" | "projectId" | "prefix" | "who">) {
  return { kind: by === "GROUP" ? "OidcRole" : "FederatedUser", id: `${projectId}/${prefix}/${who}` } as const;
}
