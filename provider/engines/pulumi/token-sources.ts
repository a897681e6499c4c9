import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { currentRun } from "../../run-scope.ts";
import { excerpt, textOfBytes } from "../../tokens/index.ts";
import { isPlain } from "./lift-output.ts";

/** Larger than this nothing is read: no token and no key set is. In bytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Registered, so that two copies of this package in one program read each other's. No text from outside can hold it. */
const SOURCE = Symbol.for("mongofed.source.1");

/**
 * The source of a text that neither the program nor the state contains. `fromFile` and `fromEnv` return it. The property
 * exists for the compiler only: a symbol would make the types of two copies of this package differ.
 */
export interface TextSource {
  readonly "~source": "file" | "env";
}

interface Source {
  readonly [SOURCE]: "file" | "env";
  readonly name: string;
}

/**
 * A token, its claims or a key set from a file, which is read when the program runs. Of what stands in it the state
 * holds a digest only.
 *
 * @param path relative to the program's folder
 */
export function fromFile(path: string): TextSource {
  return source({ [SOURCE]: "file", name: path });
}

/** The same from an environment variable. */
export function fromEnv(name: string): TextSource {
  return source({ [SOURCE]: "env", name });
}

function source(given: Source): TextSource {
  return given as unknown as TextSource;
}

function isSource(given: unknown): given is Source {
  return typeof given === "object" && given !== null && SOURCE in given;
}

/** The reason why a source has no text, for the user. It omits the source's name, which may be a misplaced token. */
export class UnreadableSource {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/** The text that is meant by what a program gives: a source, a text, or what becomes JSON; now, or when it is known. */
export function textOf(given: unknown): pulumi.Input<string> | UnreadableSource {
  if (isSource(given)) return given[SOURCE] === "file" ? textOfFile(given.name) : textOfEnv(given.name);
  if (isPlain(given)) return asText(given);
  return (pulumi.output(given) as pulumi.Output<unknown>).apply(asText);
}

function asText(given: unknown): string {
  return typeof given === "string" ? given : (JSON.stringify(given) ?? "");
}

function textOfFile(path: string): string | UnreadableSource {
  try {
    const bytes = readFileSync(resolve(currentRun().workDir, path));
    return bytes.length > MAX_BYTES
      ? new UnreadableSource(`the file ${excerpt(path)} is too large: ${bytes.length} bytes`)
      : textOfBytes(bytes);
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    return new UnreadableSource(`the file ${excerpt(path)} cannot be read: ${code}`);
  }
}

function textOfEnv(name: string): string | UnreadableSource {
  if (!/^[A-Za-z_]\w{0,79}$/.test(name))
    return new UnreadableSource("fromEnv takes the name of an environment variable, and this is none");
  const text = currentRun().env[name];
  return text ? text : new UnreadableSource(`the environment variable ${name} is not set, or empty`);
}

/**
 * Returns the digest that represents a text in the state. It is not a Pulumi secret, even if the text is one: Pulumi
 * would make the expected results secret too, and no message could name them.
 */
export function digestOf(text: pulumi.Input<string>): pulumi.Input<string> {
  return typeof text === "string" ? digest(text) : pulumi.unsecret(pulumi.output(text).apply(digest));
}

function digest(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
