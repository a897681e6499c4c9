import { DECLARED_AS, IGNORED_INPUTS, IS_PREVIEW, SECRET_INPUTS, SURROUNDINGS } from "../../schema/hidden.ts";
import type { Phrase } from "../../schema/phrase.ts";
import type { AccessSurroundings, ProviderSurroundings } from "../rules/index.ts";
import { fingerprint } from "./compare.ts";
import type { Props } from "./definition.ts";

/**
 * What the handlers of one run tell each other: a provider process never sees the state, so what `diff` has learnt of
 * it (these objects belong to the stack, that one is on its way out) is all that `check` can know.
 */
export class RunMemory {
  readonly #owned = new Set<string>();
  readonly #leaving = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #adoptions = new Map<string, string>();
  readonly #adopted = new Set<string>();
  readonly #lockoutAllowed = new Set<string>();
  readonly #scopes = new Map<string, { readonly gone: Set<string>; seen: boolean }>();
  readonly #told = new Set<string>();
  readonly #skipped = new Map<string, Phrase>();
  readonly #declared = new Map<string, Hidden>();
  readonly #reaches = new Map<string, Promise<Error | undefined>>();
  #previews = false;

  /** `diff` was asked for this object, so it is in the state of this stack. */
  own(id: string): void {
    this.#owned.add(id);
  }

  owns(id: string): boolean {
    return this.#owned.has(id);
  }

  /** `diff` has decided that this object is replaced, or this membership swapped for another. */
  leave(id: string): void {
    this.#leaving.add(id);
  }

  leaves(id: string): boolean {
    return this.#leaving.has(id);
  }

  /** All that are on their way out, of those whose ids begin with `prefix`. */
  leaving(prefix: string): readonly string[] {
    return [...this.#leaving].filter((id) => id.startsWith(prefix));
  }

  /** Deleted already, together with another one: the engine is still to ask for it. */
  remove(id: string): void {
    this.#removed.add(id);
  }

  removed(id: string): boolean {
    return this.#removed.has(id);
  }

  /**
   * `check` has found the identity provider that is about to be taken over. A preview does not know its id, but what
   * connects it is there already, and is found by what a reference tells of it.
   */
  planAdoption(reference: Props, identityProviderId: string): void {
    this.#adoptions.set(referenceKeyOf(reference), identityProviderId);
  }

  plannedAdoption(reference: Props): string | undefined {
    return this.#adoptions.get(referenceKeyOf(reference));
  }

  /** `create` has taken this object over. What else in the state stands for it has only lost its name. */
  adopt(id: string): void {
    this.#adopted.add(id);
  }

  adopted(id: string): boolean {
    return this.#adopted.has(id);
  }

  /** The program allows it now for an object that is replaced: what is deleted then has the older word in its state. */
  allowLockout(id: string): void {
    this.#lockoutAllowed.add(id);
  }

  allowsLockout(id: string): boolean {
    return this.#lockoutAllowed.has(id);
  }

  /** An object of the state is there, so its scope is the one that it was. */
  seen(scope: string): void {
    this.#scopeOf(scope).seen = true;
  }

  /** An object of the state is gone. Answers with all that are, as long as nothing of the scope was seen. */
  gone(scope: string, id: string): readonly string[] {
    const known = this.#scopeOf(scope);
    known.gone.add(id);
    return known.seen ? [] : [...known.gone];
  }

  #scopeOf(scope: string): { readonly gone: Set<string>; seen: boolean } {
    const known = this.#scopes.get(scope) ?? { gone: new Set<string>(), seen: false };
    this.#scopes.set(scope, known);
    return known;
  }

  /** Something that was not checked, since the control plane is not asked: told at the end of the run. */
  skip(what: Phrase): void {
    this.#skipped.set(JSON.stringify(what), what);
  }

