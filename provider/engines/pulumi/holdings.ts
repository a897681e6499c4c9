import type { ControlPlane } from "../../control-planes/control-plane.ts";
import { originOf } from "../../control-planes/pinned-hosts.ts";
import type { Definition, Props } from "../../resources/definition.ts";
import type { Owner } from "../../resources/owner.ts";
import { type ClaimEntry, type DeclaredEntry, providerChannel } from "./channel.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** A declaration, by the URN that the engine gives its resource. */
export type Declarer = Pick<ClaimEntry, "urn" | "name">;

/** A declaration, and its place in the program. */
interface Placed {
  readonly place: number;
  readonly entry: DeclaredEntry;
}

/**
 * The objects of one kind that the declarations of a run hold, as far as its processes know. An object goes by each
 * name that its control plane holds unique.
 */
export class Holdings {
  readonly #definition: Definition;
  /** The settings of the explicit `Provider` of this process, or the configuration of the stack. */
  #settings: ProviderSettings = {};
  /** A run may delete thousands of objects beside thousands of declarations. */
  readonly #named = new WeakMap<readonly DeclaredEntry[], ReadonlyMap<string, readonly Placed[]>>();

  constructor(definition: Definition) {
    this.#definition = definition;
  }

  set settings(settings: ProviderSettings) {
    this.#settings = settings;
  }

  /** The names of a recorded object. */
  namesOf(id: string, outputs: Props): readonly string[] {
    const { objectIdOf, namesOf } = this.#definition;
    return namesOf === undefined ? [] : [objectIdOf?.(id, outputs) ?? id, ...namesOf(outputs)];
  }

  /** The names of the object that a declaration asks for. */
  wantedBy(inputs: Props): readonly string[] {
    return this.#definition.namesOf?.(inputs) ?? [];
  }

  /** The declaration holds the object. */
  claim(plane: Plane, names: readonly string[], { urn, name }: Declarer): void {
    for (const object of this.#objects(plane, names)) providerChannel().tell("claim", { object, urn, name });
  }

  /** Another declaration of this run that holds an object of these names. */
  otherClaim(plane: Plane, names: readonly string[], { urn }: Pick<Declarer, "urn">): Declarer | undefined {
    const objects = this.#objects(plane, names);
    const claims = objects.length === 0 ? [] : providerChannel().told("claim");
    return claims.find((one) => one.urn !== urn && objects.includes(one.object));
  }

  /** The preview announces that the declaration gets another object, or a new one of the same name. */
  announceReplacement(plane: Plane, names: readonly string[], { urn, name }: Declarer): void {
    for (const object of this.#objects(plane, names)) providerChannel().tell("replacement", { object, urn, name });
  }

  /** Another declaration that gives up an object of these names, because it gets another one. */
  otherReplacement(plane: Plane, names: readonly string[], { urn }: Pick<Declarer, "urn">): Declarer | undefined {
    const objects = this.#objects(plane, names);
    const replacements = objects.length === 0 ? [] : providerChannel().told("replacement");
    return replacements.find((one) => one.urn !== urn && objects.includes(one.object));
  }

  /** This run has created or adopted the object. No deletion that the engine still asks for is about it. */
  made(plane: Plane, names: readonly string[]): void {
    for (const object of this.#objects(plane, names)) providerChannel().tell("made", { object });
  }

  /** A deletion of the object was skipped. */
  keep(plane: Plane, names: readonly string[]): void {
    for (const object of this.#objects(plane, names)) providerChannel().tell("kept", { object });
  }

  /** The names of the objects whose deletion was skipped. */
  kept(plane: Plane): readonly string[] {
    const objects = providerChannel()
      .told("kept")
      .map(({ object }) => object);
    if (objects.length === 0) return [];
    const [prefix = ""] = this.#objects(plane, [""]);
    return objects.filter((object) => object.startsWith(prefix)).map((object) => object.slice(prefix.length));
  }

  /**
   * Returns a declaration that holds the object on. A declaration whose replacement is announced does not. This run may
   * have made the object, and then every declaration holds it on.
   *
   * @param owners the owners of the object before the run
   */
  holder(plane: Plane, names: readonly string[], owners?: readonly Owner[]): Declarer | undefined {
    const objects = this.#objects(plane, names);
    const concerns = ({ object }: { readonly object: string }) => objects.includes(object);
    const claims = providerChannel().told("claim").filter(concerns);
    if (claims.length > 0 && providerChannel().told("made").some(concerns)) return claims[0];
    const replacements = providerChannel().told("replacement").filter(concerns);
    const isReplaced = ({ urn }: Declarer) => replacements.some((one) => one.urn === urn);
    const kept = providerChannel().told("kept");
    const keptBefore = kept.filter(({ object }) => object === objects[0]).length;
    const unchecked = givesUpAgain(owners, keptBefore) ? this.#declarersOf(names, owners ?? []) : [];
    return [...claims, ...unchecked].find((one) => !isReplaced(one));
  }

  /** The declarations that name the object. Those that a run does not target reach no provider. */
  #declarersOf(names: readonly string[], owners: readonly Owner[]): readonly DeclaredEntry[] {
    const heirs = owners.flatMap(({ heir }) => heir ?? []);
    return providerChannel()
      .told("program")
      .flatMap(({ declarations }) => {
        const named = this.#byName(declarations);
        const found = new Set([...heirs, ...names].flatMap((name) => named.get(name) ?? []));
        return [...found].toSorted((a, b) => a.place - b.place);
      })
      .map(({ entry }) => entry)
      .filter((entry) => this.mayShare(entry));
  }

  /** The declarations of this kind, by their URN and by the names of their objects. */
  #byName(declarations: readonly DeclaredEntry[]): ReadonlyMap<string, readonly Placed[]> {
    const known = this.#named.get(declarations);
    if (known !== undefined) return known;
    const named = new Map<string, Placed[]>();
    for (const [place, entry] of declarations.entries()) {
      if (entry.kind !== this.#definition.kind) continue;
      const placed = { place, entry };
      for (const name of [entry.urn, ...this.wantedBy(entry.inputs)]) {
        const same = named.get(name);
        if (same === undefined) named.set(name, [placed]);
        else same.push(placed);
      }
    }
    this.#named.set(declarations, named);
    return named;
  }

  /** Whether the declaration may be for the control plane of this process. The environment can name either base URL. */
  mayShare({ provider }: Pick<DeclaredEntry, "provider">): boolean {
    const isOther = (key: string) => (provider[key] ?? this.#settings[key]) !== (this.#settings[key] ?? provider[key]);
    return !["mongofed:plane", "mongofed:baseUrl"].some(isOther);
  }

  /** Names of different kinds, and of different control planes, may look alike. */
  #objects(plane: Plane, names: readonly string[]): string[] {
    if (names.length === 0) return [];
    const { name, baseUrl } = plane();
    return names.map((one) => `${this.#definition.kind} ${name} ${originOf(baseUrl)} ${one}`);
  }
}

/**
 * Whether the engine can ask once more to delete the object for a resource that gives it up. In `destroy --run-program`
 * it asks for every resource. No provider learns of that mode.
 */
function givesUpAgain(owners: readonly Owner[] | undefined, keptBefore: number): boolean {
  if (owners === undefined || owners.length === 0) return true;
  return owners.filter(({ fate }) => fate === "leaves").length > keptBefore;
}

/** Throws where there are no credentials: a resource without names does without. */
type Plane = () => ControlPlane;
