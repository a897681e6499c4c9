import type { Kind } from "./resources.ts";

/**
 * Text whose wording depends on the engine: strings, which are printed as they are, and terms, which each engine words
 * in one table. It is plain data, so that it can be recorded and compared.
 */
export type Phrase = string | readonly (string | Term)[];

/** An input of a resource from the resource down: `["privileges", 0, "actions"]`. */
export type Path = readonly (string | number)[];

/** A path, or the name of one input. */
export type InputPath = string | Path;

/** The names and remedies that differ between engines. No wording of a term holds a line break. */
export type Term =
  /** `preview`, `plan`. */
  | { readonly kind: "preview" }
  /** `up`, `apply`. */
  | { readonly kind: "up" }
  /** `program`, `configuration`: the code that declares resources. */
  | { readonly kind: "program" }
  /** `stack`, `configuration`: everything that one state holds. */
  | { readonly kind: "stack" }
  /** `allowLockout`, `allow_lockout`; a path without indexes where lists are sets. */
  | { readonly kind: "input"; readonly path: Path }
  /** `adopt: true`, `adopt = true`. */
  | { readonly kind: "setInput"; readonly input: string; readonly value: string | boolean }
  /** `IdentityProvider`, `mongofed_identity_provider`; with its article where the text needs one. */
  | { readonly kind: "resource"; readonly name: Kind; readonly article: boolean }
  /** `mongofed:drift`, or an argument of the provider block. */
  | { readonly kind: "setting"; readonly name: string }
  /** An imperative: `run "pulumi config set mongofed:plane atlas"`. Without a value: `…`. */
  | { readonly kind: "setConfig"; readonly name: string; readonly value?: string; readonly secret?: true }
  /** An imperative: `run "pulumi config rm mongofed:plane"`. */
  | { readonly kind: "unsetConfig"; readonly name: string }
  /** `an explicit Provider`, `an aliased provider block`. */
  | { readonly kind: "explicitProvider" }
  /** A sentence that lists where credentials are looked for, in order. */
  | { readonly kind: "credentialSources" }
  /** Begins with a space: the sentence for a resource that the program has renamed, or moved. */
  | { readonly kind: "renamed" }
  /** Begins with a space: the sentence on how one run takes over all objects that equal their declarations. */
  | { readonly kind: "adoptEqual" }
  /** Begins with a space: the sentence on how a run goes on where a killed run has deleted objects. */
  | { readonly kind: "afterDeletion" }
  /** The command that imports an object by its id. */
  | { readonly kind: "chooseExisting" }
  /** The command that removes a resource from the state and leaves the object. */
  | { readonly kind: "forget" }
  /** An imperative: apply once more. */
  | { readonly kind: "applyAgain" }
  /** Begins with a space: the sentence that an adopted object is protected from deletion, where the engine does that. */
  | { readonly kind: "protected" }
  /** The command that creates a protected object again, whose id changes with that. */
  | { readonly kind: "recreateProtected" }
  /** Begins with a space: the sentence on how to create a replacement first, where the program has to ask for it. */
  | { readonly kind: "createFirst" }
  /** Begins with a space: the sentence on how to plan another resource before this one, where the program has to. */
  | { readonly kind: "planBefore" }
  /** `the IdentityProvider resource or its reference`, as an input takes it. */
  | { readonly kind: "identityProviderReference" }
  /** Begins with a comma: the form of a granted role as an object, where the engine takes one. */
  | { readonly kind: "roleObject" }
  /** Begins with a space: `that this stack does not manage`, where the engine knows all that the stack manages. */
  | { readonly kind: "foreign" }
  /** Begins with a space: the sentence that some of them may belong to the stack, where the engine does not know. */
  | { readonly kind: "perhapsOurs" };

/** The words of one engine. A missing term does not compile. */
export type Terms = { readonly [K in Term["kind"]]: (term: Extract<Term, { kind: K }>) => string };

