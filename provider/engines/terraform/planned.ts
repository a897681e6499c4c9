import type { Finding } from "../../../schema/finding.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../../resources/definition.ts";
import {
  type Declaration,
  finding,
  type Kind,
  type Program,
  programRules,
  type RelatedDeclarations,
  relatedDeclarationsOf,
} from "../../rules/index.ts";
import { FROM_ABSENCE, granteeOf } from "../shared/earlier.ts";

/**
 * The resources that this process has planned so far. A provider sees no other part of the configuration. Terraform
 * plans in the order of references, and unrelated resources in any order. An absent resource therefore proves nothing.
 */
export class Planned {
  readonly #declarations: Declaration[] = [];
  readonly #byWho = new Map<string, Declaration[]>();
  /** Identity providers that exist, by their ids in Atlas: a reference may hold a label of before. */
  readonly #providers = new Map<string, Declaration>();
  /** Terraform plans a replacement twice: the change, and then the creation. */
  readonly #byAddress = new Map<string, Declaration>();

  /** The address of an earlier plan in this process, as its private text tells. */
  addressOf(address: string | undefined): string | undefined {
    return address !== undefined && this.#byAddress.has(address) ? address : undefined;
  }

  /** Enters a declaration. `id`: of the object that exists, as far as the state says. */
  declare(kind: Kind, inputs: Props, { address, id }: { readonly address: string; readonly id?: string }): Declaration {
    const again = this.#byAddress.get(address);
    if (again !== undefined) return again;
    const reference = (inputs.identityProvider ?? {}) as Props;
    const identityProvider = this.#providers.get(String(reference.identityProviderId)) ?? this.#named(reference);
    const declaration = {
      ...declarationOf(kind, inputs, this.#declarations.length + 1),
      ...(identityProvider === undefined ? {} : { identityProvider }),
    };
    this.#declarations.push(declaration);
    this.#byAddress.set(address, declaration);
    if (kind === "IdentityProvider" && id !== undefined)
      this.#providers.set(id.slice(id.lastIndexOf("/") + 1), declaration);
    const who = granteeOf(declaration);
    if (who !== undefined) this.#byWho.set(who, [...(this.#byWho.get(who) ?? []), declaration]);
    return declaration;
  }

  /** The only identity provider of the configuration that a reference names: one that does not exist yet has no id. */
  #named(reference: Props): Declaration | undefined {
    const parts = ["federationSettingsId", "projectId", "configurationName", "idpType"];
    if (reference.configurationName === undefined || isUnknown(reference.configurationName)) return undefined;
    const named = this.#declarations.filter(
      ({ kind, inputs }) => kind === "IdentityProvider" && parts.every((part) => inputs[part] === reference[part]),
    );
    return named.length === 1 ? named[0] : undefined;
  }

  /** Planning has shown that another object takes its place: its id is not the one that references will hold. */
  replaces(declaration: Declaration): void {
    for (const [id, provider] of this.#providers) if (provider === declaration) this.#providers.delete(id);
  }

  /** The other declarations that matter to its live rules. */
  related(declaration: Declaration): RelatedDeclarations {
    return relatedDeclarationsOf(this.around(declaration), declaration);
  }

  /**
   * The findings of the rules over a whole program about this declaration, beside those that came before it.
   *
   * @param isWhole whether Terraform has nothing else to ask at present
   */
  findings(declaration: Declaration, isWhole: boolean): Finding[] {
    const around = this.around(declaration);
    // Both of two declarations may be here by now: the second reports.
    const before = around.declarations.filter(({ location }) => location.line <= declaration.location.line);
    return programRules
      .filter(({ code }) => isWhole || !FROM_ABSENCE.has(code))
      .flatMap((rule) => {
        const program = FROM_ABSENCE.has(rule.code) ? around : { declarations: before };
        return rule.judge(program).map((verdict) => ({ rule, verdict }));
      })
      .filter(({ verdict }) => verdict.at?.some((place) => place.declaration === declaration))
      .map(({ rule, verdict }) => finding(rule.code, { ...verdict, at: ownFirst(verdict.at ?? [], declaration) }));
  }

  /** Everything. */
  get program(): Program {
    return { declarations: [...this.#declarations] };
  }

  /** All that matters to one declaration: of thousands of grants, those that could be the same. */
  around(declaration: Declaration): Program {
    const who = granteeOf(declaration);
    if (who === undefined) return this.program;
    const others = this.#declarations.filter((one) => granteeOf(one) === undefined);
    return { declarations: [...others, ...(this.#byWho.get(who) ?? [])] };
  }
}

function ownFirst<T extends { readonly declaration: Declaration }>(at: readonly T[], own: Declaration): T[] {
  return [...at].sort((a, b) => Number(b.declaration === own) - Number(a.declaration === own));
}

/** A provider is not told what a resource is called: it is named by what it is about. `line` tells them apart. */
export function declarationOf(kind: Kind, inputs: Props, line = 1): Declaration {
  const name = nameOf(inputs);
  return { kind, name, inputs, location: { file: "", line, column: 1, label: `${kind} "${name}"` } };
}

const NAMES = ["configurationName", "roleName", "group", "principal", "orgId", "projectId"] as const;

function nameOf(inputs: Props): string {
  const given = NAMES.map((key) => inputs[key]).find((value) => typeof value === "string" && !isUnknown(value));
  return String(given ?? "?");
}
