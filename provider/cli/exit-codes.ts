/** The exit codes of `mongofed`. `--help` documents them, and scripts rely on them. */
export const EXIT = {
  ok: 0,
  /** The run found errors, or failed. */
  failed: 1,
  /** The request is invalid: a wrong option, an unknown code, no program. */
  usage: 2,
  /** `mongofed drift` found drift, or a row fails by `mongofed access --fail-on`. */
  drift: 3,
  /** SIGINT or SIGTERM, 128 + SIGINT as shells count. */
  interrupted: 130,
} as const;

export const EXIT_CODES_HELP = `
Exit codes:
  0    success
  1    the run found errors, or failed
  2    usage: an option, a code or a folder is wrong
  3    drift: found drift. access: a row fails by --fail-on
  130  interrupted (SIGINT or SIGTERM)`;

/** A mistake of the caller: printed as one line without a stack, with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A command reports its exit code here: commander itself has no way to hand one back. */
export type Report = (exitCode: number) => void;
