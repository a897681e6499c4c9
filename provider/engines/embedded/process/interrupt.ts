/** Ctrl-C: the first one ends the run in good order, a second one at once. */

const INTERRUPTED_EXIT_CODE = 130;

export function onInterrupt(abort: () => void): () => void {
  let interrupted = false;
  const listener = (): void => {
    if (interrupted) {
      process.exit(INTERRUPTED_EXIT_CODE);
    }
    interrupted = true;
    abort();
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return () => {
    process.off("SIGINT", listener);
    process.off("SIGTERM", listener);
  };
}
