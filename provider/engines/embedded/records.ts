import { readFile } from "node:fs/promises";
import type { z } from "zod";

/** Reads a file of JSON lines that a program and its providers have written. Empty if there is none. */
export async function readRecords<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return "";
  });
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => schema.parse(JSON.parse(line)));
}
