import type { Declaration, Program } from "./program.ts";

/** A declaration as text: the one that it uses is a number, since others use the very same. */
interface Written extends Omit<Declaration, "identityProvider"> {
  /** Its number among all. */
  readonly identityProvider?: number;
}

/** A program for another process to read, as JSON. No secret stands in it: for the rules they are unknown. */
export function writeProgram({ declarations }: Program): string {
  const written = declarations.map(({ identityProvider, ...rest }): Written => {
    return identityProvider === undefined
      ? rest
      : { ...rest, identityProvider: declarations.indexOf(identityProvider) };
  });
  return JSON.stringify(written);
}

/** Reads the text that `writeProgram` returned. */
export function readProgram(text: string): Program {
  const written = JSON.parse(text) as readonly Written[];
  // A used provider uses no provider itself. The program and its users share these objects.
  const alone = written.map(({ identityProvider: _, ...rest }): Declaration => rest);
  const declarations = alone.map((declaration, index) => {
    const used = alone[written[index]?.identityProvider ?? -1];
    return used === undefined ? declaration : { ...declaration, identityProvider: used };
  });
  return { declarations };
}
