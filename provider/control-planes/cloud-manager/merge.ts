import { type AutomationAuth, automationAuthSchema, OIDC_MECHANISM } from "../../../schema/automation-config.ts";
import { canonicalText } from "../../../schema/canonical.ts";
import { phrase, preview, setInput } from "../../../schema/phrase.ts";
import type { Refusal } from "../control-plane.ts";
import { type Change, entryOf, type Keys, LISTS, type List, nameOf } from "./change.ts";
import { hasProcessKeys, withProcessKeys } from "./process-tls.ts";
import { notReadyForOidc, notReadyWithoutOidc } from "./ready.ts";
import { arrayOf, elementsOf, valueAt, withValue, withValueAt } from "./source.ts";

/** Why a change cannot be made to a document. */
export interface RefusedChange extends Refusal {
  /** True if another client has created or deleted the entry. */
  readonly conflict?: boolean;
}

export interface Merged {
  /** The document, as its source text. */
  readonly document: string;
  readonly refused: ReadonlyMap<Change, RefusedChange>;
}

const MECHANISMS = ["auth", "deploymentAuthMechanisms"];

/**
 * Merges our changes into a document and keeps everything else byte for byte. Entries that already have the wanted
 * value are not rewritten, so a merge without changes returns the same text.
 *
 * @param landed changes that an earlier attempt may have saved: an existing entry with the wanted value is then our own
 */
export function merge(document: string, changes: readonly Change[], landed: ReadonlySet<Change> = new Set()): Merged {
  const draft = new Draft(document);
  const refused = new Map<Change, RefusedChange>();
  for (const change of changes) {
    const refusal = draft.apply(change, landed.has(change));
    if (refusal !== undefined) refused.set(change, refusal);
  }
  return { document: draft.text(), refused };
}

/** Whether a document shows a change. Order within lists, and empty or missing, mean the same to the server. */
export function holds(document: string, change: Change): boolean {
  return new Draft(document).shows(change);
}

/** The changes that a document does not show. */
export function missing(document: string, changes: readonly Change[]): Change[] {
  const draft = new Draft(document);
  return changes.filter((change) => !draft.shows(change));
}

interface Entry {
  readonly name: string;
  readonly source: string;
}

/** A document being changed. Each list is taken apart once, however many of its entries change. */
class Draft {
  readonly #document: string;
  readonly #lists = new Map<List, Entry[]>();
  readonly #changed = new Set<List>();
  #tls: string | undefined;
  #processes: readonly string[] | undefined;

  constructor(document: string) {
    this.#document = document;
  }

