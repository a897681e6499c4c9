import type { Finding } from "../../schema/finding.ts";
import { mapStrings, type Phrase } from "../../schema/phrase.ts";
import type { PlaneKind } from "../../schema/plane.ts";
import type { Kind } from "../../schema/resources.ts";
import { printable } from "../printable.ts";
import { type Code, catalogue } from "./catalogue.ts";
import type { Declaration, Program } from "./program.ts";

/** What a rule says of one case; the catalogue adds the code's name, and what it leaves out here. */
export interface Verdict {
  readonly path?: string;
  /** One line, lower case, no full stop. */
  readonly message: Phrase;
  readonly why?: Phrase;
  readonly fix?: Phrase;
  /** The declarations concerned, the first being the one to look at. */
  readonly at?: readonly { readonly declaration: Declaration; readonly path?: string; readonly note?: string }[];
}

/** By what a declaration is judged, beside itself. */
export interface Judging {
  /** The moment, in milliseconds since 1970. */
  readonly now: number;
  /** What it is for. Where that is not known, a rule says only what holds for both. */
  readonly plane: PlaneKind | undefined;
}

/** A rule over one declaration: run at the gate, and again by `check` on resolved values. */
export interface DeclarationRule {
  readonly code: Code;
  readonly kinds: readonly Kind[];
  judge(declaration: Declaration, judging: Judging): readonly Verdict[];
}

/** A rule over declarations against each other: run at the gate only, where the whole program is known. */
export interface ProgramRule {
  readonly code: Code;
  judge(program: Program): readonly Verdict[];
}

/** Makes rules over declarations of some kinds; where such a rule has nothing to say of a case, it says `undefined`. */
export function rulesOf(...kinds: readonly Kind[]) {
  return (
    code: Code,
    judge: (declaration: Declaration, judging: Judging) => readonly (Verdict | undefined)[],
  ): DeclarationRule => ({
    code,
    kinds,
    judge: (declaration, judging) => judge(declaration, judging).filter((verdict) => verdict !== undefined),
  });
}

export function about(declaration: Declaration, path: string, rest: Pick<Verdict, "message" | "why" | "fix">): Verdict {
  return { ...rest, path, at: [{ declaration }] };
}

/** Makes a finding of a code and what is particular to the case. */
export function finding(code: Code, verdict: Verdict): Finding {
  const entry = catalogue[code];
  return {
    code,
    slug: entry.slug,
    severity: entry.severity,
    path: verdict.path ?? "",
    message: mapStrings(verdict.message, printable),
    why: verdict.why ?? entry.why,
    fix: verdict.fix ?? entry.fix,
    docs: entry.source,
    locations: (verdict.at ?? []).map(({ declaration, note }) => ({
      ...declaration.location,
      ...(note === undefined ? {} : { note }),
    })),
  };
}
