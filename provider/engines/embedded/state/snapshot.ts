/**
 * The content of the state file during a run: the results of this run, then the untouched resources, and the pending
 * operations. This order keeps the list sorted by dependencies.
 */

import { createHash } from "node:crypto";
import { Refusal } from "../refusals.ts";
import { DEPLOYMENT_VERSION, type Deployment, type PendingOperation, type ResourceRecord } from "./deployment.ts";
import type { ResourceState } from "./resource-state.ts";
import { fromRecord, toRecord } from "./resource-state.ts";
import type { SecretsManager } from "./secrets.ts";
import { makeReference, makeUrnBelow, parseReference, STACK_TYPE, urnName, urnQualifiedType, urnType } from "./urn.ts";

const SECRETS_PROVIDER = "passphrase";
const URN_STACK_AND_PROJECT = /^urn:pulumi:(.*?)::(.*?)::/;

export interface Operation {
  readonly resource: ResourceState;
  readonly type: PendingOperation["type"];
}

/** A deployment with its secrets opened. */
export interface LoadedDeployment {
  readonly resources: ResourceState[];
  readonly pending: readonly Operation[];
}

/** The salt that a deployment's secrets were sealed with; other secrets providers are not ours to open. */
export function saltOf(deployment: Deployment | undefined): string | undefined {
  const provider = deployment?.deployment.secrets_providers;
  if (provider === undefined || provider.type === "") {
    return undefined;
  }
  if (provider.type !== SECRETS_PROVIDER) {
    throw new Error(
      `The embedded engine opens secrets with a passphrase only; those of this stack are kept by the secrets provider "${provider.type}": use the Pulumi CLI.`,
    );
  }
  const salt = provider.state?.salt;
  return typeof salt === "string" ? salt : undefined;
}

/** Fields that the CLI may write and that this engine would lose. */
const REFUSED_FIELDS = [
  "taint",
  "replaceWith",
  "replacementTrigger",
  "refreshBeforeUpdate",
  "viewOf",
  "resourceHooks",
  "extensionRef",
  "snippetID",
];

function refuseFields(record: ResourceRecord): void {
  const field = REFUSED_FIELDS.find((name) => Object.hasOwn(record, name));
  if (field !== undefined) {
    throw new Refusal(`${field} (here in the state of ${record.urn})`);
  }
}

export function openDeployment(deployment: Deployment | undefined, secrets: SecretsManager): LoadedDeployment {
  const body = deployment?.deployment;
  return {
    resources: (body?.resources ?? []).map((record) => {
      refuseFields(record);
      return fromRecord(record, secrets);
    }),
    pending: (body?.pending_operations ?? []).map(({ resource, type }) => ({
      resource: fromRecord(resource, secrets),
      type,
    })),
  };
}

/** References to a renamed resource follow it before its dependents have been registered anew. */
function withoutAliases(states: readonly ResourceState[]): ResourceState[] {
  const renamed = new Map<string, string>();
  for (const state of states) {
    for (const alias of state.aliases) {
      renamed.set(alias, state.urn);
    }
    const parent = renamed.get(state.parent);
    const [, stack, project] = URN_STACK_AND_PROJECT.exec(state.urn) ?? [];
    if (
      parent !== undefined &&
      urnQualifiedType(parent) !== STACK_TYPE &&
      stack !== undefined &&
      project !== undefined
    ) {
      renamed.set(
        state.urn,
        makeUrnBelow(stack, project, urnQualifiedType(parent), urnType(state.urn), urnName(state.urn)),
      );
    }
  }
  if (renamed.size === 0) {
    return [...states];
  }
  const fix = (urn: string): string => renamed.get(urn) ?? urn;
  const fixReference = (reference: string): string => {
    const { urn, id } = parseReference(reference);
    return makeReference(fix(urn), id);
  };
  return states.map((state) => ({
    ...state,
    urn: fix(state.urn),
    parent: fix(state.parent),
    provider: state.provider === "" ? "" : fixReference(state.provider),
    dependencies: state.dependencies.map(fix),
    propertyDependencies: Object.fromEntries(
      Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns.map(fix)]),
    ),
    deletedWith: fix(state.deletedWith),
    aliases: [],
  }));
}

export function renderDeployment(
  resources: readonly ResourceState[],
  operations: readonly Operation[],
  secrets: SecretsManager,
  version: string,
): Deployment {
  const records = withoutAliases(resources).map((state) => toRecord({ ...state, aliases: [] }, secrets));
  const pending = operations.map(({ resource, type }) => ({ resource: toRecord(resource, secrets), type }));
  // Asked for last: the first secret to be sealed makes the salt.
  const salt = secrets.state;
  return {
    version: DEPLOYMENT_VERSION,
    deployment: {
      manifest: { time: new Date().toISOString(), magic: createHash("sha256").update(version).digest("hex"), version },
      ...(salt === undefined ? {} : { secrets_providers: { type: SECRETS_PROVIDER, state: { salt } } }),
      ...(records.length === 0 ? {} : { resources: records }),
      ...(pending.length === 0 ? {} : { pending_operations: pending }),
      metadata: {},
    },
  };
}

export class Snapshot {
  /** The resources at the start of the run. A refresh replaces the list. */
  base: readonly ResourceState[];
  readonly #basePending: readonly Operation[];
  readonly #made: ResourceState[] = [];
  readonly #done = new Set<ResourceState>();
  readonly #operations: Operation[] = [];

  constructor(loaded: LoadedDeployment) {
    this.base = loaded.resources;
    // Only a person can tell what became of an interrupted create; everything else, the next run finds out.
    this.#basePending = loaded.pending.filter(({ type }) => type === "creating");
  }

  begin(resource: ResourceState, type: Operation["type"]): void {
    this.#operations.push({ resource, type });
  }

  end(resource: ResourceState): void {
    const index = this.#operations.findIndex((operation) => operation.resource === resource);
    if (index !== -1) {
      this.#operations.splice(index, 1);
    }
  }

  /** This state is no longer part of the deployment. */
  drop(state: ResourceState): void {
    this.#done.add(state);
  }

  add(state: ResourceState): void {
    this.#made.push(state);
  }

  get resources(): ResourceState[] {
    return [...this.#made, ...this.base].filter((state) => !this.#done.has(state));
  }

  get operations(): readonly Operation[] {
    return [...this.#operations, ...this.#basePending];
  }
}
