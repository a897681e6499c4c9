import type { Kind } from "../../../schema/resources.ts";
import { snakeCase } from "../shared/shape.ts";

/** The examples of the schema, one declaration for each language of Pulumi's documentation. */

/** An expression: a resource and one of its outputs. */
export class Use {
  readonly resource: string;
  readonly output: string;

  constructor(resource: string, output: string) {
    this.resource = resource;
    this.output = output;
  }
}

export type Value = string | boolean | number | Use | readonly Value[] | { readonly [key: string]: Value };

export interface Example {
  readonly title: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, Value>>;
}

const PROJECT = "5f1e2d3c4b5a69788796a5b4";
const corp = new Use("staff", "reference");

/** The examples by resource. Declared together with a workload provider `apps`, they form one program. */
export const EXAMPLES: Readonly<Record<Kind, Example>> = {
  IdentityProvider: {
    title: "A workforce on Entra ID",
    name: "staff",
    inputs: {
      federationSettingsId: "5f1e2d3c4b5a69788796a5b4",
      configurationName: "corp-entra",
      idpType: "WORKFORCE",
      issuerUri: "https://login.microsoftonline.com/1c1f0d5e-2a3b-4c4d-9e5f-60718293a4b5/v2.0",
      audience: "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6",
      clientId: "8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6",
      requestedScopes: ["8d9e0f1a-2b3c-4d5e-8f60-718293a4b5c6/.default", "offline_access"],
      authorizationType: "GROUP",
    },
  },
  OrgConnection: {
    title: "Connect an organization",
    name: "platform",
    inputs: { orgId: "5f1e2d3c4b5a69788796a5b5", identityProvider: corp },
  },
  OidcRole: {
    title: "The access of a group",
    name: "dba",
    inputs: {
      projectId: PROJECT,
      identityProvider: corp,
      group: "0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0",
      roles: ["readWrite@app", "clusterMonitor@admin"],
    },
  },
  FederatedUser: {
    title: "The access of a program",
    name: "billing",
    inputs: {
      projectId: PROJECT,
      identityProvider: new Use("apps", "reference"),
      principal: "7a8b9c0d-1e2f-4031-8243-546576879809",
      roles: ["read@billing"],
    },
  },
  DatabaseRole: {
    title: "A role that reads one collection",
    name: "ordersReader",
    inputs: {
      projectId: PROJECT,
      roleName: "orders-reader",
      privileges: [{ resource: { database: "app", collection: "orders" }, actions: ["find"] }],
    },
  },
  ProjectTls: {
    title: "The certificate authority of a project",
    name: "tls",
    inputs: { projectId: PROJECT, caFilePath: "/etc/mongodb/ca.pem" },
  },
  TokenCheck: {
    title: "A token that must be accepted",
    name: "whoGetsIn",
    inputs: {
      tokens: {
        dba: {
          claims: { sub: "d-1", groups: ["0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0"] },
          expect: { accepted: "staff", roles: ["clusterMonitor@admin", "readWrite@app"] },
        },
      },
    },
  },
};

const LANGUAGES = { typescript, python, yaml };

/** Returns the code of the example of a resource. */
export function exampleIn(language: keyof typeof LANGUAGES, kind: Kind): string {
  return LANGUAGES[language](kind, EXAMPLES[kind]);
}

/** Returns the Markdown of the example of a resource. */
export function exampleOf(kind: Kind): string {
  const { title } = EXAMPLES[kind];
  const languages = ["typescript", "python", "yaml"] as const;
  const blocks = languages.map((language) => `\`\`\`${language}\n${exampleIn(language, kind)}\n\`\`\``);
  return `{{% examples %}}\n## Example Usage\n{{% example %}}\n### ${title}\n\n${blocks.join("\n")}\n{{% /example %}}\n{{% /examples %}}\n`;
}

type Declared = Omit<Example, "title">;

function typescript(kind: Kind, { name, inputs }: Declared): string {
  return `import * as mongofed from "@pulumi/mongofed";\n\nconst ${name} = new mongofed.${kind}("${name}", ${tsValue(inputs, "")});`;
}

function tsValue(value: Value, indent: string): string {
  if (value instanceof Use) return `${value.resource}.${value.output}`;
  if (Array.isArray(value)) return `[${value.map((item: Value) => tsValue(item, indent)).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const deeper = `${indent}    `;
  const lines = Object.entries(value).map(([key, item]) => `${deeper}${key}: ${tsValue(item as Value, deeper)},\n`);
  return `{\n${lines.join("")}${indent}}`;
}

function python(kind: Kind, { name, inputs }: Declared): string {
  const args = Object.entries(inputs).map(
    ([key, value]) => `,\n    ${snakeCase(key)}=${pythonValue(value, "    ", key)}`,
  );
  return `import pulumi_mongofed as mongofed\n\n${snakeCase(name)} = mongofed.${kind}("${name}"${args.join("")})`;
}

function pythonValue(value: Value, indent: string, of: string): string {
  if (value instanceof Use) return `${snakeCase(value.resource)}.${snakeCase(value.output)}`;
  if (Array.isArray(value)) return `[${value.map((item: Value) => pythonValue(item, indent, of)).join(", ")}]`;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const deeper = `${indent}    `;
  // Claims are a value of their own, and so are the titles of tokens.
  const nameOf = (key: string) => (of === "claims" || of === "tokens" ? key : snakeCase(key));
  const lines = Object.entries(value).map(
    ([key, item]) => `${deeper}"${nameOf(key)}": ${pythonValue(item as Value, deeper, key)},\n`,
  );
  return `{\n${lines.join("")}${indent}}`;
}

function yaml(kind: Kind, { name, inputs }: Declared): string {
  return `resources:\n  ${name}:\n    type: mongofed:${kind}\n    properties:${yamlValue(inputs, "      ")}`;
}

function yamlValue(value: Value, indent: string): string {
  if (value instanceof Use) return ` \${${value.resource}.${value.output}}`;
  if (Array.isArray(value)) return value.map((item: Value) => `\n${indent}-${yamlItem(item, indent)}`).join("");
  if (typeof value !== "object") return ` ${typeof value === "string" ? yamlText(value) : value}`;
  return Object.entries(value)
    .map(([key, item]) => `\n${indent}${key}:${yamlValue(item as Value, `${indent}  `)}`)
    .join("");
}

/** The first key of an object stands beside the dash. */
function yamlItem(item: Value, indent: string): string {
  return yamlValue(item, `${indent}  `).replace(/^\n\s*/, " ");
}

/** Identifiers may look like numbers. */
function yamlText(text: string): string {
  return /^[A-Za-z/][\w./:@-]*$/.test(text) ? text : JSON.stringify(text);
}
