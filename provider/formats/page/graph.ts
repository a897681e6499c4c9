import * as dagre from "@dagrejs/dagre";
import { byId, counted, svg } from "./dom.ts";
import { type GraphNode, graphOf, LAYERS, openedAtFirst, openMore } from "./paths.ts";
import type { Row } from "./rows.ts";

const HEIGHT = 28;
/** Longer labels are shortened; the whole text is in the title. */
const MAX_LABEL = 30;
const PADDING = 12;
const HEADING = 34;
/** So long after the last key the graph follows. */
const SETTLED_MS = 150;

/** The graph of the rows that match. */
export class GraphView {
  readonly #figure = byId("graph");
  readonly #status = byId("graph-status");
  readonly #measure = document.createElement("canvas").getContext("2d");
  #opened = openedAtFirst();
  #rows: readonly Row[] = [];
  #selected: string | undefined;
  #stale = true;
  #timer: number | undefined;

  constructor() {
    byId("collapse").addEventListener("click", () => {
      this.#opened = openedAtFirst();
      this.#selected = undefined;
      this.#draw();
    });
    this.#figure.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#selected === undefined) return;
      const id = this.#selected;
      this.#selected = undefined;
      this.#draw(id);
    });
    // A graph of thousands of rows is drawn only for those who look at it.
    new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting) && this.#stale) this.#draw();
    }).observe(this.#figure);
  }

  show(rows: readonly Row[]): void {
    this.#rows = rows;
    this.#selected = undefined;
    this.#stale = true;
    // After the table, which a reader who types waits for.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#stale && this.#figure.getBoundingClientRect().top < innerHeight) this.#draw();
    }, SETTLED_MS);
  }

  /** Highlights the ways of a group or principal. */
  select(row: Row): void {
    const id = `1=${row.who}`;
    if (!graphOf(this.#rows, this.#opened).nodes.has(id)) {
      // It is among the collapsed ones: its own ways are the graph.
      this.#rows = this.#rows.filter(({ who, through }) => who === row.who && through === row.through);
    }
    this.#selected = id;
    this.#draw(id);
    this.#figure.scrollIntoView({ block: "nearest" });
  }

  #draw(focus?: string): void {
    this.#stale = false;
    const { nodes, edges, paths } = graphOf(this.#rows, this.#opened);
    this.#status.textContent =
      nodes.size === 0 ? "Nothing to draw: no grant matches." : `${counted(nodes.size, "node")}. ${this.#hint()}`;
    if (nodes.size === 0) {
      this.#figure.replaceChildren();
      return;
    }
    const layout = new dagre.graphlib.Graph();
    layout.setGraph({ rankdir: "LR", nodesep: 8, ranksep: 72, marginx: 8, marginy: 8 });
    layout.setDefaultEdgeLabel(() => ({}));
    for (const node of nodes.values()) layout.setNode(node.id, { width: this.#width(node), height: HEIGHT });
    for (const edge of edges) {
      const [from = "", to = ""] = edge.split("\n");
      layout.setEdge(from, to);
    }
    dagre.layout(layout);
    const lit = new Set(
      paths
        .filter((path) => this.#selected !== undefined && path.includes(this.#selected))
        .flatMap((path) => [...path, ...path.slice(1).map((id, index) => `${path[index]}\n${id}`)]),
    );
    const isDimmed = (key: string) => lit.size > 0 && !lit.has(key);
    const { width = 0, height = 0 } = layout.graph();
    const lines = [...edges].map((edge) => {
      const [from = "", to = ""] = edge.split("\n");
      const [a, b] = [layout.node(from), layout.node(to)];
      const [x1, x2] = [a.x + a.width / 2, b.x - b.width / 2];
      const middle = (x1 + x2) / 2;
      const state = isDimmed(edge) ? " dim" : lit.size > 0 ? " lit" : "";
      return svg("path", { class: `edge${state}`, d: `M${x1} ${a.y}C${middle} ${a.y} ${middle} ${b.y} ${x2} ${b.y}` });
    });
    const shapes = [...nodes.values()].map((node) => this.#shape(node, layout.node(node.id), isDimmed(node.id)));
    const headings = LAYERS.map((layer, index) => {
      const own = [...nodes.values()].filter((node) => node.layer === index).map(({ id }) => layout.node(id));
      if (own.length === 0) return "";
      const x = own.reduce((sum, { x: one }) => sum + one, 0) / own.length;
      return svg("text", { class: "layer", x, y: -14 }, layer);
    });
    const picture = svg(
      "svg",
      {
        viewBox: `0 ${-HEADING} ${Math.ceil(width)} ${Math.ceil(height) + HEADING}`,
        width: Math.ceil(width),
        height: Math.ceil(height) + HEADING,
        role: "group",
        "aria-label": "From identity providers over groups, people and programs to roles and databases",
      },
      ...headings,
      ...lines.filter((line) => !line.classList.contains("lit")),
      ...lines.filter((line) => line.classList.contains("lit")),
      ...shapes,
    );
    this.#figure.replaceChildren(picture);
    if (focus !== undefined) {
      const found = shapes.find((shape) => shape.dataset.id === focus);
      found?.focus({ preventScroll: true });
    }
  }

  #hint(): string {
    return this.#selected === undefined
      ? "Select a node to highlight its paths; “more” expands."
      : "Press Escape to show all paths.";
  }

  #shape(node: GraphNode, { x, y, width }: { x: number; y: number; width: number }, isDimmed: boolean): SVGGElement {
    const left = x - width / 2;
    const isSelected = node.id === this.#selected;
    const shape = svg(
      "g",
      {
        class: [
          "node",
          `layer-${node.layer}`,
          node.kind === "rest" ? "rest" : "",
          isDimmed ? "dim" : "",
          isSelected ? "selected" : "",
        ].join(" "),
        tabindex: 0,
        role: "button",
        "aria-pressed": String(isSelected),
        "data-id": node.id,
      },
      svg("title", {}, node.collapsed === undefined ? node.label : `${node.label}: select to expand`),
      svg("rect", { x: left, y: y - HEIGHT / 2, width, height: HEIGHT, rx: 6 }),
      svg("text", { x: left + PADDING, y: y + 4 }, shortened(node.label)),
    );
    const open = () => this.#open(node);
    shape.addEventListener("click", open);
    shape.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    });
    if (node.layer === 0 && node.kind !== "rest") this.#addToggle(shape, node, x + width / 2 - 14, y);
    return shape;
  }

  /** Folds the groups and principals of an identity provider into one node, and back. */
  #addToggle(shape: SVGGElement, { label, id }: GraphNode, x: number, y: number): void {
    const { collapsed } = this.#opened;
    const isCollapsed = collapsed.has(label);
    const toggle = svg(
      "g",
      { class: "toggle", tabindex: 0, role: "button", "aria-label": `${isCollapsed ? "Expand" : "Collapse"} ${label}` },
      svg("circle", { cx: x, cy: y, r: 8 }),
      svg("text", { x, y: y + 4 }, isCollapsed ? "+" : "−"),
    );
    const change = (event: Event) => {
      event.stopPropagation();
      if (isCollapsed) collapsed.delete(label);
      else collapsed.add(label);
      this.#selected = undefined;
      this.#draw(id);
    };
    toggle.addEventListener("click", change);
    toggle.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      change(event);
    });
    shape.append(toggle);
  }

  #open(node: GraphNode): void {
    if (node.kind !== "rest") {
      this.#selected = this.#selected === node.id ? undefined : node.id;
      this.#draw(node.id);
      return;
    }
    const [, provider] = / in (.*)$/s.exec(node.id) ?? [];
    if (provider !== undefined) this.#opened.collapsed.delete(provider);
    else openMore(this.#opened, node.layer);
    this.#draw(node.id);
  }

  #width({ label, layer, kind }: GraphNode): number {
    const context = this.#measure;
    const text = shortened(label);
    if (context === null) return text.length * 8 + 2 * PADDING;
    context.font = getComputedStyle(this.#figure).font;
    // Some space to spare, because the text of a picture may be wider by a fraction.
    return Math.ceil(context.measureText(text).width * 1.04) + 2 * PADDING + (layer === 0 && kind !== "rest" ? 18 : 0);
  }
}

/** The end of a name tells it from others, so the middle goes. */
function shortened(label: string): string {
  const signs = [...label];
  if (signs.length <= MAX_LABEL) return label;
  return `${signs.slice(0, MAX_LABEL - 9).join("")}…${signs.slice(-8).join("")}`;
}
