/** The table of resources: symbol, type as a tree, name, what is done, which properties differ. */

import type { Paint } from "../../../terminal/color.ts";
import { plainTable } from "../../../terminal/plain-table.ts";
import type { StepMetadata } from "../events.ts";
import { countText } from "./diagnostics.ts";
import { markRetained, OPERATIONS, protectionChanged } from "./operations.ts";
import { diffMaps } from "./property-diff.ts";
import type { ResourceRow, ResourceRows } from "./resource-rows.ts";

export function resourceTable(rows: ResourceRows, planning: boolean, paint: Paint): string {
  const lines = tree(rows);
  if (lines.every(({ row }) => row.status === "waiting" && row.messages.length === 0)) return "";
  const infos = lines.map(({ row }) => info(row, paint));
  const columns = infos.every((text) => text === "") ? 4 : 5;
  const heading = ["Type", "Name", planning ? "Plan" : "Status", "Info"].map((word) => paint("resource", word));
  const cells = lines.map(({ row, prefix }, i) => {
    const { symbol, style } = OPERATIONS[row.op];
    return [` ${paint(style, symbol)}`, prefix + row.type, row.name, statusText(row, planning, paint), infos[i] ?? ""];
  });
  return plainTable([["   ", ...heading], ...cells].map((line) => line.slice(0, columns)));
}

interface TreeLine {
  readonly row: ResourceRow;
  readonly prefix: string;
}

/** Children stand under their parents, in the order in which the engine came to them. Quiet leaves are left out. */
function tree(rows: ResourceRows): TreeLine[] {
  const all = rows.all();
  const known = new Set(all.map(({ urn }) => urn));
  const childrenOf = (parent: string | undefined) =>
    all.filter((row) => (row.parent !== undefined && known.has(row.parent) ? row.parent : undefined) === parent);
  const hasSomethingToSay = (row: ResourceRow): boolean =>
    !rows.isQuiet(row) || childrenOf(row.urn).some(hasSomethingToSay);

  const lines: TreeLine[] = [];
  const walk = (row: ResourceRow, prefix: string, below: string) => {
    lines.push({ row, prefix });
    const children = childrenOf(row.urn).filter(hasSomethingToSay);
    children.forEach((child, i) => {
      const last = i === children.length - 1;
      walk(child, `${below}${last ? "└─ " : "├─ "}`, `${below}${last ? "   " : "│  "}`);
    });
  };
  for (const root of childrenOf(undefined).filter(hasSomethingToSay)) walk(root, "", "");
  return lines;
}

function statusText(row: ResourceRow, planning: boolean, paint: Paint): string {
  const text = status(row, planning, paint);
  return row.step ? markRetained(text, row.step) : text;
}

function status(row: ResourceRow, planning: boolean, paint: Paint): string {
  const { style, plan, running, done } = OPERATIONS[row.op];
  if (planning && row.status !== "failed") return paint(style, plan);
  const wentWrong = row.messages.some(({ severity }) => severity === "error");
  if (row.status === "failed" || (wentWrong && row.op !== "same"))
    return paint("error", `**${running} failed**`.trim());
  if (row.op === "same") return "";
  if (row.status === "done") return paint(style, `${done} (${took(row.tookMs)})`);
  // The stack and components end when the program does, without a word; a resource that does not was cut off.
  const custom = (row.step?.new ?? row.step?.old)?.custom ?? false;
  return custom ? paint("warning", `${running} (interrupted)`) : paint(style, done);
}

function took(ms: number): string {
  return ms < 1000 ? `${(ms / 1000).toFixed(2)}s` : `${Math.floor(ms / 1000)}s`;
}

function info(row: ResourceRow, paint: Paint): string {
  const changed = row.step ? changedProperties(row.step, paint) : "";
  return [changed && `[diff: ${changed}]`, countText(row.messages, paint)].filter(Boolean).join("; ");
}

/** `+added-removed~changed`: the names only, their values are for `--diff`. */
function changedProperties(step: StepMetadata, paint: Paint): string {
  if (!step.old || !step.new) return "";
  const diff = step.op === "same" ? undefined : diffMaps(step.old.inputs, step.new.inputs);
  const updated = [...(diff?.updates.keys() ?? []), ...(protectionChanged(step) ? ["protect"] : [])];
  const part = (op: "create" | "delete" | "update", keys: string[]) => {
    const { style, symbol } = OPERATIONS[op];
    return keys.length === 0 ? "" : paint(style, symbol.trim() + keys.sort().join(","));
  };
  return (
    part("create", [...(diff?.adds.keys() ?? [])]) +
    part("delete", [...(diff?.deletes.keys() ?? [])]) +
    part("update", updated)
  );
}
