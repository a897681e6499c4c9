/** Under which earlier urns a resource may stand in the previous deployment. */

import { makeUrn, makeUrnBelow, urnName, urnQualifiedType, urnType } from "../state/urn.ts";
import type { Alias } from "./goal.ts";

export interface AliasScope {
  readonly stack: string;
  readonly project: string;
  /** Resources of this run that were found under another urn: new urn to old urn. */
  readonly renamed: ReadonlyMap<string, string>;
}

function aliasUrn(scope: AliasScope, name: string, type: string, parent: string, alias: Alias): string {
  if (alias.urn !== "") {
    return alias.urn;
  }
  const given = alias.parent === "" ? parent : (scope.renamed.get(alias.parent) ?? alias.parent);
  return makeUrn(
    alias.stack === "" ? scope.stack : alias.stack,
    alias.project === "" ? scope.project : alias.project,
    alias.noParent ? "" : given,
    alias.type === "" ? type : alias.type,
    alias.name === "" ? name : alias.name,
  );
}

/** A child whose name begins with its parent's was renamed with it. */
function inheritedAlias(
  scope: AliasScope,
  type: string,
  name: string,
  parentName: string,
  parentAlias: string,
): string {
  const aliasName = name.startsWith(parentName) ? urnName(parentAlias) + name.slice(parentName.length) : name;
  return makeUrnBelow(scope.stack, scope.project, urnQualifiedType(parentAlias), type, aliasName);
}

export function aliasUrns(
  scope: AliasScope,
  name: string,
  type: string,
  parent: string,
  aliases: readonly Alias[],
): string[] {
  const own = aliases.map((alias) => aliasUrn(scope, name, type, parent, alias));
  const parentAlias = scope.renamed.get(parent);
  if (parent === "" || parentAlias === undefined) {
    return [...new Set(own)];
  }
  const parentName = urnName(parent);
  return [
    ...new Set([
      ...own,
      inheritedAlias(scope, type, name, parentName, parentAlias),
      ...own.map((urn) => inheritedAlias(scope, urnType(urn), urnName(urn), parentName, parentAlias)),
    ]),
  ];
}
