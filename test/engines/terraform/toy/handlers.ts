/**
 * A provider with one resource that has an attribute of every kind and exists in the state only. `behave` selects its
 * behavior: `throw`, `uncaught`, `print`, or `wait` until Terraform is told to stop.
 */

import { setTimeout as sleep } from "node:timers/promises";
import {
  type Diagnostic,
  type ObjectValue,
  type ProviderHandlers,
  type Schema,
  UNKNOWN,
} from "../../../../provider/engines/terraform/protocol.ts";

const thing: Schema = {
  version: 1,
  block: {
    description: "A **thing**.",
    attributes: {
      id: { type: "string", computed: true },
      name: { type: "string", required: true, description: "Its *name*." },
      kind: { type: "string", optional: true },
      behave: { type: "string", optional: true },
      on: { type: "bool", optional: true },
      size: { type: "number", optional: true },
      sizes: { type: ["list", "number"], optional: true },
      tags: { type: ["set", "string"], optional: true },
      labels: { type: ["map", "string"], optional: true },
      owner: {
        nested: {
          nesting: "single",
          attributes: { mail: { type: "string", required: true }, age: { type: "number", optional: true } },
        },
        optional: true,
      },
      rules: {
        nested: {
          nesting: "list",
          attributes: { action: { type: "string", required: true }, on: { type: ["set", "string"], optional: true } },
        },
        optional: true,
      },
      password: { type: "string", optional: true, sensitive: true, writeOnly: true },
      password_length: { type: "number", computed: true },
    },
  },
};

const lookup: Schema = {
  version: 0,
  block: {
    attributes: { name: { type: "string", required: true }, greeting: { type: "string", computed: true } },
  },
};

const none: Schema = { version: 0, block: { attributes: { greeting: { type: "string", optional: true } } } };

let greeting = "hello";

export const handlers: ProviderHandlers = {
  schema: () => ({ provider: none, resources: { toy_thing: thing }, dataSources: { toy_lookup: lookup } }),
  async validateProviderConfig() {
    return {};
  },
  async validateResourceConfig({ config }) {
    const rules = Array.isArray(config.rules) ? (config.rules as ObjectValue[]) : [];
    return {
      diagnostics: [
        ...problems(config.name === "bad", "a bad name", ["name"]),
        ...rules.flatMap(({ action }, index) => problems(action === "bad", "a bad rule", ["rules", index])),
        ...problems(config.kind === "odd", "an odd kind", ["kind"], "warning"),
      ],
    };
  },
  async validateDataResourceConfig() {
    return {};
  },
  async upgradeResourceState({ version, rawState }) {
    const { title, ...state } = rawState as ObjectValue;
    return { upgradedState: version === 0 ? { ...state, name: title ?? null } : (rawState as ObjectValue) };
  },
  async configureProvider({ config }) {
    greeting = typeof config.greeting === "string" ? config.greeting : greeting;
    return {};
  },
  async readResource({ currentState }) {
    if (currentState.behave === "throw") throw new Error("thrown by readResource");
    return { newState: currentState };
  },
  async planResourceChange({ priorState, proposedNewState }) {
    if (proposedNewState === null) return { plannedState: null };
    const replaced = priorState !== null && priorState.kind !== proposedNewState.kind;
    const computed = { id: UNKNOWN, password_length: UNKNOWN };
    return {
      plannedState: { ...proposedNewState, ...(priorState === null || replaced ? computed : {}) },
      requiresReplace: replaced ? [["kind"]] : [],
      plannedPrivate: "planned",
    };
  },
  async applyResourceChange({ priorState, plannedState, config, plannedPrivate }, { signal }) {
    if (plannedState === null) return { newState: null };
    const diagnostics = await behave(plannedState.behave, signal);
    const { password } = config ?? {};
    const newState = {
      ...plannedState,
      id: priorState?.id ?? `thing-${plannedState.name}`,
      password_length: typeof password === "string" ? password.length : 0,
    };
    return { newState, private: `${plannedPrivate}, applied`, diagnostics };
  },
  async importResourceState({ typeName, id }) {
    return { importedResources: [{ typeName, state: { id, name: id, password_length: 0 } }] };
  },
  async moveResourceState({ sourceState }) {
    const { input } = sourceState as ObjectValue;
    return { targetState: { id: "moved", name: input ?? null, password_length: 0 } };
  },
  async readDataSource({ config }) {
    return { state: { ...config, greeting: `${greeting}, ${config.name}` } };
  },
};

function problems(
  found: boolean,
  summary: string,
  attribute: (string | number)[],
  severity: Diagnostic["severity"] = "error",
): Diagnostic[] {
  return found ? [{ severity, summary, detail: "It is not what it should be.", attribute }] : [];
}

async function behave(how: unknown, signal: AbortSignal): Promise<Diagnostic[]> {
  if (how === "throw") throw new Error("thrown by applyResourceChange");
  if (how === "print") console.log("printed by applyResourceChange");
  if (how === "uncaught") {
    setTimeout(() => {
      throw new Error("thrown where nobody catches");
    });
    await sleep(60_000);
  }
  if (how !== "wait") return [];
  console.error("waiting");
  await sleep(60_000, undefined, { signal }).catch(() => undefined);
  return [{ severity: "error", summary: "Stopped", detail: String(signal.reason) }];
}
