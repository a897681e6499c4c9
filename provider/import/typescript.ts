import { blocksOf, type GrantMap, isMap } from "./blocks.ts";
import { Call, Expression, Identifiers, ObjectLiteral, oneLine, print } from "./code.ts";
import { dynamicImportFile, IGNORE_FILE, IMPORT_FILE } from "./import-file.ts";
import type { Language, WriteOptions, WrittenFile } from "./language.ts";
import type { ImportedPlace, ImportedResource, ImportModel } from "./model.ts";
import { settingsOf, stackFile } from "./settings.ts";

/** A Pulumi program in TypeScript, with the classes of the package. */
export const typescript: Language = {
  description: "a Pulumi program in TypeScript",
  write(model, options) {
    const program = new Program(model, options);
    return [
      { path: "index.ts", text: program.text() },
      { path: "package.json", text: packageFile(options) },
      { path: "tsconfig.json", text: TSCONFIG },
      { path: "Pulumi.yaml", text: projectFile(options) },
      { path: `Pulumi.${options.stack}.yaml`, text: stackFile(model, program.settings, options) },
      IGNORE_FILE,
      ...importFiles(model, options),
    ];
  },
  next: ({ stack, adopt }) => [
    "npm install",
    `pulumi stack init ${stack}`,
    ...(adopt ? ["pulumi up"] : [`pulumi import --file ${IMPORT_FILE} --yes --generate-code=false`]),
    "pulumi preview",
  ],
};

function importFiles(model: ImportModel, { adopt }: WriteOptions): WrittenFile[] {
  return adopt ? [] : [{ path: IMPORT_FILE, text: dynamicImportFile(model) }];
}

