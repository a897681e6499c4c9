import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { type State, stateSchema } from "./state.ts";

const fileSchema = z.strictObject({
  version: z.literal(1),
  clockOffsetMs: z.number().nonnegative(),
  state: stateSchema,
});
export type StateFile = z.infer<typeof fileSchema>;

/** Reads the state of an earlier emulator, or returns undefined if the file does not exist. */
export function readStateFile(file: string): StateFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    // Never start over silently: the file may hold a user's work, and an empty state looks like a deletion of everything.
    throw new Error(`${file} is not an emulator state: move it away to start from the seed`, { cause: error });
  }
}

/**
 * Replaces the file as a whole, or not at all: a process killed half-way leaves the old one. It is written before the
 * change is answered, so what a client was told is never lost. Readable by its owner only, since it holds keys.
 */
export function writeStateFile(file: string, clockOffsetMs: number, state: State): void {
  const content: StateFile = { version: 1, clockOffsetMs, state };
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = openSync(temporary, "w", 0o600);
    try {
      writeFileSync(handle, JSON.stringify(content));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
