/** Refusals of features that only the Pulumi CLI supports. Each is one sentence that names the feature. */

import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { PropertyMap } from "./events.ts";
import { isProviderType, packageOf } from "./state/urn.ts";
import { containsAssets } from "./state/values.ts";

/** The package of all dynamic resources of Node programs. */
export const DYNAMIC_PACKAGE = "pulumi-nodejs";
/** The package of the functions that the engine itself answers. */
export const BUILTIN_PACKAGE = "pulumi";
/** Folders of provider plugins, by the package that each serves. */
export type Plugins = ReadonlyMap<string, string>;
const STACK_REFERENCE_TYPE = "pulumi:pulumi:StackReference";

export class Refusal extends Error {
  override name = "Refusal";
  constructor(thing: string) {
    super(`The embedded engine does not support ${thing}: use the Pulumi CLI.`);
  }
}

/** @param plugins the packages that plugins of the project serve */
export function refusePackage(type: string, name: string, plugins: Plugins): void {
  if (type === STACK_REFERENCE_TYPE) {
    throw new Refusal(`stack references (here "${name}")`);
  }
  const pkg = packageOf(type);
  if (pkg !== DYNAMIC_PACKAGE && !plugins.has(pkg)) {
    throw new Refusal(
      isProviderType(type)
        ? `providers other than ${DYNAMIC_PACKAGE} (here "${name}" of ${pkg})`
        : `resources of the provider ${pkg} (here ${type} "${name}"), only dynamic ones and those of a package in Pulumi.yaml`,
    );
  }
}

/** @param plugins the packages that plugins of the project serve */
export function refuseFunction(token: string, plugins: Plugins): void {
  if (!plugins.has(packageOf(token))) throw new Refusal(`calls of provider functions (here ${token})`);
}

export function refuseProperties(what: string, properties: PropertyMap): void {
  if (containsAssets(properties)) {
    throw new Refusal(`assets and archives (here among the properties of ${what})`);
  }
}

/** Options whose meaning would be lost silently. Fields that an older SDK does not know are not set. */
export function refuseOptions(request: RegisterResourceRequest): void {
  const what = `(here on ${request.getType()} "${request.getName()}")`;
  const hooks = request.getHooks?.();
  const hookNames = hooks === undefined ? [] : Object.values(hooks.toObject()).flat();
  const refused: [boolean, string][] = [
    [request.getRemote(), "remote components"],
    [request.getImportid() !== "", "the option import"],
    [request.getTransformsList().length > 0, "the option transforms"],
    [hookNames.length > 0, "resource hooks"],
    [request.getPackageref() !== "", "parameterized packages"],
    [(request.getReplaceWithList?.() ?? []).length > 0, "the option replaceWith"],
    [request.getReplacementTrigger?.() !== undefined, "the option replacementTrigger"],
    [(request.getStateMigrationsList?.() ?? []).length > 0, "state migrations"],
    [(request.getEnvvarmappingsMap?.().getLength() ?? 0) > 0, "the option envVarMappings"],
  ];
  for (const [isUsed, thing] of refused) {
    if (isUsed) {
      throw new Refusal(`${thing} ${what}`);
    }
  }
}
