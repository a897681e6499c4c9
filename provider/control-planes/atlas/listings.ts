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
   * Enters a write whose outcome is known, so that no caller lists again. A listing in progress may have been read before or
   * after the write. Both are right if `change` can be applied twice.
   */
  change(scope: string, change: (listing: T) => T): void {
    const known = this.#known.get(scope);
    if (known !== undefined) this.#remember(scope, known.then(change));
  }

  /**
   * Invalidates a listing after a write whose outcome is unknown. Callers that already wait get the listing in progress, and
   * later callers a new one.
   */
  forget(scope: string): void {
    this.#known.delete(scope);
  }
}
