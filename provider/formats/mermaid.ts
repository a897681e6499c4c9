import { printable } from "../printable.ts";
import type { AccessView } from "./access-view.ts";

/** Mermaid draws no more edges, and nobody reads more. */
const MAX_NODES = 60;

/** The graph of an access report for Markdown: identity provider, group or principal, role, database. */
export function accessMermaid({ title, facts, incomplete, rows }: AccessView): string {
  const nodes = new Map<string, string>();
  const edges = new Set<string>();
  let leftOut = 0;
  for (const { who, name, through, roles } of rows) {
    const paths = roles.flatMap((role) =>
      role.databases.map((database) => [`i${through}`, `w${who}`, `r${role.name}`, `d${database}`]),
    );
    const labels = new Map([[`w${who}`, name ?? who]]);
    const added = new Set(paths.flat().filter((key) => !nodes.has(key)));
    if (nodes.size + added.size > MAX_NODES) {
      leftOut++;
      continue;
    }
    for (const key of added) nodes.set(key, labels.get(key) ?? key.slice(1));
    for (const path of paths)
      for (let at = 1; at < path.length; at++) edges.add(`${idOf(path[at - 1]!)} --> ${idOf(path[at]!)}`);
  }
  const head = [
    ...(incomplete.length > 0 ? ["INCOMPLETE", ...incomplete] : []),
    title,
    ...facts.map(([fact, value]) => `${fact}: ${value}`),
    ...(leftOut > 0
      ? [`${leftOut} of ${rows.length} grants are left out: the graph shows at most ${MAX_NODES} nodes.`]
      : []),
  ];
  const lines = [
    ...head.map((line) => `%% ${comment(line)}`),
    "flowchart LR",
    ...(incomplete.length > 0 ? ['  incomplete["INCOMPLETE"]'] : []),
    ...[...nodes].map(([key, text]) => `  ${idOf(key)}["${label(text)}"]`),
    ...[...edges].map((edge) => `  ${edge}`),
    ...(leftOut > 0 ? [`  rest["${leftOut} more grants"]`] : []),
  ];
  return `${lines.join("\n")}\n`;

  function idOf(key: string): string {
    return `n${[...nodes.keys()].indexOf(key)}`;
  }
}

/** Mermaid reads Markdown and HTML in labels, and its own entities, which begin with a number sign. */
function label(text: string): string {
  return printable(text.toWellFormed()).replace(/[^\p{L}\p{N} .,/@-]/gu, (sign) => `#${sign.codePointAt(0)};`);
}

/** Braces would begin a directive. */
function comment(text: string): string {
  return printable(text.toWellFormed()).replace(/[{}`]/g, "");
}
