/** The examples in other languages than TypeScript, and what only the plugin can do, on the real CLI. */

import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { archivePlugin } from "../../.ci/build-plugin.ts";
import { readSeed } from "../../provider/emulator/index.ts";
import { version } from "../../provider/engines/plugin/version.ts";
import { builtPlugin } from "../support/built-plugin.ts";
import { runEmbedded } from "../support/embedded.ts";
import { cloudManagerSeed, emulated } from "../support/emulator.ts";
import { sdkFiles, sdkFixture, sdkSchema } from "../support/generated-sdk.ts";
import { FEDERATION, ORG, PROJECT } from "../support/ids.ts";
import { writeProgram } from "../support/program.ts";
import { describeLanguage, type LanguageProject, languageProject } from "../support/pulumi-languages.ts";

const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const provider = (scope: object, idpType: "WORKFORCE" | "WORKLOAD") => ({
  type: "mongofed:IdentityProvider",
  properties: {
    ...scope,
    configurationName: idpType.toLowerCase(),
    idpType,
    issuerUri: "https://idp.example.com",
    audience: idpType.toLowerCase(),
    ...(idpType === "WORKFORCE" ? { clientId: "mongodb", authorizationType: "GROUP" } : { authorizationType: "USER" }),
  },
});
/** An output of another resource, as YAML programs write it. */
const output = (path: string) => `\${${path}}`;
const connection = (name: string) => ({
  type: "mongofed:OrgConnection",
  properties: { orgId: ORG, identityProvider: output(`${name}.reference`) },
});
const access = (dependsOn: readonly string[]) => ({
  reader: {
    type: "mongofed:DatabaseRole",
    properties: { projectId: PROJECT, roleName: "reader", roles: ["read@app"] },
  },
  dba: {
    type: "mongofed:OidcRole",
    properties: {
      projectId: PROJECT,
      identityProvider: output("staff.reference"),
      group: "dba",
      roles: [`${output("reader.roleName")}@admin`],
    },
    options: { dependsOn },
  },
  billing: {
    type: "mongofed:FederatedUser",
    properties: {
      projectId: PROJECT,
      identityProvider: output("programs.reference"),
      principal: "app:1",
      roles: ["read@app"],
    },
    options: { dependsOn },
  },
});
const scopes = { atlas: { federationSettingsId: FEDERATION }, "cloud-manager": { projectId: PROJECT } };
/** Programs that declare every kind of object that a control plane has. */
const everyKind = {
  atlas: {
    seed: undefined,
    resources: {
      staff: provider(scopes.atlas, "WORKFORCE"),
      programs: provider(scopes.atlas, "WORKLOAD"),
      people: connection("staff"),
      apps: connection("programs"),
      ...access([output("people"), output("apps")]),
    },
  },
  "cloud-manager": {
    seed: cloudManagerSeed(),
    resources: {
      staff: provider(scopes["cloud-manager"], "WORKFORCE"),
      programs: provider(scopes["cloud-manager"], "WORKLOAD"),
      tls: {
        type: "mongofed:ProjectTls",
        properties: {
          projectId: PROJECT,
          caFilePath: "/etc/mongodb/ca.pem",
          mode: "requireTLS",
          clientCertificateMode: "OPTIONAL",
        },
      },
      ...access([]),
    },
  },
};

const page = await readFile(new URL("../../docs/languages.md", import.meta.url), "utf8");
/** The program in docs/languages.md that is written in this language. */
const onPage = (language: string) =>
  page.split("## One program in three languages")[1]?.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
/** An offline preview needs no objects with the ids of the page. */
const OFFLINE = { "mongofed:offline": "true" };

const FLAGS = ["--non-interactive", "--yes", "--skip-preview"];

async function good(project: LanguageProject, ...args: readonly string[]): Promise<string> {
  const { code, text } = await project.run(...args);
  expect(code, text).toBe(0);
  return text;
}

interface Exported {
  readonly deployment: {
    readonly resources?: readonly { readonly urn: string; readonly type: string; readonly id: string }[];
  };
}

async function live(project: LanguageProject): Promise<void> {
  await good(project, "stack", "init", "demo");
  await good(project, "preview", "--non-interactive");
  await good(project, "up", ...FLAGS);
  await good(project, "preview", "--non-interactive", "--expect-no-changes");
  await good(project, "refresh", ...FLAGS, "--expect-no-changes");
}

test("the TypeScript program in docs/languages.md passes a preview", async () => {
  const { folder } = await writeProgram(onPage("ts"));
  const run = { cwd: folder, stack: "dev", stateDir: folder, config: OFFLINE };
  const { exitCode, stdout } = await runEmbedded({
    ...run,
    command: "preview",
    env: { PULUMI_CONFIG_PASSPHRASE: "test" },
  });
  expect(exitCode, stdout).toBe(0);
  expect(stdout).toMatch(/\+ 4 to create/);
});

