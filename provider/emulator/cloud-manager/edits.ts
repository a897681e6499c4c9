import { z } from "zod";
import { objectIdSchema } from "../../../schema/atlas.ts";
import { fromPlain, itemsOf, type Json, member, parseJson, plainValue, withMember } from "./json.ts";
import { processNames } from "./status.ts";
import { agentsSchema, type CloudManagerWorld, changeDeployment, findDeployment, save, versionOf } from "./world.ts";

/** Lists of a document that have entries of several owners, and what tells their entries apart. */
const listSchema = z.enum(["roles", "usersWanted", "oidcProviderConfigs"]);
type List = z.infer<typeof listSchema>;

/** JSON as an object, or as a text where numbers are beyond JavaScript's. */
export const documentSchema = z.union([z.string().startsWith("{"), z.record(z.string(), z.unknown())]);

/**
 * Changes of other clients, such as the console. Each is a save of its own, without the checks of the API.
 */
export const cloudManagerEditSchemas = [
  z.strictObject({ edit: z.literal("put-automation-config"), projectId: objectIdSchema, document: documentSchema }),
  /** Sets keys of the document, or below `at` (`auth`); null removes one. */
  z.strictObject({
    edit: z.literal("set-automation-keys"),
    projectId: objectIdSchema,
    at: z.enum(["auth", "tls"]).optional(),
    keys: z.record(z.string(), z.unknown()),
  }),
  /** Adds an entry to a list, or replaces the one of the same name. */
  z.strictObject({
    edit: z.literal("put-automation-entry"),
    projectId: objectIdSchema,
    list: listSchema,
    entry: documentSchema,
  }),
  /** `name` is `role@db`, `user@db` or the configuration name. */
  z.strictObject({
    edit: z.literal("remove-automation-entry"),
    projectId: objectIdSchema,
    list: listSchema,
    name: z.string(),
  }),
  /** Sets keys of a process below `args2_6.net.tls`, or `net.ssl`; null removes one. */
  z.strictObject({
    edit: z.literal("set-process-tls"),
    projectId: objectIdSchema,
    process: z.string(),
    section: z.enum(["tls", "ssl"]).default("tls"),
    keys: z.record(z.string(), z.string().nullable()),
  }),
  /** How the Agents behave from now on; `stuck` processes stay at the version that they have achieved. */
  z.strictObject({
    edit: z.literal("set-agents"),
    projectId: objectIdSchema,
    agents: agentsSchema.omit({ stuck: true }).partial().default({}),
    stuck: z.array(z.string()).optional(),
  }),
] as const;
export type CloudManagerEdit = z.output<(typeof cloudManagerEditSchemas)[number]>;

export function isCloudManagerEdit(edit: { readonly edit: string }): edit is CloudManagerEdit {
  return cloudManagerEditSchemas.some((schema) => schema.shape.edit.value === edit.edit);
}

/** Returns the state after an edit, and the id of the project. */
export function applyCloudManagerEdit(
  world: CloudManagerWorld,
  edit: CloudManagerEdit,
  now: number,
): { world: CloudManagerWorld; id: string } {
  const { projectId } = edit;
  const deployment = findDeployment(world, projectId);
  if (deployment === undefined) throw new Error(`project ${projectId} has no automation config`);
  const answer = (changed: typeof deployment) => ({
    id: projectId,
    world: changeDeployment(world, projectId, () => changed),
  });
  if (edit.edit === "set-agents") {
    const known = processNames(deployment);
    const strange = edit.stuck?.find((name) => !known.includes(name));
    if (strange !== undefined) throw new Error(`no process ${strange} in project ${projectId}`);
    const at = versionOf(deployment);
    const stuck = edit.stuck && Object.fromEntries(edit.stuck.map((name) => [name, at]));
    return answer({
      ...deployment,
      agents: { ...deployment.agents, ...definedOf(edit.agents), ...(stuck && { stuck }) },
    });
  }
  return answer(save(deployment, edited(parseJson(deployment.automationConfig), edit), now, true));
}

function edited(document: Json, edit: Exclude<CloudManagerEdit, { edit: "set-agents" }>): Json {
  switch (edit.edit) {
    case "put-automation-config":
      return jsonOf(edit.document);
    case "set-automation-keys": {
      const target = edit.at === undefined ? document : (member(document, edit.at) ?? { members: [] });
      const changed = Object.entries(edit.keys).reduce(
        (json, [key, value]) => withMember(json, key, value === null ? undefined : fromPlain(value)),
        target,
      );
      return edit.at === undefined ? changed : withMember(document, edit.at, changed);
    }
    case "set-process-tls": {
      const items = itemsOf(member(document, "processes")).map((process) =>
        plainValue(member(process, "name")) === edit.process ? withTls(process, edit.section, edit.keys) : process,
      );
      return withMember(document, "processes", { items });
    }
    case "put-automation-entry": {
      const entry = jsonOf(edit.entry);
      return changeList(document, edit.list, (items) => {
        const at = items.findIndex((item) => nameOf(edit.list, item) === nameOf(edit.list, entry));
        return at === -1 ? [...items, entry] : items.with(at, entry);
      });
    }
    case "remove-automation-entry":
      return changeList(document, edit.list, (items) => items.filter((item) => nameOf(edit.list, item) !== edit.name));
  }
}

function withTls(process: Json, section: string, keys: Readonly<Record<string, string | null>>): Json {
  const set = (json: Json, [key, ...rest]: readonly string[], value: Json | undefined): Json =>
    withMember(
      json,
      key ?? "",
      rest.length === 0 ? value : set(member(json, key ?? "") ?? { members: [] }, rest, value),
    );
  return Object.entries(keys).reduce(
    (json, [key, value]) => set(json, ["args2_6", "net", section, key], value === null ? undefined : fromPlain(value)),
    process,
  );
}

function changeList(document: Json, list: List, change: (items: readonly Json[]) => readonly Json[]): Json {
  if (list !== "usersWanted") {
    return withMember(document, list, { items: change(itemsOf(member(document, list))) });
  }
  const auth = member(document, "auth") ?? { members: [] };
  return withMember(document, "auth", withMember(auth, list, { items: change(itemsOf(member(auth, list))) }));
}

function nameOf(list: List, item: Json): unknown {
  const text = (key: string) => plainValue(member(item, key));
  if (list === "oidcProviderConfigs") return text("authNamePrefix");
  return `${text(list === "roles" ? "role" : "user")}@${text("db")}`;
}

export function jsonOf(document: z.output<typeof documentSchema>): Json {
  return typeof document === "string" ? parseJson(document) : fromPlain(document);
}

function definedOf<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
