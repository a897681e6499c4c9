import { z } from "zod";

/** `error` stops a preview; `warning` and `info` are told and change nothing. */
export const severitySchema = z.enum(["error", "warning", "info"]);
export type Severity = z.infer<typeof severitySchema>;

/** Where in a program something was declared. `file` is relative to the program's folder. */
export const locationSchema = z.object({
  file: z.string(),
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  /** What stands there, as a user would say it: `OrgConnection "platform"`. */
  label: z.string(),
  /** What this place has to do with the finding: `to corp-entra`. */
  note: z.string().optional(),
});
export type Location = z.infer<typeof locationSchema>;

/** The one shape of everything mongofed tells a user. */
export const findingSchema = z.object({
  /** Stable, never reused: `FED` and three digits. `mongofed explain CODE` tells more. */
  code: z.string().regex(/^FED\d{3}$/),
  /** The code's name, as in the catalogue: `one-workforce-provider`. */
  slug: z.string(),
  severity: severitySchema,
  /** The input that is wrong, from the resource down: `identityProvider`, `associatedDomains[1]`. Empty: the whole resource. */
  path: z.string(),
  /** What is wrong, in one line, lower case, without a full stop. */
  message: z.string(),
  /** Why it is wrong: the fact about the outside world. */
  why: z.string(),
  /** What to do next. */
  fix: z.string(),
  /** Where the rule comes from. */
  docs: z.string().optional(),
  /** The declarations concerned, the first being the one to look at. */
  locations: z.array(locationSchema),
});
export type Finding = z.infer<typeof findingSchema>;
