import { Document, isMap, isScalar, visit } from "yaml";
import { type GrantedRoleInput, parseRole, roleText } from "../../schema/roles.ts";
import { Identifiers, oneLine } from "./code.ts";
import { IGNORE_FILE, IMPORT_FILE, pluginImportFile } from "./import-file.ts";
import type { Language, WriteOptions } from "./language.ts";
import type { ImportedPlace, ImportedResource, ImportModel } from "./model.ts";
import { settingsOf, stackFile, YAML } from "./settings.ts";

/** A Pulumi program in YAML, with the plugin of the package. */
export const yaml: Language = {
  description: "a Pulumi program in YAML",
  write(model, options) {
    const identifiers = new Identifiers();
    const settings = settingsOf(model, identifiers);
    const keys = new Map(model.resources.map(({ name }) => [name, identifiers.of(name)]));
    return [
      { path: "Pulumi.yaml", text: programText(model, options, settings, keys) },
      { path: `Pulumi.${options.stack}.yaml`, text: stackFile(model, settings, options) },
      { path: "package.json", text: packageFile(options) },
      IGNORE_FILE,
      ...(options.adopt ? [] : [{ path: IMPORT_FILE, text: pluginImportFile(model) }]),
    ];
  },
  next: ({ stack, adopt }) => [
    "npm install",
    `pulumi stack init ${stack}`,
    ...(adopt ? ["pulumi up"] : [`pulumi import --file ${IMPORT_FILE} --yes --generate-code=false`]),
    "pulumi preview",
  ],
};

/** The plugin comes with the package. */
function packageFile({ project, version }: WriteOptions): string {
  return `${JSON.stringify({ name: project, private: true, dependencies: { mongofed: `^${version}` } }, null, 2)}\n`;
}

function programText(
  { resources }: ImportModel,
  { project, adopt }: WriteOptions,
  settings: ReadonlyMap<ImportedPlace, string>,
  keys: ReadonlyMap<string, string>,
): string {
  const keyOf = ({ name }: ImportedResource) => keys.get(name) ?? name;
  const placeOf = (value: unknown) => [...settings].find(([{ id }]) => id === value)?.[1];
  const declared = resources.map((resource) => {
    const key = keyOf(resource);
    const properties = Object.fromEntries(
      Object.entries(resource.inputs).map(([input, value]) => [
        input,
        propertyOf(resource, input, value, keyOf, placeOf),
      ]),
    );
    const { connection, kind, name } = resource;
    return [
      key,
      {
        type: `mongofed:${kind}`,
        ...(key === name ? {} : { name }),
        properties: { ...properties, ...(adopt ? { adopt: true } : {}) },
        options: {
          protect: true,
          ...(connection === undefined ? {} : { dependsOn: [`\${${keyOf(connection)}}`] }),
        },
      },
    ] as const;
  });
  const document = new Document({
    name: project,
    description: "Identity federation of MongoDB, imported by mongofed.",
    runtime: "yaml",
    packages: { mongofed: "./node_modules/mongofed/plugin" },
    ...(settings.size === 0
      ? {}
      : { config: Object.fromEntries([...settings.values()].map((key) => [key, { type: "string" }])) }),
    resources: Object.fromEntries(declared),
  });
  remark(document, resources, keyOf);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && isPlain(node.value)) node.type = "PLAIN";
    },
  });
  return document.toString(YAML);
}

/** Whether every YAML parser reads the text without quotes as this text. Some take `yes` and `on` for booleans. */
function isPlain(text: string): boolean {
  if (/^(true|false|yes|no|on|off|y|n|null)$/i.test(text)) return false;
  return /^[A-Za-z](?:[\w./@:-]*[\w/])?$/.test(text) || /^\$\{\w+(\.reference)?\}$/.test(text);
}

/** Comments of a resource above it, and the name of a group behind its id. */
function remark(
  document: Document,
  resources: readonly ImportedResource[],
  keyOf: (resource: ImportedResource) => string,
): void {
  const byKey = new Map(resources.map((resource) => [keyOf(resource), resource]));
  const declared = document.get("resources");
  if (!isMap(declared)) return;
  for (const { key, value } of declared.items) {
    const resource = isScalar(key) ? byKey.get(String(key.value)) : undefined;
    if (resource === undefined || !isScalar(key)) continue;
    key.spaceBefore = true;
    const { comments, label } = resource;
    if (comments.length > 0) key.commentBefore = comments.map((comment) => ` ${oneLine(comment)}`).join("\n");
    if (label === undefined || !isMap(value)) continue;
    visit(value, {
      Pair(_, { key: input, value: id }) {
        if (isScalar(input) && isScalar(id) && (input.value === "group" || input.value === "principal"))
          id.comment = ` ${oneLine(label)}`;
      },
    });
  }
}

function propertyOf(
  { identityProvider, definedRoles }: ImportedResource,
  input: string,
  value: unknown,
  keyOf: (resource: ImportedResource) => string,
  placeOf: (value: unknown) => string | undefined,
): unknown {
  if (input === "identityProvider" && identityProvider !== undefined) return `\${${keyOf(identityProvider)}.reference}`;
  const place = placeOf(value);
  if (place !== undefined) return `\${${place}}`;
  if (input === "roles")
    return (value as readonly GrantedRoleInput[]).map((role) => {
      const parsed = parseRole(role);
      const defined = parsed && definedRoles.get(roleText(parsed));
      if (parsed === undefined || defined === undefined) return literal(role);
      return typeof role === "string" ? `\${${keyOf(defined)}.roleName}@${literal(parsed.database)}` : literal(role);
    });
  return literal(value);
}

/** Pulumi reads `${` in any text as the beginning of a reference. */
function literal(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("${", "$${");
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item)]));
}
