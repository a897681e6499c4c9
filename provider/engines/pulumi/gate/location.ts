import { isAbsolute, relative, sep } from "node:path";
import type { Location } from "../../../../schema/finding.ts";

/** How many frames are read: a component in a factory in a loop is deep, and V8 keeps ten by default. */
const FRAMES = 100;
const FRAME = /^\s*at (?:(?<name>.*?) \()?(?:file:\/\/)?(?<file>.*?):(?<line>\d+):(?<column>\d+)\)?$/;

/**
 * The place in the user's program that made a resource: the first frame behind the constructors of its class (a user
 * may derive from it) that is not of a package. Read from the stack, since Pulumi's own `sourcePosition` is missing or
 * malformed in ES modules. Right in ts-node, in Node's type stripping and in compiled code with source maps.
 */
export function whereDeclared(type: abstract new (...args: never[]) => unknown, label: string): Location {
  return behind(constructorsOf(type), label);
}

/**
 * Returns the place in the user's program that called one of our functions: by its name, through `import *`, or through
 * the method of the same name in one of `classes`.
 */
export function whereCalled(name: string, classes: readonly string[] = []): Location {
  const owners = ["Module", "Object", ...classes];
  return behind(new Set([name, ...owners.map((owner) => `${owner}.${name}`)]), name);
}

/**
 * The first place of the user behind the innermost run of frames that have one of the names. The stack is captured now,
 * but read only with the location: source maps make that dear, and most locations are never printed.
 */
function behind(names: ReadonlySet<string>, label: string): Location {
  const captured = captureStack();
  const folder = process.cwd();
  let read: Omit<Location, "label"> | undefined;
  const place = () => {
    read ??= placeIn(stackFrames(captured), names, folder);
    return read;
  };
  return {
    get file() {
      return place().file;
    },
    get line() {
      return place().line;
    },
    get column() {
      return place().column;
    },
    label,
  };
}

function placeIn(frames: readonly Frame[], names: ReadonlySet<string>, folder: string): Omit<Location, "label"> {
  const first = frames.findIndex(({ name }) => names.has(name));
  const length = frames.slice(first).findIndex(({ name }) => !names.has(name));
  const callers = frames.slice(first + length).filter(({ file }) => isAbsolute(file));
  const frame = callers.find(({ file }) => !isPackage(file)) ?? callers[0];
  if (frame === undefined) return { file: "?", line: 1, column: 1 };
  return { file: relative(folder, frame.file), line: frame.line, column: frame.column };
}

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** V8 writes the text of a stack when `stack` is first read. */
function captureStack(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const captured = new Error();
  Error.stackTraceLimit = limit;
  return captured;
}

function stackFrames({ stack }: Error): Frame[] {
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
