/**
 * Pulumi's passphrase secrets provider: AES-256-GCM with a key derived from the passphrase by PBKDF2-SHA256.
 * The formats are Pulumi's own, so `pulumi stack import` takes a deployment written here and opens it with the same
 * passphrase.
 */

import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { PropertyValue } from "../events.ts";
import { makeSecret, revealed, sortedKeys } from "./values.ts";

const ITERATIONS = 1_000_000;
const KEY_BYTES = 32;
const SALT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The encrypted text beside the salt, which detects a wrong passphrase. */
const PROBE = "pulumi";
const FORMAT = "v1";

class SecretsError extends Error {
  override name = "SecretsError";
}

const derived = new Map<string, Buffer>();

/** Slow on purpose, so done once for each salt: tests run many stacks in one process, and a stack has two salts. */
function deriveKey(passphrase: string, salt: Buffer): Buffer {
  const id = `${salt.toString("hex")} ${passphrase}`;
  const key = derived.get(id) ?? pbkdf2Sync(passphrase, salt, ITERATIONS, KEY_BYTES, "sha256");
  derived.set(id, key);
  return key;
}

function encrypt(key: Buffer, plaintext: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [FORMAT, nonce.toString("base64"), body.toString("base64")].join(":");
}

function decrypt(key: Buffer, text: string): string {
  const [format, nonce, body] = text.split(":");
  if (format !== FORMAT || nonce === undefined || body === undefined) {
    throw new SecretsError("A secret is not in the form that Pulumi's passphrase provider writes.");
  }
  const sealed = Buffer.from(body, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
}

/** The passphrase of the environment, or `undefined` if there is none. An empty one counts. */
export async function passphraseOf(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const passphrase = env.PULUMI_CONFIG_PASSPHRASE;
  if (passphrase !== undefined) {
    return passphrase;
  }
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  return file === undefined || file === "" ? undefined : (await readFile(resolve(file), "utf8")).trim();
}

/** Deriving a key takes a good part of a second by design, so each is derived once a process. */
const derivedKeys = new Map<string, Buffer>();

function keyFor(passphrase: string, salt: string): Buffer {
  const cacheKey = `${salt}\n${passphrase}`;
  const known = derivedKeys.get(cacheKey);
  if (known !== undefined) {
    return known;
  }
  const key = deriveKey(passphrase, Buffer.from(salt, "base64"));
  derivedKeys.set(cacheKey, key);
  return key;
}

/**
 * Seals and opens the secrets of one stack. The key is made when the first secret is met: a stack without secrets
 * needs no passphrase.
 */
export class SecretsManager {
  readonly #passphrase: string | undefined;
  #state: string | undefined;
  #key: Buffer | undefined;
  /** The ciphertext of each secret, so that an unchanged secret keeps it in the file. */
  readonly #sealed = new WeakMap<object, string>();

  /** `state` is Pulumi's `encryptionsalt`: `v1:{salt}:v1:{nonce}:{ciphertext}`. */
  constructor(passphrase: string | undefined, state: string | undefined) {
    this.#passphrase = passphrase;
    this.#state = state;
  }

  /** The state of this provider in the deployment and the stack file; `undefined` before the first secret. */
  get state(): string | undefined {
    return this.#state;
  }

  #requireKey(): Buffer {
    if (this.#key !== undefined) {
      return this.#key;
    }
    if (this.#passphrase === undefined) {
      throw new SecretsError(
        "This stack holds secrets: set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the passphrase that protects them.",
      );
    }
    this.#key =
      this.#state === undefined ? this.#newKey(this.#passphrase) : this.#knownKey(this.#passphrase, this.#state);
    return this.#key;
  }

  #newKey(passphrase: string): Buffer {
    const salt = randomBytes(SALT_BYTES).toString("base64");
    const key = keyFor(passphrase, salt);
    this.#state = [FORMAT, salt, encrypt(key, PROBE)].join(":");
    return key;
  }

  #knownKey(passphrase: string, state: string): Buffer {
    const [format, salt, ...probe] = state.split(":");
    if (format !== FORMAT || salt === undefined) {
      throw new SecretsError(
        "The encryption salt of this stack is not in the form that Pulumi's passphrase provider writes.",
      );
    }
    const key = keyFor(passphrase, salt);
    try {
      if (decrypt(key, probe.join(":")) === PROBE) {
        return key;
      }
    } catch {
      // A wrong key fails the cipher's own integrity check: the same finding as a wrong probe.
    }
    throw new SecretsError(
      "The passphrase in PULUMI_CONFIG_PASSPHRASE is not the one that protects the secrets of this stack.",
    );
  }

  /** Opens a config value: those are text, not JSON. */
  openText(ciphertext: string): string {
    return decrypt(this.#requireKey(), ciphertext);
  }

  /** Opens a sealed property to the marked secret that the engine works with. */
  open(ciphertext: string): PropertyValue {
    const secret = this.openPlain(decrypt(this.#requireKey(), ciphertext));
    this.#sealed.set(secret as object, ciphertext);
    return secret;
  }

  openPlain(json: string): PropertyValue {
    return makeSecret(JSON.parse(json) as PropertyValue);
  }

  /** Seals what is inside the secret `owner`. A secret within a secret is sealed with it. */
  seal(owner: object, value: PropertyValue): string {
    const known = this.#sealed.get(owner);
    if (known !== undefined) {
      return known;
    }
    const ciphertext = encrypt(this.#requireKey(), JSON.stringify(sortedKeys(revealed(value))));
    this.#sealed.set(owner, ciphertext);
    return ciphertext;
  }
}
