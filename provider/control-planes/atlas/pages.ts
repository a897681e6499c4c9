import type { z } from "zod";
import type { AtlasApi } from "./api.ts";
import type { Call } from "./call.ts";
import { AtlasError } from "./errors.ts";

export const PAGE_SIZE = 500;
/** Above any federation that can exist: only a server that lies gets there. */
const MAX_PAGES = 200;
const MAX_WALKS = 3;

/** The keys that distinguish the items of a list. */
type Keyed =
  | { readonly id: string }
  | { readonly orgId: string }
  | { readonly name: string }
  | { readonly username: string; readonly databaseName: string };

interface Page<Item> {
  readonly results: Item[];
  readonly totalCount?: number | undefined;
  readonly links?: readonly { readonly rel: string }[] | undefined;
}

/**
 * All items of a list, each once. Nothing that a page says of the list is trusted alone: the server may cap the page
 * size (so a short page need not be the last), `totalCount` is an estimate, and items move between pages while they
 * are read (so one may come twice, and one be skipped: then the list is walked again).
 */
export async function listAll<Item extends Keyed>(
  api: AtlasApi,
  call: Call,
  schema: z.ZodType<Page<Item>>,
): Promise<Item[]> {
  for (let walk = 1; ; walk++) {
    const { items, complete } = await walkPages(api, call, schema);
    if (complete || walk === MAX_WALKS) return items;
  }
}

async function walkPages<Item extends Keyed>(
  api: AtlasApi,
  call: Call,
  schema: z.ZodType<Page<Item>>,
): Promise<{ items: Item[]; complete: boolean }> {
  const items = new Map<string, Item>();
  const counts = new Set<number | undefined>();
  let filled = 0;
  let barren = 0;
  for (let pageNum = 1; pageNum <= MAX_PAGES; pageNum++) {
    const page = await api.ask({ ...call, query: { ...call.query, itemsPerPage: PAGE_SIZE, pageNum } }, schema);
    const seen = items.size;
    for (const item of page.results) items.set(keyOf(item), item);
    counts.add(page.totalCount);
    if (page.results.length > 0) filled++;
    if (isLast(page, items.size)) {
      // One page was read in one moment, so nothing can have moved; its count may still lie.
      const moved = counts.size > 1 || items.size < (page.totalCount ?? 0);
      return { items: [...items.values()], complete: filled <= 1 || !moved };
    }
    // A page may hold nothing new because items moved; two in a row are a server that goes in circles.
    barren = items.size === seen ? barren + 1 : 0;
    if (barren === 2) break;
  }
  throw new AtlasError(
    `${call.operation}: Atlas goes on answering the same page, so the list cannot be read whole\n` +
      "  fix  Run again. Nothing is decided by half a list: objects would look deleted that are there.",
  );
}

function isLast(page: Page<unknown>, seen: number): boolean {
  if (page.results.length === 0) return true;
  const hasNext = page.links?.some(({ rel }) => rel === "next") ?? false;
  return !hasNext && page.results.length < PAGE_SIZE && page.totalCount !== undefined && seen >= page.totalCount;
}

/** Ids are compared without regard to case; names are not. */
function keyOf(item: Keyed): string {
  if ("username" in item) return `${item.databaseName}/${item.username}`;
  if ("id" in item) return item.id.toLowerCase();
  return "orgId" in item ? item.orgId.toLowerCase() : item.name;
}
