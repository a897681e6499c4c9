import { resources, typeNameOf } from "./resources.ts";
import { keysOf, snakeCase } from "./shape.ts";

/**
 * The texts of rules and handlers are written for programs: here they get the names and the words of Terraform.
 * Nothing in them is taken away but what only another engine has.
 */
export function inTerraform(text: string): string {
  return PHRASES.reduce((rest, [pattern, words]) => rest.replace(pattern, words), text)
    .replace(INDEX, "$1")
    .replace(KINDS, typeNameOf)
    .replace(/\ban (?=mongofed_)/g, "a ")
    .replace(KEYS, snakeCase);
}

const KEYS = anyOf(
  [...keysOf(resources.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]))].filter((key) => /[A-Z]/.test(key)),
);
const KINDS = anyOf(resources.map(({ definition }) => definition.kind));

/** Lists are sets here: no element has a place. */
const INDEX = /\b([a-z]\w*)\[\d+\]/g;

/** Longest first, or a name would hide those that begin with it. */
function anyOf(names: readonly string[]): RegExp {
  return new RegExp(`\\b(?:${[...names].sort((a, b) => b.length - a.length).join("|")})(?=s?\\b)`, "g");
}

const PHRASES: readonly (readonly [RegExp, string])[] = [
  [
    / ?(?:If (?:this stack made it and )?the program has renamed [^.]*, declare )aliases: \[[^\]]*\]\./g,
    " If it was renamed, write a moved block.",
  ],
  [/\badopt: (true|"overwrite")/g, "adopt = $1"],
  [/\ballowLockout: true/g, "allow_lockout = true"],
  [/ It is protected from deletion then, unless [^.]*\./g, ""],
  [/\bup (?=puts|sets|changes|creates|connects|revokes|shows)/g, "apply "],
  [/\b(until|by the last) up\b/g, "$1 apply"],
  [/\ban up\b/g, "an apply"],
  [/`pulumi import`/g, "`terraform import`"],
  [/`pulumi state delete <urn>`/g, "`terraform state rm <address>`"],
  [/, mongofed:\w+ in the stack configuration/g, ""],
  [/\bpreview\b/g, "plan"],
  [/, or remove it[^\n]*pulumi config rm[^\n]*/g, ", or leave it out."],
  [/, or run\n(?:\s*pulumi config [^\n]*\n?)+/g, "."],
  [/\n[^\n]*(?:stack configuration: |pulumi config )[^\n]*/g, ""],
  [/\bmongofed:(\w+)/g, '"$1" of the provider'],
  [/the resource, or its `reference` from another stack/g, "its `reference`, from another configuration too"],
  [/, or objects `\{ role[^`]*`/g, ""],
  [/`fromFile\(("[^"]*")\)`, `fromEnv\("[^"]*"\)` or a text/g, "`file($1)` or any text"],
  [/\(a JWKS, or `fromFile`\)/g, "(a JWKS)"],
  [/\bthis stack\b/g, "this configuration"],
  [/the environment and the stack configuration hold /g, "the environment holds "],
  [/\banother stack\b/g, "another configuration"],
  [/\bthe stack\b/g, "the configuration"],
  [/\bthis program\b/g, "this configuration"],
  [/\bthe program\b/g, "the configuration"],
];
