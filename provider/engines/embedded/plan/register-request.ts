/** Reads what the program's SDK sends for one resource, with what children take over from their parents. */

import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb.js";
import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { SourcePosition } from "@pulumi/pulumi/proto/source_pb.js";
import type { PropertyMap } from "../events.ts";
import { fromStruct } from "../process/protocol.ts";
import { type Plugins, refuseOptions, refusePackage, refuseProperties } from "../refusals.ts";
import type { CustomTimeouts } from "../state/resource-state.ts";
import { isProviderType, packageOf, parseReference, urnType } from "../state/urn.ts";
import { withoutOutputValues } from "../state/values.ts";
import type { Alias, Goal, ReadGoal } from "./goal.ts";

/** The engine's notes among a provider's inputs; their presence says that `version` is the plugin's. */
const INTERNAL_KEY = "__internal";
const DURATION_PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/gy;
const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** The options that children inherit from a resource. */
export interface Inheritance {
  readonly protect: boolean | undefined;
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: string;
  readonly provider: string;
  /** Of a component: the providers for its children, by package. */
  readonly providers: ReadonlyMap<string, string>;
  readonly custom: boolean;
}

/** `5m30s` in seconds. */
function seconds(duration: string): number {
  let total = 0;
  let end = 0;
  for (const [text, amount, unit] of duration.matchAll(DURATION_PART)) {
    total += Number(amount) * (SECONDS[unit ?? ""] ?? 0);
    end += text.length;
  }
  if (end !== duration.length) {
    throw new Error(`unable to parse customTimeout Value ${duration}`);
  }
  return total;
}

function timeouts(message: RegisterResourceRequest.CustomTimeouts | undefined): CustomTimeouts {
  const given: [keyof CustomTimeouts, string][] = [
    ["create", message?.getCreate() ?? ""],
    ["update", message?.getUpdate() ?? ""],
    ["delete", message?.getDelete() ?? ""],
  ];
  return Object.fromEntries(given.filter(([, text]) => text !== "").map(([key, text]) => [key, seconds(text)]));
}

function alias(message: AliasMessage): Alias {
  const spec = message.getSpec();
  return {
    urn: spec === undefined ? message.getUrn() : "",
    name: spec?.getName() ?? "",
    type: spec?.getType() ?? "",
    stack: spec?.getStack() ?? "",
    project: spec?.getProject() ?? "",
    parent: spec?.getParenturn() ?? "",
    noParent: spec?.getNoparent() ?? false,
  };
}

function urnAlias(urn: string): Alias {
  return { urn, name: "", type: "", stack: "", project: "", parent: "", noParent: false };
}

/** `project:///index.ts#12,3`; empty where the SDK gives no usable position. */
function sourcePosition(root: string, message: SourcePosition | undefined): string {
  const uri = message?.getUri() ?? "";
  if (message === undefined || !uri.startsWith("file:")) {
    return "";
  }
  let file: string;
  try {
    file = fileURLToPath(uri);
  } catch {
    return "";
  }
  const column = message.getColumn() > 0 ? `,${message.getColumn()}` : "";
  return isAbsolute(file)
    ? `project:///${relative(root, file).split(sep).join("/")}#${message.getLine()}${column}`
    : "";
}

function resolveProvider(request: RegisterResourceRequest, type: string, parent: Inheritance | undefined): string {
  const pkg = packageOf(type);
  return (
    request.getProvider() ||
    request.getProvidersMap().get(pkg) ||
    inheritedProvider(pkg, parent) ||
    parent?.providers.get(pkg) ||
    ""
  );
}

/** A parent's provider serves a child of the same package. */
function inheritedProvider(pkg: string, parent: Inheritance | undefined): string {
  const provider = parent?.provider ?? "";
  return provider !== "" && packageOf(urnType(parseReference(provider).urn)) === pkg ? provider : "";
}

/** Each property's dependencies; a program that names none has each depend on all. */
function propertyDependencies(
  request: RegisterResourceRequest,
  properties: PropertyMap,
  dependencies: string[],
): Record<string, string[]> {
  const given = request.getPropertydependenciesMap();
  if (given.getLength() === 0) {
    return Object.fromEntries(Object.keys(properties).map((key) => [key, dependencies]));
  }
  const named: Record<string, string[]> = {};
  given.forEach((message, key) => {
    named[key] = message.getUrnsList();
  });
  return Object.fromEntries([...Object.keys(properties), ...Object.keys(named)].map((key) => [key, named[key] ?? []]));
}

/** The goal, whose provider is still empty where the default one serves. */
export function registerGoal(
  request: RegisterResourceRequest,
  root: string,
  plugins: Plugins,
  parent: Inheritance | undefined,
): { goal: Goal; inheritance: Inheritance } {
  refuseOptions(request);
  const type = request.getType();
  const name = request.getName();
  const custom = request.getCustom();
  const properties = withoutOutputValues(fromStruct(request.getObject()));
  refuseProperties(`${type} "${name}"`, properties);
  if (custom) {
    refusePackage(type, name, plugins);
  }
  if (isProviderType(type) && request.getVersion() !== "") {
    properties[INTERNAL_KEY] = {};
    properties.version = request.getVersion();
  }
  const dependencies = request.getDependenciesList();
  const defined = request.getDeletebeforereplacedefined() || request.getDeletebeforereplace();
  const providers = new Map<string, string>();
  request.getProvidersMap().forEach((reference: string, pkg: string) => {
    providers.set(pkg, reference);
  });
  if (!custom && parent?.custom === false) {
    for (const [pkg, reference] of parent.providers) {
      providers.set(pkg, providers.get(pkg) ?? reference);
    }
  }
  const inheritance: Inheritance = {
    protect: request.hasProtect() ? request.getProtect() : parent?.protect,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : parent?.retainOnDelete,
    deletedWith: request.getDeletedwith() || (parent?.deletedWith ?? ""),
    provider: custom
      ? isProviderType(type)
        ? ""
        : resolveProvider(request, type, parent)
      : request.getProvider() || (parent?.provider ?? ""),
    providers,
    custom,
  };
  const goal: Goal = {
    type,
    name,
    custom,
    properties,
    parent: request.getParent(),
    protect: inheritance.protect,
    dependencies,
    provider: custom ? inheritance.provider : "",
    propertyDependencies: propertyDependencies(request, properties, dependencies),
    deleteBeforeReplace: defined ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: [...request.getAliasurnsList().map(urnAlias), ...request.getAliasesList().map(alias)],
    customTimeouts: timeouts(request.getCustomtimeouts()),
    replaceOnChanges: request.getReplaceonchangesList(),
    retainOnDelete: inheritance.retainOnDelete,
    deletedWith: inheritance.deletedWith,
    sourcePosition: sourcePosition(root, request.getSourceposition()),
  };
  return { goal, inheritance };
}

export function readGoal(request: ReadResourceRequest, root: string, plugins: Plugins): ReadGoal {
  const type = request.getType();
  const name = request.getName();
  const properties = withoutOutputValues(fromStruct(request.getProperties()));
  refuseProperties(`${type} "${name}"`, properties);
  refusePackage(type, name, plugins);
  return {
    type,
    name,
    id: request.getId(),
    properties,
    parent: request.getParent(),
    dependencies: request.getDependenciesList(),
    provider: request.getProvider(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    sourcePosition: sourcePosition(root, request.getSourceposition()),
  };
}
