import { type Kind, kinds } from "../../schema/resources.ts";
import { UNKNOWN } from "../../schema/unknown.ts";
import { typeNameOf } from "../engines/terraform/resources.ts";
import { movedId } from "../engines/terraform/upgrade.ts";
import { managedObject } from "./managed-object.ts";
import type { AccessResource } from "./resources.ts";

/** The file holds neither a state nor a preview nor a plan. */
export class EngineFileError extends Error {
  override readonly name = "EngineFileError";
}

type Json = Readonly<Record<string, unknown>>;

/** A stack and the objects in its state, each as `managedObject`. */
export interface Manager {
  readonly stack: string;
  readonly objects: readonly string[];
}

/** The resources of a preview or plan before and after it is applied. */
export interface Planned {
  readonly before: readonly AccessResource[];
  readonly after: readonly AccessResource[];
  /** A user-defined role changes, and the preview leaves out the unchanged grants that may inherit it. */
  readonly isPartial: boolean;
}

const PULUMI_TYPE = /^(?:pulumi-nodejs:dynamic\/)?mongofed:(?:index[:/])?(?<resource>[A-Za-z]+)$/;

/**
 * Reads the objects in a state: `pulumi stack export`, a state of the embedded engine, a state file of Terraform, or
 * `terraform show -json`. Objects of MongoDB's own Terraform provider count too.
 *
 * @param name the name of the file, where the state itself names no stack
 * @throws EngineFileError
 */
export function managerOf(text: string, name: string): Manager {
  const root = parsed(text);
  // A backend of files puts the deployment into a checkpoint.
  const checkpoint = recordOf(root.checkpoint);
  const deployment = recordOf(root.deployment ?? checkpoint.latest);
  if (Array.isArray(deployment.resources)) return pulumiManager(listOf(deployment.resources), name);
  if (root.deployment !== undefined || root.checkpoint !== undefined) return { stack: name, objects: [] };
  if (Array.isArray(root.resources) || root.values !== undefined) {
    const objects =
      root.values === undefined
        ? listOf(root.resources).flatMap(stored)
        : shown(recordOf(recordOf(root.values).root_module));
    return { stack: name, objects: objects.flatMap(terraformObject) };
  }
  throw new EngineFileError("is not a state: it holds neither a Pulumi deployment nor Terraform resources");
}

/**
 * Reads `pulumi preview --json`, or a plan as `terraform show -json` prints it.
 *
 * @throws EngineFileError
 */
export function plannedIn(text: string): Planned {
  const root = parsed(text);
  if (Array.isArray(root.steps)) return pulumiPlan(listOf(root.steps));
  if (Array.isArray(root.resource_changes)) return terraformPlan(listOf(root.resource_changes));
  throw new EngineFileError("is neither a preview of Pulumi (pulumi preview --json) nor a plan (terraform show -json)");
}

