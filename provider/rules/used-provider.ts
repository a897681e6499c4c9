import { type Declaration, known } from "./program.ts";
import { referenceOf } from "./relations.ts";

/**
 * What is known of the identity provider that a declaration uses: all of its inputs where this program makes it, else
 * what a reference tells.
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
