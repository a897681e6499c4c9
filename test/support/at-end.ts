/** Takes the cleanup of a fixture: at the end of the test, or of all tests of a suite. */
export type AtEnd = (end: () => Promise<void>) => void;
