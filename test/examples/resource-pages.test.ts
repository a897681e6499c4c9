/** Runs the examples of docs/resources/ as one program for each language. */

import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { Seed } from "../../provider/emulator/index.ts";
import { previewProgram, type TestResult, upProgram } from "../../provider/engines/embedded/testing/index.ts";
import { EXAMPLES } from "../../provider/engines/plugin/examples.ts";
import { type Kind, kinds } from "../../schema/resources.ts";
import { stack } from "../engines/terraform/stack.ts";
import { FEDERATION, ORG, PROJECT } from "../support/ids.ts";
import { exampleInTerraform, exampleInTypeScript, IMPORT_IDS } from "../support/resource-pages.ts";
import { describeTerraform } from "../support/terraform.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const onAtlas = kinds.filter((kind) => kind !== "ProjectTls");

const federationSettingsId = String(EXAMPLES.IdentityProvider.inputs.federationSettingsId);
const projectId = String(EXAMPLES.OidcRole.inputs.projectId);
const orgId = String(EXAMPLES.OrgConnection.inputs.orgId);

const atlas: Seed = {
  organizations: [
    { id: orgId, name: "Example", projects: [{ id: projectId, name: "shop", clusters: [{ name: "cluster0" }] }] },
  ],
  federations: [{ id: federationSettingsId, connectedOrgs: [{ orgId }] }],
};
const cloudManager: Seed = {
  organizations: [
    { id: orgId, name: "Example", projects: [{ id: projectId, name: "shop", automationConfig: "example" }] },
  ],
};

/** The identity provider of programs, and its connection: FederatedUser refers to it. */
const APPS = `
const apps = new mongofed.IdentityProvider("apps", {
  federationSettingsId: "${federationSettingsId}", configurationName: "apps", idpType: "WORKLOAD",
  issuerUri: "https://idp.example.com", audience: "mongodb", authorizationType: "USER",
});
new mongofed.OrgConnection("apps", { orgId: "${orgId}", identityProvider: apps });
`;

async function program(...codes: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mongofed-pages-"));
  const [head = ""] = exampleInTypeScript("IdentityProvider").split("\n");
  const body = codes.map((code) => code.replace(`${head}\n`, "")).join("\n");
  await symlink(modules, join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{ "type": "module", "main": "index.ts" }');
  await writeFile(join(folder, "Pulumi.yaml"), "name: pages\nruntime: nodejs\n");
  await writeFile(join(folder, "index.ts"), `${head}\n${body}`);
  return folder;
}

describe("the examples in TypeScript", () => {
  let up: TestResult;
  beforeAll(async () => {
    const folder = await program(...onAtlas.map(exampleInTypeScript).toSpliced(1, 0, APPS));
    up = await upProgram(folder, { emulator: atlas, config: { "mongofed:wait": "off" } });
    await rm(folder, { recursive: true });
    return () => up.close();
  });

  test("apply on Atlas without a finding", () => {
    expect(up.messages.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(up.findings).toEqual([]);
    expect(up.changes).toMatchObject({ create: onAtlas.length + 3 });
  });

  test.each(onAtlas.filter((kind) => IMPORT_IDS[kind].length > 0))("%s has the id of its page", (kind: Kind) => {
    const step = up.steps.find(({ name }) => name === EXAMPLES[kind].name);
    const { identityProvider, ...outputs } = { ...step?.outputs } as Record<string, unknown>;
    const values: Record<string, unknown> = { ...(identityProvider as object | undefined), ...outputs };
    values.prefix = values.identityProviderId;
    const [[, pattern] = ["", ""]] = IMPORT_IDS[kind];
    expect(step?.id).toBe(pattern.replace(/\{(\w+)\}/g, (_, key: string) => String(values[key])));
  });

  test("preview on Cloud Manager without a finding", async () => {
    const folder = await program(exampleInTypeScript("ProjectTls"));
    const config = { "mongofed:plane": "cloud-manager" };
    await using preview = await previewProgram(folder, { emulator: cloudManager, config });
    await rm(folder, { recursive: true });
    expect(preview).toMatchObject({ ok: true, findings: [] });
  });
});

describeTerraform("the examples in Terraform", () => {
  const here = (text: string) =>
    text
      .replace(/(federation_settings_id\s*= ")[^"]*/, `$1${FEDERATION}`)
      .replace(/(project_id\s*= ")[^"]*/, `$1${PROJECT}`)
      .replace(/(org_id\s*= ")[^"]*/, `$1${ORG}`);

  test("are formatted and plan without an error", async () => {
    const apps = here(`resource "mongofed_identity_provider" "apps" {
  federation_settings_id = ""
  configuration_name     = "apps"
  idp_type               = "WORKLOAD"
  issuer_uri             = "https://idp.example.com"
  audience               = "mongodb"
  authorization_type     = "USER"
}

resource "mongofed_org_connection" "apps" {
  org_id            = ""
  identity_provider = mongofed_identity_provider.apps.reference
}
`);
    const examples = onAtlas.map((kind) => `${here(exampleInTerraform(kind))}\n`);
    const { ok } = await stack({ "main.tf": [apps, ...examples].join("\n") });
    await ok("fmt", "-check");
    expect(await ok("plan")).toContain(`Plan: ${onAtlas.length + 2} to add`);
  });
});
