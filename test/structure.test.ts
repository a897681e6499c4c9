import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Files that use nothing, and that every part may use. */
const LEAVES = [
  "provider/printable.ts",
  "provider/parent-process.ts",
  "provider/private-folder.ts",
  "provider/compile-cache.ts",
  "provider/public-addresses.ts",
];

/** The parts that each part may use besides itself. To use more, move code down instead of adding an arrow up. */
const mayUse: Record<string, readonly string[]> = {
  schema: [],
  ...Object.fromEntries(LEAVES.map((file) => [file, []])),
  "provider/findings.ts": ["schema", "provider/terms.ts"],
  "provider/terms.ts": ["schema"],
  "provider/access-text.ts": ["schema"],
  "provider/reports.ts": ["schema", "provider/findings.ts", "provider/access-text.ts"],
  "provider/run-scope.ts": [],
  "provider/http": ["provider/run-scope.ts"],
  "provider/rules": ["schema"],
  "provider/presets": ["schema", "provider/rules", "provider/findings.ts"],
  "provider/connection": ["schema", "provider/rules", "provider/findings.ts"],
  "provider/tokens": ["schema", "provider/rules", "provider/findings.ts"],
  "provider/preflight": ["schema", "provider/rules", "provider/tokens", "provider/http", "provider/findings.ts"],
  // Of a control plane only its port, but for what is loaded when it is asked.
  "provider/lookups": [
    "schema",
    "provider/rules",
    "provider/presets",
    "provider/control-planes",
    "provider/findings.ts",
  ],
  "provider/control-planes": [
    "schema",
    "provider/rules",
    "provider/http",
    "provider/findings.ts",
    "provider/run-scope.ts",
  ],
  "provider/resources": [
    "schema",
    "provider/rules",
    "provider/tokens",
    "provider/control-planes",
    "provider/findings.ts",
    "provider/reports.ts",
  ],
  // From what exists to code. Of the engines it knows the names of types and keys.
  "provider/import": [
    "schema",
    "provider/lookups",
    "provider/rules",
    "provider/presets",
    "provider/tokens",
    "provider/control-planes",
    "provider/resources",
    "provider/engines/pulumi",
    "provider/engines/plugin",
    "provider/engines/shared",
    "provider/engines/terraform",
    "provider/findings.ts",
    "provider/terms.ts",
  ],
  // Of the engines it knows the ids in a state of Terraform.
  "provider/access": [
    "schema",
    "provider/lookups",
    "provider/rules",
    "provider/tokens",
    "provider/control-planes",
    "provider/formats",
    "provider/engines/terraform",
  ],
  "provider/emulator": ["schema"],
  "provider/terminal": [],
  // Pure functions of the data of reports.
  "provider/formats": ["schema", "provider/access-text.ts"],
  // The script of the access report runs in a browser.
  "provider/formats/page": [],
  "provider/engines/embedded": ["schema", "provider/emulator", "provider/terminal", "provider/run-scope.ts"],
  "provider/engines/pulumi": [
    "schema",
    "provider/lookups",
    "provider/rules",
    "provider/presets",
    "provider/connection",
    "provider/tokens",
    "provider/control-planes",
    "provider/resources",
    "provider/access",
    "provider/findings.ts",
    "provider/terms.ts",
    "provider/reports.ts",
    "provider/run-scope.ts",
  ],
  // Both serve Pulumi: words, log of findings and channel are the same.
  "provider/engines/plugin": [
    "schema",
    "provider/engines/pulumi",
    "provider/engines/shared",
    "provider/presets",
    "provider/rules",
    "provider/tokens",
    "provider/control-planes",
    "provider/resources",
    "provider/access",
    "provider/findings.ts",
    "provider/reports.ts",
    "provider/run-scope.ts",
  ],
  // Resources and lookups as engines with a schema serve them.
  "provider/engines/shared": [
    "schema",
    "provider/lookups",
    "provider/rules",
    "provider/tokens",
    "provider/resources",
    "provider/findings.ts",
  ],
  // The plugin's shell knows the protocol, and nothing of MongoDB.
  "provider/engines/terraform/protocol.ts": [],
  "provider/engines/terraform/plugin": ["provider/engines/terraform/protocol.ts"],
  "provider/engines/terraform": [
    "schema",
    "provider/engines/terraform/protocol.ts",
    "provider/engines/terraform/plugin",
    "provider/engines/shared",
    "provider/presets",
    "provider/rules",
    "provider/tokens",
    "provider/control-planes",
    "provider/resources",
    "provider/findings.ts",
    "provider/terms.ts",
    "provider/reports.ts",
  ],
  "provider/cli": [
    "schema",
    "provider/access-text.ts",
    "provider/rules",
    "provider/presets",
    "provider/connection",
    "provider/tokens",
    "provider/http",
    "provider/preflight",
    "provider/control-planes",
    "provider/lookups",
    "provider/access",
    "provider/import",
    "provider/emulator",
    "provider/engines/embedded",
    "provider/terminal",
    "provider/formats",
    "provider/run-scope.ts",
    "provider/findings.ts",
    "provider/terms.ts",
  ],
  "provider/index.ts": ["schema", "provider/presets", "provider/connection", "provider/engines/pulumi"],
};

