/**
 * Listings that all resources of a run share, so that a preview costs as many requests as there are pages. Concurrent
 * callers get the same promise. A failure is not cached: the next caller sends a new request.
 */
export class Listings<T> {
  readonly #known = new Map<string, Promise<T>>();

  get(scope: string, load: () => Promise<T>): Promise<T> {
    const known = this.#known.get(scope);
    if (known !== undefined) return known;
    return this.#remember(scope, load());
  }

  #remember(scope: string, listing: Promise<T>): Promise<T> {
    this.#known.set(scope, listing);
    listing.catch(() => {
      if (this.#known.get(scope) === listing) this.#known.delete(scope);
    });
    return listing;
  }

  /**
   * After a write whose outcome is known: what is listed goes on with it, and nobody asks anew. One that is under way
   * may have been read before the write or after it; both come out right if `change` can be made twice.
   */
  change(scope: string, change: (listing: T) => T): void {
    const known = this.#known.get(scope);
    if (known !== undefined) this.#remember(scope, known.then(change));
  }

  /** After a write whose outcome is not known, or not worth keeping. A listing that is still under way goes to those who wait for it, and to nobody after them. */
  forget(scope: string): void {
    this.#known.delete(scope);
  }
}