function packageFile({ project, version }: WriteOptions): string {
  const content = {
    name: project,
    private: true,
    type: "module",
    main: "index.ts",
    dependencies: { "@pulumi/pulumi": "^3.0.0", mongofed: `^${version}` },
    devDependencies: { "@types/node": "^24.0.0", typescript: ">=5.8.0" },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const TSCONFIG = `${JSON.stringify(
  {
    compilerOptions: { strict: true, target: "es2023", module: "nodenext", noEmit: true, skipLibCheck: true },
    include: ["*.ts"],
  },
  null,
  2,
)}\n`;

function projectFile({ project }: WriteOptions): string {
  return [
    `name: ${project}`,
    "description: Identity federation of MongoDB, imported by mongofed.",
    "runtime:",
    "  name: nodejs",
    "  options:",
    "    # Node runs TypeScript itself.",
    "    typescript: false",
    "",
  ].join("\n");
}

const HEADINGS = {
  IdentityProvider: "Identity providers",
  OrgConnection: "Organizations that are connected to them",
  DatabaseRole: "User-defined roles",
  OidcRole: "Access of groups",
  FederatedUser: "Access of people and programs",
} as const;

class Program {
  readonly #model: ImportModel;
  readonly #options: WriteOptions;
  readonly #identifiers: Identifiers;
  readonly #variables = new Map<ImportedResource, string>();
  readonly #imports: ReadonlySet<string>;
  readonly settings: ReadonlyMap<ImportedPlace, string>;

  constructor(model: ImportModel, options: WriteOptions) {
    this.#model = model;
    this.#options = options;
    this.#imports = new Set(model.resources.flatMap(({ kind, preset }) => [kind, ...(preset ? [preset.name] : [])]));
    this.#identifiers = new Identifiers([...this.#imports, "pulumi", "config", "existing", "name", "grant", "Object"]);
    this.settings = settingsOf(model, this.#identifiers);
  }

  text(): string {
    const names = [...this.#imports].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
    const imported = `import { ${names.join(", ")} } from "mongofed";`;
    const parts = [
      [
        ...(this.settings.size === 0 && this.#options.adopt
          ? []
          : this.settings.size === 0
            ? []
            : ['import * as pulumi from "@pulumi/pulumi";']),
        ...(names.length === 0
          ? []
          : [
              imported.length <= 120
                ? imported
                : imported.replace("{ ", "{\n  ").replaceAll(", ", ",\n  ").replace(" }", ",\n}"),
            ]),
      ],
      this.#configuration(),
      ...this.#protection(),
      ...this.#declarations(),
    ];
    return `${parts
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n"))
      .join("\n\n")}\n`;
  }

  #configuration(): string[] {
    if (this.settings.size === 0) return [];
    return [
      "const config = new pulumi.Config();",
      ...[...this.settings.values()].map((key) => {
        const head = `const ${key} = `;
        return `${head}${print(new Call("config.require", key), 0, head.length, 1)};`;
      }),
    ];
  }

  /** `adopt` protects by itself. */
  #protection(): string[][] {
    if (this.#options.adopt || this.#model.resources.length === 0) return [];
    return [
      [
        "// These objects are older than this program, so Pulumi does not delete them by accident.",
        "const existing = { protect: true };",
      ],
    ];
  }

  #declarations(): string[][] {
    const blocks = blocksOf(this.#model.resources);
    let heading: string | undefined;
    return blocks.map((block) => {
      const title = HEADINGS[block.kind];
      const first = title === heading ? [] : [`// ${title}`, ""];
      heading = title;
      return [...first, ...(isMap(block) ? this.#map(block) : this.#one(block))];
    });
  }

  #one(resource: ImportedResource): string[] {
    const { kind, name, comments, label } = resource;
    const isUsed = this.#model.resources.some(({ identityProvider }) => identityProvider === resource);
    const variable = isUsed ? this.#identifiers.of(name) : undefined;
    if (variable !== undefined) this.#variables.set(resource, variable);
    const head = `${variable === undefined ? "" : `const ${variable} = `}new ${kind}`;
    const args = new ObjectLiteral([
      ...this.#arguments(resource).map((entry) =>
        label !== undefined && (entry.key === "group" || entry.key === "principal")
          ? { ...entry, comment: label }
          : entry,
      ),
      ...this.#adoption(),
    ]);
    return [...comments.map((comment) => `// ${oneLine(comment)}`), this.#call(head, print(name), args, 0)];
  }

  /** The declaration on one line, or as formatters break it: only a last argument stays with its call. */
  #call(head: string, name: string, args: ObjectLiteral, indent: number): string {
    const pad = " ".repeat(indent);
    const existing = this.#options.adopt ? "" : ", existing";
    const before = `${pad}${head}(${name}, `;
    const flat = print(args, indent, before.length, existing.length + 2);
    if (!flat.includes("\n") || existing === "") return `${before}${flat}${existing});`;
    const within = `${pad}  `;
    return `${pad}${head}(\n${within}${name},\n${within}${print(args, indent + 2, indent + 2, 1)},\n${within}existing,\n${pad});`;
  }

  #adoption(): { key: string; value: unknown }[] {
    return this.#options.adopt ? [{ key: "adopt", value: true }] : [];
  }

  #arguments(resource: ImportedResource): { key?: string; value: unknown }[] {
    const { inputs, preset, kind } = resource;
    const inPreset = new Set(Object.keys(preset?.settings ?? {}).filter((key) => !preset?.overrides.includes(key)));
    const entries = Object.entries(inputs).filter(([key]) => !inPreset.has(key));
    // A preset sets the claim that the object does not have.
    const cleared = (preset?.overrides ?? []).filter((key) => inputs[key] === undefined);
    const written = [
      ...entries.map(([key, value]) => this.#argument(resource, key, value)),
      ...cleared.map((key) => ({ key, value: key === "userClaim" ? "sub" : [] })),
    ];
    if (kind !== "IdentityProvider" || preset === undefined) return written;
    const overridden = new Set(preset.overrides);
    const isBefore = ({ key = "" }: { key?: string }) => !overridden.has(key) && !LATE.has(key);
    return [
      ...written.filter(isBefore),
      { value: new Call(`...${preset.name}`, preset.options) },
      ...written.filter((entry) => !isBefore(entry)),
    ];
  }

  #argument(
    { identityProvider, place }: ImportedResource,
    key: string,
    value: unknown,
  ): { key?: string; value: unknown } {
    if (key === "identityProvider" && identityProvider !== undefined)
      return this.#reference("identityProvider", this.#variables.get(identityProvider));
    const setting = place && this.settings.get(place);
    if (value === place?.id && setting !== undefined) return this.#reference(key, setting);
    return { key, value };
  }

  /** `projectId` alone, where the variable has the name of the input. */
  #reference(key: string, variable = key): { key?: string; value: unknown } {
    return variable === key ? { value: new Expression(key) } : { key, value: new Expression(variable) };
  }

  #map({ name, kind, input, grants, sharesRoles }: GrantMap): string[] {
    const [first] = grants;
    if (first === undefined) return [];
    const variable = this.#identifiers.of(name);
    const entries = grants.map((grant) => ({
      key: grant.name,
      value: sharesRoles ? grant.inputs[input] : { [input]: grant.inputs[input], roles: grant.inputs.roles },
      comment: grant.label,
    }));
    const shared = this.#arguments(first).filter(({ key }) => key !== input && key !== "roles");
    const args = new ObjectLiteral([
      ...shared,
      ...(sharesRoles
        ? [{ value: new Expression(input) }, { key: "roles", value: first.inputs.roles }]
        : [{ value: new Expression("...grant") }]),
      ...this.#adoption(),
    ]);
    return [
      `const ${variable} = ${print(new ObjectLiteral(entries), 0, 120)};`,
      `for (const [name, ${sharesRoles ? input : "grant"}] of Object.entries(${variable})) {`,
      this.#call(`new ${kind}`, "name", args, 2),
      "}",
    ];
  }
}

/** Inputs of an identity provider that read better after its preset. */
const LATE: ReadonlySet<string> = new Set(["associatedDomains", "groupsClaim", "userClaim", "requestedScopes"]);
