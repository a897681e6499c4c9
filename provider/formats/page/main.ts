/** The script of the access report: search, filters, sorting and graph. The page is complete without it. */

import { byId, element } from "./dom.ts";
import { GraphView } from "./graph.ts";
import { type Row, readRows } from "./rows.ts";
import { Table } from "./table.ts";

const rows = readRows(byId<HTMLTableSectionElement>("rows"));
const search = byId<HTMLInputElement>("search");
const graph = new GraphView();
const table = new Table(rows, { onOpen: (row) => graph.select(row) });

const FILTERS: Readonly<Record<string, (row: Row) => readonly string[]>> = {
  Kind: ({ kind }) => [kind],
  "Identity provider": ({ through }) => [through],
  Project: ({ project }) => [project],
  Role: ({ roles }) => roles.map(({ name }) => name),
  Database: ({ databases }) => databases,
  "Managed by": ({ managed }) => [managed],
  Note: ({ notes }) => notes,
};
const selects = Object.entries(FILTERS).map(([name, valuesOf]) => {
  const counts = new Map<string, number>();
  for (const row of rows) for (const value of new Set(valuesOf(row))) counts.set(value, (counts.get(value) ?? 0) + 1);
  const values = [...counts].filter(([value]) => value !== "").sort(([a], [b]) => a.localeCompare(b, "en"));
  const select = element(
    "select",
    {},
    element("option", { value: "" }, "All"),
    ...values.map(([value, count]) => element("option", { value }, `${value} (${count.toLocaleString("en-US")})`)),
  );
  select.addEventListener("change", update);
  // A choice of one is none.
  const label = element("label", { hidden: values.length === 0 }, element("span", {}, name), select);
  byId("filters").append(label);
  return { select, valuesOf };
});
const clear = byId<HTMLButtonElement>("clear");

function update(): void {
  const words = search.value
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const chosen = selects.filter(({ select }) => select.value !== "");
  const matches = rows.filter(
    (row) =>
      words.every((word) => row.search.includes(word)) &&
      chosen.every(({ select, valuesOf }) => valuesOf(row).includes(select.value)),
  );
  for (const { select } of selects) select.classList.toggle("chosen", select.value !== "");
  clear.hidden = words.length === 0 && chosen.length === 0;
  table.show(matches);
  graph.show(matches);
}

search.addEventListener("input", update);
search.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    search.value = "";
    update();
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    table.focusFirst();
  }
});
clear.addEventListener("click", () => {
  search.value = "";
  for (const { select } of selects) select.value = "";
  update();
  search.focus();
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement)
    return;
  event.preventDefault();
  search.focus();
});
update();
document.documentElement.classList.add("ready");
