/** The reasons for which `mongofed access --fail-on` fails. */
export const FAILURES = ["unmanaged", "orphaned", "admin"] as const;
export type Failure = (typeof FAILURES)[number];
