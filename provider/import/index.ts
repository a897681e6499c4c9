import type { ControlPlane } from "../control-planes/control-plane.ts";
import { typeNameOf } from "../engines/terraform/resources.ts";
import { readLabels } from "../lookups/labels.ts";
import { type ReadOptions, readOrganization } from "../lookups/organization.ts";
import type { Language, WriteOptions } from "./language.ts";
import { languages } from "./languages.ts";
import { type ImportedResource, type ImportModel, importModel } from "./model.ts";
import { remarksOf, reportJson, summary } from "./report.ts";
import { refuseExisting, writeFolder } from "./write-folder.ts";

interface ImportOptions extends ReadOptions, WriteOptions {
  readonly folder: string;
  readonly language: string;
  /** The text of a file of names. */
  readonly names?: string | undefined;
}

interface ImportResult {
  /** Whether anything could be read. */
  readonly read: boolean;
  readonly report: object;
  /** @param folder the new folder, as the user calls it */
  text(folder: string): string;
}

/** Reads what exists, and writes a folder with a program for it. */
export async function importProgram(plane: ControlPlane, options: ImportOptions): Promise<ImportResult> {
  const { folder, names, signal } = options;
  const language = languages[options.language];
  if (language === undefined) throw new TypeError(`there is no language ${options.language}`);
  await refuseExisting(folder);
  const labels = names === undefined ? new Map<string, string>() : readLabels(names);
  const contents = await readOrganization(plane, options);
  const model = expressible(await importModel(plane, contents, { labels, known: knownNames(options) }), language);
  const read = model.resources.length + model.notImported.length > 0 || model.unreadable.length === 0;
  const files = read ? language.write(model, options) : [];
  if (read) await writeFolder(folder, files, signal);
  const remarks = language.remarks?.(options) ?? [];
  // A configuration whose objects move belongs where their state is, not into its new folder.
  const steps = (shown: string) => [...(options.from === undefined ? [`cd ${shown}`] : []), ...language.next(options)];
  const paths = files.map(({ path }) => path);
  return {
    read,
    report: { files: paths, ...reportJson(model), remarks, next: read ? language.next(options) : [] },
    text: (shown) =>
      [
        `Declared ${summary(model)}.\n`,
        ...(read ? [`Wrote ${paths.map((path) => `${shown}/${path}`).join(", ")}.\n`] : ["Wrote nothing.\n"]),
        ...remarksOf(model),
        ...(remarks.length === 0 ? [] : [`${remarks.join("\n")}\n`]),
        ...(read
          ? [
              `Next:\n${steps(shown)
                .map((line) => `  ${line}\n`)
                .join("")}`,
            ]
          : []),
      ].join("\n"),
  };
}

/** Leaves out the resources that the language cannot express, and those that refer to them. */
function expressible(model: ImportModel, language: Language): ImportModel {
  const left = new Map<ImportedResource, string>();
  for (const resource of model.resources) {
    const { identityProvider } = resource;
    const why =
      identityProvider !== undefined && left.has(identityProvider)
        ? "its identity provider is not imported"
        : language.obstacle?.(resource);
    if (why !== undefined) left.set(resource, why);
  }
  const notImported = [...left].map(([{ what }, why]) => ({ what, why, findings: [] }));
  return {
    ...model,
    resources: model.resources.filter((resource) => !left.has(resource)),
    notImported: [...model.notImported, ...notImported],
  };
}

/** The names that objects have in the state of another provider. */
function knownNames({ from }: WriteOptions): ReadonlyMap<string, string> {
  const kinds = ["IdentityProvider", "DatabaseRole", "OidcRole", "FederatedUser"] as const;
  return new Map(
    kinds.flatMap((kind) =>
      [...(from?.moves ?? [])].flatMap(([key, { name }]) => {
        const [type, id] = [typeNameOf(kind), key.slice(typeNameOf(kind).length + 1)];
        return key.startsWith(`${type} `) && name !== "" ? [[`${kind} ${id}`, name] as const] : [];
      }),
    ),
  );
}
