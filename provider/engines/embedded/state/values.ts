/**
 * Property values as Pulumi's wire format has them: JSON in which an object with the signature key stands for something
 * special (a secret, a resource reference, an output), and one fixed string for "not known yet".
 */

import type { PropertyMap, PropertyValue } from "../events.ts";

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e";
const ASSET_SIGNATURES: ReadonlySet<string> = new Set([
  "c44067f5952c0a294b673a41bacd8c17",
  "0def7320c3a5731c473e5ecbe6d01bc7",
]);

/** The string that stands for every unknown value, of whatever type. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface Secret {
  [key: string]: PropertyValue;
}

function isObject(value: PropertyValue | undefined): value is { [key: string]: PropertyValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: PropertyValue | undefined): value is Secret {
  return isObject(value) && value[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

function isResourceReference(value: PropertyValue): value is { [key: string]: PropertyValue } {
  return isObject(value) && value[SIGNATURE_KEY] === RESOURCE_SIGNATURE;
}

function isOutputValue(value: PropertyValue): value is { [key: string]: PropertyValue } {
  return isObject(value) && value[SIGNATURE_KEY] === OUTPUT_SIGNATURE;
}

export function makeSecret(value: PropertyValue): PropertyValue {
  return isSecret(value) ? value : { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** The value inside a secret that is held in memory. */
export function secretValue(secret: Secret): PropertyValue {
  return secret.value ?? null;
}

/** A secret as it stands in the state file. */
export function sealedSecret(ciphertext: string): PropertyValue {
  return { [SIGNATURE_KEY]: SECRET_SIGNATURE, ciphertext };
}

/** The ciphertext of a secret read from a state file; `plaintext` stands there after `--show-secrets`. */
export function sealedParts(secret: Secret): { ciphertext?: string; plaintext?: string } {
  const { ciphertext, plaintext } = secret;
  return {
    ...(typeof ciphertext === "string" ? { ciphertext } : {}),
    ...(typeof plaintext === "string" ? { plaintext } : {}),
  };
}

function mapObject(
  value: { [key: string]: PropertyValue },
  change: (inner: PropertyValue) => PropertyValue,
): PropertyMap {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}

/** Rebuilds a tree from its leaves up; `change` may answer `undefined` to have a value descended into. */
export function transform(
  value: PropertyValue,
  change: (inner: PropertyValue) => PropertyValue | undefined,
): PropertyValue {
  const changed = change(value);
  if (changed !== undefined) {
    return changed;
  }
  if (Array.isArray(value)) {
    return value.map((inner) => transform(inner, change));
  }
  return isObject(value) ? mapObject(value, (inner) => transform(inner, change)) : value;
}

function some(value: PropertyValue, test: (inner: PropertyValue) => boolean): boolean {
  if (test(value)) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.some((inner) => some(inner, test));
  }
  return isObject(value) && Object.values(value).some((inner) => some(inner, test));
}

function containsSecrets(value: PropertyValue): boolean {
  return some(value, isSecret);
}

export function containsUnknowns(value: PropertyValue): boolean {
  return some(value, (inner) => inner === UNKNOWN);
}

/** The tree with every secret opened. */
export function revealed(value: PropertyValue): PropertyValue {
  return transform(value, (inner) => (isSecret(inner) ? revealed(secretValue(inner)) : undefined));
}

/**
 * Converts properties for a dynamic provider, which accepts neither secrets nor resource references. Secrets are
 * decrypted, and a reference becomes its id, or the urn of a component. Assets are refused at registration, so they do
 * not occur here.
 */
export function forProvider(map: PropertyMap): PropertyMap {
  const open = (value: PropertyValue): PropertyValue =>
    transform(value, (inner) => {
      if (isSecret(inner)) {
        return open(secretValue(inner));
      }
      if (isResourceReference(inner)) {
        return typeof inner.id === "string" ? inner.id || UNKNOWN : (inner.urn ?? UNKNOWN);
      }
      return undefined;
    });
  return mapObject(map, open);
}

/** Output values carry dependencies that the engine gets elsewhere; only what is inside them is kept. */
export function withoutOutputValues(map: PropertyMap): PropertyMap {
  const strip = (value: PropertyValue): PropertyValue =>
    transform(value, (inner) => {
      if (!isOutputValue(inner)) {
        return undefined;
      }
      const element = inner.value === undefined ? UNKNOWN : strip(inner.value);
      return inner.secret === true ? makeSecret(element) : element;
    });
  return mapObject(map, strip);
}

/** Whether a file or archive is among the values. */
export function containsAssets(map: PropertyMap): boolean {
  return some(
    map,
    (inner) =>
      isObject(inner) && typeof inner[SIGNATURE_KEY] === "string" && ASSET_SIGNATURES.has(inner[SIGNATURE_KEY]),
  );
}

export function deepEqual(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (a === b) {
    return true;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((inner, index) => deepEqual(inner, b[index]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]))
    );
  }
  return false;
}

/** The new map, with the old value wherever it is equal: an unchanged secret then keeps its ciphertext in the file. */
export function retained(news: PropertyMap, olds: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(news).map(([key, value]) => {
      const old = olds[key];
      return [key, old !== undefined && deepEqual(old, value) ? old : value];
    }),
  );
}

/** Keys whose values differ between two maps, secrets opened. */
export function changedKeys(olds: PropertyMap, news: PropertyMap): string[] {
  const keys = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...keys].filter((key) => !deepEqual(revealedOrMissing(olds, key), revealedOrMissing(news, key))).toSorted();
}

function revealedOrMissing(map: PropertyMap, key: string): PropertyValue | undefined {
  const value = map[key];
  return value === undefined ? undefined : revealed(value);
}

/**
 * A provider that takes no secrets gives none back either. So what comes back under the name of something that was
 * secret is marked again: objects key by key, anything else as a whole.
 */
export function annotateSecrets(outs: PropertyMap, ins: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(outs).map(([key, out]) => {
      const input = ins[key];
      if (input === undefined) {
        return [key, out];
      }
      if (isObject(out) && isObject(input) && !isSecret(out) && !isSecret(input)) {
        return [key, annotateSecrets(out, input)];
      }
      return [key, !isSecret(out) && containsSecrets(input) ? makeSecret(out) : out];
    }),
  );
}

/** The tree with all keys in order, as the CLI's JSON writer puts them. */
export function sortedKeys(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) {
    return value.map(sortedKeys);
  }
  if (!isObject(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sortedKeys(value[key] ?? null)]),
  );
}
