import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AccessView } from "../../provider/formats/access-view.ts";
import { accessHtml } from "../../provider/formats/html.ts";
import { accessView, manyRows } from "../support/access-view.ts";
import { startBrowser } from "../support/browser.ts";
import { testFolder } from "../support/program.ts";

let browser: Browser;
let folder: string;
beforeAll(async () => {
  folder = await testFolder(afterAll);
  browser = await startBrowser();
}, 60_000);
afterAll(() => browser.close());

interface Opened {
  readonly page: Page;
  /** Errors of the page, violations of its policy, and requests other than the one for itself. */
  readonly complaints: string[];
}

async function open(view: AccessView, settings: { javaScript?: boolean } = {}): Promise<Opened> {
  const file = join(folder, "report.html");
  await writeFile(file, accessHtml(view));
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  const url = pathToFileURL(file).href;
  page.on("request", (request) => {
    if (request.url() !== url) complaints.push(request.url());
  });
  await page.setJavaScriptEnabled(settings.javaScript ?? true);
  await page.goto(url);
  return { page, complaints };
}

const names = (page: Page) => page.$$eval("#rows tr b", (cells) => cells.map((cell) => cell.textContent));
const status = (page: Page) => page.$eval("#status", ({ textContent }) => textContent);
const graph = async (page: Page) => {
  await page.$eval("#paths", (heading) => heading.scrollIntoView());
  await page.waitForSelector("#graph svg");
  return await page.$eval("#graph-status", ({ textContent }) => textContent);
};

describe("the access report in Chromium", () => {
  test("searches all columns, filters, and clears both", async () => {
    const { page, complaints } = await open(accessView());
    await page.keyboard.press("/");
    await page.keyboard.type("SHOP prod");
    expect(await names(page)).toEqual(["system:serviceaccount:shop:api", "repo:example/orders:environment:production"]);
    await page.select("#filters label:nth-child(2) select", "github");
    expect(await status(page)).toBe("1 grant of 7");
    await page.click("#clear");
    expect(await status(page)).toBe("7 grants");
    await page.type("#search", "nobody");
    expect(await page.$eval("#empty", (empty) => empty.checkVisibility())).toBe(true);
    expect(complaints).toEqual([]);
  });

  test("sorts both ways, with empty cells last, and moves through rows by keyboard", async () => {
    const { page } = await open(accessView());
    await page.click("#access th:first-child button");
    expect((await names(page)).slice(0, 2)).toEqual(["5a6b7c8d9e0f1a2b3c4d5e6f/old", "ada@example.com"]);
    expect(await page.$eval("#access th", (header) => header.ariaSort)).toBe("ascending");
    await page.keyboard.press("Enter");
    expect((await names(page))[0]).toBe("system:serviceaccount:shop:api");
    await page.focus("#search");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const focused = () => page.evaluate('document.activeElement.querySelector("b").textContent');
    expect(await focused()).toBe("repo:example/orders:environment:production");
    await page.keyboard.press("End");
    expect(await focused()).toBe("5a6b7c8d9e0f1a2b3c4d5e6f/old");
    await page.keyboard.press("Enter");
    expect(await page.$eval(".node.selected > text", ({ textContent }) => textContent)).toBe(
      "5a6b7c8d9e0f1a2b3c4d5e6f/old",
    );
    expect(await page.$$eval(".edge.lit", ({ length }) => length)).toBe(3);
    await page.keyboard.press("Escape");
    expect(await page.$(".node.selected")).toBeNull();
  });

  test("draws at most 60 nodes at first, without overlaps, then expands and collapses", async () => {
    const { page, complaints } = await open(accessView({ rows: manyRows(2_000) }));
    const count = async () => Number(/^\d+/.exec((await graph(page)) ?? "")?.[0]);
    expect(await count()).toBeLessThanOrEqual(60);
    const overlaps = () =>
      page.$$eval(".node", (nodes) => {
        const boxes = nodes.map((node) => ({
          rect: node.querySelector("rect")!.getBoundingClientRect(),
          text: node.querySelector(":scope > text")!.getBoundingClientRect(),
        }));
        const outside = boxes.filter(({ rect, text }) => text.left < rect.left || text.right > rect.right);
        const crossing = boxes.flatMap(({ rect: a }, index) =>
          boxes
            .slice(index + 1)
            .filter(({ rect: b }) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom),
        );
        return outside.length + crossing.length;
      });
    expect(await overlaps()).toBe(0);
    const before = await count();
    const press = async (selector: string) => {
      await page.$eval(selector, (node) => (node as unknown as { focus(): void }).focus());
      await page.keyboard.press("Enter");
    };
    await press(".layer-1.rest");
    expect(await count()).toBe(before + 20);
    expect(await overlaps()).toBe(0);
    await page.click("#collapse");
    expect(await count()).toBe(before);
    await press('.toggle[aria-label="Collapse provider-3"]');
    expect(await page.$$eval(".node > text", (texts) => texts.map((one) => one.textContent))).toContain(
      "all of provider-3",
    );
    expect(complaints).toEqual([]);
  });

  test("shows hostile names as text, and the policy of the page would stop what they try", async () => {
    const hostile = `</td></table><script>alert(1)</script><img src="https://evil.example/x.png" onerror=alert(2)>\u202e"'&amp;`;
    const [row] = accessView().rows;
    const rows = [
      { ...row!, who: hostile, name: hostile, notes: [hostile], roles: [{ name: hostile, databases: [hostile] }] },
    ];
    const { page, complaints } = await open(
      accessView({ title: hostile, rows, incomplete: [hostile], facts: [["Time", hostile]] }),
    );
    const shown = hostile.replace("\u202e", "\\u{202e}");
    expect(await names(page)).toEqual([shown]);
    expect(await page.$eval("h1", ({ textContent }) => textContent)).toBe(`INCOMPLETE: ${shown}`);
    await graph(page);
    expect(await page.$$eval("script, img", ({ length }) => length)).toBe(2);
    expect(complaints).toEqual([]);
    // The policy holds: an injected script and an injected image do nothing.
    await page.evaluate(`
      document.body.append(Object.assign(document.createElement("script"), { textContent: "document.title = 'run'" }));
      document.body.append(Object.assign(document.createElement("img"), { src: "https://evil.example/x.png" }));
    `);
    expect(await page.title()).not.toBe("run");
    expect(complaints.some((text) => text.includes("Content Security Policy"))).toBe(true);
    const policy = await page.$eval("meta[http-equiv]", (meta) => meta.getAttribute("content"));
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+' 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/,
    );
  });

  test("is a plain table without JavaScript, and prints every match", async () => {
    const { page } = await open(accessView({ rows: manyRows(120) }), { javaScript: false });
    // Without JavaScript the page cannot be asked. Its text is in the accessibility tree.
    const table = await page.accessibility.snapshot({ interestingOnly: false });
    const text = JSON.stringify(table);
    expect(text).toContain("Team 117");
    expect(text).not.toContain("Search all columns");
    const { page: printed } = await open(accessView({ rows: manyRows(120) }));
    expect(await printed.$$eval("#rows tr", ({ length }) => length)).toBe(50);
    const pdf = await printed.pdf({ preferCSSPageSize: true });
    expect(pdf.length).toBeGreaterThan(10_000);
    expect(await printed.$$eval("#rows tr", ({ length }) => length)).toBe(120);
  });

  test("stays below 5 MB with 10,000 rows", () => {
    expect(Buffer.byteLength(accessHtml(accessView({ rows: manyRows(10_000) })))).toBeLessThan(5_000_000);
  });
});
