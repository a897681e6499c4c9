/** The minimum versions and limits of identity federation: the one place for these figures. */

/** Server versions, as lists of numbers that can be compared. */
export const MINIMUM_SERVERS = {
  /** The first release that accepts tokens. Cloud Manager and Ops Manager ask for no more. */
  oidc: [7, 0],
  /** The first version that accepts tokens where access is granted one by one. */
  byUser: [7, 0, 5],
  /** The first version that Atlas accepts, and that MongoDB's server documentation recommends. */
  recommended: [7, 0, 11],
  /** The first release that certainly distinguishes identity providers with one issuer by their audience. */
  sharedIssuer: [8, 0],
} as const satisfies Record<string, readonly number[]>;

/** The first version of a server, as a text: `7.0.11`. */
export function versionText(version: readonly number[]): string {
  return version.join(".");
}

/** The smallest dedicated tier of Atlas. Smaller tiers are shared, and accept no tokens. */
export const SMALLEST_TIER = "M10";

/**
 * The first versions with MONGODB-OIDC for Azure, Google Cloud and callbacks: MongoDB's list for Workload Identity
 * Federation. The drivers for Java, Kotlin and Scala are released together, under one version.
 */
export const MINIMUM_DRIVERS = {
  "Java (sync)": "5.1",
  "Java (Reactive Streams)": "5.1",
  "C#/.NET": "2.25",
  Go: "1.17",
  PyMongo: "4.7",
  "Node.js": "6.7",
  Kotlin: "5.1",
  Scala: "5.1",
  Rust: "3.2",
} as const satisfies Record<string, string>;

/** The drivers whose release notes name the first version with `ENVIRONMENT:k8s`, which came later than the others. */
export const MINIMUM_KUBERNETES_DRIVERS: Readonly<Record<string, string>> = { Rust: "3.2" };

/** The first mongosh and Compass that can log people in. MongoDB names no Compass version for projects. */
export const MINIMUM_CLIENTS = {
  atlas: { mongosh: "2.1.4", compass: "1.38" },
  project: { mongosh: "1.9.1", compass: undefined },
} as const;

/** The first mongosh that can send the ID token; newer than either minimum above. */
export const MONGOSH_WITH_ID_TOKEN = "2.3.0";