/** Builds a phrase: values are strings that are printed as they are, terms, and other phrases. */
export function phrase(strings: TemplateStringsArray, ...values: readonly (Phrase | Term | number)[]): Phrase {
  return joined(strings.flatMap((text, index) => [text, ...values.slice(index, index + 1)]));
}

/** Several phrases as one, with a string between them. */
export function join(phrases: readonly Phrase[], between: string): Phrase {
  return joined(phrases.flatMap((one, index) => (index === 0 ? [one] : [between, one])));
}

function joined(values: readonly (Phrase | Term | number)[]): Phrase {
  const parts: (string | Term)[] = [];
  for (const part of values.flatMap((value) => (typeof value === "number" ? String(value) : value))) {
    const last = parts.length - 1;
    if (part === "") continue;
    // Strings side by side are one, so that equal texts are equal data.
    if (typeof part === "string" && typeof parts[last] === "string") parts[last] += part;
    else parts.push(part);
  }
  if (parts.length === 0) return "";
  const [only] = parts;
  return parts.length === 1 && typeof only === "string" ? only : parts;
}

/** The same phrase with all of its strings mapped: what a user gave stands in them. */
export function mapStrings(text: Phrase, map: (part: string) => string): Phrase {
  return typeof text === "string" ? map(text) : text.map((part) => (typeof part === "string" ? map(part) : part));
}

/** The text of a phrase in the words of an engine. */
export function word(text: Phrase, terms: Terms): string {
  if (typeof text === "string") return text;
  return text.map((part) => (typeof part === "string" ? part : wordTerm(part, terms))).join("");
}

function wordTerm(term: Term, terms: Terms): string {
  return (terms[term.kind] as (term: Term) => string)(term);
}

/** `associatedDomains[1]`, `identityProvider.orgId`. */
export function pathText(path: InputPath): string {
  if (typeof path === "string") return path;
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}

export const preview: Term = { kind: "preview" };
export const up: Term = { kind: "up" };
export const program: Term = { kind: "program" };
export const stack: Term = { kind: "stack" };
export const explicitProvider: Term = { kind: "explicitProvider" };
export const credentialSources: Term = { kind: "credentialSources" };
export const renamed: Term = { kind: "renamed" };
export const adoptEqual: Term = { kind: "adoptEqual" };
export const afterDeletion: Term = { kind: "afterDeletion" };
export const chooseExisting: Term = { kind: "chooseExisting" };
export const forget: Term = { kind: "forget" };
export const applyAgain: Term = { kind: "applyAgain" };
export const protectedThen: Term = { kind: "protected" };
export const recreateProtected: Term = { kind: "recreateProtected" };
export const createFirst: Term = { kind: "createFirst" };
export const planBefore: Term = { kind: "planBefore" };
export const identityProviderReference: Term = { kind: "identityProviderReference" };
export const roleObject: Term = { kind: "roleObject" };
export const foreign: Term = { kind: "foreign" };
export const perhapsOurs: Term = { kind: "perhapsOurs" };

export function input(...path: Path): Term {
  return { kind: "input", path };
}

export function setInput(name: string, value: string | boolean): Term {
  return { kind: "setInput", input: name, value };
}

export function resource(name: Kind): Term {
  return { kind: "resource", name, article: false };
}

/** The resource with its article: `an OrgConnection`, `a mongofed_org_connection`. */
export function aResource(name: Kind): Term {
  return { kind: "resource", name, article: true };
}

export function setting(name: string): Term {
  return { kind: "setting", name };
}

export function setConfig(name: string, value?: string): Term {
  return { kind: "setConfig", name, ...(value === undefined ? {} : { value }) };
}

export function setSecretConfig(name: string): Term {
  return { kind: "setConfig", name, secret: true };
}

export function unsetConfig(name: string): Term {
  return { kind: "unsetConfig", name };
}
