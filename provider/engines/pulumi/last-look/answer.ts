import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { LAST_LOOK } from "../../../../schema/hidden.ts";
import type { Report } from "../../../../schema/report.ts";
import type { Props } from "../../../resources/definition.ts";
import { addressOf, type LastAnswer } from "./address.ts";

/** The side of the provider process, which knows what it has written; see address.ts. */

let folder: string | undefined;
let listening: Promise<void> | undefined;
/** Written since anybody has looked. */
let isDue = false;

/** A program says where it will ask. One that only previews does not, nor is there one in a refresh or a destroy. */
export function noteFolder(props: Props): void {
  const named = props[LAST_LOOK];
  if (typeof named === "string") folder = named;
}

type Look = () => Promise<readonly string[]>;

/**
 * Something may have been written by now: from here on this process answers. To be awaited before the engine hears of
 * the write, since the program asks as soon as it knows of the last one. Never fails: what is written is written.
 */
export async function offerLastLook(look: Look, report: (one: Report) => void): Promise<void> {
  isDue = true;
  if (folder === undefined) return;
  listening ??= listen(folder, look).catch((error: unknown) => {
    report({ type: "warning", text: `the end of this run is not looked at: ${messageOf(error)}` });
  });
  await listening;
}

/**
 * What is written when no program asks any more, or none has run: deletions. The engine has its result by then, so this
 * is said and changes nothing. Says nothing where there is nothing to say.
 */
export async function lookAtEnd(look: Look): Promise<readonly string[]> {
  if (!isDue) return [];
  return await look().catch(() => []);
}

async function listen(at: string, look: Look): Promise<void> {
  const name = String(process.pid);
  mkdirSync(at, { recursive: true, mode: 0o700 });
  process.once("exit", () => rmSync(at, { recursive: true, force: true }));
  const server = createServer(async (socket) => {
    socket.on("error", () => {});
    socket.end(JSON.stringify(await answer(look)));
  });
  server.unref();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(addressOf(at, name), resolve);
  await promise;
  writeFileSync(join(at, name), "");
}

async function answer(look: Look): Promise<LastAnswer> {
  isDue = false;
  try {
    return { overwritten: await look() };
  } catch (error) {
    return { trouble: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
