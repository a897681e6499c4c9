import { type GrantedRoleInput, parseRole, roleText } from "../../schema/roles.ts";
import { snakeCase } from "../engines/shared/shape.ts";
import { typeNameOf } from "../engines/terraform/resources.ts";
import { type Block, blocksOf, type GrantMap, isMap } from "./blocks.ts";
import { Identifiers, oneLine } from "./code.ts";
import { attribute, block, HclExpression, HclMap, hclTemplate, hclText, type Item, printItems } from "./hcl.ts";
import type { Language, WriteOptions } from "./language.ts";
import type { ImportedPlace, ImportedResource, ImportModel } from "./model.ts";
import { settingsOf } from "./settings.ts";
import type { Move } from "./terraform-state.ts";

/** A configuration for Terraform and OpenTofu, with `import` blocks. */
export const terraform: Language = {
  description: "a configuration for Terraform and OpenTofu",
  obstacle: ({ id, inputs }) =>
    isNormalized(id) && isNormalized(JSON.stringify(inputs))
      ? undefined
      : "it holds text outside Unicode normalization form C, which Terraform would change",
  write(model, options) {
    const configuration = new Configuration(model, options);
    return [
      { path: "main.tf", text: `${printItems(configuration.main())}\n` },
      { path: "variables.tf", text: `${printItems(configuration.variables())}\n` },
      { path: "terraform.tfvars", text: `${printItems(configuration.values())}\n` },
      { path: "versions.tf", text: `${printItems(versions(options))}\n` },
      ...(options.adopt ? [] : [{ path: "imports.tf", text: `${printItems(configuration.imports())}\n` }]),
      ...(options.from === undefined ? [] : [{ path: "moved.tf", text: `${printItems(configuration.moves())}\n` }]),
    ].map(({ path, text }) => ({ path, text: text === "\n" ? "" : text }));
  },
  remarks: ({ from }) =>
    from === undefined
      ? []
      : [
          "Copy the files into the configuration that has this state, and delete its blocks of the moved resources.",
          "Keep the provider mongodb/mongodbatlas installed until the moves are applied, because Terraform reads the state with it.",
          ...(from.connections.length === 0
            ? []
            : [
                `The blocks "removed" forget ${from.connections.join(", ")}: a destroy would disconnect the organization.`,
              ]),
        ],
  next: () => ["terraform init", "terraform plan", "terraform apply", "terraform plan"],
};

function isNormalized(text: string): boolean {
  return text === text.normalize("NFC");
}

const SPACE: Item = { kind: "space" };

function spaced(items: readonly Item[]): Item[] {
  return items.flatMap((item, index) => (index === 0 ? [item] : [SPACE, item]));
}

function versions({ version, from }: WriteOptions): Item[] {
  const source = { source: "mongofed.internal/mongofed/mongofed", version: `~> ${version.split(".", 2).join(".")}` };
  const requirement = new HclMap(Object.entries(source).map(([key, value]) => ({ key, value })));
  return [
    block("terraform", [
      attribute("required_version", ">= 1.11"),
      SPACE,
      block("required_providers", [
        attribute("mongofed", requirement),
        ...(from === undefined
          ? []
          : [
              remark("Needed until the blocks of moved.tf are applied."),
              attribute("mongodbatlas", { source: "mongodb/mongodbatlas" }),
            ]),
      ]),
    ]),
  ];
}

class Configuration {
  readonly #model: ImportModel;
  readonly #options: WriteOptions;
  readonly #variables: ReadonlyMap<ImportedPlace, string>;
  /** The address of each resource. */
  readonly #addresses = new Map<ImportedResource, string>();

  constructor(model: ImportModel, options: WriteOptions) {
    this.#model = model;
    this.#options = options;
    const settings = settingsOf(model, new Identifiers());
    this.#variables = new Map([...settings].map(([place, key]) => [place, snakeCase(key)]));
    for (const declared of this.#blocks()) {
      const { kind, name } = declared;
      const address = `${typeNameOf(kind)}.${labelOf(name)}`;
      if (!isMap(declared)) this.#addresses.set(declared, address);
      else for (const grant of declared.grants) this.#addresses.set(grant, `${address}[${hclText(grant.name)}]`);
    }
  }

