import { expect, test } from "vitest";
import type { Emulator } from "../../provider/emulator/index.ts";
import { seed } from "../control-planes/cloud-manager/harness.ts";
import { atlasSeed, emulated } from "../support/emulator.ts";
import { describeEngines } from "../support/engines.ts";
import { FEDERATION, ORG, PROJECT } from "../support/ids.ts";
import { bad, good, newStack } from "../support/stack.ts";

/** A rename with `adopt` in a run that fails after the adoption, and the runs after it. */

interface Scenario {
  readonly plane: "atlas" | "cloud-manager";
  readonly kind: string;
  /** Declared under a name that never changes. */
  readonly before: string;
  readonly inputs: string;
}

const place = { atlas: `federationSettingsId: "${FEDERATION}"`, "cloud-manager": `projectId: "${PROJECT}"` };
const provider = (plane: Scenario["plane"], idpType: string, authorizationType: string) =>
  `${place[plane]}, idpType: "${idpType}", configurationName: "corp", issuerUri: "https://idp.example.com",
   audience: "mongodb", authorizationType: "${authorizationType}"${idpType === "WORKFORCE" ? ', clientId: "mongodb"' : ""}`;
const declared = (plane: Scenario["plane"], idpType = "WORKLOAD", authorizationType = "USER") =>
  `const idp = new IdentityProvider("corp", { ${provider(plane, idpType, authorizationType)} });`;
const connected = `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: idp });`;
const user = `projectId: "${PROJECT}", identityProvider: idp, principal: "app:1", roles: ["read@app"]`;
const group = `projectId: "${PROJECT}", identityProvider: idp, group: "dba", roles: ["read@app"]`;
const role = `projectId: "${PROJECT}", roleName: "payments",
  privileges: [{ resource: { database: "pay", collection: "" }, actions: ["find"] }]`;

const SCENARIOS: readonly Scenario[] = [
  { plane: "atlas", kind: "DatabaseRole", before: "", inputs: role },
  { plane: "atlas", kind: "FederatedUser", before: declared("atlas") + connected, inputs: user },
  { plane: "atlas", kind: "OidcRole", before: declared("atlas", "WORKFORCE", "GROUP") + connected, inputs: group },
  {
    plane: "atlas",
    kind: "OrgConnection",
    before: declared("atlas"),
    inputs: `orgId: "${ORG}", identityProvider: idp`,
  },
  { plane: "atlas", kind: "IdentityProvider", before: "", inputs: provider("atlas", "WORKLOAD", "USER") },
  { plane: "cloud-manager", kind: "DatabaseRole", before: "", inputs: role },
  { plane: "cloud-manager", kind: "FederatedUser", before: declared("cloud-manager"), inputs: user },
  {
    plane: "cloud-manager",
    kind: "OidcRole",
    before: declared("cloud-manager", "WORKFORCE", "GROUP"),
    inputs: group,
  },
  {
    plane: "cloud-manager",
    kind: "IdentityProvider",
    before: "",
    inputs: provider("cloud-manager", "WORKLOAD", "USER"),
  },
];

/** Everything on the servers that a run could change, without counters. */
function world(emulator: Emulator): string {
  const { atlas, cloudManager } = emulator.world();
  return JSON.stringify([atlas, cloudManager]).replaceAll(/\\"version\\":\d+/g, "");
}

const failing = `
import { runtime } from "@pulumi/pulumi";
subject.urn.apply(() => { if (!runtime.isDryRun()) throw new Error("something else failed"); });`;

describeEngines("a rename with adopt whose run failed", (engine) => {
  test.each(SCENARIOS)("keeps the $kind of $plane in the runs after it", async ({ plane, kind, before, inputs }) => {
    const emulator = await emulated(plane === "atlas" ? atlasSeed({ clusters: [] }) : seed);
    const settings = { env: emulator.env, config: { "mongofed:plane": plane, "mongofed:wait": "off" } };
    const stack = await newStack(engine);
    const declare = (name: string, more = "", options = "{ protect: false }") =>
      `${before}\nconst subject = new ${kind}("${name}", { ${inputs}${more} }, ${options});`;

    await stack.write(declare("a"));
    good(await stack.run("up", settings));
    const made = world(emulator);

    await stack.write(declare("b", ", adopt: true"), failing);
    bad(await stack.run("up", settings));
    await stack.write(declare("b", ", adopt: true"));
    const retried = good(await stack.run("up", settings));
    expect(world(emulator)).toBe(made);
    expect(retried.text).toContain(`is kept: ${kind} "b" manages it`);

    // The stack still owns it, and deletes it when the program no longer declares it.
    await stack.write(before);
    good(await stack.run("up", settings));
    expect(world(emulator)).not.toBe(made);
    good(await stack.run("destroy", settings));
  });
});
