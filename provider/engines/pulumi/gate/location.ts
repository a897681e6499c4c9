import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Location } from "../../../../schema/finding.ts";

/** How many frames are read: a component in a factory in a loop is deep, and V8 keeps ten by default. */
const FRAMES = 100;
/** This package's own folder: of the sources, or of what is built from them. */
const OWN_FOLDER = fileURLToPath(new URL("../../../../", import.meta.url));
const FRAME = /^\s*at (?:(?<name>.*?) \()?(?:file:\/\/)?(?<file>.*?):(?<line>\d+):(?<column>\d+)\)?$/;

/**
 * The place in the user's program that made a resource: the first frame that is neither ours, nor of a package, nor
 * of the constructors of the class itself (a user may derive from it). Read from the stack, since Pulumi's own
 * `sourcePosition` is missing or malformed in ES modules. Right in ts-node, in Node's type stripping and in compiled
 * code with source maps.
 */
export function whereDeclared(type: abstract new (...args: never[]) => unknown, label: string): Location {
  const frames = stackFrames().filter((frame) => !constructorsOf(type).has(frame.name));
  const users = frames.find((frame) => isAbsolute(frame.file) && !isOwn(frame.file) && !isPackage(frame.file));
  const frame = users ?? frames.find((candidate) => isAbsolute(candidate.file));
  if (frame === undefined) return { file: "?", line: 1, column: 1, label };
  return { file: relative(process.cwd(), frame.file), line: frame.line, column: frame.column, label };
}

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function stackFrames(): Frame[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const stack = new Error().stack;
  Error.stackTraceLimit = limit;
  // Tools that prepare stacks themselves may leave something else than text here.
  if (typeof stack !== "string") return [];
  return stack.split("\n").flatMap((line) => {
    const found = FRAME.exec(line)?.groups;
    if (found === undefined) return [];
    return [
      {
        name: found.name ?? "",
        file: decodeURI(found.file ?? ""),
        line: Number(found.line),
        column: Number(found.column),
      },
    ];
  });
}

function constructorsOf(type: unknown): Set<string> {
  const names = new Set<string>();
  for (let at = type; typeof at === "function" && at.name !== ""; at = Object.getPrototypeOf(at))
    names.add(`new ${at.name}`);
  return names;
}

function isPackage(file: string): boolean {
  return file.includes(`${sep}node_modules${sep}`);
}

function isOwn(file: string): boolean {
  return ["provider", "schema"].some(
    (folder) =>
      file.startsWith(`${OWN_FOLDER}${folder}${sep}`) || file.startsWith(`${OWN_FOLDER}dist${sep}${folder}${sep}`),
  );
}
