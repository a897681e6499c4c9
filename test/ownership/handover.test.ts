import { expect, test } from "vitest";
import type { Emulator } from "../../provider/emulator/index.ts";
import { seed } from "../control-planes/cloud-manager/harness.ts";
import { emulated } from "../support/emulator.ts";
import { describeEngines, type TestEngine } from "../support/engines.ts";
import { FEDERATION, ORG, OTHER_ORG, PROJECT } from "../support/ids.ts";
import { good, newStack, writes } from "../support/stack.ts";

/** Objects that pass from one declaration of a stack to another: renamed, shifted in a list, swapped. */

interface Subject {
  readonly plane: "atlas" | "cloud-manager";
  readonly kind: string;
  /** Declared under names that never change. */
  readonly before: string;
  /** The inputs of the object number `key`. */
  readonly inputs: (key: number, changed: boolean) => string;
  /** The object has no settings. */
  readonly plain?: true;
}

const THIRD_ORG = "5f1ed0c0ffee5f1ed0c0ffc3";
const ORGS = ["", ORG, OTHER_ORG, THIRD_ORG];

const atlasSeed = {
  organizations: [
    { id: ORG, name: "Platform", projects: [{ id: PROJECT, name: "billing", clusters: [] }] },
    { id: OTHER_ORG, name: "Other" },
    { id: THIRD_ORG, name: "Third" },
  ],
  federations: [{ id: FEDERATION, connectedOrgs: ORGS.slice(1).map((orgId) => ({ orgId })) }],
};

const place = { atlas: `federationSettingsId: "${FEDERATION}"`, "cloud-manager": `projectId: "${PROJECT}"` };
const provider = (plane: Subject["plane"], idpType: string, authorizationType: string, key: number | string = "") =>
  `${place[plane]}, idpType: "${idpType}", configurationName: "corp${key}", issuerUri: "https://idp.example.com",
   audience: "mongodb${key}", authorizationType: "${authorizationType}"${idpType === "WORKFORCE" ? ', clientId: "mongodb"' : ""}`;
const declared = (plane: Subject["plane"], idpType = "WORKLOAD", authorizationType = "USER") =>
  `const idp = new IdentityProvider("corp", { ${provider(plane, idpType, authorizationType)} });`;
const connected = `new OrgConnection("platform", { orgId: "${ORG}", identityProvider: idp });`;

const roles = (changed: boolean) => `roles: ["${changed ? "readWrite" : "read"}@app"]`;
const user = (key: number, changed: boolean) =>
  `projectId: "${PROJECT}", identityProvider: idp, principal: "app:${key}", ${roles(changed)}`;
const group = (key: number, changed: boolean) =>
  `projectId: "${PROJECT}", identityProvider: idp, group: "dba${key}", ${roles(changed)}`;
const role = (key: number, changed: boolean) => `projectId: "${PROJECT}", roleName: "payments${key}",
  privileges: [{ resource: { database: "pay", collection: "" }, actions: ["${changed ? "insert" : "find"}"] }]`;
const idp = (plane: Subject["plane"]) => (key: number, changed: boolean) =>
  `${provider(plane, "WORKLOAD", "USER", key)}, userClaim: "${changed ? "client_id" : "sub"}"`;

const SUBJECTS: readonly Subject[] = [
  { plane: "atlas", kind: "DatabaseRole", before: "", inputs: role },
  { plane: "atlas", kind: "FederatedUser", before: declared("atlas") + connected, inputs: user },
  { plane: "atlas", kind: "OidcRole", before: declared("atlas", "WORKFORCE", "GROUP") + connected, inputs: group },
  {
    plane: "atlas",
    kind: "OrgConnection",
    before: declared("atlas"),
    inputs: (key) => `orgId: "${ORGS[key]}", identityProvider: idp`,
    plain: true,
  },
  { plane: "atlas", kind: "IdentityProvider", before: "", inputs: idp("atlas") },
  { plane: "cloud-manager", kind: "DatabaseRole", before: "", inputs: role },
  { plane: "cloud-manager", kind: "FederatedUser", before: declared("cloud-manager"), inputs: user },
  {
    plane: "cloud-manager",
    kind: "OidcRole",
    before: declared("cloud-manager", "WORKFORCE", "GROUP"),
    inputs: group,
  },
  { plane: "cloud-manager", kind: "IdentityProvider", before: "", inputs: idp("cloud-manager") },
];

/** Everything on the servers that a run could change, without counters. */
function world(emulator: Emulator): string {
  const { atlas, cloudManager } = emulator.world();
  return JSON.stringify([atlas, cloudManager]).replaceAll(/\\"version\\":\d+/g, "");
}

async function stackOf(engine: TestEngine, { plane, kind, before, inputs }: Subject) {
  const emulator = await emulated(plane === "atlas" ? atlasSeed : seed);
  const stack = await newStack(engine);
  const settings = { env: emulator.env, config: { "mongofed:plane": plane, "mongofed:wait": "off" } };
  const declare = (name: string, key: number, { changed = false, more = "" } = {}) =>
    `new ${kind}("${name}", { ${inputs(key, changed)}${more} }, { protect: false });`;
  return {
    declare,
    world: () => world(emulator),
    write: (...lines: string[]) => stack.write(before, ...lines),
    /** Runs a command, and returns its outcome with the writes that it made. */
    async run(command: "preview" | "up" | "destroy", flags: { readonly refresh?: boolean } = {}) {
      const count = writes(emulator).length;
      const outcome = await stack.run(command, { ...settings, flags });
      return { ...outcome, writes: writes(emulator).slice(count) };
    },
  };
}

/** Previews and applies the program. */
async function apply({ run }: Awaited<ReturnType<typeof stackOf>>) {
  const preview = good(await run("preview"));
  return { preview, up: good(await run("up")) as Awaited<ReturnType<typeof run>> };
}

describeEngines("an object that passes to another declaration", (engine) => {
  test.each(SUBJECTS)("$plane $kind: is not touched by a rename", async (subject) => {
    const stack = await stackOf(engine, subject);
    await stack.write(stack.declare("a", 1));
    good(await stack.run("up"));
    const made = stack.world();
    await stack.write(stack.declare("b", 1));
    const { preview, up } = await apply(stack);
    expect(preview.text).toMatch(
      new RegExp(`${subject.kind} "b".* takes over .* from ${subject.kind} "a", which stays`),
    );
    expect(up.writes).toEqual([]);
    expect(stack.world()).toBe(made);
    expect(good(await stack.run("preview")).text).not.toMatch(/to (create|update|delete|replace)/);
    // The new declaration owns it.
    await stack.write();
    good(await stack.run("up"));
    expect(stack.world()).not.toBe(made);
  });
});
