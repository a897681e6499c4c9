import { FindingError } from "../../provider/findings.ts";
import type { Created, Definition, Props } from "../../provider/resources/definition.ts";
import { IncompleteError } from "../../provider/resources/definition.ts";
import type { FaultWorld } from "./world.ts";

/** The state of one resource in an engine. */
interface State extends Created {
  readonly inputs: Props;
  /** It is there, but not all that was asked for: the next run updates it, whatever `diff` says. */
  readonly incomplete: boolean;
}

export interface Outcome {
  /** The operations on the resource; empty for a run without changes. */
  readonly steps: readonly ("create" | "update" | "delete")[];
  readonly error: Error | undefined;
}

/**
 * The smallest engine that there can be: a stack of one resource, in this process. Each run is a process of its own as
 * far as the definition can tell, and what it keeps in the state is what Pulumi keeps.
 */
export class Stack {
  state: State | undefined;
  readonly #definition: Definition;
  readonly #world: FaultWorld;

  constructor(definition: Definition, world: FaultWorld) {
    this.#definition = definition;
    this.#world = world;
  }

  /** `up` with this program; without one, the resource is to go. */
  async up(program: Props | undefined, signal?: AbortSignal): Promise<Outcome> {
    const steps: Outcome["steps"][number][] = [];
    const context = this.#world.run(signal);
    const definition = this.#definition;
    const create = async (inputs: Props) => {
      steps.push("create");
      await this.#keep(inputs, () => definition.create(context, inputs));
    };
    const remove = async ({ id, outputs }: State) => {
      steps.push("delete");
      await definition.delete(context, id, outputs);
      this.state = undefined;
    };
    try {
      const old = this.state;
      if (program === undefined) {
        if (old !== undefined) await remove(old);
        return { steps, error: undefined };
      }
      const { inputs, findings } = await definition.check(context, old?.inputs ?? {}, program);
      if (findings.length > 0) throw new FindingError(findings);
      if (old === undefined) {
        await create(inputs);
        return { steps, error: undefined };
      }
      const { changes, replaces, deleteBeforeReplace } = await definition.diff(context, old.id, old.outputs, inputs);
      if (replaces.length > 0) {
        if (deleteBeforeReplace) await remove(old);
        await create(inputs);
        if (!deleteBeforeReplace) await definition.delete(context, old.id, old.outputs);
      } else if (changes || old.incomplete) {
        steps.push("update");
        await this.#keep(inputs, async () => ({
          id: old.id,
          outputs: await definition.update(context, old.id, old.outputs, inputs),
        }));
      }
      return { steps, error: undefined };
    } catch (error) {
      return { steps, error: error as Error };
    }
  }

  async refresh(signal?: AbortSignal): Promise<Outcome> {
    const old = this.state;
    if (old === undefined) return { steps: [], error: undefined };
    try {
      const found = await this.#definition.read(this.#world.run(signal), old.id, old.outputs);
      this.state = found && { ...found, incomplete: old.incomplete };
      return { steps: [], error: undefined };
    } catch (error) {
      return { steps: [], error: error as Error };
    }
  }

  async #keep(inputs: Props, make: () => Promise<Created>): Promise<void> {
    try {
      this.state = { ...(await make()), inputs, incomplete: false };
    } catch (error) {
      if (error instanceof IncompleteError) {
        this.state = { id: error.id, outputs: error.outputs, inputs, incomplete: true };
      }
      throw error;
    }
  }
}
