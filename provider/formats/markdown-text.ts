/** Text that others wrote, for Markdown that GitHub and GitLab render. */

import { printable } from "../printable.ts";

/** GitHub and GitLab refuse longer comments. */
const MARKDOWN_MAX = 65_536;

/**
 * One line of plain text, for a table cell or a sentence: no Markdown, HTML, link, mention, issue number or emoji code.
 * Entities render as the characters, and no parser takes them for syntax. A zero-width joiner stops mentions and links,
 * which GitHub looks for after it has rendered entities.
 */
export function plain(text: string): string {
  const entities = printable(text.toWellFormed()).replace(
    /[^\p{L}\p{N} .,;/+="'?-]/gu,
    (sign) => `&#${sign.codePointAt(0)};`,
  );
  return (
    entities
      // A mention, a reference to an issue or commit, or an emoji code.
      .replace(/&#(?:64|35|33|36|37|126|38|58);/g, (sign) => `${sign}&#8205;`)
      .replace(/(w)(ww\.)/gi, "$1&#8205;$2")
      .replace(/\b(GH|GL)-(?=\d)/gi, "$1-&#8205;")
      .replace(/^([-+=]|\d+\.)/, (sign) => [...sign].map((one) => `&#${one.codePointAt(0)};`).join(""))
  );
}

/** Text in a code span. Inside of one nothing is a mention, a link or HTML; only a pipe would still end a table cell. */
export function code(text: string): string {
  const shown = printable(text.toWellFormed());
  if (shown === "") return "";
  // A table splits at pipes before it looks for code, and no entity works in code.
  if (/[|\\`]/.test(shown)) return plain(text);
  return `\`${shown}\``;
}

/** A table row. */
export function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Lines of a document that may be too long. */
export interface Section {
  /** Always kept. */
  readonly head: readonly string[];
  /** Left out from the end where they do not fit. */
  readonly rows: readonly string[];
  /** `3 rows`, for the statement about those left out. */
  leftOut(count: number): string;
}

/** Puts sections together in at most `max` characters. A section says how many of its rows are left out. */
export function fitted(sections: readonly Section[], max: number = MARKDOWN_MAX): string {
  const fixed = sections.reduce((sum, { head, rows, leftOut }) => {
    const note = rows.length === 0 ? 0 : leftOut(rows.length).length + 4;
    return sum + head.reduce((length, line) => length + line.length + 1, 0) + note + 2;
  }, 0);
  let left = max - fixed;
  const blocks = sections.map(({ head, rows, leftOut }) => {
    const kept: string[] = [];
    for (const one of rows) {
      if (left < one.length + 1) break;
      left -= one.length + 1;
      kept.push(one);
    }
    // The rows behind the first that does not fit must not take its place.
    if (kept.length < rows.length) left = 0;
    const note = kept.length < rows.length ? ["", `**${leftOut(rows.length - kept.length)}**`] : [];
    return [...head, ...kept, ...note].join("\n");
  });
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}
