import type { AccessChangeRow } from "../../schema/access-change.ts";

/** An access report as the formats show it: texts only, in the order of the columns. */
export interface AccessView {
  readonly title: string;
  /** Time, organization, host, key id, version, filters, projects read and unread. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Why the report is not complete. Empty if it is. */
  readonly incomplete: readonly string[];
  readonly rows: readonly ViewRow[];
  /** Further statements: users outside OIDC, users that the control plane does not show. */
  readonly remarks: readonly string[];
}

export interface ViewRow {
  readonly kind: "group" | "person" | "program" | "principal";
  /** The id of the group or the principal. */
  readonly who: string;
  /** A name for the id. */
  readonly name?: string | undefined;
  readonly members?: string | undefined;
  readonly through: string;
  readonly project: string;
  readonly roles: readonly ViewRole[];
  readonly restrictions: string;
  readonly clusters: string;
  readonly expires: string;
  readonly managedBy: string;
  readonly isManaged: boolean;
  readonly notes: readonly string[];
  /** Far-reaching access, from effective privileges: `userAdmin@admin`. */
  readonly farReaching: readonly string[];
}

export interface ViewRole {
  /** `readWrite@app` */
  readonly name: string;
  /** The databases of its effective privileges, or `all databases`. */
  readonly databases: readonly string[];
}

export function databasesOf({ roles }: ViewRow): string[] {
  return [...new Set(roles.flatMap(({ databases }) => databases))];
}

/** The effect of a change on access. */
export interface ChangeView {
  readonly facts: AccessView["facts"];
  readonly incomplete: readonly string[];
  readonly rows: readonly AccessChangeRow[];
  /** Parts that the comparison leaves out. */
  readonly remarks: readonly string[];
}
