/** The calls that an engine is about to make, as far as it tells. */
export interface ComingCalls {
  /**
   * Whether another change of a project may come before those that wait have ended. `undefined` where the engine does not
   * tell which resources it has, or how many calls it has in flight.
   */
  mayCome(projectId: string): boolean | undefined;
}