  apply(change: Change, mayBeOurs: boolean): RefusedChange | undefined {
    if (change.list === "tls") {
      if (Object.keys(change.keys).length > 0)
        this.#tls = withKeys(this.#tls ?? valueAt(this.#document, "tls") ?? "{}", change.keys);
      // A process that is gone by now has no settings.
      if (change.processes.size > 0) {
        this.#processes = this.#entriesOfProcesses().map((entry) =>
          withProcessKeys(entry, change.processes.get(processIn(entry)) ?? {}),
        );
      }
      return undefined;
    }
    const entries = this.#entries(change.list);
    const at = entries.findIndex(({ name }) => name === change.name);
    const found = entries[at];
    if (change.intent === "delete") {
      if (found === undefined) return undefined;
      const left = entries.filter(({ name }) => name !== change.name);
      const refusal =
        change.list === "oidcProviderConfigs" && left.length === 0 ? notReadyWithoutOidc(this.#auth()) : undefined;
      if (refusal === undefined) this.#set(change.list, left);
      return refusal;
    }
    if (change.intent === "update" && found === undefined) return gone(change);
    if (change.intent === "create") {
      if (found !== undefined) return mayBeOurs && hasKeys(found.source, change.keys) ? undefined : taken(change);
      const refusal = change.list === "oidcProviderConfigs" ? notReadyForOidc(this.#auth()) : undefined;
      if (refusal !== undefined) return refusal;
    }
    const source = withKeys(found?.source ?? "{}", change.keys);
    const entry = { name: change.name, source };
    const placed = found === undefined ? [...entries, entry] : entries.with(at, entry);
    this.#set(change.list, change.list === "oidcProviderConfigs" ? peopleFirst(placed, entry) : placed);
    return undefined;
  }

  shows(change: Change): boolean {
    if (change.list === "tls") {
      return (
        hasKeys(valueAt(this.#document, "tls") ?? "{}", change.keys) &&
        this.#entriesOfProcesses().every((entry) => hasProcessKeys(entry, change.processes.get(processIn(entry)) ?? {}))
      );
    }
    const found = this.#entries(change.list).find(({ name }) => name === change.name);
    if (change.intent === "delete") return found === undefined;
    if (found === undefined || !hasKeys(found.source, change.keys)) return false;
    return change.list !== "oidcProviderConfigs" || this.#mechanisms().includes(OIDC_MECHANISM);
  }

  text(): string {
    let text = this.#document;
    for (const list of this.#changed) {
      const entries = this.#entries(list);
      const empty = list === "oidcProviderConfigs" && entries.length === 0;
      text = withValueAt(text, LISTS[list], empty ? undefined : arrayOf(entries.map(({ source }) => source)));
    }
    if (this.#tls !== undefined && this.#tls !== valueAt(this.#document, "tls"))
      text = withValue(text, "tls", this.#tls);
    const processes = this.#processes && arrayOf(this.#processes);
    if (processes !== undefined && processes !== valueAt(this.#document, "processes"))
      text = withValue(text, "processes", processes);
    return this.#changed.has("oidcProviderConfigs")
      ? withMechanism(text, this.#mechanisms(), this.#entries("oidcProviderConfigs").length > 0)
      : text;
  }

  #entriesOfProcesses(): readonly string[] {
    const source = valueAt(this.#document, "processes");
    return this.#processes ?? (source === undefined ? [] : elementsOf(source));
  }

  #entries(list: List): Entry[] {
    const known = this.#lists.get(list);
    if (known !== undefined) return known;
    const source = valueAt(this.#document, ...LISTS[list]);
    const entries = (source === undefined ? [] : elementsOf(source)).map((element) => ({
      name: nameIn(list, element),
      source: element,
    }));
    this.#lists.set(list, entries);
    return entries;
  }

  /** The list counts as changed only if its text differs. An equal list is not written again. */
  #set(list: List, entries: Entry[]): void {
    const before = this.#entries(list);
    const same =
      before.length === entries.length && before.every(({ source }, index) => source === entries[index]?.source);
    this.#lists.set(list, entries);
    // A deployment may have a configuration without the mechanism, if a person removed it by hand.
    const lacksMechanism =
      list === "oidcProviderConfigs" && entries.length > 0 && !this.#mechanisms().includes(OIDC_MECHANISM);
    if (!same || lacksMechanism) this.#changed.add(list);
  }

  #mechanisms(): readonly string[] {
    const source = valueAt(this.#document, ...MECHANISMS);
    return source === undefined ? [] : (JSON.parse(source) as string[]);
  }

  #auth(): AutomationAuth | undefined {
    const source = valueAt(this.#document, "auth");
    return source === undefined ? undefined : automationAuthSchema.parse(JSON.parse(source));
  }
}

/** An entry that is not an object has no name, so it stays as it is. */
function nameIn(list: List, element: string): string {
  const value: unknown = JSON.parse(element);
  return typeof value === "object" && value !== null ? nameOf(list, value as Record<string, unknown>) : "";
}

function processIn(entry: string): string {
  const value: unknown = JSON.parse(entry);
  return typeof value === "object" && value !== null && "name" in value ? String(value.name) : "";
}

/** Only keys whose meaning differs are touched. */
function withKeys(entry: string, keys: Keys): string {
  let text = entry.trim();
  for (const [key, wanted] of Object.entries(keys)) {
    const present = valueAt(text, key);
    if (wanted !== undefined && present !== undefined && meansTheSame(JSON.parse(present), wanted)) continue;
    text = withValue(text, key, wanted === undefined ? undefined : JSON.stringify(wanted));
  }
  return text === entry.trim() ? entry : entry.replace(entry.trim(), () => text);
}

function hasKeys(entry: string, keys: Keys): boolean {
  return Object.entries(keys).every(([key, wanted]) => {
    const present = valueAt(entry, key);
    const value: unknown = present === undefined ? undefined : JSON.parse(present);
    return (isEmpty(value) && isEmpty(wanted)) || meansTheSame(value, wanted);
  });
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function meansTheSame(one: unknown, other: unknown): boolean {
  const [first, second] = [one, other].map((value) => canonicalText(value, (item) => item === undefined));
  return first === second;
}

/**
 * The server takes the leading run of entries for people as all that there are: behind one for programs, people would
 * find no identity provider.
 */
function peopleFirst(entries: readonly Entry[], entry: Entry): Entry[] {
  if (!isForPeople(entry)) return [...entries];
  const rest = entries.filter((other) => other !== entry);
  const people = rest.findIndex((other) => !isForPeople(other));
  return entries.indexOf(entry) <= (people === -1 ? rest.length : people) ? [...entries] : [entry, ...rest];
}

function isForPeople({ source }: Entry): boolean {
  return valueAt(source, "supportsHumanFlows") === "true";
}

/** OIDC is added to what clients may use, and never to what the Agent uses, which is a list of its own. */
function withMechanism(document: string, mechanisms: readonly string[], wanted: boolean): string {
  if (mechanisms.includes(OIDC_MECHANISM) === wanted) return document;
  const source = valueAt(document, ...MECHANISMS);
  const elements = source === undefined ? [] : elementsOf(source);
  const changed = wanted
    ? [...elements, JSON.stringify(OIDC_MECHANISM)]
    : elements.filter((element) => JSON.parse(element) !== OIDC_MECHANISM);
  return withValueAt(document, MECHANISMS, arrayOf(changed));
}

function gone(change: Change): RefusedChange {
  return {
    conflict: true,
    message: `${entryOf(change)} is not there any more`,
    fix: phrase`It was deleted in the meantime. Run again: the next ${preview} shows that it will be created.`,
  };
}

function taken(change: Change): RefusedChange {
  return {
    conflict: true,
    message: `${entryOf(change)} exists already`,
    fix: phrase`Adopt it with ${setInput("adopt", true)}, choose another name, or delete the existing one.`,
  };
}
