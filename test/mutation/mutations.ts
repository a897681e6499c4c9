/**
 * Finds the mutations of the product with the TypeScript compiler API, so that renames and moves need no change here.
 * Each of them disables one safeguard: a rule code, a guard, or a fault handler. The rest are random conditions.
 */

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import ts from "typescript";

export interface Edit {
  /** Relative to the root of the clone. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** The text that does as the original does unless the expression `on` is true. */
  switched(original: string, on: string): string;
}

type Switch = Edit["switched"];

/** Does nothing in place of a statement. */
const skipped: Switch = (statement, on) => `{ if (!${on}) ${statement} }`;
const instead =
  (by: string): Switch =>
  (expression, on) =>
    `(${on} ? ${by} : ${expression})`;
/** Is asked at each call: files share the modules that they load. */
const reportsNothing: Switch = (judge, on) =>
  `((...given: never[]) => ${on} ? [] : ((${judge}) as (...all: never[]) => never)(...given))`;

export interface Mutation {
  /** Stays the same as long as the function keeps its name and the order of its statements. */
  readonly id: string;
  readonly kind: "rule" | "guard" | "fault" | "random";
  /** The original text, for the list of survivors. */
  readonly original: string;
  readonly edits: readonly Edit[];
}

/** Folders in which a thrown error refuses to go on. */
const GUARDED = /^provider\/(resources|control-planes|lookups|engines\/(pulumi|terraform))\//;
/** Folders that handle lost answers, retries and interrupted runs. */
const FAULT_HANDLING = /^provider\/(http|resources|control-planes|engines\/(pulumi|terraform))\//;
/** Functions that throw unless all is well. */
const GUARD_NAME = /^(refuse|assert|ensure|check|require|guard|forbid|throwIf|stop|verify|confirm|mustBe|notBound)/i;
/** Conditions on the outcome of a write, whose answer may be lost. */
const OUTCOME_NAME = /^(mayHaveHappened|isRetryable|retryable|isLost|wasLost|mayRetry)$/;
/** Text that no server or user sees at run time. */
const CATALOGUE = /catalogue/;

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export function parse(root: string, path: string): Source {
  const text = readFileSync(path, "utf8");
  const file = relative(root, path).replaceAll("\\", "/");
  return { file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
}

/** Returns one mutation for each code of the catalogue that a source reports. */
export function ruleMutations(sources: readonly Source[], codes: readonly string[]): Mutation[] {
  const byCode = new Map<string, Edit[]>();
  for (const source of sources.filter(({ file }) => !CATALOGUE.test(file.split("/").at(-1) ?? ""))) {
    walk(source.tree, (node) => {
      if (!ts.isStringLiteral(node) || !/^FED\d{3}$/.test(node.text) || ts.isLiteralTypeNode(node.parent)) return;
      const edit = withoutRule(source, node);
      if (edit !== undefined) byCode.set(node.text, [...(byCode.get(node.text) ?? []), edit]);
    });
  }
  return codes
    .filter((code) => byCode.has(code))
    .map((code) => {
      const edits = outermost(byCode.get(code) ?? []);
      const original = edits.map(({ file }) => file).join(", ");
      return { id: `rule ${code}`, kind: "rule" as const, original, edits };
    });
}

/** Replaces the function of a rule, or the call that reports its code, by one that reports nothing. */
function withoutRule(source: Source, literal: ts.StringLiteral): Edit | undefined {
  const { parent } = literal;
  if (ts.isPropertyAssignment(parent) && ts.isObjectLiteralExpression(parent.parent)) {
    const judge = parent.parent.properties.find((one) => /^(judge|evaluate|run)$/.test(one.name?.getText() ?? ""));
    if (judge === undefined) return undefined;
    if (ts.isPropertyAssignment(judge)) return edited(source, judge.initializer, reportsNothing);
    const body = ts.isMethodDeclaration(judge) ? judge.body : undefined;
    return body && edited(source, body, (block, on) => `{ if (${on}) return []; ${block} }`);
  }
  if (!ts.isCallExpression(parent)) {
    // A call chooses between codes.
    const call = enclosing(literal, (node) => ts.isCallExpression(node) || ts.isVariableDeclaration(node));
    return call === undefined ? undefined : edited(source, literal, instead('("none" as never)'));
  }
  const judge = parent.arguments.find((argument) => ts.isArrowFunction(argument) || ts.isFunctionExpression(argument));
  if (judge !== undefined) return edited(source, judge, reportsNothing);
  return withoutReport(source, parent);
}

/** Removes a call that makes a finding from the statement or the list that it stands in. */
function withoutReport(source: Source, call: ts.Node): Edit {
  let node: ts.Node = call;
  while (ts.isParenthesizedExpression(node.parent) || ts.isAwaitExpression(node.parent)) node = node.parent;
  const { parent } = node;
  const thrown = enclosing(node, ts.isThrowStatement, isFunction);
  if (thrown !== undefined) return edited(source, thrown, skipped);
  if (ts.isArrayLiteralExpression(parent)) return edited(source, node, (one, on) => `...(${on} ? [] : [${one}])`);
  const statement = enclosing(node, ts.isExpressionStatement, isFunction);
  if (statement !== undefined) return edited(source, statement, skipped);
  return edited(source, node, instead("(undefined as never)"));
}

/** Returns one mutation for each statement that refuses to go on. */
export function guardMutations(sources: readonly Source[]): Mutation[] {
  return sources
    .filter(({ file }) => GUARDED.test(file))
    .flatMap((source) => {
      const found: Mutation[] = [];
      walk(source.tree, (node) => {
        if (ts.isThrowStatement(node) && !isRethrow(node)) found.push(single("guard", source, node, skipped, found));
        if (ts.isExpressionStatement(node) && GUARD_NAME.test(calleeOf(node.expression) ?? "")) {
          found.push(single("guard", source, node, skipped, found));
        }
      });
      return found;
    });
}

/** Returns one mutation for each handler of an error, and for each condition on a lost answer. */
export function faultMutations(sources: readonly Source[]): Mutation[] {
  return sources
    .filter(({ file }) => FAULT_HANDLING.test(file))
    .flatMap((source) => {
      const found: Mutation[] = [];
      const add = (node: ts.Node, by: Switch) => found.push(single("fault", source, node, by, found));
      walk(source.tree, (node) => {
        if (ts.isCatchClause(node)) {
          const error = node.variableDeclaration?.getText();
          const rethrows = (on: string) => `if (${on}) throw ${error ?? "error"};`;
          if (error !== undefined) add(node.block, (block, on) => `{ ${rethrows(on)} ${block} }`);
          else add(node, (clause, on) => clause.replace("{", `(error) { ${rethrows(on)}`));
        }
        if (!ts.isCallExpression(node)) return;
        if (OUTCOME_NAME.test(calleeOf(node) ?? "")) add(node, instead("false"));
        const { expression: target, arguments: given } = node;
        if (!ts.isPropertyAccessExpression(target)) return;
        const handler = new Map([
          ["catch", given[0]],
          ["then", given[1]],
        ]).get(target.name.text);
        if (handler !== undefined) add(handler, instead("undefined"));
      });
      return found;
    });
}

/** Draws conditions, and negates or forces each of them. */
export function randomMutations(sources: readonly Source[], seed: number, count: number): Mutation[] {
  const conditions = sources.flatMap((source) => {
    const found: { source: Source; node: ts.Expression; scope: string }[] = [];
    walk(source.tree, (node) => {
      for (const condition of conditionsIn(node)) found.push({ source, node: condition, scope: scopeOf(condition) });
    });
    return found;
  });
  const next = draws(seed);
  const drawn: Mutation[] = [];
  while (drawn.length < count && conditions.length > 0) {
    const [{ source, node, scope }] = conditions.splice(Math.floor(next() * conditions.length), 1) as [
      (typeof conditions)[number],
    ];
    const text = node.getText();
    const [name, by] = (
      [
        ["negated", (original, on) => `(${on} ? !(${original}) : ${original})`],
        ["true", instead("true")],
        ["false", instead("false")],
      ] satisfies [string, Switch][]
    )[Math.floor(next() * 3)] as [string, Switch];
    const id = `random ${source.file} ${scope} ${name}: ${oneLine(text)}`;
    drawn.push({ id, kind: "random", original: oneLine(text), edits: [edited(source, node, by)] });
  }
  return drawn;
}

function conditionsIn(node: ts.Node): ts.Expression[] {
  if (ts.isIfStatement(node)) return [node.expression];
  if (ts.isConditionalExpression(node)) return [node.condition];
  if (!ts.isBinaryExpression(node)) return [];
  const logical = [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken];
  return logical.includes(node.operatorToken.kind) ? [node.left, node.right] : [];
}

/** Mulberry32: the same draws for the same seed. */
function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function single(
  kind: Mutation["kind"],
  source: Source,
  node: ts.Node,
  by: Switch,
  before: readonly Mutation[],
): Mutation {
  const place = `${kind} ${source.file} ${scopeOf(node)}`;
  const same = before.filter(({ id }) => id === place || id.startsWith(`${place} #`)).length;
  const id = same === 0 ? place : `${place} #${same + 1}`;
  return { id, kind, original: oneLine(node.getText()), edits: [edited(source, node, by)] };
}

function edited({ file }: Source, node: ts.Node, by: Switch): Edit {
  return { file, start: node.getStart(), end: node.getEnd(), switched: by };
}

/** Without edits that lie within another one. */
function outermost(edits: readonly Edit[]): Edit[] {
  const within = (a: Edit, b: Edit) =>
    a !== b && a.file === b.file && a.start >= b.start && a.end <= b.end && (a.start !== b.start || a.end !== b.end);
  const unique = edits.filter(
    (edit, index) =>
      edits.findIndex(({ file, start, end }) => file === edit.file && start === edit.start && end === edit.end) ===
      index,
  );
  return unique.filter((edit) => !unique.some((other) => within(edit, other)));
}

/** `throw error` as the last word of a handler, which handles nothing. */
function isRethrow({ expression, parent }: ts.ThrowStatement): boolean {
  return ts.isIdentifier(expression) && ts.isBlock(parent) && ts.isCatchClause(parent.parent);
}

function calleeOf(expression: ts.Node): string | undefined {
  const inner = ts.isAwaitExpression(expression) ? expression.expression : expression;
  if (!ts.isCallExpression(inner)) return undefined;
  const { expression: callee } = inner;
  if (ts.isIdentifier(callee)) return callee.text;
  return ts.isPropertyAccessExpression(callee) ? callee.name.text.replace(/^#/, "") : undefined;
}

function scopeOf(node: ts.Node): string {
  const names: string[] = [];
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    const named = at as { name?: ts.Node };
    if (
      (ts.isFunctionLike(at) || ts.isClassLike(at) || ts.isVariableDeclaration(at) || ts.isPropertyAssignment(at)) &&
      named.name !== undefined
    ) {
      names.unshift(named.name.getText());
    }
  }
  return names.join(".") || "module";
}

function enclosing<T extends ts.Node>(
  node: ts.Node,
  is: (node: ts.Node) => node is T,
  until?: (node: ts.Node) => boolean,
): T | undefined;
function enclosing(
  node: ts.Node,
  is: (node: ts.Node) => boolean,
  until?: (node: ts.Node) => boolean,
): ts.Node | undefined;
function enclosing(node: ts.Node, is: (node: ts.Node) => boolean, until: (node: ts.Node) => boolean = () => false) {
  for (let at: ts.Node | undefined = node.parent; at !== undefined && !until(at); at = at.parent) {
    if (is(at)) return at;
  }
  return undefined;
}

function isFunction(node: ts.Node): boolean {
  return ts.isFunctionLike(node);
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
