import { MINIMUM_DRIVERS, MINIMUM_KUBERNETES_DRIVERS } from "../../schema/requirements.ts";

/** Who runs a deployment; `project`: Cloud Manager or Ops Manager. */
export type Deployment = "atlas" | "project";

/** The first version of a driver that supports a connection. */
export interface MinimumDriver {
  readonly driver: string;
  readonly version: string;
  /** The feature came in a later version than this one, and the driver's release notes do not name it. */
  readonly later: boolean;
}

/** The minimum version of every driver, for a program in a pod (`kubernetes`) or anywhere else. */
export function minimumDrivers(where: "kubernetes" | "elsewhere"): MinimumDriver[] {
  return Object.entries(MINIMUM_DRIVERS).map(([driver, version]) => {
    if (where === "elsewhere") return { driver, version, later: false };
    const first = MINIMUM_KUBERNETES_DRIVERS[driver];
    return { driver, version: first ?? version, later: first === undefined };
  });
}
