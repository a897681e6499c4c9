/** One row of the table, read from the page: without JavaScript the same table is all there is. */
export interface Row {
  /** The texts of the columns, for sorting. */
  readonly texts: readonly string[];
  /** All texts in lower case, for the search. */
  readonly search: string;
  readonly kind: string;
  /** The id of the group or principal. */
  readonly who: string;
  /** Its name, where the report has one. */
  readonly label: string;
  readonly through: string;
  readonly project: string;
  readonly roles: readonly Role[];
  readonly databases: readonly string[];
  readonly managed: string;
  readonly notes: readonly string[];
  readonly element: HTMLTableRowElement;
}

interface Role {
  readonly name: string;
  readonly databases: readonly string[];
}

const COLUMN = { who: 0, through: 1, project: 2, roles: 3, databases: 4, managed: 6, notes: 7 } as const;

export function readRows(body: HTMLTableSectionElement): Row[] {
  return [...body.rows].map((element) => {
    const cells = [...element.cells];
    const texts = cells.map((cell) => cell.textContent ?? "");
    const name = cells[COLUMN.who]?.querySelector("b");
    const items = (column: number) => [...(cells[column]?.children ?? [])].map((item) => item.textContent ?? "");
    return {
      element,
      texts,
      search: texts.join("\n").toLowerCase(),
      kind: element.className,
      who: name?.dataset.id ?? name?.textContent ?? "",
      label: name?.textContent ?? "",
      through: texts[COLUMN.through] ?? "",
      project: texts[COLUMN.project] ?? "",
      roles: [...(cells[COLUMN.roles]?.querySelectorAll<HTMLElement>("i") ?? [])].map(roleOf),
      databases: items(COLUMN.databases),
      managed: texts[COLUMN.managed] ?? "",
      notes: items(COLUMN.notes),
    };
  });
}

function roleOf({ textContent: name, dataset: { databases } }: HTMLElement): Role {
  const names = databases?.split("|") ?? [name.slice(name.lastIndexOf("@") + 1)];
  return { name, databases: names.filter((one) => one !== "") };
}
