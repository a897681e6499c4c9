/** Who runs a deployment; `project`: Cloud Manager or Ops Manager. */
export type Deployment = "atlas" | "project";

/** The first version of a driver that can log in as it is told to here. */
export interface MinimumDriver {
  readonly driver: string;
  readonly version: string;
  /** The feature came later than this version; in which one is not published in a list. */
  readonly later: boolean;
}

/** The first versions with MONGODB-OIDC for Azure, Google Cloud and callbacks: MongoDB's list for Workload Identity Federation. */
const FIRST_WITH_OIDC = {
  "Java (sync)": "5.1",
  "C#/.NET": "2.25",
  Go: "1.17",
  PyMongo: "4.7",
  "Node.js": "6.7",
  Kotlin: "5.1",
  Rust: "3.2",
};

/** `ENVIRONMENT:k8s` was specified half a year after the others. Only one driver's notes were found to name its first version. */
const FIRST_WITH_KUBERNETES: Readonly<Record<string, string>> = { Rust: "3.2" };

/** What each driver must be, for a program in a pod (`kubernetes`) or anywhere else. */
export function minimumDrivers(where: "kubernetes" | "elsewhere"): MinimumDriver[] {
  return Object.entries(FIRST_WITH_OIDC).map(([driver, version]) => {
    if (where === "elsewhere") return { driver, version, later: false };
    const first = FIRST_WITH_KUBERNETES[driver];
    return { driver, version: first ?? version, later: first === undefined };
  });
}

/** The shell and the Compass that can log people in. Nothing is said of Compass with Cloud Manager. */
export const MINIMUM_CLIENTS: Readonly<Record<Deployment, { readonly mongosh: string; readonly compass?: string }>> = {
  atlas: { mongosh: "2.1.4", compass: "1.38" },
  project: { mongosh: "1.9.1" },
};

/** The first mongosh that can send the ID token; newer than either minimum above. */
export const MONGOSH_WITH_ID_TOKEN = "2.3.0";
