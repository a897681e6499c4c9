import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressOf, listeners, type OverwriteAnswer } from "./address.ts";

/** A check is one read of each project that was written to, and reads are repeated while a server is in trouble. */
const ANSWER_MS = 120_000;

/** The side of the program; see address.ts. */
export class OverwriteQuery {
  /** `undefined` in a preview. Hard to guess, and short: a socket's path may have 104 characters. */
  readonly folder: string | undefined;
  #asked = false;

  constructor(previews: boolean) {
    this.folder = previews ? undefined : join(tmpdir(), `mongofed-${randomBytes(9).toString("base64url")}`);
  }

  /** Call it after each registration, because it may have written. */
  askAgain(): void {
    this.#asked = false;
  }

  /** Whether a provider process may have written since the last question. */
  get due(): boolean {
    return !this.#asked && this.folder !== undefined && existsSync(this.folder);
  }

  /** Asks each provider process that has written. Never fails: a missing answer becomes `trouble`. */
  async ask(): Promise<readonly OverwriteAnswer[]> {
    const { folder } = this;
    if (folder === undefined || !this.due) return [];
    this.#asked = true;
    return await Promise.all(listeners(readdirSync(folder)).map((name) => askOne(addressOf(folder, name))));
  }
}

function askOne(address: string): Promise<OverwriteAnswer> {
  return new Promise((resolve) => {
    let text = "";
    const fail = (why: string) => resolve({ trouble: why });
    const socket = connect(address)
      .setEncoding("utf8")
      .setTimeout(ANSWER_MS, () => socket.destroy(new Error("the provider process did not answer in time")))
      .on("data", (part) => {
        text += part;
      })
      .on("error", ({ message }) => fail(message))
      .on("close", () => (text === "" ? fail("the provider process gave no answer") : resolve(JSON.parse(text))));
  });
}
