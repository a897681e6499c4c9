import type { Severity } from "../../schema/finding.ts";
import type { InputPath, Phrase } from "../../schema/phrase.ts";
import type { PlaneKind } from "../../schema/plane.ts";
import type { Kind } from "../../schema/resources.ts";
import type { Declaration, Program } from "./program.ts";

/** The part that all findings of a code share. `mongofed explain CODE` prints it. */
export interface CatalogueEntry {
  /** The name of the violation. */
  readonly slug: string;
  readonly severity: Severity;
  /** The rule, as an instruction. */
  readonly title: Phrase;
  readonly why: Phrase;
  readonly fix: Phrase;
  /** A program, or a part of one, that breaks the rule. */
  readonly example?: string;
  /** The source of the rule. */
  readonly source: string;
}

export type Codes = Readonly<Record<string, CatalogueEntry>>;

/** The result of a rule for one case. The catalogue adds the code's slug and the texts that are missing here. */
export interface Verdict {
  readonly path?: InputPath;
  /** One line, lower case, no full stop. */
  readonly message: Phrase;
  readonly why?: Phrase;
  readonly fix?: Phrase;
  /** The declarations concerned, the first being the one to look at. */
  readonly at?: readonly { readonly declaration: Declaration; readonly note?: string }[];
}

/** By what a declaration is judged, beside itself. */
export interface Judging {
  /** The moment, in milliseconds since 1970. */
  readonly now: number;
  /** The control plane. While it is unknown, rules report only problems of both planes. */
  readonly plane: PlaneKind | undefined;
}

/** A rule over one declaration: run at the gate, and again by `check` on resolved values. */
export interface DeclarationRule<C extends string = string> {
  readonly code: C;
  readonly kinds: readonly Kind[];
  judge(declaration: Declaration, judging: Judging): readonly Verdict[];
}

/** A rule over declarations against each other: run at the gate only, where the whole program is known. */
export interface ProgramRule<C extends string = string> {
  readonly code: C;
  judge(program: Program): readonly Verdict[];
}

type RuleMaker = ReturnType<typeof rulesOf>;

/** Makes rules that hold on one plane, and stay silent while the plane is unknown. */
export function onlyOn(plane: PlaneKind, rule: RuleMaker): RuleMaker {
  return (code, judge) => rule(code, (...given) => (given[1].plane === plane ? judge(...given) : []));
}

/** Makes rules that hold unless a declaration is known to be for this plane. */
export function notOn(plane: PlaneKind, rule: RuleMaker): RuleMaker {
  return (code, judge) => rule(code, (...given) => (given[1].plane === plane ? [] : judge(...given)));
}

/** Makes rules over declarations of some kinds; where such a rule has nothing to say of a case, it says `undefined`. */
export function rulesOf(...kinds: readonly Kind[]) {
  return <C extends string>(
    code: C,
    judge: (declaration: Declaration, judging: Judging) => readonly (Verdict | undefined)[],
  ): DeclarationRule<C> => ({
    code,
    kinds,
    judge: (declaration, judging) => judge(declaration, judging).filter((verdict) => verdict !== undefined),
  });
}

export function about(
  declaration: Declaration,
  path: InputPath,
  rest: Pick<Verdict, "message" | "why" | "fix">,
): Verdict {
  return { ...rest, path, at: [{ declaration }] };
}

/** The codes, texts and functions of one subject. The live rules judge the codes that need the control plane. */
export interface Family<T extends Codes> {
  readonly codes: T;
  readonly declarations: readonly DeclarationRule<keyof T & string>[];
  readonly programs: readonly ProgramRule<keyof T & string>[];
}

/** Makes a family whose functions judge only its own codes. */
export function family<const T extends Codes>(rules: Pick<Family<T>, "codes"> & Partial<Family<T>>): Family<T> {
  return { declarations: [], programs: [], ...rules };
}
