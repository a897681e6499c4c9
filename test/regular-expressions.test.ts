import { globSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/**
 * Every regular expression of the product takes time that grows with the length of its text, not with the square of it.
 * Each one runs on texts made of repetitions of its own characters, followed by characters that spoil the match.
 */
const LENGTH = 20_000;
/** A linear scan of LENGTH characters takes less than 1 ms. A quadratic one takes more than 100 ms. */
const LIMIT_MS = 25;

const ROOT = new URL("..", import.meta.url).pathname;

interface Found {
  readonly place: string;
  readonly expression: RegExp;
}

function literalsIn(file: string): Found[] {
  const source = ts.createSourceFile(file, readFileSync(`${ROOT}${file}`, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf("/");
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      const flags = node.text.slice(end + 1);
      found.push({
        place: `${file}:${line + 1} ${node.text}`,
        expression: new RegExp(node.text.slice(1, end), flags.includes("g") ? flags : `${flags}g`),
      });
    }
    if (ts.isNewExpression(node) && node.expression.getText() === "RegExp") {
      const text = textOf(node.arguments?.[0], source);
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      const place = `${file}:${line + 1} ${node.getText()}`;
      if (text !== undefined) found.push({ place, expression: new RegExp(text, "g") });
      else if (!BY_USERS.has(node.getText())) throw new Error(`${place}: write a literal, or a template of constants`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Expressions that the user of an emulator gives for his own requests. */
const BY_USERS: ReadonlySet<string> = new Set(["new RegExp(entry.match.path)", "new RegExp(text)"]);

/** The text of a template of constants of the same file. */
function textOf(node: ts.Node | undefined, source: ts.SourceFile): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) {
    const declared = source.statements
      .flatMap((statement) => (ts.isVariableStatement(statement) ? statement.declarationList.declarations : []))
      .find(({ name }) => name.getText() === node.text);
    return textOf(declared?.initializer, source);
  }
  if (!ts.isTemplateExpression(node)) return undefined;
  const parts = node.templateSpans.map(({ expression, literal }) => {
    const inserted = textOf(expression, source);
    return inserted === undefined ? undefined : inserted + literal.text;
  });
  return parts.includes(undefined) ? undefined : node.head.text + parts.join("");
}

/** Texts of up to three pieces, whose repetitions make an expression begin again at every position. */
function textsFor({ source }: RegExp): Set<string> {
  const words = source.match(/[A-Za-z]{2,}/g) ?? [];
  const signs = new Set(source.replace(/[A-Za-z0-9]/g, ""));
  const pieces = [...new Set(["a", "0", "A", " ", "\n", "\t", "/", ".", "-", "=", '"', "\\", ...signs, ...words])];
  const texts = new Set<string>();
  const whole = source.replace(/\\(.)/g, "$1").replace(/[()?:|[\]^$*+]/g, "");
  for (const piece of [...pieces, whole]) {
    for (const head of ["", "a", whole]) {
      for (const tail of ["", "\u0001", "x\n", "\\"]) texts.add(head + repeated(piece) + tail);
    }
    for (const other of pieces) {
      texts.add(`${repeated(piece + other)}\u0001`);
      texts.add(`${repeated(piece, LENGTH / 2)}${repeated(other, LENGTH / 2)}\u0001`);
    }
  }
  return texts;
}

function repeated(piece: string, length = LENGTH): string {
  return piece === "" ? "" : piece.repeat(Math.ceil(length / piece.length));
}

function milliseconds(expression: RegExp, text: string): number {
  const began = performance.now();
  // Every match from the beginning to the end, as replaceAll and matchAll do.
  for (const _ of text.matchAll(expression));
  return performance.now() - began;
}

/** The best of several runs: on a busy machine a single one may wait for its turn. */
function isSlow(expression: RegExp, text: string): boolean {
  return [0, 1, 2, 3].every(() => milliseconds(expression, text) > LIMIT_MS);
}

describe("regular expressions", () => {
  const files = globSync("{provider,schema,examples/pipelines}/**/*.ts", {
    cwd: ROOT,
    exclude: ["**/node_modules/**"],
  });
  const all = files.flatMap(literalsIn);

  it("takes linear time for each of them", { timeout: 300_000 }, () => {
    const slow = all.flatMap(({ place, expression }) => {
      const text = [...textsFor(expression)].find((each) => isSlow(expression, each));
      return text === undefined ? [] : [`${place} on ${JSON.stringify(`${text.slice(0, 20)}…${text.slice(-5)}`)}`];
    });
    expect(slow).toEqual([]);
  });

  it("lists those that are made of constants too", () => {
    const made = all.filter(({ place }) => place.includes("new RegExp(")).map(({ expression }) => expression.source);
    expect(made).toHaveLength(3);
    for (const source of made) expect(source).not.toContain("LABEL");
  });

  it("finds a quadratic expression", () => {
    expect([...textsFor(/\/+$/)].some((text) => isSlow(/\/+$/g, text))).toBe(true);
  });
});
