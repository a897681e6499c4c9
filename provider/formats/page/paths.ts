import type { Row } from "./rows.ts";

/** The layers of the graph, from left to right. */
export const LAYERS = ["identity provider", "group or principal", "role", "database"] as const;
/** Nodes of each layer at first, the collapsed rest included: 60 in all. */
const AT_FIRST = [8, 24, 16, 12] as const;
/** So many more when a reader asks for them. */
const MORE = 20;

export interface GraphNode {
  readonly id: string;
  readonly layer: number;
  readonly label: string;
  /** How many names a collapsed node stands for. */
  readonly collapsed?: number;
  readonly kind: string;
}

export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Keys of two nodes, joined by a line break. */
  readonly edges: ReadonlySet<string>;
  /** Ids of nodes, one for each layer as far as the path goes. */
  readonly paths: readonly (readonly string[])[];
}

/** The open parts of the graph. */
export interface Opened {
  /** How many more nodes each layer shows. */
  readonly more: number[];
  /** Identity providers whose groups and principals are one node. */
  readonly collapsed: Set<string>;
}

export function openedAtFirst(): Opened {
  return { more: LAYERS.map(() => 0), collapsed: new Set() };
}

export function openMore(opened: Opened, layer: number): void {
  opened.more[layer] = (opened.more[layer] ?? 0) + MORE;
}

/** Every way from an identity provider to a database, with the nodes that few ways lead through collapsed. */
export function graphOf(rows: readonly Row[], opened: Opened): Graph {
  const names = namesOf(rows);
  const counts = LAYERS.map(() => new Map<string, number>());
  for (const path of names) {
    for (const [layer, name] of path.entries()) counts[layer]!.set(name, (counts[layer]!.get(name) ?? 0) + 1);
  }
  const visible = counts.map((count, layer) => {
    const most = AT_FIRST[layer]! + (opened.more[layer] ?? 0);
    const ordered = [...count].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name);
    return new Set(ordered.length <= most ? ordered : ordered.slice(0, most - 1));
  });
  const labels = new Map(rows.map(({ who, label }) => [who, label]));
  const nodes = new Map<string, GraphNode>();
  const edges = new Set<string>();
  const paths = new Map<string, readonly string[]>();
  for (const path of names) {
    const [provider = ""] = path;
    const ids = path.map((name, layer) => {
      if (layer === 1 && opened.collapsed.has(provider)) {
        return add({ id: `1 in ${provider}`, layer, label: `all of ${provider}`, collapsed: 0, kind: "rest" });
      }
      if (visible[layer]!.has(name)) {
        const label = layer === 1 ? (labels.get(name) ?? name) : name;
        return add({ id: `${layer}=${name}`, layer, label, kind: "" });
      }
      const collapsed = counts[layer]!.size - visible[layer]!.size;
      return add({ id: `${layer}+`, layer, label: `${collapsed} more`, collapsed, kind: "rest" });
    });
    for (let at = 1; at < ids.length; at++) edges.add(`${ids[at - 1]}\n${ids[at]}`);
    paths.set(ids.join("\n"), ids);
  }
  return { nodes, edges, paths: [...paths.values()] };

  function add(node: GraphNode): string {
    if (!nodes.has(node.id)) nodes.set(node.id, node);
    return node.id;
  }
}

/** Each way as names, as far as it goes. */
function namesOf(rows: readonly Row[]): string[][] {
  return rows.flatMap(({ through, who, roles }) => {
    if (roles.length === 0) return [[through, who]];
    return roles.flatMap(({ name, databases }) =>
      databases.length === 0 ? [[through, who, name]] : databases.map((database) => [through, who, name, database]),
    );
  });
}
