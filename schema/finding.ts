import { z } from "zod";
import type { InputPath, Phrase } from "./phrase.ts";

/** An `error` stops a preview; a `warning` and an `info` do not. */
const severitySchema = z.enum(["error", "warning", "info"]);
export type Severity = z.infer<typeof severitySchema>;

/** Where in a program something was declared. `file` is relative to the program's folder. */
const locationSchema = z.object({
  file: z.string(),
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  /** The declaration in words: `OrgConnection "platform"`. */
  label: z.string(),
  /** The part of this declaration in the finding: `to corp-entra`. */
  note: z.string().optional(),
});
export type Location = z.infer<typeof locationSchema>;

/** A finding worded for an engine, as JSON output and `mongofed/testing` have it. */
export const wordedFindingSchema = z.object({
  /** Stable, never reused: `FED` and three digits. `mongofed explain CODE` explains it. */
  code: z.string().regex(/^FED\d{3}$/),
  /** The code's name, as in the catalogue: `second-workforce-provider`. */
  slug: z.string(),
  severity: severitySchema,
  /** The input that is wrong, from the resource down: `identityProvider`, `associatedDomains[1]`. Empty: the whole resource. */
  path: z.string(),
  /** The problem in one line, lower case, without a full stop. */
  message: z.string(),
  /** The fact about the outside world that makes it a problem. */
  why: z.string(),
  /** The next step. */
  fix: z.string(),
  /** The source of the rule. */
  docs: z.string().optional(),
  /** The declarations concerned, the first being the one to look at. */
  locations: z.array(locationSchema),
});
export type WordedFinding = z.infer<typeof wordedFindingSchema>;

/** A problem, as rules and handlers return it; each engine supplies the words of its phrases. */
export interface Finding extends Omit<WordedFinding, "path" | "message" | "why" | "fix"> {
  readonly path: InputPath;
  readonly message: Phrase;
  readonly why: Phrase;
  readonly fix: Phrase;
}
