import { expect, test } from "vitest";
import { z } from "zod";
import type { AtlasApi } from "../../../provider/control-planes/atlas/api.ts";
import type { Call } from "../../../provider/control-planes/atlas/call.ts";
import { listAll, PAGE_SIZE } from "../../../provider/control-planes/atlas/pages.ts";
import { path } from "../../../provider/http/index.ts";

interface Item {
  id: string;
}
interface Page {
  results: Item[];
  totalCount?: number;
  links?: { rel: string }[];
}

const call: Call = {
  operation: "list things",
  method: "GET",
  path: path`/things`,
  version: "2023-01-01",
  bucket: "organizations",
};
const items = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, i) => ({ id: `i${from + i}` }));

/** The list as a server would page it, and how many requests that took. */
async function walk(answer: (pageNum: number, request: number) => Page): Promise<{ ids: string[]; requests: number }> {
  let requests = 0;
  const api = {
    ask: async (asked: Call) => answer(Number(asked.query?.pageNum), ++requests),
  } as unknown as AtlasApi;
  const found = await listAll(api, call, z.custom<Page>());
  return { ids: found.map(({ id }) => id), requests };
}

const ids = (from: number, to: number) => items(from, to).map(({ id }) => id);

test("one page that is not full and whose count is right is all", async () => {
  expect(await walk(() => ({ results: items(0, 3), totalCount: 3 }))).toEqual({ ids: ids(0, 3), requests: 1 });
});

test("walks on until a page is empty when there is no count", async () => {
  const pages = [items(0, PAGE_SIZE), items(PAGE_SIZE, PAGE_SIZE + 2), []];
  const found = await walk((pageNum) => ({ results: pages[pageNum - 1] ?? [] }));
  expect(found).toEqual({ ids: ids(0, PAGE_SIZE + 2), requests: 3 });
});

test("a server that caps the page size is read whole", async () => {
  const found = await walk((pageNum) => ({
    results: items((pageNum - 1) * 100, Math.min(pageNum * 100, 250)),
    totalCount: 250,
  }));
  expect(found).toEqual({ ids: ids(0, 250), requests: 3 });
});

test("a count that is too small does not cut the list off", async () => {
  const found = await walk((pageNum) => ({
    results: pageNum === 1 ? items(0, PAGE_SIZE) : pageNum === 2 ? items(PAGE_SIZE, PAGE_SIZE + 1) : [],
    totalCount: 1,
  }));
  expect(found.ids).toHaveLength(PAGE_SIZE + 1);
});

test("a count that is too large ends at the empty page", async () => {
  const found = await walk((pageNum) => ({ results: pageNum === 1 ? items(0, 3) : [], totalCount: 1000 }));
  expect(found).toEqual({ ids: ids(0, 3), requests: 2 });
});

test("a link to the next page is followed though the page is not full", async () => {
  const found = await walk((pageNum) => ({
    results: pageNum === 1 ? items(0, 2) : items(2, 3),
    totalCount: 2,
    links: pageNum === 1 ? [{ rel: "next" }] : [],
  }));
  expect(found.ids).toEqual(ids(0, 3));
});

test("an item that comes twice, because another was added meanwhile, is listed once", async () => {
  const found = await walk((pageNum) => ({
    results: pageNum === 1 ? items(0, 100) : pageNum === 2 ? items(99, 150) : [],
    totalCount: 150,
  }));
  expect(found.ids).toEqual(ids(0, 150));
});

test("an item that slipped to a page already read, because another was deleted, is found by walking again", async () => {
  const found = await walk((pageNum, request) => {
    const all = request === 1 ? items(0, 150) : items(1, 150);
    return { results: all.slice((pageNum - 1) * 100, pageNum * 100), totalCount: all.length };
  });
  expect(found.ids).toEqual(ids(1, 150));
});

test("a server that answers the same page for ever is an error, and not half a list", async () => {
  await expect(walk(() => ({ results: items(0, 100), totalCount: 250 }))).rejects.toThrow(/list things: .*same page/);
});

test("ids that differ in case only are one", async () => {
  const found = await walk(() => ({ results: [{ id: "65F0" }, { id: "65f0" }], totalCount: 1 }));
  expect(found.ids).toHaveLength(1);
});
