import type { Allowed } from "./built-in-roles.ts";
import type { Login } from "./predict.ts";
import { covers, parseWish, type Target, touches } from "./privileges.ts";

/** Whether a login may do something, and by what. `unknown`: by a role of which nothing is declared, perhaps. */
export interface Permission {
  readonly may: "yes" | "no" | "unknown";
  /** `readWrite@app, of corp/dba`; of what is not known, the roles that it depends on. */
  readonly by: readonly string[];
}

interface Source {
  readonly name: string;
  readonly allows: readonly Allowed[];
}

/** Whether all of it is allowed: every action, on the whole of the target. */
export function may(login: Login, wish: string): Permission {
  return decide(login, wish, covers, "every");
}

/** Whether any of it is allowed: one of the actions, somewhere in the target. */
export function mayAnywhere(login: Login, wish: string): Permission {
  return decide(login, wish, touches, "some");
}

function decide(
  login: Login,
  wish: string,
  reaches: (resource: Allowed["resource"], target: Target) => boolean,
  quantity: "every" | "some",
): Permission {
  const parsed = parseWish(wish);
  if (parsed === undefined) return { may: "no", by: [] };
  const sources = sourcesOf(login);
  const givers = (action: string) =>
    sources.filter(({ allows }) =>
      allows.some(({ resource, actions }) => actions.includes(action) && reaches(resource, parsed.target)),
    );
  if (parsed.actions[quantity]((action) => givers(action).length > 0)) {
    return { may: "yes", by: [...new Set(parsed.actions.flatMap(givers).map(({ name }) => name))] };
  }
  const undeclared = login.effective.filter((role) => role.undeclared).map(({ role }) => role);
  return undeclared.length > 0 ? { may: "unknown", by: undeclared } : { may: "no", by: [] };
}

/** Grants with privileges of their own, and roles. */
function sourcesOf({ grants, effective }: Login): Source[] {
  return [
    ...grants.map(({ name, grant }) => ({ name, allows: grant.privileges })),
    ...effective.map(({ role, through, allows }) => ({ name: [role, ...through.toReversed()].join(", of "), allows })),
  ];
}
