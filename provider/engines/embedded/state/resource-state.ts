/**
 * A resource as the engine holds it: the record of the deployment format with its secrets opened (still marked as
 * secret), and nothing missing. The object's identity matters: two states may have one urn while a replacement goes on.
 */

import type { PropertyMap, PropertyValue, StepState } from "../events.ts";
import type { ResourceRecord } from "./deployment.ts";
import type { SecretsManager } from "./secrets.ts";
import { isSecret, sealedParts, sealedSecret, secretValue, sortedKeys, transform } from "./values.ts";

export interface CustomTimeouts {
  create?: number;
  update?: number;
  delete?: number;
}

export interface ResourceState {
  urn: string;
  type: string;
  custom: boolean;
  delete: boolean;
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  parent: string;
  protect: boolean;
  external: boolean;
  dependencies: string[];
  initErrors: string[];
  provider: string;
  propertyDependencies: Record<string, string[]>;
  pendingReplacement: boolean;
  additionalSecretOutputs: string[];
  aliases: string[];
  customTimeouts: CustomTimeouts;
  importId: string;
  retainOnDelete: boolean;
  deletedWith: string;
  created: string | undefined;
  modified: string | undefined;
  sourcePosition: string;
  ignoreChanges: string[];
  replaceOnChanges: string[];
}

/** A resource that has only an identity yet. */
export function newState(urn: string, type: string, custom: boolean): ResourceState {
  return {
    urn,
    type,
    custom,
    delete: false,
    id: "",
    inputs: {},
    outputs: {},
    parent: "",
    protect: false,
    external: false,
    dependencies: [],
    initErrors: [],
    provider: "",
    propertyDependencies: {},
    pendingReplacement: false,
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: {},
    importId: "",
    retainOnDelete: false,
    deletedWith: "",
    created: undefined,
    modified: undefined,
    sourcePosition: "",
    ignoreChanges: [],
    replaceOnChanges: [],
  };
}

/** Every urn that must stand before this resource in a deployment, its parent and provider apart. */
export function dependencyUrns(state: ResourceState): string[] {
  return [
    ...state.dependencies,
    ...Object.values(state.propertyDependencies).flat(),
    ...(state.deletedWith === "" ? [] : [state.deletedWith]),
  ];
}

/** Returns the part of a state that events contain. */
export function stepState(state: ResourceState): StepState {
  return {
    urn: state.urn,
    type: state.type,
    custom: state.custom,
    ...(state.id === "" ? {} : { id: state.id }),
    ...(state.parent === "" ? {} : { parent: state.parent }),
    ...(state.protect ? { protect: true } : {}),
    ...(state.retainOnDelete ? { retainOnDelete: true } : {}),
    inputs: state.inputs,
    outputs: state.outputs,
    ...(state.initErrors.length === 0 ? {} : { initErrors: state.initErrors }),
  };
}

function openSecrets(map: PropertyMap | undefined, secrets: SecretsManager): PropertyMap {
  const open = (value: PropertyValue): PropertyValue =>
    transform(value, (inner) => {
      if (!isSecret(inner)) {
        return undefined;
      }
      const { ciphertext, plaintext } = sealedParts(inner);
      return ciphertext === undefined ? secrets.openPlain(plaintext ?? "null") : secrets.open(ciphertext);
    });
  return open(map ?? {}) as PropertyMap;
}

function sealSecrets(map: PropertyMap, secrets: SecretsManager): PropertyMap {
  return transform(map, (inner) =>
    isSecret(inner) ? sealedSecret(secrets.seal(inner, secretValue(inner))) : undefined,
  ) as PropertyMap;
}

export function fromRecord(record: ResourceRecord, secrets: SecretsManager): ResourceState {
  return {
    urn: record.urn,
    type: record.type,
    custom: record.custom,
    delete: record.delete ?? false,
    id: record.id ?? "",
    inputs: openSecrets(record.inputs, secrets),
    outputs: openSecrets(record.outputs, secrets),
    parent: record.parent ?? "",
    protect: record.protect ?? false,
    external: record.external ?? false,
    dependencies: record.dependencies ?? [],
    initErrors: record.initErrors ?? [],
    provider: record.provider ?? "",
    propertyDependencies: record.propertyDependencies ?? {},
    pendingReplacement: record.pendingReplacement ?? false,
    additionalSecretOutputs: record.additionalSecretOutputs ?? [],
    aliases: record.aliases ?? [],
    customTimeouts: record.customTimeouts ?? {},
    importId: record.importID ?? "",
    retainOnDelete: record.retainOnDelete ?? false,
    deletedWith: record.deletedWith ?? "",
    created: record.created,
    modified: record.modified,
    sourcePosition: record.sourcePosition ?? "",
    ignoreChanges: record.ignoreChanges ?? [],
    replaceOnChanges: record.replaceOnChanges ?? [],
  };
}

/** The format leaves out whatever is empty. */
function unlessEmpty<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  const empty =
    value === undefined ||
    value === "" ||
    value === false ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return empty ? {} : ({ [key]: value } as { [P in K]?: V });
}

export function toRecord(state: ResourceState, secrets: SecretsManager): ResourceRecord {
  return {
    urn: state.urn,
    custom: state.custom,
    ...unlessEmpty("delete", state.delete),
    ...unlessEmpty("id", state.id),
    type: state.type,
    ...unlessEmpty("inputs", sortedKeys(sealSecrets(state.inputs, secrets)) as PropertyMap),
    ...unlessEmpty("outputs", sortedKeys(sealSecrets(state.outputs, secrets)) as PropertyMap),
    ...unlessEmpty("parent", state.parent),
    ...unlessEmpty("protect", state.protect),
    ...unlessEmpty("external", state.external),
    ...unlessEmpty("dependencies", state.dependencies),
    ...unlessEmpty("initErrors", state.initErrors),
    ...unlessEmpty("provider", state.provider),
    ...unlessEmpty("propertyDependencies", sortedKeys(state.propertyDependencies) as Record<string, string[]>),
    ...unlessEmpty("pendingReplacement", state.pendingReplacement),
    ...unlessEmpty("additionalSecretOutputs", state.additionalSecretOutputs),
    ...unlessEmpty("aliases", state.aliases),
    ...unlessEmpty("customTimeouts", state.customTimeouts),
    ...unlessEmpty("importID", state.importId),
    ...unlessEmpty("retainOnDelete", state.retainOnDelete),
    ...unlessEmpty("deletedWith", state.deletedWith),
    ...unlessEmpty("created", state.created),
    ...unlessEmpty("modified", state.modified),
    ...unlessEmpty("sourcePosition", state.sourcePosition),
    ...unlessEmpty("ignoreChanges", state.ignoreChanges),
    ...unlessEmpty("replaceOnChanges", state.replaceOnChanges),
  };
}
