import { DEFAULT_SERVER_VERSION } from "../../schema/token-config.ts";

/**
 * Behavior that differs between server releases. `unknown` if no source documents it.
 */
export interface Server {
  readonly version: string;
  /** A token that lists several audiences (SERVER-86607: refused from 7.0.7, 7.3.0-rc3 and 8.0.0-rc0 on). */
  readonly severalAudiences: "refuses" | "unknown";
  /** Keys and signatures of elliptic curves. The first release that has them is not documented; 8.0 has none. */
  readonly ellipticCurves: "refuses" | "unknown";
}

/** @param version `8.0`, `7.0.5`; without a patch the newest of that series is meant. */
export function serverOf(version: string): Server {
  const [major = 0, minor = 0, patch = Number.POSITIVE_INFINITY] = version.split(".").map(Number);
  const before707 = major < 7 || (major === 7 && (minor < 3 ? minor > 0 || patch < 7 : false));
  return {
    version,
    severalAudiences: before707 ? "unknown" : "refuses",
    ellipticCurves: major > 8 || (major === 8 && minor > 0) ? "unknown" : "refuses",
  };
}

export const DEFAULT_SERVER = serverOf(DEFAULT_SERVER_VERSION);
