import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { printable } from "../printable.ts";
import { type AccessView, databasesOf, type ViewRole, type ViewRow } from "./access-view.ts";

/** Before the table: a browser would lay out all rows while it reads them, and the script shows only the first. */
const EARLY_SCRIPT = 'document.documentElement.className="script"';

/** The script reads the columns by their positions. */
const COLUMNS = ["Principal", "Through", "Project", "Roles", "Databases", "Limits", "Managed by", "Notes"];

/**
 * An access report as one HTML file, without a request to anywhere. Without JavaScript it is a plain table. The content
 * security policy allows the script and the style of this very file, so markup in a name could not run either.
 */
export function accessHtml(view: AccessView): string {
  const { style, script } = assets();
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(EARLY_SCRIPT)} ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const { title, facts, incomplete, rows, remarks } = view;
  const heading = incomplete.length > 0 ? `INCOMPLETE: ${title}` : title;
  const lead = ["Time", "Host", "Version"]
    .flatMap((wanted) => facts.find(([name]) => name === wanted)?.[1] ?? [])
    .join(" · ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${text(heading)}</title>
<style>${style}</style>
<script>${EARLY_SCRIPT}</script>
</head>
<body>
<header>
<h1>${text(heading)}</h1>
<p class="lead">${text(lead)}</p>
${incompleteBox(incomplete)}</header>
<main>
<ul class="tiles">
${tiles(rows).join("\n")}
</ul>
<section class="card" aria-labelledby="grants">
<h2 id="grants">Grants</h2>
<div class="controls">
<div class="bar"><input id="search" type="search" placeholder="Search all columns (press /)" aria-label="Search all columns" autocomplete="off" spellcheck="false"><button id="clear" type="button" hidden>Clear</button></div>
<div id="filters"></div>
<p id="status" role="status"></p>
</div>
<div class="scroll">
<table id="access">
<thead><tr>${COLUMNS.map((column) => `<th scope="col">${column}</th>`).join("")}</tr></thead>
<tbody id="rows">
${rows.map(rowHtml).join("\n")}
</tbody>
</table>
</div>
<p id="empty" class="nothing"${rows.length === 0 ? "" : " hidden"}>${rows.length === 0 ? "No grants were found." : "No grant matches the search and the filters."}</p>
<div class="below controls"><button id="more" type="button" hidden></button></div>
</section>
<section class="card graph-card" aria-labelledby="paths">
<div class="bar"><h2 id="paths">Paths to databases</h2><button id="collapse" type="button">Collapse</button></div>
<p id="graph-status" role="status"></p>
<figure id="graph"></figure>
</section>
<section class="card" aria-labelledby="about">
<h2 id="about">About this report</h2>
<dl class="facts">
${facts.map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`).join("\n")}
</dl>
${remarks.map((remark) => `<p>${text(remark)}</p>`).join("\n")}
</section>
</main>
<footer>mongofed writes this file. It holds no script or style from elsewhere and sends nothing.</footer>
<script>${script}</script>
</body>
</html>
`;
}

function incompleteBox(reasons: readonly string[]): string {
  if (reasons.length === 0) return "";
  const list = reasons.map((reason) => `<li>${text(reason)}</li>`).join("");
  return `<div class="incomplete" role="alert"><strong>INCOMPLETE</strong>: mongofed could not read everything.<ul>${list}</ul></div>\n`;
}

function tiles(rows: readonly ViewRow[]): string[] {
  const distinct = (kind: (row: ViewRow) => boolean) =>
    new Set(rows.filter(kind).map(({ through, who }) => `${through}\n${who}`)).size;
  const unknown = distinct(({ kind }) => kind === "principal");
  const far = rows.filter(({ farReaching }) => farReaching.length > 0).length;
  const unmanaged = rows.filter(({ isManaged }) => !isManaged).length;
  const counts: readonly (readonly [number, string, string])[] = [
    [distinct(({ kind }) => kind === "group"), "groups", ""],
    [distinct(({ kind }) => kind === "person"), "people", ""],
    [distinct(({ kind }) => kind === "program"), "programs", ""],
    // Without its identity provider, a principal may be either.
    ...(unknown === 0 ? [] : ([[unknown, "other principals", ""]] as const)),
    [new Set(rows.map(({ project }) => project)).size, "projects", ""],
    [far, "with far-reaching access", far > 0 ? "bad" : ""],
    [unmanaged, "not managed", unmanaged > 0 ? "warn" : ""],
  ];
  return counts.map(
    ([count, label, style]) =>
      `<li${style === "" ? "" : ` class="${style}"`}><b>${count.toLocaleString("en-US")}</b>${label}</li>`,
  );
}

function rowHtml(row: ViewRow): string {
  const { kind, who, name, members, farReaching, notes, managedBy, isManaged } = row;
  const items = (texts: readonly string[], style?: string) =>
    texts.map((one) => `<i${style === undefined ? "" : ` class="${style}"`}>${text(one)}</i>`).join(" ");
  const limits = [
    row.restrictions,
    row.clusters === "all" ? "" : row.clusters,
    row.expires && `until ${row.expires}`,
  ].filter((limit) => limit !== "");
  const below = [name === undefined ? "" : who, members ?? ""].filter((line) => line !== "");
  const cells = [
    // Two groups may have the same name: the graph tells them apart by their ids.
    `<b${name === undefined ? "" : ` data-id="${text(who)}"`}>${text(name ?? who)}</b>${below.map((line) => `<small>${text(line)}</small>`).join("")}`,
    text(row.through),
    text(row.project),
    row.roles.map(roleHtml).join(" "),
    items(databasesOf(row)),
    limits.map((limit) => `<p>${text(limit)}</p>`).join(""),
    isManaged ? text(managedBy) : `<span class="unmanaged">${text(managedBy)}</span>`,
    [items(farReaching, "far"), items(notes, "note")].filter((part) => part !== "").join(" "),
  ];
  return `<tr class="${kind}">${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

/** The graph leads from a role to its databases: most have only their own. */
function roleHtml({ name, databases }: ViewRole): string {
  const own = name.slice(name.lastIndexOf("@") + 1);
  const isOwn = databases.length === 1 && databases[0] === own;
  // No name of a database holds a vertical bar.
  return `<i${isOwn ? "" : ` data-databases="${text(databases.join("|"))}"`}>${text(name)}</i>`;
}

/** Text for content and for attributes in double quotes. Characters that reorder or hide text become visible. */
function text(value: string): string {
  return printable(value.toWellFormed()).replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}

function hashOf(content: string): string {
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}

function assets(): { style: string; script: string } {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mongofed/package.json")), "dist", "access-page");
  // A parser replaces carriage returns before it computes the hash.
  const [style, script] = ["page.css", "page.js"].map((name) =>
    readFileSync(join(folder, name), "utf8").replaceAll("\r", "").trim(),
  ) as [string, string];
  if (/<\/(?:style|script)|<!--/i.test(style + script)) throw new Error("the script or style would end its element");
  return { style, script };
}
