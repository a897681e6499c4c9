/** Lists of an automation config that hold entries of several owners, and where they stand. */
export const LISTS = {
  oidcProviderConfigs: ["oidcProviderConfigs"],
  roles: ["roles"],
  usersWanted: ["auth", "usersWanted"],
} as const;
export type List = keyof typeof LISTS;

/** Keys of an entry, in the server's words; `undefined` takes a key away. Keys that are not named here stay as they are. */
export type Keys = Readonly<Record<string, unknown>>;

/** One change of one entry, which is ours; or of the TLS settings of the project and of its processes, by name. */
export type Change =
  | { readonly list: List; readonly name: string; readonly intent: "create" | "update"; readonly keys: Keys }
  | { readonly list: List; readonly name: string; readonly intent: "delete" }
  | {
      readonly list: "tls";
      readonly intent: "update";
      readonly keys: Keys;
      readonly processes: ReadonlyMap<string, Keys>;
    };

/** Returns the key of an entry in its list: the configuration name, `role@db`, `user@db`. */
export function nameOf(list: List, entry: { readonly [key: string]: unknown }): string {
  if (list === "oidcProviderConfigs") return String(entry.authNamePrefix);
  return `${entry[list === "roles" ? "role" : "user"]}@${entry.db}`;
}

const NOUNS: Record<List, string> = {
  oidcProviderConfigs: "identity provider",
  roles: "role",
  usersWanted: "user",
};

/** Names the entry of a change for messages: `role corp/dba@admin`. */
export function entryOf(change: Change): string {
  return change.list === "tls" ? "the TLS settings" : `${NOUNS[change.list]} ${change.name}`;
}

/** Two changes of the same entry never travel together: which of them is meant would be unclear. */
export function keyOf(change: Change): string {
  return change.list === "tls" ? "tls" : `${change.list}/${change.name}`;
}

/** Two changes of one entry as one, so that nothing of the first is forgotten: the second names only its own keys. */
export function combined(before: Change | undefined, change: Change): Change {
  if (before?.intent !== "update" || change.intent !== "update") return change;
  const keys = { ...before.keys, ...change.keys };
  if (change.list !== "tls" || before.list !== "tls") return { ...change, keys };
  const processes = new Map(before.processes);
  for (const [name, own] of change.processes) processes.set(name, { ...processes.get(name), ...own });
  return { ...change, keys, processes };
}

/**
 * The order in which changes can be sent one by one, if they cannot be sent together: nobody is granted a role that
 * is not there yet, and a project never holds two workforce identity providers.
 */
export function rankOf(change: Change): number {
  const deletes = change.intent === "delete";
  switch (change.list) {
    case "usersWanted":
      return deletes ? 0 : 5;
    case "oidcProviderConfigs":
      return deletes ? 1 : 3;
    case "roles":
      return deletes ? 6 : 4;
    case "tls":
      return 2;
  }
}
