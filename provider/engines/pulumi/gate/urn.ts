import * as pulumi from "@pulumi/pulumi";
import { isUnknown } from "../../../../schema/unknown.ts";
import { watch } from "./watch.ts";

/** Parts of a resource that the SDK keeps out of its types. */
interface ResourceParts {
  readonly __pulumiType: string;
  readonly __name: string;
  readonly __parentResource?: ResourceParts;
  /** URNs of its own aliases. */
  readonly __aliases?: readonly pulumi.Output<string>[];
}

const STACK_TYPE = "pulumi:pulumi:Stack";

/** Returns the URN that the engine gives a resource, before the resource is registered. */
export function urnOf(resource: pulumi.Resource): string {
  const parts = resource as unknown as ResourceParts;
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${typesOf(parts)}::${parts.__name}`;
}

/**
 * Watches the URNs under which the state may hold a resource: its own one, then those of its aliases and of the aliases of
 * its parents. An alias that is not known yet is left out.
 */
export function watchUrns(resource: pulumi.Resource): () => string[] {
  const parts = resource as unknown as ResourceParts;
  const aliases = watchAliases(parts);
  return () => [...new Set([urnOf(resource), ...aliases()])];
}

function watchAliases({ __aliases: own = [], __parentResource: parent, ...parts }: ResourceParts): () => string[] {
  const aliases = own.map((alias) => watch(alias, () => undefined));
  const ofParent = parent === undefined || parent.__pulumiType === STACK_TYPE ? () => [] : watchAliases(parent);
  return () => {
    const urns = aliases.map((alias) => alias.current()).filter((urn) => typeof urn === "string" && !isUnknown(urn));
    const inherited = ofParent().flatMap((urn) => [
      below(urn, parent, parts.__pulumiType, parts.__name),
      ...urns.map((alias) => below(urn, parent, typeIn(String(alias)), nameIn(String(alias)))),
    ]);
    return [...(urns as string[]), ...inherited];
  };
}

/** The URN of a child below an alias of its parent. As in the engine, a name that begins with the parent's changes too. */
function below(urn: string, parent: ResourceParts | undefined, type: string, name: string): string {
  const before = parent?.__name ?? "";
  const renamed = name.startsWith(before) ? nameIn(urn) + name.slice(before.length) : name;
  return `${urn.slice(0, urn.length - nameIn(urn).length - "::".length)}$${type}::${renamed}`;
}

/** A name may hold the separator itself. */
function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function typeIn(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The types of the resource and of its parents, outermost first. */
function typesOf({ __pulumiType: type, __parentResource: parent }: ResourceParts): string {
  return parent === undefined || parent.__pulumiType === STACK_TYPE ? type : `${typesOf(parent)}$${type}`;
}
