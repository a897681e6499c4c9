import { UNKNOWN } from "../../../schema/unknown.ts";
import type { Props } from "../../resources/definition.ts";
import { toStruct } from "../pulumi/struct.ts";
import { Struct } from "./messages.ts";

/** Pulumi's values and plain JSON: one text stands for unknown values of every type, and secrets are unwrapped. */

type Path = readonly (string | number)[];

/** Properties as the engine sent them. */
export interface Received {
  readonly props: Record<string, unknown>;
  /** The paths of secret values. */
  readonly secrets: readonly Path[];
  /** The URNs of the resources that an input depends on, where the engine passes them: newer ones do, in Check. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

/** The key that marks an object of a special kind, and the kinds (`sdk/go/common/resource/properties.go` of Pulumi). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** The engine sends one of these for an unknown value, by its type (`sdk/go/common/resource/plugin/rpc.go`). */
const UNKNOWNS: ReadonlySet<string> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  UNKNOWN,
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function received(message: Struct | undefined): Received {
  const secrets: Path[] = [];
  const dependencies: Record<string, string[]> = {};
  const plain = (value: unknown, path: Path): unknown => {
    if (typeof value === "string") return UNKNOWNS.has(value) ? UNKNOWN : value;
    if (Array.isArray(value)) return value.map((item, index) => plain(item, [...path, index]));
    if (typeof value !== "object" || value === null) return value;
    const object = value as Props;
    if (object[SIGNATURE] === SECRET || (object[SIGNATURE] === OUTPUT && object.secret === true)) secrets.push(path);
    const key = String(path[0] ?? "");
    if (Array.isArray(object.dependencies) && object[SIGNATURE] === OUTPUT)
      dependencies[key] = [...(dependencies[key] ?? []), ...object.dependencies.map(String)];
    if (object[SIGNATURE] === SECRET || object[SIGNATURE] === OUTPUT)
      return "value" in object ? plain(object.value, path) : UNKNOWN;
    // HCL sends every attribute of an object, with null for those that are left out.
    const entries = Object.entries(object).filter(([, item]) => item !== null);
    return Object.fromEntries(entries.map(([key, item]) => [key, plain(item, [...path, key])]));
  };
  const props = plain(message?.toJavaScript() ?? {}, []) as Record<string, unknown>;
  return { props, secrets, dependencies };
}

/** Returns the message of properties, in which the values at `secrets`, or the nearest values above them, are secret. */
export function sent(props: Props, secrets: readonly Path[] = []): Struct {
  const plain = toStruct(props);
  return Struct.fromJavaScript(secrets.reduce(withSecret, plain) as Record<string, never>);
}

function withSecret(value: unknown, [key, ...rest]: Path): unknown {
  if (value === undefined) return undefined;
  if (key === undefined || typeof value !== "object" || value === null) return secret(value);
  if (SIGNATURE in value) return value;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? withSecret(item, rest) : item));
  const object = value as Props;
  return key in object ? { ...object, [key]: withSecret(object[key], rest) } : object;
}

function secret(value: unknown): unknown {
  const marked = typeof value === "object" && value !== null && SIGNATURE in value;
  return marked ? value : { [SIGNATURE]: SECRET, value };
}

/** Returns the properties with `UNKNOWN` in place of secrets: rules that compare declarations never see a secret. */
export function withoutSecrets({ props, secrets }: Received): Record<string, unknown> {
  return secrets.reduce<unknown>(hidden, props) as Record<string, unknown>;
}

function hidden(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined || typeof value !== "object" || value === null) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? hidden(item, rest) : item));
  const object = value as Props;
  return key in object ? { ...object, [key]: hidden(object[key], rest) } : object;
}

/** Returns the texts in secret values: a message must not repeat them. */
export function secretTexts({ props, secrets }: Received): string[] {
  return secrets.flatMap((path) => textsIn(path.reduce<unknown>((at, key) => (at as Props | undefined)?.[key], props)));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value === "" || value === UNKNOWN ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
