/** A real Chromium, from packages of npm alone: libraries and a font come with it. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import chromium, { inflate } from "@sparticuz/chromium";
import puppeteer, { type Browser } from "puppeteer-core";

export async function startBrowser(): Promise<Browser> {
  const packed = join(dirname(dirname(new URL(import.meta.resolve("@sparticuz/chromium")).pathname)), "bin");
  const executablePath = await chromium.executablePath(packed);
  const unpacked = dirname(executablePath);
  const libraries = join(unpacked, "al2023", "lib");
  if (!existsSync(libraries)) await inflate(join(packed, "al2023.tar.br"));
  return await puppeteer.launch({
    executablePath,
    headless: "shell",
    args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"],
    env: { ...process.env, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(unpacked, "fonts") },
  });
}
