import {
  type CredentialNames,
  type CredentialSource,
  credentialSources,
  credentialsNameSchema,
  foreignEnvironment,
  namedSource,
} from "../../schema/credentials.ts";
import { type Phrase, phrase, setting as settingTerm, unsetConfig } from "../../schema/phrase.ts";
import {
  DEFAULT_PLANE,
  PLANE_KINDS,
  type PlaneKind,
  type PlaneName,
  PRODUCTS,
  planeSchema,
} from "../../schema/plane.ts";
import { FindingError } from "../findings.ts";
import { finding } from "../rules/index.ts";

/** The places that are looked at. */
export interface CredentialPlaces {
  env: Readonly<Record<string, string | undefined>>;
  /**
   * A value under `mongofed:`, by the key without that (`clientId`): of the stack configuration, or of the explicit
   * `Provider`, which then is all that there is. `provider` is the name of that one.
   */
  config: (key: string) => string | undefined;
  /** False in an engine without a stack configuration. */
  hasStack?: boolean;
}

type Read = (name: string) => string | undefined;

/** A source as it stands in this run. */
export interface Source extends CredentialSource {
  readonly read: Read;
  /** Where its base URL stands, in a user's words. */
  readonly baseUrlAt: string;
}

/**
 * The control plane of this run: what the `Provider` or the stack configuration says, else Atlas.
 *
 * @throws FindingError FED420 for one that does not exist
 */
export function planeNameOf({ config }: CredentialPlaces): PlaneName {
  const setting = config("plane")?.trim() || DEFAULT_PLANE;
  const plane = planeSchema.safeParse(setting);
  if (plane.success) return plane.data;
  const message = phrase`${settingTerm("plane")} is ${JSON.stringify(setting)}`;
  const fix = phrase`Set it to ${planeSchema.options.join(", ")}, or ${unsetConfig("plane")} (default: ${DEFAULT_PLANE}).`;
  throw new FindingError([finding("FED420", { message, fix })]);
}

/** In the order in which they count. */
export function sourcesOf(places: CredentialPlaces, plane: PlaneName): Source[] {
  const provider = places.config("provider");
  if (provider !== undefined) return [providerSource(provider, plane, places)];
  const sources = credentialSources(plane).filter(({ place }) => place === "environment" || places.hasStack !== false);
  return sources.map((source) => ({
    ...source,
    read: readerOf(source, places),
    baseUrlAt: `${source.baseUrl} in the ${source.place}`,
  }));
}

function providerSource(provider: string, plane: PlaneName, { env, config }: CredentialPlaces): Source {
  const name = credentialsNameSchema.safeParse(config("credentials"));
  if (!name.success) {
    const message = `credentials of Provider "${provider}" are not the name of environment variables`;
    throw new FindingError([finding("FED415", { message })]);
  }
  const source = namedSource(name.data, plane);
  const given = { [source.baseUrl]: config("baseUrl"), [source.caFile]: config("caFile") };
  return {
    ...source,
    read: (variable) => (given[variable] ?? env[variable])?.trim() || undefined,
    baseUrlAt:
      given[source.baseUrl] === undefined
        ? `${source.baseUrl} in the environment`
        : `baseUrl of Provider "${provider}"`,
  };
}

/** An empty value counts as none: pipelines hand empty variables to builds that may not see their secrets. */
function readerOf({ place }: CredentialSource, { env, config }: CredentialPlaces): Read {
  return (name) => (place === "environment" ? env[name] : config(name.replace(/^mongofed:/, "")))?.trim() || undefined;
}

/** The credentials that a source holds, if only in part. */
export function presentIn({ credentials, read }: Pick<Source, "credentials" | "read">): CredentialNames[] {
  return credentials.filter(({ id, secret }) => read(id) !== undefined || read(secret) !== undefined);
}

/** The product of the other kind of control plane, and the setting that selects it. */
const OTHER_PLANE = {
  atlas: ["Cloud Manager and Ops Manager", "cloud-manager or ops-manager"],
  project: [PRODUCTS.atlas, "atlas"],
} as const satisfies Record<PlaneKind, unknown>;

/** Credentials in the environment for another product: this stack may be meant for that one. */
export function foreignCredentials({ env }: CredentialPlaces, plane: PlaneName): Phrase[] {
  const source = foreignEnvironment(plane);
  const [there] = presentIn({ ...source, read: (name) => env[name]?.trim() || undefined });
  if (there === undefined) return [];
  const [product, value] = OTHER_PLANE[PLANE_KINDS[plane]];
  return [
    phrase`${there.id} of the environment is for ${product}, and counts where ${settingTerm("plane")} is ${value}`,
  ];
}
