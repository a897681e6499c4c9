/**
 * The config of a stack: what the project file says for all stacks, over it `Pulumi.<stack>.yaml`, over it what the
 * caller gives. Values are text; structured ones are JSON, and secret as a whole if anything in them is.
 */

import { join } from "node:path";
import type { PropertyMap, PropertyValue } from "./events.ts";
import { asRecord, type Project, readYaml } from "./project.ts";
import type { ConfigValue } from "./run-options.ts";
import { makeSecret, sortedKeys } from "./state/values.ts";

const NAMESPACE_SEPARATOR = ":";
/** Keys once were `aws:config:region`. */
const OLD_INFIX = ":config:";

interface Setting {
  readonly value: string;
  readonly secret: boolean;
}

/** The stack file's own words, before its secrets are opened. */
export interface StackFile {
  readonly config: Readonly<Record<string, unknown>>;
  readonly encryptionSalt: string | undefined;
  /** Why its secrets cannot be opened here, whatever the passphrase. */
  readonly sealedElsewhere: string | undefined;
}

export class StackConfig {
  readonly #settings: ReadonlyMap<string, Setting>;

  constructor(settings: ReadonlyMap<string, Setting>) {
    this.#settings = new Map([...settings].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** All settings in clear, as the program gets them. */
  get plain(): Record<string, string> {
    return Object.fromEntries([...this.#settings].map(([key, { value }]) => [key, value]));
  }

  get secretKeys(): string[] {
    return [...this.#settings].filter(([, { secret }]) => secret).map(([key]) => key);
  }

  /** All settings as inputs of a dynamic provider: it is given those of every namespace. */
  get inputs(): PropertyMap {
    return Object.fromEntries(
      [...this.#settings].map(([key, { value, secret }]) => [key, secret ? makeSecret(value) : value]),
    );
  }

  /** The settings of one namespace as inputs of its provider. */
  inputsOf(namespace: string): PropertyMap {
    const prefix = `${namespace}${NAMESPACE_SEPARATOR}`;
    const own = Object.entries(this.inputs).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
  }

  /** The configuration without secrets, for display. */
  get redacted(): Record<string, string> {
    return Object.fromEntries(
      [...this.#settings].map(([key, { value, secret }]) => [key, secret ? "[secret]" : value]),
    );
  }
}

export async function readStackFile(project: Project, stack: string): Promise<StackFile> {
  if (project.kind === "inline") {
    return { config: {}, encryptionSalt: undefined, sealedElsewhere: undefined };
  }
  const found = await readYaml(
    join(project.stackConfigDir, `Pulumi.${stack}.yaml`),
    join(project.stackConfigDir, `Pulumi.${stack}.yml`),
  );
  const content = found?.content ?? {};
  const { secretsprovider, encryptionsalt } = content;
  const isElsewhere = typeof secretsprovider === "string" && secretsprovider !== "" && secretsprovider !== "passphrase";
  return {
    config: asRecord(content.config),
    encryptionSalt: typeof encryptionsalt === "string" ? encryptionsalt : undefined,
    sealedElsewhere: isElsewhere
      ? `The embedded engine opens secrets with a passphrase only; those of ${found?.file} are kept by the secrets provider "${secretsprovider}": use the Pulumi CLI.`
      : undefined,
  };
}

function fullKey(project: string, key: string): string {
  return key.includes(NAMESPACE_SEPARATOR)
    ? key.replace(OLD_INFIX, NAMESPACE_SEPARATOR)
    : `${project}${NAMESPACE_SEPARATOR}${key}`;
}

/** Decrypts an encrypted text. */
export interface Opener {
  openText(sealed: string): string;
}

/** Opens `{secure: ...}` wherever it stands. */
function open(value: unknown, secrets: Opener): { value: PropertyValue; secret: boolean } {
  if (Array.isArray(value)) {
    const items = value.map((item) => open(item, secrets));
    return { value: items.map((item) => item.value), secret: items.some(({ secret }) => secret) };
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only?.[0] === "secure" && typeof only[1] === "string") {
      return { value: secrets.openText(only[1]), secret: true };
    }
    const opened = entries.map(([key, item]) => [key, open(item, secrets)] as const);
    return {
      value: Object.fromEntries(opened.map(([key, item]) => [key, item.value])),
      secret: opened.some(([, item]) => item.secret),
    };
  }
  return { value: value as PropertyValue, secret: false };
}

function asText(value: PropertyValue): string {
  return typeof value === "object" && value !== null ? JSON.stringify(sortedKeys(value)) : String(value ?? "");
}

/** A project's setting is a value, or a declaration that may hold one. */
function projectSettings(project: Project): [string, Setting][] {
  if (project.kind === "inline") {
    return [];
  }
  return Object.entries(project.config).flatMap(([key, declared]): [string, Setting][] => {
    const declaration =
      typeof declared === "object" && declared !== null && !Array.isArray(declared)
        ? asRecord(declared)
        : { value: declared };
    const value = declaration.value ?? declaration.default;
    return value === undefined
      ? []
      : [[key, { value: asText(value as PropertyValue), secret: declaration.secret === true }]];
  });
}

export function stackConfig(
  project: Project,
  file: StackFile,
  secrets: Opener,
  over: Readonly<Record<string, ConfigValue>>,
): StackConfig {
  const settings = new Map(projectSettings(project).map(([key, setting]) => [fullKey(project.name, key), setting]));
  for (const [key, raw] of Object.entries(file.config)) {
    const { value, secret } = open(raw, secrets);
    settings.set(fullKey(project.name, key), { value: asText(value), secret });
  }
  for (const [key, value] of Object.entries(over)) {
    settings.set(fullKey(project.name, key), typeof value === "string" ? { value, secret: false } : value);
  }
  return new StackConfig(settings);
}
