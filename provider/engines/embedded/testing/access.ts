import type { AccessChangeRow, AccessEffect } from "../../../../schema/access-change.ts";

/** A grant that a principal gains or loses as a whole, or with more or fewer roles than before. */
export interface AccessGrant {
  /** The id by its kind, and the configuration name of the identity provider: `{ group: "0f1e…", through: "corp-entra" }`. */
  readonly who: { readonly through: string } & (
    | { readonly group: string }
    | { readonly person: string }
    | { readonly program: string }
    | { readonly principal: string }
  );
  /** The project, by its name in `mongofed:names`, else by its id. */
  readonly project: string;
  /** All roles of the grant after the change. Those of a lost grant are the earlier ones. */
  readonly roles: readonly string[];
}

/** A grant with other roles or limits. */
export interface ChangedGrant extends AccessGrant {
  /** `+ readWrite@app`, `- read@billing`, `clusters: none -> c0` */
  readonly differences: readonly string[];
}

/** The effect of a program on access. */
export interface TestAccess {
  readonly gains: readonly AccessGrant[];
  readonly losses: readonly AccessGrant[];
  readonly changes: readonly ChangedGrant[];
  /** Grants that the comparison leaves out, because their values are unknown until apply. */
  readonly unknown: readonly string[];
}

export function testAccess({ rows, unknown }: AccessEffect = { rows: [], unknown: [] }): TestAccess {
  const having = (effect: AccessChangeRow["effect"]) => rows.filter((row) => row.effect === effect);
  return {
    gains: having("gains").map(grantOf),
    losses: having("loses").map(grantOf),
    changes: having("changes").map((row) => ({ ...grantOf(row), differences: row.differences })),
    unknown,
  };
}

function grantOf({ kind, who, through, project, roles }: AccessChangeRow): AccessGrant {
  return { who: { [kind]: who, through } as AccessGrant["who"], project, roles };
}