function parsed(text: string): Json {
  try {
    return recordOf(JSON.parse(text));
  } catch (error) {
    throw new EngineFileError(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function pulumiManager(resources: readonly Json[], name: string): Manager {
  const objects = resources.flatMap(({ type, id, delete: isPendingDeletion, external: isOnlyRead }) =>
    isPendingDeletion === true || isOnlyRead === true ? [] : objectIn(pulumiKind(type), id),
  );
  // urn:pulumi:{stack}::{project}::{type}::{name}
  const urn = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.urn;
  const [head, project] = typeof urn === "string" ? urn.split("::") : [];
  const stack = head?.split(":").at(-1);
  return { stack: project === undefined || stack === undefined ? name : `${project}/${stack}`, objects };
}

function pulumiKind(type: unknown): Kind | undefined {
  const name = typeof type === "string" ? PULUMI_TYPE.exec(type)?.groups?.resource : undefined;
  return kinds.find((kind) => kind === name);
}

function objectIn(kind: Kind | undefined, id: unknown): string[] {
  return kind !== undefined && typeof id === "string" ? [managedObject(kind, id)] : [];
}

/** Operations that end the life of a resource, or of its predecessor. */
const PULUMI_DELETIONS = new Set(["delete", "delete-replaced", "discard", "discard-replaced"]);

function pulumiPlan(steps: readonly Json[]): Planned {
  const own = steps.filter(({ oldState, newState }) => {
    const { type, external } = recordOf(newState ?? oldState);
    return pulumiKind(type) !== undefined && external !== true;
  });
  const before = own.flatMap(({ oldState }) =>
    pulumiResource(oldState, (inputs, outputs) => ({ ...inputs, ...outputs })),
  );
  // A retained object stays as it is.
  const isKept = ({ op, oldState }: Json) =>
    !PULUMI_DELETIONS.has(String(op)) || recordOf(oldState).retainOnDelete === true;
  const after = own
    .filter(isKept)
    .flatMap(({ oldState, newState }) =>
      pulumiResource(newState ?? oldState, (inputs, outputs) => ({ ...outputs, ...inputs })),
    );
  return {
    before,
    after,
    isPartial: own.every(({ op }) => op !== "same") && before.some(({ kind }) => kind === "DatabaseRole"),
  };
}

function pulumiResource(state: unknown, merged: (inputs: Json, outputs: Json) => Json): AccessResource[] {
  const { type, urn, inputs, outputs } = recordOf(state);
  const kind = pulumiKind(type);
  if (kind === undefined || typeof urn !== "string") return [];
  const values = withoutSecrets(merged(recordOf(inputs), recordOf(outputs))) as Json;
  return [
    { kind, name: urn.split("::").slice(3).join("::"), values, addresses: [urn], isAdopted: Boolean(values.adopt) },
  ];
}

/** The key that marks a secret in the JSON of Pulumi. */
const SECRET = "4dabf18193072939515e22adb298388d";

function withoutSecrets(value: unknown): unknown {
  if (value === "[secret]") return UNKNOWN;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET in value) return UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item)]));
}

const TERRAFORM_TYPES = new Map(kinds.map((kind) => [typeNameOf(kind), kind]));

function terraformObject({ type, attributes }: { readonly type: string; readonly attributes: Json }): string[] {
  const { typeName, id } = movedId(type, attributes) ?? { typeName: type, id: attributes.id };
  return objectIn(TERRAFORM_TYPES.get(typeName), id);
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

function terraformPlan(changes: readonly Json[]): Planned {
  const own = changes.filter(({ mode, type }) => mode === "managed" && TERRAFORM_TYPES.has(String(type)));
  const side = (values: "before" | "after") =>
    own.flatMap((change): AccessResource[] => {
      const kind = TERRAFORM_TYPES.get(String(change.type));
      const about = recordOf(change.change);
      // A `removed` block without destruction only forgets the object.
      const isForgotten = String(about.actions) === "forget";
      const plain = isForgotten ? about.before : about[values];
      if (kind === undefined || plain === null || plain === undefined) return [];
      const sensitive = hidden(plain, about[`${values}_sensitive`]);
      const known = camelCase(values === "after" ? hidden(sensitive, about.after_unknown) : sensitive) as Json;
      return [
        {
          kind,
          name: String(change.address),
          values: known,
          addresses: [String(change.address)],
          isAdopted: Boolean(known.adopt),
        },
      ];
    });
  return { before: side("before"), after: side("after"), isPartial: false };
}

/** Puts `UNKNOWN` in place of all that `marks` marks with true: values that are sensitive, or unknown until apply. */
function hidden(value: unknown, marks: unknown): unknown {
  if (marks === true) return UNKNOWN;
  if (typeof marks !== "object" || marks === null) return value;
  if (Array.isArray(marks)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return Array.from({ length: Math.max(items.length, marks.length) }, (_, at) => hidden(items[at], marks[at]));
  }
  const own = recordOf(value);
  const keys = new Set([...Object.keys(own), ...Object.keys(marks)]);
  const entries = [...keys].map((key) => [key, hidden(own[key], (marks as Json)[key])] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** The attributes that are set, under the names that inputs have in the schemas. */
function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== "object" || value === null) return value;
  const set = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(
    set.map(([key, item]) => [key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), camelCase(item)]),
  );
}

function recordOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}
