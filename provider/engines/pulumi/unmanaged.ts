import { roleText } from "../../../schema/roles.ts";
import { grantObject } from "../../access/managed-object.ts";
import { PlaneError } from "../../control-planes/plane-error.ts";
import type { Context, Props } from "../../resources/definition.ts";
import { definitions } from "../../resources/definitions.ts";
import { known } from "../../resources/known.ts";
import type { Kind } from "../../rules/index.ts";
import { perRun } from "../../run-scope.ts";
import { providerChannel } from "./channel.ts";
import { recordDriftLine, recordsDrift } from "./drift-file.ts";

interface LiveObject {
  readonly kind: Kind;
  readonly id: string;
  /** `group dba through corp` */
  readonly label: string;
  readonly roles: readonly string[];
}

/** The objects of the projects of a run, and those that its declarations ask for. */
const seenByRun = perRun(() => ({ live: [] as LiveObject[], declared: new Set<string>() }));

/**
 * Reads the access and the user-defined roles in the project of a declaration, for `recordUnmanaged`. Does nothing except
 * for `mongofed drift`.
 */
export async function noteProject(context: Context, kind: Kind, inputs: Props): Promise<void> {
  if (!recordsDrift() || context.offline !== undefined) return;
  const { live, declared } = seenByRun();
  const id = definitions[kind].idOf?.(inputs);
  if (id !== undefined) declared.add(`${kind} ${id}`);
  const projectId = known(inputs.projectId) ?? known((inputs.identityProvider as Props | undefined)?.projectId);
  if (projectId === undefined || !context.memory.notices.firstTime(`unmanaged ${projectId}`)) return;
  live.push(...(await objectsOf(context, projectId)));
}

/** At the end of a preview: records the objects that no resource of the stack manages. */
export function recordUnmanaged({ owners }: Context): void {
  const { live, declared } = seenByRun();
  if (live.length === 0) return;
  if (owners === undefined || owners.trouble !== undefined) {
    const reason = owners?.trouble ?? "the engine does not show its state";
    recordDriftLine({ notRead: `objects that the stack does not manage: ${reason}` });
    return;
  }
  const named = declaredNames();
  for (const { kind, id, label, roles } of live) {
    const key = `${kind} ${id}`;
    if (owners.of(kind, id).length > 0 || declared.has(key) || named.has(key)) continue;
    recordDriftLine({
      kind: "unmanaged",
      resource: { kind, label, id },
      changes: [{ property: "roles", live: roles }],
    });
  }
}

async function objectsOf(context: Context, projectId: string): Promise<LiveObject[]> {
  const plane = context.plane();
  try {
    const [grants, roles] = await Promise.all([plane.access.list(projectId), plane.databaseRoles.list(projectId)]);
    const scope = await plane.scopeOf(projectId);
    const providers = scope === undefined ? [] : await plane.identityProviders.list(scope.id);
    const names = new Map(providers.map(({ prefix, configurationName }) => [prefix, configurationName]));
    return [
      ...grants.map((grant): LiveObject => {
        const { by, prefix, who, roles: granted } = grant;
        const noun = by === "GROUP" ? "group" : "principal";
        const label = `${noun} ${who} through ${names.get(prefix) ?? prefix} in project ${projectId}`;
        return { ...grantObject(grant), label, roles: granted.map(roleText) };
      }),
      ...roles.flatMap((role): LiveObject[] => {
        const id = definitions.DatabaseRole.idOf?.({ ...role });
        const label = `role ${role.roleName}@${role.database} in project ${projectId}`;
        return id === undefined ? [] : [{ kind: "DatabaseRole", id, label, roles: role.roles.map(roleText) }];
      }),
    ];
  } catch (error) {
    if (!(error instanceof PlaneError)) throw error;
    recordDriftLine({
      notRead: `objects of project ${projectId} that the stack does not manage: ${error.message.split("\n")[0]}`,
    });
    return [];
  }
}

/** The objects that the program names, also for other provider processes. */
function declaredNames(): ReadonlySet<string> {
  const declarations = providerChannel()
    .told("program")
    .flatMap((entry) => entry.declarations);
  const names = declarations.flatMap(({ kind, inputs }) =>
    (definitions[kind].namesOf?.(inputs) ?? []).map((name) => `${kind} ${name}`),
  );
  return new Set(names);
}
