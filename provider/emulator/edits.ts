import { z } from "zod";
import { applyAtlasEdit, atlasEditSchemas } from "./atlas/edits.ts";
import { applyCloudManagerEdit, cloudManagerEditSchemas, isCloudManagerEdit } from "./cloud-manager/edits.ts";
import { apiKeySchema, type Credential, serviceAccountSchema } from "./credentials.ts";
import { behaviourSchema, type State } from "./state.ts";

/** Everything that can be changed behind the clients' backs, as the admin endpoint and `Emulator.edit` take it. */
export const editSchema = z.discriminatedUnion("edit", [
  ...atlasEditSchemas,
  ...cloudManagerEditSchemas,
  z.strictObject({
    edit: z.literal("add-credential"),
    credential: z.discriminatedUnion("kind", [apiKeySchema, serviceAccountSchema]),
  }),
  z.strictObject({ edit: z.literal("remove-credential"), name: z.string() }),
  z.strictObject({ edit: z.literal("set-behaviour"), behaviour: behaviourSchema }),
]);
export type Edit = z.input<typeof editSchema>;

/** The state after an edit, and the id (of a credential: the name) of what was made or changed. */
export function applyEdit(state: State, edit: z.output<typeof editSchema>, now: number): { state: State; id: string } {
  switch (edit.edit) {
    case "add-credential": {
      const { name } = edit.credential;
      if (state.credentials.some((one) => one.name === name)) throw new Error(`there is a credential ${name} already`);
      return { id: name, state: { ...state, credentials: [...state.credentials, edit.credential] } };
    }
    case "remove-credential": {
      const left: Credential[] = state.credentials.filter(({ name }) => name !== edit.name);
      if (left.length === state.credentials.length) throw new Error(`no credential ${edit.name}`);
      return { id: edit.name, state: { ...state, credentials: left } };
    }
    case "set-behaviour":
      return { id: "behaviour", state: { ...state, behaviour: edit.behaviour } };
    default: {
      if (isCloudManagerEdit(edit)) {
        const { world, id } = applyCloudManagerEdit(state.cloudManager, edit, now);
        return { id, state: { ...state, cloudManager: world } };
      }
      const { world, id } = applyAtlasEdit(state.atlas, edit, state.behaviour, now);
      return { id, state: { ...state, atlas: world } };
    }
  }
}
