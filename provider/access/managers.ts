import { movedId } from "../engines/terraform/upgrade.ts";

/** The file is no state of Pulumi or Terraform. */
export class StateFileError extends Error {
  override readonly name = "StateFileError";
}

type Json = Readonly<Record<string, unknown>>;

/** The key of a grant in states: its resource and the id of that. */
export function managedGrant(resource: "OidcRole" | "FederatedUser", id: string): string {
  return `${resource} ${id}`;
}

/** A stack and the grants in its state, each as `managedGrant`. */
export interface Manager {
  readonly stack: string;
  readonly grants: readonly string[];
}

const PULUMI_TYPE = /^(?:pulumi-nodejs:dynamic\/)?mongofed:(?:index[:/])?(?<resource>OidcRole|FederatedUser)$/;
const TERRAFORM_TYPES = new Map([
  ["mongofed_oidc_role", "OidcRole"],
  ["mongofed_federated_user", "FederatedUser"],
] as const);

/**
 * Reads the grants in a state: `pulumi stack export`, a state of the embedded engine, a state file of Terraform, or
 * `terraform show -json`. Grants of MongoDB's own Terraform provider count too.
 *
 * @param name the name of the file, where the state itself names no stack
 * @throws StateFileError
 */
export function managerOf(text: string, name: string): Manager {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new StateFileError(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const root = recordOf(parsed);
  // A backend of files puts the deployment into a checkpoint.
  const checkpoint = recordOf(root.checkpoint);
  const deployment = recordOf(root.deployment ?? checkpoint.latest);
  if (Array.isArray(deployment.resources)) return pulumiManager(listOf(deployment.resources), name);
  if (root.deployment !== undefined || root.checkpoint !== undefined) return { stack: name, grants: [] };
  if (Array.isArray(root.resources) || root.values !== undefined) {
    const objects =
      root.values === undefined
        ? listOf(root.resources).flatMap(stored)
        : shown(recordOf(recordOf(root.values).root_module));
    return { stack: name, grants: objects.flatMap(terraformGrant) };
  }
  throw new StateFileError("is not a state: it holds neither a Pulumi deployment nor Terraform resources");
}

function pulumiManager(resources: readonly Json[], name: string): Manager {
  const grants = resources.flatMap(({ type, id, delete: isPendingDeletion, external: isOnlyRead }) => {
    const resource = typeof type === "string" ? PULUMI_TYPE.exec(type)?.groups?.resource : undefined;
    if (resource === undefined || typeof id !== "string" || isPendingDeletion === true || isOnlyRead === true)
      return [];
    return [managedGrant(resource as "OidcRole" | "FederatedUser", id)];
  });
  // urn:pulumi:{stack}::{project}::{type}::{name}
  const urn = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.urn;
  const [head, project] = typeof urn === "string" ? urn.split("::") : [];
  const stack = head?.split(":").at(-1);
  return { stack: project === undefined || stack === undefined ? name : `${project}/${stack}`, grants };
}

function terraformGrant({ type, attributes }: { readonly type: string; readonly attributes: Json }): string[] {
  const { typeName, id } = movedId(type, attributes) ?? { typeName: type, id: attributes.id };
  const resource = (TERRAFORM_TYPES as ReadonlyMap<string, "OidcRole" | "FederatedUser">).get(typeName);
  return resource === undefined || typeof id !== "string" ? [] : [managedGrant(resource, id)];
}

function stored({ mode, type, instances }: Json) {
  if (mode !== "managed" || typeof type !== "string") return [];
  return listOf(instances).map(({ attributes }) => ({ type, attributes: recordOf(attributes) }));
}

function shown(module: Json): { type: string; attributes: Json }[] {
  const own = listOf(module.resources).flatMap(({ mode, type, values }) =>
    mode === "managed" && typeof type === "string" ? [{ type, attributes: recordOf(values) }] : [],
  );
  return [...own, ...listOf(module.child_modules).flatMap(shown)];
}

function recordOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}
