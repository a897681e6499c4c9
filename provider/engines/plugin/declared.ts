import type { Finding } from "../../../schema/finding.ts";
import { isUnknown } from "../../../schema/unknown.ts";
import type { Props } from "../../resources/definition.ts";
import {
  type Declaration,
  declarationFindings,
  finding,
  type Kind,
  type Program,
  programFindings,
  programRules,
  type RelatedDeclarations,
  relatedDeclarationsOf,
} from "../../rules/index.ts";
import { FROM_ABSENCE, granteeOf } from "../shared/earlier.ts";

/**
 * The declarations that the engine has checked so far in this run, by URN. It checks them one after the other, in the
 * order of the program. Rules must not conclude anything from a declaration that is missing here.
 */
export class Declared {
  readonly #byUrn = new Map<string, Declaration>();
  readonly #grants = new Map<string, Declaration[]>();
  /** Existing identity providers by their ids in Atlas: a reference may hold an older label. */
  readonly #providers = new Map<string, Declaration>();
  /** The findings of the checks. */
  readonly #found = new Set<string>();
  #program: Program | undefined;

  /**
   * @param inputs without secrets
   * @param dependencies URNs of the resources that the identity provider comes from, as far as the engine tells
   */
  declare(kind: Kind, urn: string, name: string, inputs: Props, dependencies: readonly string[] = []): Declaration {
    const earlier = this.#byUrn.get(urn);
    const identityProvider = this.#providerIn(inputs, dependencies);
    const declaration: Declaration = {
      kind,
      name,
      inputs,
      // The line tells declarations apart. No engine passes the real one to a plugin.
      location: {
        file: "",
        line: earlier?.location.line ?? this.#byUrn.size + 1,
        column: 1,
        label: `${kind} "${name}"`,
      },
      ...(identityProvider === undefined ? {} : { identityProvider }),
    };
    if (earlier !== undefined) this.#forget(earlier);
    this.#byUrn.set(urn, declaration);
    const grantee = granteeOf(declaration);
    if (grantee !== undefined) this.#grants.set(grantee, [...(this.#grants.get(grantee) ?? []), declaration]);
    this.#program = undefined;
    return declaration;
  }

  /**
   * The declaration behind a reference. In the first preview of a program the engine passes a reference as one unknown
   * value. It can only come from an identity provider that does not exist yet, so a single one of these is certain.
   */
  #providerIn({ identityProvider: given }: Props, dependencies: readonly string[]): Declaration | undefined {
    if (given === undefined) return undefined;
    const id = (given as Props).identityProviderId;
    if (!isUnknown(given) && !isUnknown(id)) return this.#providers.get(String(id));
    const declared = dependencies.flatMap((urn) => this.#byUrn.get(urn) ?? []);
    const candidates = declared.length > 0 ? declared : isUnknown(given) ? [...this.#byUrn.values()] : [];
    const existing = new Set(this.#providers.values());
    const fresh = candidates.filter((one) => one.kind === "IdentityProvider" && !existing.has(one));
    return fresh.length === 1 ? fresh[0] : undefined;
  }

  #forget(earlier: Declaration): void {
    const grantee = granteeOf(earlier) ?? "";
    this.#grants.set(
      grantee,
      (this.#grants.get(grantee) ?? []).filter((one) => one !== earlier),
    );
    this.replaces(earlier);
  }

  /** Another object takes the place of the declared one: references will hold the id of that one. */
  replaces(declaration: Declaration): void {
    for (const [id, provider] of this.#providers) if (provider === declaration) this.#providers.delete(id);
  }

  of(urn: string): Declaration | undefined {
    return this.#byUrn.get(urn);
  }

  /** Notes that a declared identity provider exists under this id and keeps it. */
  exists(declaration: Declaration, id: string): void {
    if (declaration.kind === "IdentityProvider") this.#providers.set(id.slice(id.lastIndexOf("/") + 1), declaration);
  }

  urns(): ReadonlyMap<Declaration, string> {
    return new Map([...this.#byUrn].map(([urn, declaration]) => [declaration, urn]));
  }

  get program(): Program {
    this.#program ??= { declarations: [...this.#byUrn.values()] };
    return this.#program;
  }

  /** The other declarations that matter to the live rules of this one. */
  related(declaration: Declaration): RelatedDeclarations {
    return relatedDeclarationsOf(this.#around(declaration), declaration);
  }

  /** Judges this declaration, by itself and beside those that came before it. */
  findings(declaration: Declaration): Finding[] {
    const beside = judged(this.#around(declaration), (code) => !FROM_ABSENCE.has(code))
      .filter(({ locations }) => locations.some(({ line }) => line === declaration.location.line))
      .map((one) => ({ ...one, locations: ownFirst(one.locations, declaration) }));
    const findings = [...declarationFindings(declaration), ...beside];
    for (const one of findings) this.#found.add(keyOf(one));
    return findings;
  }

  /**
   * Judges the complete program. Returns the findings that no check had: some rules need the whole program, and others need the
   * control plane, which a later declaration may imply.
   */
  finalFindings(): Finding[] {
    return programFindings(this.program).filter((one) => !this.#found.has(keyOf(one)));
  }

  /** The declarations that matter to one: of thousands of grants, those of the same group or principal. */
  #around(declaration: Declaration): Program {
    const grantee = granteeOf(declaration);
    if (grantee === undefined) return this.program;
    const others = this.program.declarations.filter((one) => granteeOf(one) === undefined);
    return { declarations: [...others, ...(this.#grants.get(grantee) ?? [])] };
  }
}

function judged(program: Program, applies: (code: string) => boolean): Finding[] {
  return programRules
    .filter(({ code }) => applies(code))
    .flatMap((rule) => rule.judge(program).map((verdict) => finding(rule.code, verdict)));
}

function keyOf({ code, path, message }: Finding): string {
  return JSON.stringify([code, path, message]);
}

function ownFirst(locations: Finding["locations"], { location }: Declaration): Finding["locations"] {
  return [...locations].sort((a, b) => Number(b.line === location.line) - Number(a.line === location.line));
}
