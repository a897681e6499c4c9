/** Names for ids that mean nothing to a reader, such as those of groups. */

/** The names of a file, by the ids that they stand for. */
export type Labels = ReadonlyMap<string, string>;

/** A file of names that cannot be read. */
export class NamesFileError extends Error {
  override readonly name = "NamesFileError";
}

/** Longest name that is taken from a file. */
const LABEL_MAX = 200;

/**
 * Reads a file of names: JSON `{ "id": "name" }` or `[{ "id": …, "name": … }]`, or CSV with the columns `id` and `name`. CSV
 * without these titles has the id in its first column and the name in its second.
 *
 * @throws NamesFileError
 */
export function readLabels(text: string): Labels {
  const rows = /^\s*[[{]/.test(text) ? jsonRows(text) : csvRows(text);
  const labels = new Map<string, string>();
  for (const [id, name] of rows) {
    if (id !== "" && name !== "") labels.set(id, name.slice(0, LABEL_MAX));
  }
  return labels;
}

function jsonRows(text: string): (readonly [string, string])[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new NamesFileError(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const entries = Array.isArray(parsed)
    ? parsed.map((item) => [textIn(item, "id"), textIn(item, "name") ?? textIn(item, "displayName")] as const)
    : Object.entries(parsed as object);
  return entries.map(([id, name], index) => {
    if (typeof id === "string" && typeof name === "string") return [id.trim(), name.trim()];
    throw new NamesFileError(`has no id and name as texts in entry ${index + 1}`);
  });
}

function textIn(item: unknown, key: string): string | undefined {
  const value = typeof item === "object" && item !== null ? (item as Record<string, unknown>)[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

function csvRows(text: string): (readonly [string, string])[] {
  const rows = csvCells(text.replace(/^\u{feff}/u, "")).filter((cells) => cells.some((cell) => cell !== ""));
  const titles = rows[0]?.map((title) => title.toLowerCase()) ?? [];
  const idAt = titles.findIndex((title) => /^(id|object ?id|group ?id)$/.test(title));
  const nameAt = titles.findIndex((title) => /^(name|display ?name)$/.test(title));
  const hasTitles = idAt >= 0 && nameAt >= 0;
  return rows.slice(hasTitles ? 1 : 0).map((cells, index) => {
    const id = cells[hasTitles ? idAt : 0];
    const name = cells[hasTitles ? nameAt : 1];
    if (id !== undefined && name !== undefined) return [id, name];
    throw new NamesFileError(`has no id and name in row ${index + (hasTitles ? 2 : 1)}`);
  });
}

/** Cells may stand in quotes, with a quote in them doubled. Commas and semicolons separate them. */
function csvCells(text: string): string[][] {
  const separator = /^[^\n"]*;/.test(text) && !/^[^\n"]*,/.test(text) ? ";" : ",";
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    rows.at(-1)?.push(cell.trim());
    cell = "";
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (character === '"' && cell.trim() === "") quoted = true;
    else if (character === separator) endCell();
    else if (character === "\n") {
      endCell();
      rows.push([]);
    } else cell += character;
  }
  if (quoted) throw new NamesFileError("has a quote that does not end");
  endCell();
  return rows;
}