describeLanguage("YAML on the Pulumi CLI", ["pulumi-language-yaml"], () => {
  test("the program in docs/languages.md passes a preview", async () => {
    const { folder } = await builtPlugin();
    const settings = `name: page\nruntime: yaml\npackages:\n  mongofed: ${folder}\n`;
    const project = await languageProject(example("yaml"), {}, () => settings + onPage("yaml"));
    await good(project, "stack", "init", "page");
    expect(await good(project, "preview", "--non-interactive", "-c", "mongofed:offline=true")).toMatch(
      /\+ 4 to create/,
    );
  });

  test("the example lives, and every object of it is imported by its id without a change", async () => {
    const emulator = await emulated();
    const { folder } = await builtPlugin();
    const project = await languageProject(example("yaml"), emulator.env, (text) =>
      text.replace("../../plugin", folder),
    );
    await live(project);

    const { deployment } = JSON.parse(await good(project, "stack", "export")) as Exported;
    const objects = (deployment.resources ?? []).filter(({ type }) => /^mongofed:index:(?!TokenCheck)/.test(type));
    const resources = objects.map(({ type, urn, id }) => ({ type, id, name: urn.split("::").at(-1) }));
    expect(resources).toHaveLength(4);
    const other = await languageProject(
      example("yaml"),
      emulator.env,
      () => `name: imported\nruntime: yaml\npackages:\n  mongofed: ${folder}\n`,
    );
    await good(other, "stack", "init", "dev");
    await writeFile(join(other.folder, "import.json"), JSON.stringify({ resources }));
    const settings = ["--file", "import.json", "--out", "generated.yaml", "--protect=false", "--yes"];
    await good(other, "import", ...settings);
    const generated = await readFile(join(other.folder, "generated.yaml"), "utf8");
    const program = await readFile(join(other.folder, "Pulumi.yaml"), "utf8");
    await writeFile(join(other.folder, "Pulumi.yaml"), `${program}${generated}`);
    await good(other, "preview", "--non-interactive", "--expect-no-changes");

    await good(project, "destroy", ...FLAGS);
    expect(emulator.world().atlas.databaseUsers).toEqual([]);
    expect(emulator.world().atlas.federations[0]?.identityProviders).toEqual([]);
  });

  test.each(Object.entries(everyKind))(
    "the installed archive serves a program, and imports every kind of %s by its id without a change",
    async (plane, { seed, resources }) => {
      const emulator = await emulated(seed);
      const { folder } = await builtPlugin();
      const program = { name: "every", runtime: "yaml", config: {}, resources };
      const project = await languageProject(example("yaml"), emulator.env, () => JSON.stringify(program));
      const archive = await archivePlugin(folder, join(project.folder, ".."));
      await good(project, "plugin", "install", "resource", "mongofed", version, "--file", archive);
      const init = async (stack: string) => {
        await good(project, "stack", "init", stack);
        await good(project, "config", "set", "mongofed:plane", plane);
      };
      await init("made");
      await good(project, "up", ...FLAGS);
      const { deployment } = JSON.parse(await good(project, "stack", "export")) as Exported;
      const made = (deployment.resources ?? []).filter(({ type }) => type.startsWith("mongofed:index:"));
      expect(made).toHaveLength(Object.keys(resources).length);

      await init("imported");
      const asked = made.map(({ type, urn, id }) => ({ type, id, name: urn.split("::").at(-1) }));
      await writeFile(join(project.folder, "import.json"), JSON.stringify({ resources: asked }));
      await good(project, "import", "--file", "import.json", "--protect=false", "--generate-code=false", "--yes");
      await good(project, "preview", "--non-interactive", "--expect-no-changes");
      // An import records no dependencies; the first update does.
      await good(project, "up", ...FLAGS);
      await good(project, "destroy", ...FLAGS);
    },
  );

  test("the schema passes Pulumi's own check", async () => {
    const { folder } = await builtPlugin();
    const project = await languageProject(example("yaml"), {}, (text) => text.replace("../../plugin", folder));
    await cp(folder, join(project.folder, "plugin"), { recursive: true });
    const text = await good(project, "package", "get-schema", "./plugin");
    const schema = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
    expect(schema).toMatchObject({ name: "mongofed" });
  });
});

describeLanguage("TypeScript on the Pulumi CLI", [], () => {
  // "vitest -u" with a CLI writes the SDK that tests without one use.
  test("the generated SDK is the one that the embedded engine is tested with", async () => {
    const project = await languageProject(example("yaml"), {}, () => "name: sdk\nruntime: yaml\n");
    await writeFile(join(project.folder, "schema.json"), sdkSchema());
    await good(project, "package", "gen-sdk", "schema.json", "--language", "nodejs", "--out", "sdk");
    const files = await sdkFiles(join(project.folder, "sdk", "nodejs"));
    expect([...files.keys()]).toEqual([...(await sdkFiles(sdkFixture)).keys()]);
    for (const [path, text] of files) await expect(text).toMatchFileSnapshot(join(sdkFixture, path));
  });
});

describeLanguage("Python on the Pulumi CLI", ["pulumi-language-python", "python3"], () => {
  test("the example, and the program in docs/languages.md, work with the generated SDK", async () => {
    const emulator = await emulated(readSeed(join(example("cloud-manager-workforce"), "seed.yaml")));
    const { folder } = await builtPlugin();
    const project = await languageProject(example("python"), emulator.env);
    // Below a node_modules, as in the package.
    await cp(folder, join(project.folder, "..", "plugin"), { recursive: true });
    await good(project, "package", "add", "../plugin");
    await live(project);
    const documents = () => emulator.world().cloudManager.deployments.map(({ automationConfig }) => automationConfig);
    expect(documents().join()).toContain("corp-entra/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
    await good(project, "destroy", ...FLAGS);
    expect(documents().join()).not.toContain("corp-entra");

    await writeFile(join(project.folder, "__main__.py"), onPage("python"));
    await good(project, "stack", "init", "page");
    expect(await good(project, "preview", "--non-interactive", "-c", "mongofed:offline=true")).toMatch(
      /\+ 4 to create/,
    );
  });
});
