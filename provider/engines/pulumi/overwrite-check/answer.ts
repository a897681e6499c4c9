import { AsyncResource } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Report } from "../../../../schema/report.ts";
import { currentRun, perRun } from "../../../run-scope.ts";
import { addressOf, type OverwriteAnswer } from "./address.ts";

type Look = () => Promise<readonly string[]>;

/** The side of the provider, which knows what it has written; see address.ts. */
class OverwriteCheck {
  #folder: string | undefined;
  #listening: Promise<void> | undefined;
  /** Something was written since the last answer. */
  #isDue = false;

  /** Notes where the program will ask. A program that only previews names no folder; a refresh or destroy has no program. */
  noteFolder(folder: string | undefined): void {
    this.#folder = folder ?? this.#folder;
  }

  /**
   * Starts to answer, since something may have been written. Await it before the engine hears of the write: the program
   * asks as soon as it knows of the last one. Never fails: what is written is written.
   */
  async offer(look: Look, report: (one: Report) => void): Promise<void> {
    this.#isDue = true;
    if (this.#folder === undefined) return;
    this.#listening ??= this.#listen(this.#folder, look).catch((error: unknown) => {
      report({ type: "warning", text: `the end of this run is not looked at: ${messageOf(error)}` });
    });
    await this.#listening;
  }

  /**
   * Looks for what was written when no program asks any more: deletions. The engine has its result by then, so the
   * caller can only print it.
   */
  async lookAtEnd(look: Look): Promise<readonly string[]> {
    if (!this.#isDue) return [];
    return await look().catch(() => []);
  }

  async #listen(folder: string, look: Look): Promise<void> {
    const name = randomBytes(6).toString("hex");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const answer = AsyncResource.bind(() => this.#answer(look));
    const server = createServer(async (socket) => {
      socket.on("error", () => {});
      socket.end(JSON.stringify(await answer()));
    });
    server.unref();
    const remove = () => rmSync(folder, { recursive: true, force: true });
    const { onStop } = currentRun();
    if (onStop === undefined) process.once("exit", remove);
    else
      onStop(async () => {
        server.close();
        remove();
      });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject).listen(addressOf(folder, name), resolve);
    await promise;
    writeFileSync(join(folder, name), "");
  }

  async #answer(look: Look): Promise<OverwriteAnswer> {
    this.#isDue = false;
    try {
      return { overwritten: await look() };
    } catch (error) {
      return { trouble: messageOf(error) };
    }
  }
}

export const overwriteCheck = perRun(() => new OverwriteCheck());

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
