import { type Declaration, known } from "./program.ts";
import { referenceOf } from "./relations.ts";

/**
 * The known properties of the identity provider that a declaration uses. These are all inputs if this program declares
 * it, else the fields of the reference.
 */
export interface UsedProvider {
  /** As users call it; for messages. */
  readonly name: string;
  readonly identityProviderId: string | undefined;
  readonly configurationName: string | undefined;
  readonly idpType: string | undefined;
  readonly authorizationType: string | undefined;
}

export function usedProvider(declaration: Declaration): UsedProvider {
  const made = declaration.identityProvider;
  const at: Declaration = made ?? { ...declaration, inputs: referenceOf(declaration) };
  const configurationName = known(at, "configurationName");
  const identityProviderId = known(at, "identityProviderId");
  return {
    name: configurationName ?? made?.name ?? identityProviderId ?? "the identity provider",
    identityProviderId,
    configurationName,
    idpType: known(at, "idpType"),
    authorizationType: known(at, "authorizationType"),
  };
}
