import { stringify } from "yaml";
import type { Identifiers } from "./code.ts";
import type { WriteOptions } from "./language.ts";
import type { ImportedPlace, ImportModel } from "./model.ts";

/** The configuration of a stack: the ids of federations, organizations and projects. */

const NOUN = { federation: "SettingsId", organization: "OrgId", project: "ProjectId" } as const;

/** The places that resources are in, with the keys of their ids in the stack configuration. */
export function settingsOf(
  { places, resources }: ImportModel,
  identifiers: Identifiers,
): ReadonlyMap<ImportedPlace, string> {
  const used = new Set(resources.map(({ place }) => place));
  const through = new Set(resources.map(({ inputs }) => inputs.federationSettingsId));
  return new Map(
    places
      .filter((place) => used.has(place) || through.has(place.id))
      .map((place) => [place, identifiers.of(`${place.name}${NOUN[place.kind]}`)] as const),
  );
}

/** `Pulumi.<stack>.yaml` */
export function stackFile(
  model: ImportModel,
  settings: ReadonlyMap<ImportedPlace, string>,
  { project }: WriteOptions,
): string {
  const config = {
    ...(model.plane === "atlas" ? {} : { "mongofed:plane": model.plane }),
    ...Object.fromEntries([...settings].map(([{ id }, key]) => [`${project}:${key}`, id])),
  };
  return stringify({ config }, YAML);
}

/** An id of digits alone must not become a number, and no line is folded. */
export const YAML = { lineWidth: 0, defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const;
