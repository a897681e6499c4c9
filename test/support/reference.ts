/**
 * The tables of inputs in the README, made of the schemas: what a user may write is described in one place.
 * `node test/support/reference.ts` brings the README up to date; a test holds that it is.
 */

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { shapes } from "../../provider/rules/shape.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const BEGIN = "<!-- inputs: made of the schemas -->";
const END = "<!-- end of inputs -->";

/** The README as it should be. */
export async function readmeWithReference(): Promise<{ readonly is: string; readonly should: string }> {
  const is = await readFile(README, "utf8");
  const [before, rest] = is.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md lacks ${BEGIN} or ${END}`);
  const tables = Object.entries(shapes).map(([name, shape]) => table(name, shape));
  return { is, should: `${before}${BEGIN}\n\n${tables.join("\n\n")}\n\n${END}${after}` };
}

function table(name: string, shape: z.ZodObject): string {
  const rows = Object.entries(shape.shape).map(([input, schema]) => {
    const description = describe(schema);
    if (description === undefined) throw new Error(`the input ${input} of ${name} has no description`);
    return `| \`${input}\`${required(schema) ? "" : " (optional)"} | ${description.replaceAll("|", "\\|")} |`;
  });
  return [`**\`${name}\`**`, "", "| input | what it is |", "|---|---|", ...rows].join("\n");
}

function required(schema: z.core.$ZodType): boolean {
  return !z.safeParse(schema, undefined).success;
}

/** A description belongs to the very schema object that was given it; a default or an optional wraps it. */
function describe(schema: z.core.$ZodType): string | undefined {
  const own = z.globalRegistry.get(schema)?.description;
  const inner = (schema._zod.def as { innerType?: z.core.$ZodType }).innerType;
  return own ?? (inner === undefined ? undefined : describe(inner));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(README, (await readmeWithReference()).should);
