import { badRequest } from "./errors.ts";
import { type AtlasAnswer, type AtlasCall, ok } from "./route.ts";

const MAX_ITEMS_PER_PAGE = 500;
const DEFAULT_ITEMS_PER_PAGE = 100;

/**
 * One page of `items`. `echoed` are the list's own parameters, which the links repeat in front of the paging ones,
 * defaults included. A page past the last one is empty and no error.
 */
export function page(call: AtlasCall, items: readonly object[], echoed: readonly [string, string][] = []): AtlasAnswer {
  if (call.query.get("envelope") === "true") {
    // The real API would wrap the answer. No client here reads an envelope, so the emulator refuses it.
    throw badRequest("INVALID_QUERY_PARAMETER", "The emulator knows no envelopes.", "envelope");
  }
  const pageNum = positiveInteger(call.query, "pageNum", 1, Number.MAX_SAFE_INTEGER);
  const itemsPerPage = positiveInteger(call.query, "itemsPerPage", DEFAULT_ITEMS_PER_PAGE, MAX_ITEMS_PER_PAGE);
  const first = (pageNum - 1) * itemsPerPage;

  const link = (rel: string, to: number) => {
    const query = new URLSearchParams([...echoed]);
    query.append("pageNum", String(to));
    query.append("itemsPerPage", String(itemsPerPage));
    return { href: `${call.origin}${call.pathname}?${query}`, rel };
  };
  const links = [link("self", pageNum)];
  if (pageNum > 1) links.push(link("previous", pageNum - 1));
  if (first + itemsPerPage < items.length) links.push(link("next", pageNum + 1));

  const withoutCount = echoed.some(([name, value]) => name === "includeCount" && value === "false");
  return ok({
    links,
    results: items.slice(first, first + itemsPerPage),
    ...(withoutCount ? {} : { totalCount: items.length }),
  });
}

/** `includeCount`, as the lists that have it repeat it. The lists of a federation do not. */
export function includeCount(query: URLSearchParams): [string, string] {
  return ["includeCount", query.get("includeCount") === "false" ? "false" : "true"];
}

/** Out of range is refused; whether the real API caps it instead is unknown, so this is a guess. */
function positiveInteger(query: URLSearchParams, name: string, otherwise: number, max: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) {
    throw badRequest("INVALID_QUERY_PARAMETER", `Invalid query parameter ${name} specified.`, name);
  }
  return value;
}
