/** Values as a test may see them: a snapshot of them can be committed. */

import { shownMap, shownValue } from "../display/values.ts";
import type { PropertyMap, PropertyValue } from "../events.ts";
import type { Deployment, ResourceRecord } from "../state/deployment.ts";

const UNKNOWN_WORD = "[unknown]";

export function testValue(value: PropertyValue): PropertyValue {
  return shownValue(value, UNKNOWN_WORD);
}

export function testMap(map: PropertyMap): PropertyMap {
  return shownMap(map, UNKNOWN_WORD);
}

/** Without the keys with which the state's secrets could be read. */
export function testDeployment({ version, deployment }: Deployment): Deployment {
  const { secrets_providers: _, ...body } = deployment;
  return {
    version,
    deployment: {
      ...body,
      ...(body.resources ? { resources: body.resources.map(testResource) } : {}),
      ...(body.pending_operations
        ? { pending_operations: body.pending_operations.map((op) => ({ ...op, resource: testResource(op.resource) })) }
        : {}),
    },
  };
}

function testResource(resource: ResourceRecord): ResourceRecord {
  return {
    ...resource,
    ...(resource.inputs ? { inputs: testMap(resource.inputs) } : {}),
    ...(resource.outputs ? { outputs: testMap(resource.outputs) } : {}),
  };
}
