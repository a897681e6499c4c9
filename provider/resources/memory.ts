import type { Phrase } from "../../schema/phrase.ts";
import type { DeclaredPrincipal } from "../rules/index.ts";

/**
 * The knowledge that the handlers of one run share. A provider process never sees the state: the objects that `diff` was
 * asked for are all that `check` can know of it.
 */
export class RunMemory {
  readonly ownership = new Ownership();
  readonly notices = new Notices();
}

/** The objects of this stack, and their fate in this run. Objects are named by the ids of their resources. */
class Ownership {
  readonly #owned = new Map<string, Readonly<Record<string, unknown>>>();
  readonly #replaced = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #adoptions = new Map<string, string>();
  readonly #adopted = new Set<string>();
  readonly #kept = new Set<string>();
  readonly #recreated = new Set<string>();
  readonly #lockoutAllowed = new Set<string>();
  readonly #principals = new Map<string, readonly DeclaredPrincipal[]>();
  readonly #scopes = new Map<string, Scope>();

  /** `diff` was asked for this object, so it is in the state of this stack. */
  own(id: string, outputs: Readonly<Record<string, unknown>> = {}): void {
    this.#owned.set(id, outputs);
  }

  /** The recorded outputs of an object of the state that `diff` was asked for. */
  recorded(id: string): Readonly<Record<string, unknown>> | undefined {
    return this.#owned.get(id);
  }

  owns(id: string): boolean {
    return this.#owned.has(id);
  }

  /** `diff` has decided that another object takes the place of this one, or that this membership is swapped. */
  markReplaced(id: string): void {
    this.#replaced.add(id);
  }

  isReplaced(id: string): boolean {
    return this.#replaced.has(id);
  }

  /** All replaced objects whose ids begin with `prefix`. */
  replaced(prefix: string): readonly string[] {
    return [...this.#replaced].filter((id) => id.startsWith(prefix));
  }

  /** `diff` has found that the object is gone, and announced that it is created again under its id. */
  announceRecreation(id: string): void {
    this.#recreated.add(id);
  }

  isRecreated(id: string): boolean {
    return this.#recreated.has(id);
  }

  /** Deleted together with another object: the engine will still ask to delete it. */
  markRemoved(id: string): void {
    this.#removed.add(id);
  }

  isRemoved(id: string): boolean {
    return this.#removed.has(id);
  }

  /** All removed objects whose ids begin with `prefix`. */
  removed(prefix: string): readonly string[] {
    return [...this.#removed].filter((id) => id.startsWith(prefix));
  }

  /**
   * `check` has found the identity provider that is about to be adopted. A preview does not know its id, but its
   * connections exist already, and are found by the other parts of a reference.
   */
  planAdoption(reference: Readonly<Record<string, unknown>>, prefix: string): void {
    this.#adoptions.set(referenceKeyOf(reference), prefix);
  }

  plannedAdoption(reference: Readonly<Record<string, unknown>>): string | undefined {
    return this.#adoptions.get(referenceKeyOf(reference));
  }

  /** `create` has adopted this object. Another resource in the state that stands for it has only lost its name. */
  adopt(id: string): void {
    this.#adopted.add(id);
  }

  isAdopted(id: string): boolean {
    return this.#adopted.has(id);
  }

  /** A deletion was skipped, because the program declares this object. Its declaration may take it over. */
  keep(id: string): void {
    this.#kept.add(id);
  }

  isKept(id: string): boolean {
    return this.#kept.has(id);
  }

  /** The program allows a lockout now, by an object that is replaced: its state still holds the older value. */
  allowLockout(id: string): void {
    this.#lockoutAllowed.add(id);
  }

  allowsLockout(id: string): boolean {
    return this.#lockoutAllowed.has(id);
  }

  /** `diff` knows the principals that the program grants access through this object. A deletion of it follows a replacement. */
  notePrincipals(id: string, principals: readonly DeclaredPrincipal[]): void {
    this.#principals.set(id, principals);
  }

  principalsOf(id: string): readonly DeclaredPrincipal[] | undefined {
    return this.#principals.get(id);
  }

  /** An object of the state exists, so its scope is still the same. */
  noteSeen(scope: string): void {
    this.#scopeOf(scope).seen = true;
  }

  /** An object of the state is gone. Returns all of its kind that are gone, as long as no object of the scope was seen. */
  noteGone(scope: string, kind: string, id: string): readonly string[] {
    const known = this.#scopeOf(scope);
    const gone = (known.gone.get(kind) ?? new Set()).add(id);
    known.gone.set(kind, gone);
    return known.seen ? [] : [...gone];
  }

  #scopeOf(scope: string): Scope {
    const known = this.#scopes.get(scope) ?? { gone: new Map(), seen: false };
    this.#scopes.set(scope, known);
    return known;
  }
}

/** A federation or a project as far as this run has seen it. */
interface Scope {
  readonly gone: Map<string, Set<string>>;
  seen: boolean;
}

/** Messages and questions that a run repeats for no other resource. */
class Notices {
  readonly #topics = new Set<string>();
  readonly #skipped = new Map<string, Phrase>();
  readonly #likenesses = new Map<string, string>();
  readonly #refusals = new Map<string, Promise<Error | undefined>>();

  /** Whether this is the first time: engines ask `diff` several times for one resource. */
  firstTime(topic: string): boolean {
    if (this.#topics.has(topic)) return false;
    this.#topics.add(topic);
    return true;
  }

  /** An object equals a deleted one under another name, so an interrupted rename may have created it. */
  noteLikeness(id: string, object: string): void {
    this.#likenesses.set(id, object);
  }

  /** Those objects by their ids. */
  get likenesses(): ReadonlyMap<string, string> {
    return this.#likenesses;
  }

  /** A check that an offline preview leaves out: reported at the end of the run. */
  skip(check: Phrase): void {
    this.#skipped.set(JSON.stringify(check), check);
  }

  /** References that the credentials cannot compare with the live identity provider: reported at the end of the run. */
  readonly uncompared = new Set<string>();

  get skipped(): readonly Phrase[] {
    return [...this.#skipped.values()];
  }

  /**
   * Asks once whether the credentials may read something: `undefined` if they may, else the refusal. Asking again for
   * every resource would count against a rate limit.
   */
  refusal(what: string, look: () => Promise<unknown>): Promise<Error | undefined> {
    const known = this.#refusals.get(what);
    if (known !== undefined) return known;
    const asked = look().then(
      () => undefined,
      (error: unknown) => {
        if (isOutOfReach(error)) return error;
        this.#refusals.delete(what);
        throw error;
      },
    );
    this.#refusals.set(what, asked);
    return asked;
  }
}

function referenceKeyOf({
  federationSettingsId,
  idpType,
  configurationName,
  authorizationType,
}: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([federationSettingsId, idpType, configurationName, authorizationType]);
}

/** These credentials may not read it: a stack that only grants access needs no access to the federation. */
function isOutOfReach(error: unknown): error is Error {
  return error instanceof Error && "status" in error && [401, 403, 404].includes(Number(error.status));
}
