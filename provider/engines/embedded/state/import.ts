/** Brings existing objects into a state, as `pulumi import --file` does, without a call to any provider. */

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import version from "@pulumi/pulumi/version.js";
import { z } from "zod";
import { readStackFile } from "../config.ts";
import type { PropertyMap } from "../events.ts";
import type { Project } from "../project.ts";
import { newState, type ResourceState } from "./resource-state.ts";
import { passphraseOf, SecretsManager } from "./secrets.ts";
import { openDeployment, renderDeployment, saltOf } from "./snapshot.ts";
import { loadDeployment, lockState, StateWriter } from "./state-file.ts";
import { isProviderType, makeReference, makeUrn, packageOf, providerType, STACK_TYPE } from "./urn.ts";

/** The file is not one that the embedded engine can import, or the state holds a resource of it already. */
class ImportError extends Error {
  override readonly name = "ImportError";
}

const properties = z.record(z.string(), z.json());
const importFileSchema = z.object({
  resources: z.array(
    z.strictObject({
      type: z.string().min(1),
      name: z.string().min(1),
      id: z.string().min(1),
      inputs: properties,
      outputs: properties,
    }),
  ),
});

/** The package of dynamic resources, whose default provider has no version. */
const DYNAMIC_PACKAGE = "pulumi-nodejs";

export interface ImportStateOptions {
  readonly project: Project;
  readonly stack: string;
  readonly stateFile: string;
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly protect: boolean;
}

/** Adds the resources of an import file to the state of a stack. Returns their number. @throws ImportError */
export async function importState(options: ImportStateOptions): Promise<number> {
  const { project, stack, stateFile, file, env, protect } = options;
  const { resources } = readImportFile(await readFile(file, "utf8"), file);
  const unlock = await lockState(stateFile);
  try {
    const deployment = await loadDeployment(stateFile);
    const { encryptionSalt } = await readStackFile(project, stack);
    const secrets = new SecretsManager(await passphraseOf(env), saltOf(deployment) ?? encryptionSalt);
    const { resources: known, pending } = openDeployment(deployment, secrets);
    const states = [...known];
    const find = (urn: string) => states.find((state) => state.urn === urn);
    const parent = makeUrn(stack, project.name, "", STACK_TYPE, `${project.name}-${stack}`);
    if (find(parent) === undefined) states.push(newState(parent, STACK_TYPE, false));
    const urn = makeUrn(stack, project.name, "", providerType(DYNAMIC_PACKAGE), "default");
    const provider = find(urn) ?? { ...newState(urn, providerType(DYNAMIC_PACKAGE), true), id: randomUUID() };
    if (!states.includes(provider)) states.push(provider);
    const taken = new Set(states.map((state) => state.urn));
    const now = new Date().toISOString();
    for (const { type, name, id, inputs, outputs } of resources) {
      if (isProviderType(type) || packageOf(type) !== DYNAMIC_PACKAGE)
        throw new ImportError(`the embedded engine imports dynamic resources only, not ${type}: use the Pulumi CLI`);
      const state: ResourceState = {
        ...newState(makeUrn(stack, project.name, parent, type, name), type, true),
        id,
        inputs: inputs as PropertyMap,
        outputs: outputs as PropertyMap,
        parent,
        protect,
        provider: makeReference(provider.urn, provider.id),
        created: now,
        modified: now,
      };
      if (taken.has(state.urn)) throw new ImportError(`the stack has a resource ${type} "${name}" already`);
      taken.add(state.urn);
      states.push(state);
    }
    await new StateWriter(stateFile, () => renderDeployment(states, pending, secrets, `v${version.version}`)).save();
    return resources.length;
  } finally {
    await unlock();
  }
}

function readImportFile(text: string, file: string): z.infer<typeof importFileSchema> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new ImportError(`${file} is not JSON: ${(error as Error).message}`);
  }
  const result = importFileSchema.safeParse(parsed);
  if (result.success) return result.data;
  throw new ImportError(`${file} is not an import file with inputs and outputs: ${z.prettifyError(result.error)}`);
}
