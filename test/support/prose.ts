/** Reads the sentences of source files: comments, messages and titles of tests. */

import ts from "typescript";

export interface Text {
  readonly kind: "comment" | "message" | "title";
  readonly line: number;
  /** Without code, quoted values and markup. A value that the program fills in is `…`. */
  readonly text: string;
}

const TEST_CALLS = new Set(["test", "describe", "it"]);

/** Returns the texts of a TypeScript file in the order of its nodes. */
export function textsOf(path: string, content: string): Text[] {
  const source = ts.createSourceFile(path, content, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  const comments = commentsOf(source, content).map(([start, text]) => ({
    kind: "comment" as const,
    line: lineOf(start),
    text,
  }));
  const literals: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    const text = literalOf(node);
    if (text?.includes(" ")) {
      const kind = isTitle(node) ? "title" : "message";
      literals.push({ kind, line: lineOf(node.getStart(source)), text: withoutCode(text) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...comments, ...literals];
}

/** Returns each comment with its start. Line comments that follow each other are one. */
function commentsOf(source: ts.SourceFile, content: string): [number, string][] {
  const ranges = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(content, node.getFullStart()) ?? []) ranges.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(content, node.getEnd()) ?? []) ranges.set(range.pos, range);
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  const sorted = [...ranges.values()].sort((a, b) => a.pos - b.pos);
  const found: [number, string][] = [];
  let previousEnd = -1;
  for (const { pos, end, kind } of sorted) {
    const raw = content.slice(pos, end);
    const last = found.at(-1);
    const follows = kind === ts.SyntaxKind.SingleLineCommentTrivia && content.slice(previousEnd, pos).trim() === "";
    if (follows && last !== undefined && !last[1].startsWith("/*") && previousEnd >= 0) last[1] += `\n${raw}`;
    else found.push([pos, raw]);
    previousEnd = kind === ts.SyntaxKind.SingleLineCommentTrivia ? end : -1;
  }
  return found.map(([pos, raw]) => [pos, withoutCode(plain(raw))]);
}

/** Strips the comment's own marks. A tag of a doc comment begins a new sentence. */
function plain(raw: string): string {
  return raw
    .replace(/^\/\*\*?|\*\/$/g, "")
    .replace(/^[ \t]*(?:\*|\/\/)[ \t]?/gm, "")
    .replace(/^ {4,}.*$/gm, "")
    .replace(/```[\s\S]*?```/g, "")
    .replace(/^@(?:param \S+|\w+)/gm, "\n\n");
}

function literalOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join("");
}

function isTitle(node: ts.Node): boolean {
  let callee: ts.Node | undefined;
  if (ts.isCallExpression(node.parent) && node.parent.arguments[0] === node) callee = node.parent.expression;
  while (callee !== undefined && !ts.isIdentifier(callee)) {
    callee = ts.isTaggedTemplateExpression(callee) ? callee.tag : (callee as ts.CallExpression).expression;
  }
  return callee !== undefined && TEST_CALLS.has(callee.text);
}

function withoutCode(text: string): string {
  return text
    .replace(/`[^`]*`/g, "`…`")
    .replace(/\{@link [^}]*\}/g, "`…`")
    .replace(/"[^"\n]*"/g, '"…"');
}

/** Splits a text into sentences. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/\n[ \t]*\n|\n(?=[ \t]+\S|[-*|\d])|(?<=[.!?])\s+|(?<=:)\s+(?=[A-Z])/)
    .map((sentence) => sentence.replace(/\s+/g, " ").trim())
    .filter((sentence) => sentence !== "");
}

export function wordsOf(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}…]/u.test(word)).length;
}

/** Returns the prose of a Markdown page, without code, headings and the addresses of links. */
export function pageTextOf(page: string): string {
  return withoutCode(
    page
      .replace(/^(`{3,}|~{3,})[\s\S]*?^\1$/gm, "")
      .replace(/^#.*$/gm, "")
      .replace(/\]\([^)]*\)/g, "]")
      .replace(/^[ \t]*(?:[-*]|\d+\.)[ \t]+|[ \t]*\|[ \t]*/gm, "\n\n"),
  );
}
