import { byId, counted, element } from "./dom.ts";
import type { Row } from "./rows.ts";

/** A table of 10,000 rows takes a browser seconds to lay out. */
const AT_A_TIME = 50;
const collator = new Intl.Collator("en", { numeric: true });

interface TableOptions {
  readonly onOpen: (row: Row) => void;
}

/** Sorts, shows the first matches, and more of them on request. */
export class Table {
  readonly #body = byId<HTMLTableSectionElement>("rows");
  readonly #headers = [...document.querySelectorAll<HTMLTableCellElement>("#access thead th")];
  readonly #status = byId("status");
  readonly #more = byId<HTMLButtonElement>("more");
  readonly #empty = byId("empty");
  readonly #total: number;
  readonly #ranks = new Map<number, Map<Row, number>>();
  readonly #byElement: Map<Element, Row>;
  #matches: readonly Row[];
  #sort: { column: number; descending: boolean } | undefined;
  #shown = 0;

  constructor(rows: readonly Row[], { onOpen }: TableOptions) {
    this.#total = rows.length;
    this.#matches = rows;
    this.#byElement = new Map(rows.map((row) => [row.element, row]));
    for (const [column, header] of this.#headers.entries()) {
      const button = element("button", { type: "button" }, header.textContent ?? "");
      button.addEventListener("click", () => this.#sortBy(column, rows));
      header.replaceChildren(button);
      header.setAttribute("aria-sort", "none");
    }
    this.#more.addEventListener("click", () => {
      const first = this.#shown;
      this.#append(AT_A_TIME);
      this.#focus(first);
    });
    this.#body.addEventListener("keydown", (event) => this.#onKey(event, onOpen));
    this.#body.addEventListener("click", (event) => {
      const row = this.#byElement.get((event.target as Element).closest("tr") ?? this.#body);
      if (row !== undefined && document.getSelection()?.isCollapsed !== false) onOpen(row);
    });
    // Paper has no button for more.
    addEventListener("beforeprint", () => this.#append(this.#matches.length));
  }

  show(matches: readonly Row[]): void {
    this.#matches = this.#sorted(matches);
    this.#body.replaceChildren();
    this.#shown = 0;
    this.#append(AT_A_TIME);
    this.#empty.hidden = matches.length > 0;
  }

  focusFirst(): void {
    this.#focus(0);
  }

  #append(count: number): void {
    const next = this.#matches.slice(this.#shown, this.#shown + count);
    for (const { element: row } of next) row.tabIndex = -1;
    if (this.#shown === 0 && next[0] !== undefined) next[0].element.tabIndex = 0;
    this.#body.append(...next.map((row) => row.element));
    this.#shown += next.length;
    const left = this.#matches.length - this.#shown;
    this.#more.hidden = left === 0;
    this.#more.textContent = `Show ${Math.min(left, AT_A_TIME)} more`;
    const all = this.#matches.length === this.#total ? "" : ` of ${this.#total.toLocaleString("en-US")}`;
    const shown = left === 0 ? "" : `, the first ${this.#shown.toLocaleString("en-US")} shown`;
    this.#status.textContent = `${counted(this.#matches.length, "grant")}${all}${shown}`;
  }

  #sortBy(column: number, rows: readonly Row[]): void {
    const descending = this.#sort?.column === column && !this.#sort.descending;
    this.#sort = { column, descending };
    if (!this.#ranks.has(column)) {
      const text = (row: Row) => row.texts[column] ?? "";
      // Empty cells come last, where nobody looks for something.
      const order = [...rows].sort(
        (a, b) => Number(text(a) === "") - Number(text(b) === "") || collator.compare(text(a), text(b)),
      );
      this.#ranks.set(column, new Map(order.map((row, rank) => [row, rank])));
    }
    for (const [index, header] of this.#headers.entries()) {
      header.setAttribute("aria-sort", index !== column ? "none" : descending ? "descending" : "ascending");
    }
    this.show(this.#matches);
  }

  #sorted(rows: readonly Row[]): readonly Row[] {
    const ranks = this.#sort && this.#ranks.get(this.#sort.column);
    if (this.#sort === undefined || ranks === undefined) return rows;
    const sign = this.#sort.descending ? -1 : 1;
    return [...rows].sort((a, b) => sign * ((ranks.get(a) ?? 0) - (ranks.get(b) ?? 0)));
  }

  #focus(index: number): void {
    const row = this.#body.rows[index];
    if (row === undefined) return;
    for (const other of this.#body.querySelectorAll<HTMLElement>('[tabindex="0"]')) other.tabIndex = -1;
    row.tabIndex = 0;
    row.focus();
  }

  #onKey(event: KeyboardEvent, onOpen: (row: Row) => void): void {
    const current = (event.target as Element).closest("tr");
    if (current === null) return;
    const at = [...this.#body.rows].indexOf(current);
    const last = this.#body.rows.length - 1;
    const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last }[event.key];
    if (to !== undefined) this.#focus(to);
    else if (event.key === "Enter") {
      const row = this.#byElement.get(current);
      if (row !== undefined) onOpen(row);
    } else return;
    event.preventDefault();
  }
}
