/** The goal of one registration, in the engine's types. */

import type { PropertyMap } from "../events.ts";
import type { CustomTimeouts } from "../state/resource-state.ts";

export interface Alias {
  /** A whole urn; then nothing else counts. */
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  readonly stack: string;
  readonly project: string;
  readonly parent: string;
  readonly noParent: boolean;
}

export interface Goal {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly properties: PropertyMap;
  readonly parent: string;
  readonly protect: boolean | undefined;
  readonly dependencies: string[];
  readonly provider: string;
  readonly propertyDependencies: Record<string, string[]>;
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: string[];
  readonly additionalSecretOutputs: string[];
  readonly aliases: readonly Alias[];
  readonly customTimeouts: CustomTimeouts;
  readonly replaceOnChanges: string[];
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: string;
  readonly sourcePosition: string;
}

export interface ReadGoal {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly properties: PropertyMap;
  readonly parent: string;
  readonly dependencies: string[];
  readonly provider: string;
  readonly additionalSecretOutputs: string[];
  readonly sourcePosition: string;
}

/** A provider that the engine makes itself. */
export function defaultProviderGoal(type: string, name: string, properties: PropertyMap): Goal {
  return {
    type,
    name,
    custom: true,
    properties,
    parent: "",
    protect: undefined,
    dependencies: [],
    provider: "",
    propertyDependencies: {},
    deleteBeforeReplace: undefined,
    ignoreChanges: [],
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: {},
    replaceOnChanges: [],
    retainOnDelete: undefined,
    deletedWith: "",
    sourcePosition: "",
  };
}
