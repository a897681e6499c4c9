import type { Finding } from "../../../schema/finding.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../../resources/definition.ts";
import { fingerprint } from "../../resources/state/compare.ts";
import {
  type Declaration,
  finding,
  type Kind,
  type Program,
  programRules,
  type RelatedDeclarations,
  relatedDeclarationsOf,
} from "../../rules/index.ts";

/**
 * What this process has been asked to plan so far: all that a provider ever sees of the configuration around a resource.
 * Terraform asks in the order of references, and for what has none in any order; so nothing may be concluded from what
 * is not here.
 */
export class Planned {
  readonly #declarations: Declaration[] = [];
  readonly #byWho = new Map<string, Declaration[]>();
  /** Identity providers that exist, by their ids in Atlas: a reference may hold a label of before. */
  readonly #providers = new Map<string, Declaration>();
  /**
   * What is there already. Terraform plans it once more as if it were not, where it is to be replaced, and does not
   * always say so before (`-replace`): so a first creation of the very same is taken for that.
   */
  readonly #existing = new Map<string, Declaration>();

  /** Enters a declaration. `id`: of what is there already, as far as the state says. */
  declare(kind: Kind, inputs: Props, id: string | undefined): Declaration {
    const key = `${kind} ${fingerprint(inputs)}`;
    const again = id === undefined ? this.#existing.get(key) : undefined;
    this.#existing.delete(key);
    if (again !== undefined) return again;
    const reference = inputs.identityProvider as Props | undefined;
    const identityProvider = this.#providers.get(String(reference?.identityProviderId));
    const declaration = {
      ...declarationOf(kind, inputs, this.#declarations.length + 1),
      ...(identityProvider === undefined ? {} : { identityProvider }),
    };
    this.#declarations.push(declaration);
    if (id !== undefined) this.#existing.set(key, declaration);
    if (kind === "IdentityProvider" && id !== undefined)
      this.#providers.set(id.slice(id.lastIndexOf("/") + 1), declaration);
    const who = whoOf(declaration);
    if (who !== undefined) this.#byWho.set(who, [...(this.#byWho.get(who) ?? []), declaration]);
    return declaration;
  }

  /** Planning has shown that another object takes its place: its id is not the one that references will hold. */
  replaces(declaration: Declaration): void {
    for (const [id, provider] of this.#providers) if (provider === declaration) this.#providers.delete(id);
  }

  /** The other declarations that matter to its live rules. */
  related(declaration: Declaration): RelatedDeclarations {
    return relatedDeclarationsOf(this.around(declaration), declaration);
  }

  /** What the rules over a whole program say of this declaration, beside those that came before it. */
  findings(declaration: Declaration): Finding[] {
    const program = this.around(declaration);
    return programRules
      .filter(({ code }) => !FROM_ABSENCE.has(code))
      .flatMap((rule) => rule.judge(program).map((verdict) => ({ rule, verdict })))
      .filter(({ verdict }) => verdict.at?.some((place) => place.declaration === declaration))
      .map(({ rule, verdict }) => finding(rule.code, { ...verdict, at: ownFirst(verdict.at ?? [], declaration) }));
  }

  /** Everything. */
  get program(): Program {
    return { declarations: [...this.#declarations] };
  }

  /** All that matters to one declaration: of thousands of grants, those that could be the same. */
  around(declaration: Declaration): Program {
    const who = whoOf(declaration);
    if (who === undefined) return this.program;
    const others = this.#declarations.filter((one) => whoOf(one) === undefined);
    return { declarations: [...others, ...(this.#byWho.get(who) ?? [])] };
  }
}

/** FED314 says that nothing connects an identity provider: what does may just not have been planned yet. */
const FROM_ABSENCE: ReadonlySet<string> = new Set(["FED314"]);

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

function whoOf({ kind, inputs }: Declaration): string | undefined {
  if (kind === "OidcRole") return `group ${String(inputs.group)}`;
  return kind === "FederatedUser" ? `principal ${String(inputs.principal)}` : undefined;
}