  moves(): Item[] {
    const moved = this.#model.resources.flatMap((resource) => {
      const move = this.#moveOf(resource);
      if (move === undefined) return [];
      const to = new HclExpression(this.#addressOf(resource));
      return [block("moved", [attribute("from", new HclExpression(move.from)), attribute("to", to)])];
    });
    const removed = (this.#options.from?.connections ?? []).map((from) =>
      block("removed", [
        attribute("from", new HclExpression(from)),
        SPACE,
        block("lifecycle", [remark("A destroy would disconnect the organization."), attribute("destroy", false)]),
      ]),
    );
    return spaced([...moved, ...removed]);
  }

  #moveOf({ kind, id }: ImportedResource): Move | undefined {
    return this.#options.from?.moves.get(`${typeNameOf(kind)} ${id}`);
  }

  /** A resource that has a block already keeps it. */
  #blocks(): readonly Block[] {
    return blocksOf(this.#model.resources, (resource) => this.#moveOf(resource)?.isInstance === false);
  }

  main(): Item[] {
    const { plane } = this.#model;
    const provider = block('provider "mongofed"', plane === "atlas" ? [] : [attribute("plane", plane)]);
    const declared = this.#blocks().flatMap((one) => [SPACE, ...(isMap(one) ? this.#map(one) : this.#one(one))]);
    return [provider, ...declared];
  }

  variables(): Item[] {
    return spaced(
      [...this.#variables].map(([{ kind, title }, name]) =>
        block(`variable ${hclText(name)}`, [
          attribute("description", kind === "federation" ? "The federation." : `The ${kind} ${oneLine(title)}.`),
          attribute("type", new HclExpression("string")),
        ]),
      ),
    );
  }

  values(): Item[] {
    return [...this.#variables].map(([{ id }, name]) => attribute(name, id));
  }

  imports(): Item[] {
    return spaced(
      this.#model.resources
        .filter((resource) => this.#moveOf(resource) === undefined)
        .map((resource) =>
          block("import", [
            attribute("to", new HclExpression(this.#addressOf(resource))),
            attribute("id", resource.id),
          ]),
        ),
    );
  }

  #one(resource: ImportedResource): Item[] {
    const { kind, name, comments, label } = resource;
    const attributes = Object.entries(resource.inputs).flatMap(([input, value]): Item[] => [
      ...(label !== undefined && (input === "group" || input === "principal") ? [remark(label)] : []),
      attribute(snakeCase(input), this.#value(resource, input, value)),
    ]);
    return [
      ...comments.map(remark),
      block(`resource "${typeNameOf(kind)}" "${labelOf(name)}"`, [...attributes, ...this.#ending(kind)]),
    ];
  }

  #map({ name, kind, input, grants, sharesRoles }: GrantMap): Item[] {
    const [first] = grants;
    if (first === undefined) return [];
    const entries = grants.map((grant) => {
      const who = grant.inputs[input];
      const roles = this.#value(grant, "roles", grant.inputs.roles);
      return { key: grant.name, value: sharesRoles ? who : { [input]: who, roles }, remark: remarkOf(grant.label) };
    });
    const attributes = Object.entries(first.inputs).map(([key, value]) => {
      if (key === input) return attribute(key, new HclExpression(sharesRoles ? "each.value" : `each.value.${input}`));
      if (key === "roles" && !sharesRoles) return attribute(key, new HclExpression("each.value.roles"));
      return attribute(snakeCase(key), this.#value(first, key, value));
    });
    const body = [attribute("for_each", new HclMap(entries)), SPACE, ...attributes, ...this.#ending(kind)];
    return [block(`resource "${typeNameOf(kind)}" "${labelOf(name)}"`, body)];
  }

  /** `create_before_destroy` lets an identity provider of Atlas be replaced while organizations use it. */
  #ending(kind: ImportedResource["kind"]): Item[] {
    const swaps = kind === "IdentityProvider" && this.#model.plane === "atlas";
    return [
      ...(this.#options.adopt ? [attribute("adopt", true)] : []),
      SPACE,
      block("lifecycle", [
        ...(swaps ? [attribute("create_before_destroy", true)] : []),
        attribute("prevent_destroy", true),
      ]),
    ];
  }

  #value({ identityProvider, connection, definedRoles }: ImportedResource, input: string, value: unknown): unknown {
    if (input === "identityProvider" && identityProvider !== undefined)
      // Through the connection: Terraform makes it before the access, and deletes it after.
      return new HclExpression(
        connection === undefined
          ? `${this.#addressOf(identityProvider)}.reference`
          : `${this.#addressOf(connection)}.identity_provider`,
      );
    const variable = [...this.#variables].find(([{ id }]) => id === value)?.[1];
    if (variable !== undefined) return new HclExpression(`var.${variable}`);
    if (input === "roles")
      return (value as readonly GrantedRoleInput[]).map((role) => {
        const parsed = parseRole(role);
        const defined = parsed && definedRoles.get(roleText(parsed));
        if (typeof role !== "string" || parsed === undefined || defined === undefined || !this.#addresses.has(defined))
          return snakeKeys(role);
        return new HclExpression(`"\${${this.#addressOf(defined)}.role_name}@${hclTemplate(parsed.database)}"`);
      });
    return snakeKeys(value);
  }

  #addressOf(resource: ImportedResource): string {
    return this.#addresses.get(resource) ?? "";
  }
}

/** Names hold lower case letters, digits and hyphens, and begin with a letter. */
function labelOf(name: string): string {
  return name.replaceAll("-", "_");
}

function remark(text: string): Item {
  return { kind: "remark", text: oneLine(text) };
}

function remarkOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : oneLine(text);
}

function snakeKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [snakeCase(key), snakeKeys(item)]));
}
