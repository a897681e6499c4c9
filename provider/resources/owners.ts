import { isUnknown, UNKNOWN } from "../../schema/unknown.ts";
import type { Kind } from "../rules/index.ts";
import type { Props } from "./definition.ts";
import { definitions } from "./definitions.ts";
import { known } from "./known.ts";
import { ONLY_READ, objectKey } from "./object-key.ts";
import type { Owner } from "./owner.ts";
import { recordedBinding } from "./state/plane-binding.ts";
import { withoutSecrets } from "./state/record.ts";
import { visible } from "./state/visible.ts";

/** A resource in the state of the stack. */
export interface Recorded {
  /** Its address in the engine. */
  readonly address: string;
  readonly kind: Kind;
  readonly name: string;
  readonly outputs: Props;
}

/** A declaration of the program, with `UNKNOWN` in place of each unknown or secret value. */
export interface Declared {
  /** The addresses of the resource that it continues, its own one first. */
  readonly addresses: readonly string[];
  readonly kind: Kind;
  readonly name: string;
  readonly inputs: Props;
  /** The declaration of its identity provider. */
  readonly identityProvider?: Declared | undefined;
}

/** An owner as it travels from the program to the handlers. */
export interface OwnerEntry extends Owner {
  readonly kind: Kind;
  /** A fingerprint of kind and id: parts of the id may be secret. */
  readonly object: string;
}

/** The owners of all objects before the run. An object has two after a run that failed between the halves of a rename. */
export function ownersOf(recorded: readonly Recorded[], declared: readonly Declared[]): OwnerEntry[] {
  return new Ownerships(recorded, declared).entries();
}

class Ownerships {
  readonly #owned: readonly Recorded[];
  readonly #providers: readonly Recorded[];
  readonly #declared: readonly Declared[];
  readonly #continued: ReadonlyMap<Recorded, Declared>;
  readonly #providerIds = new Map<Declared, string | undefined>();

  constructor(recorded: readonly Recorded[], declared: readonly Declared[]) {
    this.#owned = recorded.filter((resource) => !isOnlyRead(resource));
    this.#providers = this.#owned.filter(({ kind }) => kind === "IdentityProvider");
    this.#declared = declared;
    this.#continued = continuedBy(this.#owned, declared);
  }