  get skipped(): readonly Phrase[] {
    return [...this.#skipped.values()];
  }

  /** Whether this is the first time: a run asks `diff` several times for one resource, and a user reads it once. */
  firstTime(topic: string): boolean {
    if (this.#told.has(topic)) return false;
    this.#told.add(topic);
    return true;
  }

  /**
   * Asks once a run what the credentials may see: `undefined` if they may, else the refusal. Those who may not see a
   * thing would be refused anew for every resource, and each refusal counts against a rate limit.
   */
  reach(what: string, look: () => Promise<unknown>): Promise<Error | undefined> {
    const known = this.#reaches.get(what);
    if (known !== undefined) return known;
    const asked = look().then(
      () => undefined,
      (error: unknown) => {
        if (isOutOfReach(error)) return error;
        this.#reaches.delete(what);
        throw error;
      },
    );
    this.#reaches.set(what, asked);
    return asked;
  }

  /** The program side has said that this run is a preview. A run without a program (refresh, destroy) never says it. */
  notePreview(props: Props): void {
    if (props[IS_PREVIEW] === true) this.#previews = true;
  }

  get previews(): boolean {
    return this.#previews;
  }

  /**
   * What a program says of a resource beside its inputs comes to `check` only, in hidden inputs which must not reach
   * the state. The calls that follow bring the very inputs that `check` answered, so they are what it is found by.
   */
  declare(kind: string, inputs: Props, news: Props): void {
    this.#declared.set(keyOf(kind, inputs), hiddenOf(news));
  }

  nameOf(kind: string, inputs: Props): string | undefined {
    return this.#declared.get(keyOf(kind, inputs))?.name;
  }

  /** What the program declares around the resource; nothing, where no program said anything. */
  surroundingsOf(kind: string, inputs: Props): Surroundings {
    return this.#declared.get(keyOf(kind, inputs))?.surroundings ?? {};
  }

  /** Whether the program ignores changes of an input. */
  ignores(kind: string, inputs: Props, input: string): boolean {
    const ignored = this.#declared.get(keyOf(kind, inputs))?.ignored ?? [];
    return ignored.some((path) => path === "*" || /^[^.[]*/.exec(path)?.[0] === input);
  }

  /** Inputs whose values must not be printed; `undefined` where no program said anything. */
  secretsOf(kind: string, inputs: Props): readonly string[] | undefined {
    return this.#declared.get(keyOf(kind, inputs))?.secrets;
  }
}

function referenceKeyOf({ federationSettingsId, idpType, configurationName, authorizationType }: Props): string {
  return JSON.stringify([federationSettingsId, idpType, configurationName, authorizationType]);
}

function keyOf(kind: string, inputs: Props): string {
  return `${kind} ${fingerprint(visible(inputs))}`;
}

/**
 * Without what is hidden: keys that begin with `__` are between mongofed's parts, or between Pulumi's, and no input.
 */
export function visible(props: Props): Record<string, unknown> {
  const entries = Object.entries(props).filter(
    ([key, value]) => !key.startsWith("__") && value !== undefined && value !== null,
  );
  return Object.fromEntries(entries);
}

/** What the program side sends along, if it does. */
interface Hidden {
  readonly name: string | undefined;
  readonly secrets: readonly string[];
  /** Property paths, as the program gives them. */
  readonly ignored: readonly string[];
  readonly surroundings: Surroundings;
}

/** As the rules work them out for a kind of resource; a part that says nothing of the kind is left out. */
export type Surroundings = Partial<AccessSurroundings & ProviderSurroundings>;

export function hiddenOf(props: Props): Hidden {
  const name = props[DECLARED_AS];
  const surroundings = props[SURROUNDINGS];
  return {
    name: typeof name === "string" ? name : undefined,
    secrets: texts(props[SECRET_INPUTS]),
    ignored: texts(props[IGNORED_INPUTS]),
    surroundings: typeof surroundings === "string" ? (JSON.parse(surroundings) as Surroundings) : {},
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** What these credentials may not see: a stack that only grants needs no access to the federation. */
function isOutOfReach(error: unknown): error is Error {
  return error instanceof Error && "status" in error && [401, 403, 404].includes(Number(error.status));
}
