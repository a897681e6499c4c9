/**
 * `npm run bench`: the access report with 10,000 rows, in Chromium. Its size, the time until it can be searched, and the
 * time from a key to the new rows, layout included.
 */

import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { accessHtml } from "../../provider/formats/html.ts";
import { accessView, manyRows } from "../support/access-view.ts";
import { startBrowser } from "../support/browser.ts";

const ROWS = 10_000;
const MAX_BYTES = 5_000_000;
const MAX_SEARCH_MS = 200;
/** The median counts, because other programs may take the processor meanwhile. */
const TIMES = 5;
const SEARCHES = ["t", "team", "team 9", "project-42", "readWrite@db7 not managed", "no such thing", ""];

const folder = await mkdtemp(join(tmpdir(), "mongofed-bench-"));
const browser = await startBrowser();
try {
  const file = join(folder, "access.html");
  await writeFile(file, accessHtml(accessView({ rows: manyRows(ROWS) })));
  const { size } = await stat(file);
  const page = await browser.newPage();
  const began = performance.now();
  await page.goto(pathToFileURL(file).href);
  console.log(`${ROWS} rows: ${(size / 1e6).toFixed(1)} MB, ready after ${Math.round(performance.now() - began)} ms`);
  let slowest = 0;
  for (const text of SEARCHES) {
    const milliseconds = (await page.evaluate(`
      search.value = ${JSON.stringify(text)};
      Array.from({ length: ${TIMES} }, () => {
        const began = performance.now();
        search.dispatchEvent(new Event("input"));
        document.body.offsetHeight;
        return performance.now() - began;
      }).sort((a, b) => a - b)[${(TIMES - 1) / 2}];
    `)) as number;
    slowest = Math.max(slowest, milliseconds);
    console.log(`  search ${JSON.stringify(text)}: ${milliseconds.toFixed(1)} ms`);
  }
  const good = size < MAX_BYTES && slowest < MAX_SEARCH_MS;
  console.log(`${good ? "ok" : "FAILED"}: below ${MAX_BYTES / 1e6} MB and ${MAX_SEARCH_MS} ms`);
  if (!good) process.exitCode = 1;
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
