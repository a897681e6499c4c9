import type { Context, Props } from "../../resources/definition.ts";
import { prefixOf, referenceOf, wholeReference } from "../../resources/reference.ts";

/**
 * Completes the reference in the outputs of an imported grant, whose id tells little of the identity provider. A
 * configuration or program that is generated from an import is then valid as it stands.
 */
export async function withWholeReference(context: Context, outputs: Props): Promise<Props> {
  const reference = referenceOf(outputs);
  const { projectId } = outputs;
  if (typeof projectId !== "string" || prefixOf(reference) === undefined) return outputs;
  return { ...outputs, identityProvider: await wholeReference(context.plane(), projectId, reference) };
}