/** Packages that only some parts load: a Terraform process never loads Pulumi, and no rule ever loads a client. */
const packages: Record<string, readonly string[]> = {
  "@pulumi/pulumi": ["provider/engines/pulumi", "provider/engines/plugin", "provider/engines/embedded"],
  "@grpc/grpc-js": [
    "provider/engines/embedded",
    "provider/engines/plugin",
    "provider/engines/pulumi",
    "provider/engines/terraform/plugin",
  ],
  "@msgpack/msgpack": ["provider/engines/terraform/plugin"],
  undici: ["provider/http"],
  hono: ["provider/emulator"],
  commander: ["provider/cli"],
  "cli-table3": ["provider/terminal"],
  jose: ["provider/tokens"],
  "@dagrejs/dagre": ["provider/formats/page"],
};

const files = globSync(["schema/**/*.ts", "provider/**/*.ts"], { cwd: root });
const partOf = (file: string) =>
  Object.keys(mayUse)
    .filter((part) => file === part || file.startsWith(`${part}/`))
    .sort((a, b) => b.length - a.length)[0];

/** Imports of values and of types alike: a type is a dependency too. */
function imports(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^(?:import|export)[^"';]*?from "([^"]+)"|^import "([^"]+)"|import\("([^"]+)"\)/gm)].map(
    (found) => found[1] ?? found[2] ?? found[3] ?? "",
  );
}

describe("dependencies point one way", () => {
  test.each(files)("%s", (file) => {
    const part = partOf(file);
    expect(part, "a part that this test knows").toBeDefined();
    for (const name of imports(file)) {
      if (name.startsWith(".")) {
        const target = partOf(relative(root, join(root, dirname(file), name)));
        expect([part, ...LEAVES, ...(mayUse[part ?? ""] ?? [])], `${file} imports ${name}`).toContain(target);
      } else {
        const owners = Object.entries(packages).find(([owned]) => name === owned || name.startsWith(`${owned}/`))?.[1];
        if (owners !== undefined) expect(owners, `${file} imports ${name}`).toContain(part);
      }
    }
  });
});

test("the program side loads no handler, and the handlers do not load Pulumi", () => {
  expect(
    reach("provider/index.ts").filter((file) => /^provider\/(control-planes|resources|http)\//.test(file)),
  ).toEqual([]);
  expect([...reach("provider/engines/pulumi/provider.ts")].flatMap(valueImports)).not.toContain("@pulumi/pulumi");
});

const resources = globSync("provider/resources/*.ts", { cwd: root }).filter((file) =>
  readFileSync(join(root, file), "utf8").includes("lifecycle/lifecycle.ts"),
);

test.each(resources)("%s describes its resource in the order of all others", (file) => {
  const text = readFileSync(join(root, file), "utf8");
  const sections = [...text.matchAll(/^ +\/\/ (Identity|Inputs and outputs|Changes|Rules|Server)\b/gm)];
  expect(sections.map(([, section]) => section)).toEqual([
    "Identity",
    "Inputs and outputs",
    "Changes",
    "Rules",
    "Server",
  ]);
});

test("the emulator shares no code with the client but the schema", () => {
  expect(reach("provider/emulator/index.ts").filter((file) => !/^(schema|provider\/emulator)\//.test(file))).toEqual(
    [],
  );
});

/** Imports that remain when the types are gone. */
function valueImports(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^(?:import|export)(?! type\b)[^"';]*?from "([^"]+)"|^import "([^"]+)"/gm)].map(
    (found) => found[1] ?? found[2] ?? "",
  );
}

/** All files that a file loads, itself included. */
function reach(entry: string): string[] {
  const seen = new Set<string>();
  const walk = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const name of valueImports(file))
      if (name.startsWith(".")) walk(relative(root, join(root, dirname(file), name)));
  };
  walk(entry);
  return [...seen];
}