  entries(): OwnerEntry[] {
    const claims = this.#claims();
    return this.#owned.flatMap((resource) => {
      const { kind, outputs, name } = resource;
      const id = definitions[kind].recordedId?.(outputs);
      if (id === undefined) return [];
      const self = this.#continued.get(resource);
      const givesUp = this.#givesUp(resource, self);
      const fate = givesUp === undefined ? "unknown" : givesUp ? "leaves" : "stays";
      const object = objectKey(kind, id);
      const heir = fate === "leaves" ? claims.get(object)?.find((one) => one !== self) : undefined;
      const kept = fate === "stays" ? recordedBinding(outputs) : withoutSecrets(outputs);
      return [{ kind, object, name, continuedBy: self?.addresses[0], fate, heir: heir?.addresses[0], outputs: kept }];
    });
  }

  /** Whether a resource gives its object up; `undefined` if that depends on values that are not known. */
  #givesUp({ kind, outputs }: Recorded, self: Declared | undefined): boolean | undefined {
    return self === undefined || definitions[kind].givesUp?.(outputs, this.#inputsOf(self));
  }

  /** The declarations that ask for each object. */
  #claims(): ReadonlyMap<string, readonly Declared[]> {
    const claims = new Map<string, Declared[]>();
    for (const one of this.#declared) {
      for (const object of new Set(this.#claimsOf(one))) claims.set(object, [...(claims.get(object) ?? []), one]);
    }
    return claims;
  }

  /**
   * The objects that a declaration asks for, as far as they are known. Two identity providers of a federation that swap
   * their names keep their ids, so access through each can mean either id.
   */
  #claimsOf(one: Declared): string[] {
    const { kind, inputs, identityProvider: provider } = one;
    const { idOf } = definitions[kind];
    const ids = isInFederation(one)
      ? [withParts(inputs.federationSettingsId, this.#providerIdOf(one))]
      : [idOf?.(this.#inputsOf(one)), provider && idOf?.(this.#inputsOf(one, this.#twinIdOf(provider)))];
    return ids.filter((id) => id !== undefined).map((id) => objectKey(kind, id));
  }

  /** The inputs, with the id of the identity provider if state holds it. */
  #inputsOf({ identityProvider: provider, inputs }: Declared, id = provider && this.#providerIdOf(provider)): Props {
    if (provider === undefined) return inputs;
    const { federationSettingsId, projectId, configurationName } = provider.inputs;
    const identityProviderId = isInFederation(provider) ? (id ?? UNKNOWN) : undefined;
    return {
      ...inputs,
      identityProvider: visible({ federationSettingsId, projectId, configurationName, identityProviderId }),
    };
  }

  /** The id that an identity provider of a federation will have. A new one gets an id that no object has yet. */
  #providerIdOf(one: Declared): string | undefined {
    if (!this.#providerIds.has(one)) this.#providerIds.set(one, this.#findProviderId(one));
    return this.#providerIds.get(one);
  }

  /** The id of the identity provider in the state that has the same issuer and audience, under whatever name. */
  #twinIdOf(one: Declared): string | undefined {
    if (!isInFederation(one)) return undefined;
    const twin = this.#providers.find(({ outputs }) => isTwin(outputs, one.inputs));
    return known(twin?.outputs.identityProviderId);
  }

  #findProviderId(one: Declared): string | undefined {
    const providers = this.#providers;
    const staying = providers.filter((other) => this.#givesUp(other, this.#continued.get(other)) === false);
    const own = staying.find((other) => this.#continued.get(other) === one);
    const found = own ?? providers.find((other) => !staying.includes(other) && isTwin(other.outputs, one.inputs));
    if (found !== undefined) return known(found.outputs.identityProviderId);
    const isOpen = Boolean(one.inputs.adopt) || TWIN_INPUTS.some((input) => isUnknown(one.inputs[input]));
    return isOpen ? undefined : `new ${one.addresses[0]}`;
  }
}

function isInFederation({ kind, inputs }: Declared): boolean {
  return kind === "IdentityProvider" && inputs.projectId === undefined;
}

function withParts(federation: unknown, id: string | undefined): string | undefined {
  return known(federation) === undefined || id === undefined ? undefined : `${String(federation)}/${id}`;
}

/** Resources that the program only reads own nothing. Every other one records what was applied, but for a connection. */
function isOnlyRead({ kind, outputs }: Recorded): boolean {
  return outputs[ONLY_READ] === true || (kind !== "OrgConnection" && outputs.__applied === undefined);
}

/** The declaration that continues each resource. Its own address comes before the aliases of others. */
function continuedBy(owned: readonly Recorded[], declared: readonly Declared[]): ReadonlyMap<Recorded, Declared> {
  const byAddress = new Map(owned.map((resource) => [resource.address, resource]));
  const continued = new Map<Recorded, Declared>();
  const renamed = declared.filter((one) => {
    const resource = byAddress.get(one.addresses[0] ?? "");
    if (resource !== undefined) continued.set(resource, one);
    return resource === undefined;
  });
  for (const one of renamed) {
    const aliases = one.addresses.slice(1).map((address) => byAddress.get(address));
    const found = aliases.find((resource) => resource !== undefined && !continued.has(resource));
    if (found !== undefined) continued.set(found, one);
  }
  return continued;
}

/** The server holds issuer and audience together unique, and never changes the type. */
const TWIN_INPUTS = ["federationSettingsId", "idpType", "issuerUri", "audience"] as const;

function isTwin(outputs: Props, inputs: Props): boolean {
  return TWIN_INPUTS.every((input) => known(outputs[input]) !== undefined && outputs[input] === inputs[input]);
}
