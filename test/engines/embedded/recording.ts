/** The recordings of the Pulumi CLI, and how two runs are compared. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Deployment, ResourceRecord } from "../../../provider/engines/embedded/state/deployment.ts";
import type { Call } from "./harness.ts";

const FOLDER = fileURLToPath(new URL("../../fixtures/recordings/", import.meta.url));

interface Declared {
  readonly name: string;
  readonly group?: boolean;
  readonly inputs?: Record<string, unknown>;
  readonly options?: { readonly parent?: string; readonly dependsOn?: string | string[] };
}

export interface RecordedStep {
  readonly command: "preview" | "up" | "refresh" | "destroy";
  readonly args?: string[];
  readonly program?: { readonly resources: Declared[] };
  readonly world?: Record<string, unknown>;
  readonly exit: number;
  readonly calls: Call[];
  readonly resources: Partial<ResourceRecord>[];
  readonly pending?: unknown;
  readonly output: string[];
}

export interface Recording {
  readonly name: string;
  readonly about: string;
  readonly config?: Record<string, string>;
  readonly steps: RecordedStep[];
  readonly world: Record<string, unknown>;
}

export function recordings(): Recording[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({
      name: file.replace(".json", ""),
      ...(JSON.parse(readFileSync(FOLDER + file, "utf8")) as Omit<Recording, "name">),
    }));
}

/** JSON with its keys in order, so that equal things are equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function withoutProvider<T extends object>(map: T | undefined): T | undefined {
  return map === undefined
    ? undefined
    : (Object.fromEntries(Object.entries(map).filter(([key]) => key !== "__provider")) as T);
}

type CliRecord = ResourceRecord & { stackTrace?: unknown };

/** A deployment as the recordings have it: without times, provider texts, and with ciphertext blotted out. */
export function reduced(deployment: Deployment): Partial<ResourceRecord>[] {
  const records = deployment.deployment.resources ?? [];
  const text = JSON.stringify(
    records.map((record) => {
      // The CLI also keeps the stack of each registration; this engine does not.
      const { type, provider, created, modified, sourcePosition, stackTrace, ...rest } = record as CliRecord;
      const inputs = withoutProvider(record.inputs);
      const outputs = withoutProvider(record.outputs);
      const propertyDependencies = withoutProvider(record.propertyDependencies);
      return {
        ...rest,
        ...(type.startsWith("pulumi:providers:") ? { id: "ID" } : {}),
        ...(inputs === undefined ? {} : { inputs }),
        ...(outputs === undefined ? {} : { outputs }),
        ...(propertyDependencies === undefined ? {} : { propertyDependencies }),
        ...(record.dependencies === undefined ? {} : { dependencies: record.dependencies.toSorted() }),
      };
    }),
    (key, value: unknown) => (key === "ciphertext" ? "CIPHERTEXT" : value),
  );
  return JSON.parse(text) as Partial<ResourceRecord>[];
}

/** Names that one declared value refers to. */
function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner.split(".")[0] ?? ""] : references(inner),
  );
}

/** Which resource a call is about, and which resources depend on each other, over all programs of a recording. */
export class Relations {
  readonly #nameOfKey = new Map<string, string>();
  readonly #needs = new Map<string, Set<string>>();

  constructor(recording: Recording) {
    for (const { name, inputs, options } of recording.steps.flatMap((step) => step.program?.resources ?? [])) {
      const key = inputs?.key;
      if (typeof key === "string") {
        this.#nameOfKey.set(key, name);
      }
      const needs = this.#needs.get(name) ?? new Set();
      for (const other of [...references(inputs), ...[options?.dependsOn ?? []].flat()]) {
        needs.add(other);
      }
      this.#needs.set(name, needs);
    }
  }

  nameOf(call: Call): string {
    const key = call.id?.replace("id-", "") ?? call.inputs?.key ?? call.olds?.key ?? call.news?.key;
    // Keys that are computed belong to the one resource that computes its key.
    return this.#nameOfKey.get(String(key)) ?? "computed";
  }

  /**
   * Resources beside one whose create fails: whether they are made in the same run is a race, in the CLI too, since the
   * failure stops whatever was not begun.
   */
  besides(step: RecordedStep): string[] {
    const declared = step.program?.resources ?? [];
    const failing = declared.filter(({ inputs }) => inputs?.failCreate === true).map(({ name }) => name);
    return declared
      .map(({ name }) => name)
      .filter((name) => failing.length > 0 && !failing.some((other) => this.#related(name, other)));
  }

  #depends(name: string, on: string): boolean {
    const needs = this.#needs.get(name) ?? new Set();
    return needs.has(on) || [...needs].some((needed) => this.#depends(needed, on));
  }

  related(a: Call, b: Call): boolean {
    return this.#related(this.nameOf(a), this.nameOf(b));
  }

  #related(first: string, second: string): boolean {
    return first === second || this.#depends(first, second) || this.#depends(second, first);
  }
}

/** Each call as a text that is unique in its list. */
function numbered(calls: readonly Call[]): string[] {
  const seen = new Map<string, number>();
  return calls.map((call) => {
    const text = canonical(call);
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    return `${text} #${count}`;
  });
}

/** Pairs of calls that came in another order than recorded although they are about related resources. */
export function misordered(relations: Relations, recorded: readonly Call[], calls: readonly Call[]): string[] {
  const position = new Map(numbered(calls).map((text, index) => [text, index]));
  const texts = numbered(recorded);
  const found: string[] = [];
  for (const [first, a] of recorded.entries()) {
    for (const [offset, b] of recorded.slice(first + 1).entries()) {
      const [textA = "", textB = ""] = [texts[first], texts[first + 1 + offset]];
      if (relations.related(a, b) && (position.get(textA) ?? 0) > (position.get(textB) ?? 0)) {
        found.push(`${textA} before ${textB}`);
      }
    }
  }
  return found;
}
